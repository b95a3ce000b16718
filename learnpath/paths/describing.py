"""Make, change and remove modules, and adopt the ones that learners reported first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from .. import database
from ..clock import now
from ..errors import Conflict, InvalidInput
from ..extensions import db
from . import signals
from .authoring import SlugTaken, lock_path, steps_of
from .models import DRAFT, PUBLISHED, UNCATALOGUED, Membership, Module, Path
from .services import ModuleNotFound, resolve
from .validation import refuse_uncompletable


class ModuleInUse(Conflict):
    """Somebody has progress on this module, or a path contains it. Archive it instead."""


def create_module(slug: str, *, by: int | None, **about: Any) -> Module:
    """Make a module; one that learners have reported already is adopted. Raises SlugTaken."""
    added = db.session.scalar(
        database.insert(db.session, Module)
        .values(slug=slug, made_by=by, **about)
        .on_conflict_do_nothing(index_elements=["slug"])
        .returning(Module.slug)
    )
    module = lock_module(slug)
    if resolve(slug) != slug:
        raise SlugTaken
    if added is None and module.status != UNCATALOGUED:
        raise SlugTaken
    return module if added else change_module(module, by=by, **{"status": DRAFT, **about})


def lock_module(slug: str, *, against_reports: bool = False) -> Module:
    """Return a module that nobody else can change until the commit. Raises ModuleNotFound.

    With `against_reports`, nobody can start progress on it meanwhile either.
    """
    database.begin_write(db.session)
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
    """Change a module. Describing a stub adopts it: it becomes a draft unless `status` says else.

    A higher `revision` marks earlier completions as outdated. What would leave a published
    path without a way to complete it is refused. Raises InvalidInput, PathNotCompletable.
    """
    refuse_going_back(module, changes)
    was_published = module.status == PUBLISHED
    if module.status == UNCATALOGUED:
        changes = {"status": DRAFT, "made_by": by, **changes}
    for name, value in changes.items():
        setattr(module, name, value)
    module.updated_at = now()
    db.session.flush()
    if was_published != (module.status == PUBLISHED):
        judge_paths_with([module.slug])
    return module


def remove_module(module: Module) -> None:
    """Delete a module that nobody has used. Raises ModuleInUse."""
    try:
        db.session.delete(module)
        db.session.flush()
    except IntegrityError:  # progress or a path holds it
        raise ModuleInUse from None


def refuse_going_back(module: Module, changes: Mapping[str, Any]) -> None:
    """Raise InvalidInput where a revision would become smaller: completions remember it."""
    if changes.get("revision", module.revision) < module.revision:
        raise InvalidInput(errors={"revision": ["A revision never goes back."]})


def judge_paths_with(modules: Collection[str]) -> None:
    """Say to every path with one of these modules that what it requires has changed.

    Raises PathNotCompletable for a published path that nobody could complete any more.
    """
    paths = sa.select(Membership.path_slug).where(Membership.module_slug.in_(modules)).distinct()
    for slug in db.session.scalars(paths.order_by(Membership.path_slug)).all():
        path = lock_path(slug)
        if path.status == PUBLISHED:
            refuse_uncompletable(path, steps_of(path))
        signals.requirements_changed.send(Path, path=slug)
