"""Completing paths: for one learner after a report, for all learners after an edit."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from ..db import db
from ..db.functions import in_literals
from ..enrollments import completion
from ..enrollments.models import ACTIVE, Enrollment
from ..modules.models import PUBLISHED, Module
from ..paths.models import PathModule
from . import queries
from .models import Progress
from .rules.events import NOT_STARTED, SATISFYING
from .rules.paths import is_complete, is_started

PathSlug = str | sa.ColumnElement[str]  # a slug, or the column that has it


def complete_paths(user_id: int, paths: Sequence[str]) -> list[str]:
    """Complete those of a learner's active `paths` whose required modules are all done.

    The enrollments are locked before the progress is read, so that of two reports, or a
    report and an author's edit, at the same time the later one sees the earlier one. After
    a report pass all active paths: an author may be adding the module to another one.
    Returns the slugs of the completed paths.
    """
    if not paths:
        return []
    enrollments = {row.path_slug: row for row in completion.lock_active(user_id, paths)}
    outlines = [path for path in queries.active_paths(user_id) if path.slug in enrollments]
    statuses = queries.module_statuses(user_id, outlines)
    started = [enrollments[path.slug] for path in outlines if is_started(path, statuses)]
    if newly_started := [row.id for row in started if row.started_at is None]:
        completion.mark_started(Enrollment.id.in_(newly_started))
    completed = [path.slug for path in outlines if is_complete(path, statuses)]
    if completed:
        completion.mark_completed(Enrollment.id.in_([enrollments[slug].id for slug in completed]))
    return completed


def complete_path_for_all(path: str) -> None:
    """Complete all active enrollments in `path` whose required modules are done (rule 3).

    The number of statements does not depend on the number of learners.
    """
    active = (
        sa.select(Enrollment.id)
        .where(Enrollment.path_slug == path, Enrollment.status == ACTIVE)
        .order_by(Enrollment.id)
        .with_for_update(key_share=True)
    )
    db.session.execute(active)  # lock them before the progress is read
    in_path = Enrollment.path_slug == path
    completion.mark_started(sa.and_(in_path, any_started(path)))
    completion.mark_completed(sa.and_(in_path, all_required_done(path)))


def any_started(path: PathSlug) -> sa.ColumnElement[bool]:
    """Return the condition that an enrollment's learner has started a module of `path`."""
    return sa.exists(
        sa.select(Progress.user_id)
        .join(PathModule, PathModule.module_slug == Progress.module_slug)
        .join(Module, Module.slug == Progress.module_slug)
        .where(PathModule.path_slug == path, Module.status == PUBLISHED)
        .where(Progress.user_id == Enrollment.user_id, Progress.status != NOT_STARTED)
        .correlate(Enrollment)
    )


def all_required_done(path: PathSlug) -> sa.ColumnElement[bool]:
    """Return the condition that an enrollment's learner has done all that `path` requires."""
    required = required_modules(path)
    done = (
        sa.exists()
        .where(Progress.user_id == Enrollment.user_id)
        .where(Progress.module_slug == PathModule.module_slug)
        .where(in_literals(Progress.status, SATISFYING))
        .correlate(Enrollment, PathModule)  # of this learner and this module
    )
    missing = required.where(~done).correlate(Enrollment)
    return sa.and_(required.exists(), ~missing.exists())


def required_modules(path: PathSlug) -> sa.Select[Any]:
    """Return a SELECT of the slugs of the published modules that `path` requires."""
    return (
        sa.select(PathModule.module_slug)
        .join(Module, Module.slug == PathModule.module_slug)
        .where(PathModule.path_slug == path, PathModule.required, Module.status == PUBLISHED)
    )
