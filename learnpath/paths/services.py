"""Find what there is to learn, and take note of what is reported before it is catalogued."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import joinedload, selectinload

from .. import database
from ..errors import Conflict, InvalidInput, NotFound
from ..extensions import db
from ..pages import Page, Paging, take
from .models import PUBLISHED, UNCATALOGUED, Membership, Module, Path, Tag

STUBS_MAX = 100
WHOLE_PATH = (selectinload(Path.tagged), selectinload(Path.authored))


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
    statuses: Sequence[str],
    q: str | None = None,
    level: str | None = None,
    tag: str | None = None,
) -> Page:
    """Return a page of paths by slug; `q` is looked for in titles and descriptions."""
    paths = sa.select(Path).where(Path.status.in_(statuses)).options(*WHOLE_PATH)
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


def get_path(slug: str, statuses: Sequence[str]) -> Path:
    """Return one path. Raises PathNotFound."""
    path = db.session.get(Path, slug)
    if path is None or path.status not in statuses:
        raise PathNotFound
    return path


def list_memberships(slug: str, statuses: Sequence[str], paging: Paging) -> Page:
    """Return a page of a path's modules in the order of the path. Raises PathNotFound.

    Modules in other states than `statuses` are left out.
    """
    get_path(slug, statuses)
    memberships = (
        sa.select(Membership)
        .join(Membership.module)
        .where(Membership.path_slug == slug, Module.status.in_(statuses))
        .options(joinedload(Membership.module))
    )
    return take(memberships, [Membership.position], paging, of=f"modules of {slug}")


def list_modules(paging: Paging, statuses: Sequence[str], q: str | None = None) -> Page:
    """Return a page of modules by slug; `q` is looked for in titles and summaries."""
    modules = sa.select(Module).where(Module.status.in_(statuses))
    if q:
        modules = modules.where(
            Module.title.icontains(q, autoescape=True)
            | Module.summary.icontains(q, autoescape=True)
        )
    return take(modules, [Module.slug], paging, of="modules")


def get_module(slug: str, statuses: Sequence[str]) -> Module:
    """Return one module. Raises ModuleNotFound."""
    module = db.session.get(Module, slug)
    if module is None or module.status not in statuses:
        raise ModuleNotFound
    return module


def admit_module(slug: str, reported_by: int) -> None:
    """Make sure that progress on the module `slug` can be kept.

    A module that nobody has catalogued becomes a stub, unless STRICT_CATALOGUE is on; a
    learner can introduce at most 100. Call it under the learner's lock.
    Raises ModuleNotFound, TooManyNewModules.
    """
    status = db.session.scalar(sa.select(Module.status).where(Module.slug == slug))
    if current_app.config["STRICT_CATALOGUE"] and status != PUBLISHED:
        raise ModuleNotFound
    if status is not None:
        return
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
