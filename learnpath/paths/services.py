"""Find what there is to learn, and take note of what is reported before it is catalogued."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import joinedload, selectinload

from .. import database
from ..errors import Conflict, InvalidInput, NotFound
from ..extensions import db, transaction
from ..pages import Page, Paging, take
from ..prepared import Prepared
from .models import ARCHIVED, PUBLISHED, UNCATALOGUED, Alias, Membership, Module, Path, Tag

Condition = sa.ColumnElement[bool]

STUBS_MAX = 100
OPEN = (PUBLISHED,)
FOLLOWED = (PUBLISHED, ARCHIVED)  # what somebody who has begun still sees
WHOLE_PATH = (selectinload(Path.tagged), selectinload(Path.authored))

# The module that reports under a slug belong to, held on to until the report is written.
_merged_into = sa.select(Alias.module_slug).where(Alias.slug == sa.bindparam("slug"))
ADMITTED = Prepared(
    sa.select(Module.slug, Module.status, Module.revision)
    .where((Module.slug == sa.bindparam("slug")) | (Module.slug == _merged_into.scalar_subquery()))
    .with_for_update(read=True, key_share=True)
)


class PathNotFound(NotFound):
    """There is no such path, or it is not published."""


class ModuleNotFound(NotFound):
    """There is no such module, or it is not published."""


class TooManyNewModules(Conflict):
    """You have reported 100 modules that this service does not know.

    Ask an instructor to catalogue some of them first.
    """


def list_paths(
    paging: Paging,
    readable: Condition,
    q: str | None = None,
    level: str | None = None,
    tag: str | None = None,
) -> Page:
    """Return a page of `readable` paths by slug; `q` is looked for in titles and descriptions."""
    paths = sa.select(Path).where(readable).options(*WHOLE_PATH)
    if q:
        paths = paths.where(
            Path.title.icontains(q, autoescape=True)
            | Path.description.icontains(q, autoescape=True)
        )
    if level:
        paths = paths.where(Path.level == level)
    if tag:
        paths = paths.where(Path.tagged.any(Tag.word == tag))
    return take(paths, [Path.slug], paging, of="paths")


def get_path(slug: str, readable: Condition) -> Path:
    """Return one path, if it is `readable`. Raises PathNotFound."""
    path = db.session.scalar(
        sa.select(Path).where(Path.slug == slug, readable).options(*WHOLE_PATH)
    )
    if path is None:
        raise PathNotFound
    return path


def list_memberships(
    slug: str, readable_path: Condition, readable_module: Condition, paging: Paging
) -> Page:
    """Return a page of a path's modules in the order of the path. Raises PathNotFound."""
    get_path(slug, readable_path)
    memberships = (
        sa.select(Membership)
        .join(Membership.module)
        .where(Membership.path_slug == slug, readable_module)
        .options(joinedload(Membership.module))
    )
    return take(memberships, [Membership.position], paging, of=f"modules of {slug}")


def list_modules(paging: Paging, readable: Condition, q: str | None = None) -> Page:
    """Return a page of `readable` modules by slug; `q` is looked for in titles and summaries."""
    modules = sa.select(Module).where(readable)
    if q:
        modules = modules.where(
            Module.title.icontains(q, autoescape=True)
            | Module.summary.icontains(q, autoescape=True)
        )
    return take(modules, [Module.slug], paging, of="modules")


def get_module(slug: str, readable: Condition) -> Module:
    """Return one module, if it is `readable`, by its slug or an alias. Raises ModuleNotFound."""
    module = db.session.scalar(
        sa.select(Module).where(Module.slug.in_([slug, resolve(slug)]), readable)
    )
    if module is None:
        raise ModuleNotFound
    return module


def resolve(slug: str) -> str:
    """Return the slug of the module that `slug` was merged into, or `slug` itself."""
    return db.session.scalar(sa.select(Alias.module_slug).where(Alias.slug == slug)) or slug


def admit_module(slug: str, reported_by: int, *, admit_unknown: bool) -> Any:
    """Make sure that progress on the module `slug` can be kept; return its slug and revision.

    With `admit_unknown`, a module that nobody has catalogued becomes a stub and a draft is
    taken as one, unless STRICT_CATALOGUE is on; a learner can introduce at most 100. Call it
    under the learner's lock. Raises ModuleNotFound, TooManyNewModules.
    """
    is_strict = current_app.config["STRICT_CATALOGUE"] or not admit_unknown
    found = transaction.first(ADMITTED, slug=slug)
    found = found or transaction.first(ADMITTED, slug=slug)  # a merge may just have moved it
    if is_strict and (found is None or found.status not in FOLLOWED):
        raise ModuleNotFound
    if found is not None:
        return found
    introduced = sa.select(sa.func.count()).where(
        Module.introduced_by == reported_by, Module.status == UNCATALOGUED
    )
    if (db.session.scalar(introduced) or 0) >= STUBS_MAX:
        raise TooManyNewModules
    db.session.execute(
        database.insert(db.session, Module)
        .values(slug=slug, title=slug, status=UNCATALOGUED, introduced_by=reported_by)
        .on_conflict_do_nothing()
    )
    return db.session.execute(
        sa.select(Module.slug, Module.revision).where(Module.slug == slug)
    ).one()


def list_stubs_of(user_id: int) -> list[str]:
    """Return the slugs of the stubs that a user introduced."""
    stubs = sa.select(Module.slug).where(
        Module.introduced_by == user_id, Module.status == UNCATALOGUED
    )
    return list(db.session.scalars(stubs.order_by(Module.slug)))


def remove_stubs(slugs: Collection[str]) -> None:
    """Forget stubs that nobody has any progress on, and that stand in no path."""
    placed = sa.select(Membership.module_slug)
    db.session.execute(
        sa.delete(Module).where(
            Module.slug.in_(slugs), Module.status == UNCATALOGUED, Module.slug.not_in(placed)
        )
    )


def check_learning_path(label: str | None) -> None:
    """Raise InvalidInput where STRICT_CATALOGUE is on and `label` names no published path."""
    if label is None or not current_app.config["STRICT_CATALOGUE"]:
        return
    named = sa.select(Path.slug).where(Path.slug == label, Path.status == PUBLISHED)
    if db.session.scalar(named) is None:
        raise InvalidInput(errors={"learning_path": ["There is no published path of this name."]})
