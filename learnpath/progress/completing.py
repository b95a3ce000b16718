"""Judging whether paths are completed: for one learner after a report, for all after an edit."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from ..columns import is_one_of
from ..enrollments import completing as enrollments
from ..enrollments.models import ACTIVE, Enrollment
from ..extensions import db
from ..paths.models import PUBLISHED, Membership, Module
from . import facts
from .models import Progress
from .rules.modules import NOT_STARTED, SATISFYING
from .rules.paths import is_begun, is_complete

PathSlug = str | sa.ColumnElement[str]


def judge_learner(user_id: int, paths: Sequence[str]) -> list[str]:
    """Complete those of a learner's active `paths` in which everything required is done.

    The enrollments are locked first and the facts read afterwards, so that of two reports,
    or a report and an author's edit, at the same instant the later one sees the earlier. So
    after a report give all the paths that are followed: an author may just be putting the
    module into another one. Returns the slugs of the paths that it completed.
    """
    if not paths:
        return []
    active = {one.path_slug: one for one in enrollments.lock_active(user_id, paths)}
    courses = [course for course in facts.courses_followed(user_id) if course.slug in active]
    work = facts.work_of(user_id, courses)
    begun = [course.slug for course in courses if is_begun(course, work)]
    if news := [active[slug].id for slug in begun if active[slug].started_at is None]:
        enrollments.begin(Enrollment.id.in_(news))
    completed = [course.slug for course in courses if is_complete(course, work)]
    if completed:
        enrollments.complete(Enrollment.id.in_([active[slug].id for slug in completed]))
    return completed


def judge_path(path: str) -> int:
    """Complete the enrollments of everybody who now has everything that `path` requires (rule 3).

    One statement finds them, whatever the size of the class; another one those who have
    begun the path by what was put into it. Returns how many completed it.
    """
    everybody = (
        sa.select(Enrollment.id)
        .where(Enrollment.path_slug == path, Enrollment.status == ACTIVE)
        .order_by(Enrollment.id)
        .with_for_update(key_share=True)
    )
    db.session.execute(everybody)  # lock first, then look
    of_this_path = Enrollment.path_slug == path
    enrollments.begin(sa.and_(of_this_path, has_begun(path)))
    return enrollments.complete(sa.and_(of_this_path, has_everything(path)))


def has_begun(path: PathSlug) -> sa.ColumnElement[bool]:
    """Return the condition that an enrollment's learner has touched a module of `path`.

    `path` is a slug, or the column that has it.
    """
    return sa.exists(
        sa.select(Progress.user_id)
        .join(Membership, Membership.module_slug == Progress.module_slug)
        .join(Module, Module.slug == Progress.module_slug)
        .where(Membership.path_slug == path, Module.status == PUBLISHED)
        .where(Progress.user_id == Enrollment.user_id, Progress.status != NOT_STARTED)
        .correlate(Enrollment)
    )


def has_everything(path: PathSlug) -> sa.ColumnElement[bool]:
    """Return the condition that an enrollment's learner has done all that `path` requires."""
    required = (
        sa.select(Membership.module_slug)
        .join(Module, Module.slug == Membership.module_slug)
        .where(Membership.path_slug == path, Membership.required, Module.status == PUBLISHED)
    )
    done = (
        sa.exists()
        .where(Progress.user_id == Enrollment.user_id)
        .where(Progress.module_slug == Membership.module_slug)
        .where(is_one_of(Progress.status, SATISFYING))
        .correlate(Enrollment, Membership)  # of each learner, not of anybody
    )
    missing = required.where(~done).correlate(Enrollment)
    return sa.and_(required.exists(), ~missing.exists())
