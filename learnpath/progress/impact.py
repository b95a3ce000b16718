"""What an edit of a path's modules means for the people who follow it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import sqlalchemy as sa

from ..enrollments.models import ACTIVE, COMPLETED, Enrollment
from ..extensions import db
from . import facts
from .completing import has_everything
from .models import Progress
from .rules.paths import Course, blockers_in

BATCH = 1000  # learners


@dataclass(frozen=True)
class Snapshot:
    """How the followers of a path stand, or would."""

    completed: frozenset[int]
    with_new_content: int
    locked: dict[int, frozenset[str]]


def look_at(path: str) -> Snapshot:
    """Return how everybody who follows `path` stands now, under the edits not yet committed."""
    of_the_path = sa.select(Enrollment.user_id).where(Enrollment.path_slug == path)
    completed = db.session.scalars(of_the_path.where(_has_completed(path)))
    lacking = of_the_path.where(Enrollment.completed_at.is_not(None), ~has_everything(path))
    count = sa.select(sa.func.count()).select_from(lacking.subquery())
    return Snapshot(
        completed=frozenset(completed),
        with_new_content=db.session.scalar(count) or 0,
        locked=_locked_in(facts.course(path)),
    )


def difference(before: Snapshot, after: Snapshot) -> dict[str, int]:
    """Return how many learners an edit concerns, as counts of `newly_…`."""
    return {
        "newly_completed": len(after.completed - before.completed),
        "with_new_content": max(0, after.with_new_content - before.with_new_content),
        "newly_locked": sum(
            bool(modules - before.locked.get(user_id, frozenset()))
            for user_id, modules in after.locked.items()
        ),
    }


def _has_completed(path: str) -> sa.ColumnElement[bool]:
    """Return the condition that somebody has completed `path`, or would if the edit stood."""
    would = sa.and_(Enrollment.status == ACTIVE, has_everything(path))
    return sa.or_(Enrollment.status == COMPLETED, would)


def _locked_in(course: Course) -> dict[int, frozenset[str]]:
    """Return what this one path locks, for each learner who goes on following it actively."""
    learners = db.session.scalars(
        sa.select(Enrollment.user_id).where(
            Enrollment.path_slug == course.slug,
            Enrollment.status == ACTIVE,
            ~has_everything(course.slug),
        )
    ).all()
    locked = {}
    for start in range(0, len(learners), BATCH):
        batch = learners[start : start + BATCH]
        work: dict[int, dict[str, str]] = defaultdict(dict)
        rows = sa.select(Progress.user_id, Progress.module_slug, Progress.status).where(
            Progress.user_id.in_(batch),
            Progress.module_slug.in_([place.module for place in course.places]),
        )
        for user_id, module, status in db.session.execute(rows):
            work[user_id][module] = status
        for user_id in batch:
            locked[user_id] = frozenset(blockers_in(course, work[user_id]))
    return locked
