"""What an edit of a path's modules would mean for the people who follow it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from ..enrollments.models import ACTIVE, WITHDRAWN, Enrollment
from ..extensions import db
from ..paths.models import PUBLISHED, Path
from ..paths.validation import Step
from . import facts
from .models import Progress
from .rules.paths import Course, Place, Work, blockers_in, is_complete, percent_of

BATCH = 1000  # learners


def of_edit(path: Path, steps: Sequence[Step]) -> dict[str, int]:
    """Count the enrolled learners whom `steps` as the new modules of a path would concern.

    `newly_completed` would complete the path at once, `with_new_content` have completed it
    and would find something to do again, and to `newly_locked` a module would be locked
    that this path leaves open to them now. Nothing is written.
    """
    before, after = facts.course(path.slug), _course_of(path, steps)
    followers = db.session.execute(
        sa.select(Enrollment.user_id, Enrollment.status, Enrollment.completed_at).where(
            Enrollment.path_slug == path.slug, Enrollment.status != WITHDRAWN
        )
    ).all()
    counts = Counter(newly_completed=0, with_new_content=0, newly_locked=0)
    for start in range(0, len(followers), BATCH):
        batch = followers[start : start + BATCH]
        work = _work_of([one.user_id for one in batch], [before, after])
        for one in batch:
            counts.update(_consequences(one, work[one.user_id], before, after))
    return dict(counts)


def _consequences(follower: Any, work: Work, before: Course, after: Course) -> dict[str, bool]:
    is_active = follower.status == ACTIVE
    was_open = {place.module for place in before.places} - blockers_in(before, work).keys()
    return {
        "newly_completed": is_active and is_complete(after, work),
        "with_new_content": follower.completed_at is not None
        and _is_behind(after, work)
        and not _is_behind(before, work),
        "newly_locked": is_active and not was_open.isdisjoint(blockers_in(after, work)),
    }


def _is_behind(course: Course, work: Work) -> bool:
    percent = percent_of(course, work)
    return percent is not None and percent < 100


def _course_of(path: Path, steps: Sequence[Step]) -> Course:
    return Course(
        slug=path.slug,
        places=tuple(
            Place(module=step.module, required=step.required, requires=step.requires)
            for step in steps
            if step.status == PUBLISHED
        ),
        is_sequential=path.order_policy == "sequential",
    )


def _work_of(user_ids: Sequence[int], courses: Sequence[Course]) -> dict[int, dict[str, str]]:
    """Return the status of each of these learners on every module of `courses`: one query."""
    modules = {place.module for course in courses for place in course.places}
    work: dict[int, dict[str, str]] = defaultdict(dict)
    rows = sa.select(Progress.user_id, Progress.module_slug, Progress.status).where(
        Progress.user_id.in_(user_ids), Progress.module_slug.in_(modules)
    )
    for user_id, module, status in db.session.execute(rows):
        work[user_id][module] = status
    return work
