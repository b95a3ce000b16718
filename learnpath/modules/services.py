"""Find, create, change and delete modules; create stubs for reported unknown modules."""

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import IntegrityError

from ..clock import now
from ..db import db, locks, transaction, upsert
from ..db.query import Query
from ..errors import Conflict, InvalidInput, NotFound
from ..web.pagination import Page, PageParams, paginate
from . import signals
from .models import ARCHIVED, DRAFT, PUBLISHED, UNCATALOGUED, Alias, Module

STUBS_MAX = 100

# Locks the module until the report is written, by its slug or by an alias.
_merged_into = sa.select(Alias.module_slug).where(Alias.slug == sa.bindparam("slug"))
LOCK_FOR_REPORT = Query(
    sa.select(Module.slug, Module.status, Module.revision)
    .where((Module.slug == sa.bindparam("slug")) | (Module.slug == _merged_into.scalar_subquery()))
    .with_for_update(read=True, key_share=True)
)


class ModuleNotFound(NotFound):
    """There is no such module, or it is not published."""


class SlugTaken(Conflict):
    """There is already a path or a module with this slug."""


class ModuleInUse(Conflict):
    """A learner has progress on this module, or a path contains it. Archive it instead."""


class TooManyNewModules(Conflict):
    """You have reported 100 modules that this service does not know.

    Ask an instructor to catalogue some of them first.
    """


def list_modules(
    paging: PageParams, readable: sa.ColumnElement[bool], q: str | None = None
) -> Page:
    """Return a page of `readable` modules by slug; `q` is searched in titles and summaries."""
    modules = sa.select(Module).where(readable)
    if q:
        columns = (Module.title, Module.summary)
        modules = modules.where(sa.or_(*(one.icontains(q, autoescape=True) for one in columns)))
    return paginate(modules, [Module.slug], paging, cursor_scope="modules")


def get_module(slug: str, readable: sa.ColumnElement[bool]) -> Module:
    """Return one module, if it is `readable`, by its slug or an alias. Raises ModuleNotFound."""
    modules = sa.select(Module).where(Module.slug.in_([slug, resolve_alias(slug)]), readable)
    module = db.session.scalar(modules)
    if module is None:
        raise ModuleNotFound
    return module


def resolve_alias(slug: str) -> str:
    """Return the slug of the module that `slug` was merged into, or `slug` itself."""
    return db.session.scalar(sa.select(Alias.module_slug).where(Alias.slug == slug)) or slug


def create_module(slug: str, *, by: int | None, **about: Any) -> Module:
    """Create a module; a stub with this slug is adopted. Raises SlugTaken."""
    created = db.session.scalar(
        upsert.insert(Module)
        .values(slug=slug, created_by=by, **about)
        .on_conflict_do_nothing(index_elements=["slug"])
        .returning(Module.slug)
    )
    module = lock_module(slug)
    if resolve_alias(slug) != slug or (created is None and module.status != UNCATALOGUED):
        raise SlugTaken
    return module if created else change_module(module, by=by, **{"status": DRAFT, **about})


def lock_module(slug: str, *, against_reports: bool = False) -> Module:
    """Return a module and lock it against changes until the commit. Raises ModuleNotFound.

    With `against_reports`, new progress on it has to wait too.
    """
    locks.begin_write()
    module = db.session.scalar(
        sa.select(Module)
        .where(Module.slug == slug)
        .with_for_update(key_share=not against_reports)
        .execution_options(populate_existing=True)
    )
    if module is None:
        raise ModuleNotFound
    return module


def change_module(module: Module, *, by: int | None, **changes: Any) -> Module:
    """Change a module. A stub is adopted: it becomes a draft unless `status` is given.

    A higher `revision` marks earlier completions as outdated. Raises InvalidInput, and
    PathNotCompletable where a published path could no longer be completed.
    """
    refuse_lower_revision(module, changes)
    was_published = module.status == PUBLISHED
    if module.status == UNCATALOGUED:
        changes = {"status": DRAFT, "created_by": by, **changes}
    for name, value in changes.items():
        setattr(module, name, value)
    module.updated_at = now()
    db.session.flush()
    if was_published != (module.status == PUBLISHED):
        signals.publication_changed.send(Module, module=module.slug)
    return module


def refuse_lower_revision(module: Module, changes: Mapping[str, Any]) -> None:
    """Raise InvalidInput where a revision would become lower: completions store it."""
    if changes.get("revision", module.revision) < module.revision:
        raise InvalidInput(errors={"revision": ["A revision never goes back."]})


def remove_module(module: Module) -> None:
    """Delete a module without progress that is in no path. Raises ModuleInUse."""
    try:
        db.session.delete(module)
        db.session.flush()
    except IntegrityError:  # progress or a path refers to it
        raise ModuleInUse from None


def get_or_create_stub(slug: str, reported_by: int, *, create_stub: bool) -> Any:
    """Return the slug and the revision of the module for a report on `slug`, and lock it.

    With `create_stub`, an unknown module becomes a stub and a draft is accepted, unless
    STRICT_CATALOGUE is on; a learner can create at most 100 stubs. Call it under the
    learner's lock. Raises ModuleNotFound, TooManyNewModules.
    """
    is_strict = current_app.config["STRICT_CATALOGUE"] or not create_stub
    module = transaction.first(LOCK_FOR_REPORT, slug=slug)
    module = module or transaction.first(LOCK_FOR_REPORT, slug=slug)  # a merge may have moved it
    if is_strict and (module is None or module.status not in (PUBLISHED, ARCHIVED)):
        raise ModuleNotFound
    if module is not None:
        return module
    if len(list_stubs_of(reported_by)) >= STUBS_MAX:
        raise TooManyNewModules
    db.session.execute(
        upsert.insert(Module)
        .values(slug=slug, title=slug, status=UNCATALOGUED, reported_by=reported_by)
        .on_conflict_do_nothing()
    )
    return transaction.first(LOCK_FOR_REPORT, slug=slug)


def list_stubs_of(user_id: int) -> list[str]:
    """Return the slugs of the stubs that a user reported first."""
    stubs = sa.select(Module.slug).where(
        Module.reported_by == user_id, Module.status == UNCATALOGUED
    )
    return list(db.session.scalars(stubs.order_by(Module.slug)))


def remove_stubs(slugs: Collection[str]) -> None:
    """Delete those of these modules that are stubs; a path never contains a stub."""
    db.session.execute(
        sa.delete(Module).where(Module.slug.in_(slugs), Module.status == UNCATALOGUED)
    )


def replace_with_alias(stub: Module, into: str) -> None:
    """Delete a stub and make its slug, and its own aliases, aliases of the module `into`."""
    slug = stub.slug
    db.session.execute(sa.update(Alias).where(Alias.module_slug == slug).values(module_slug=into))
    db.session.delete(stub)
    db.session.flush()
    db.session.execute(upsert.insert(Alias).values(slug=slug, module_slug=into))
