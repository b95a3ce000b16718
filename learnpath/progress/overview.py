"""How far a learner is on a path, and what to do next."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ..enrollments import services as enrollments
from ..enrollments.models import ACTIVE, Enrollment
from ..extensions import db
from ..paths import services as paths
from ..paths.models import PUBLISHED, Membership, Module, Path
from ..users import services as users
from . import facts
from .models import Progress
from .rules.modules import NOT_STARTED, SATISFYING, State
from .rules.paths import Course, Place, locks, minutes_left, next_in, percent_of
from .services import is_outdated, show
from .writing import Change


def next_up(user_id: int) -> list[dict[str, Any]]:
    """Return what to do now: one entry for each path that a user follows, in three queries."""
    courses = facts.courses_followed(user_id)
    work = facts.work_of(user_id, courses)
    locked = locks(courses, work)
    return [entry for course in courses if (entry := next_entry(course, work, locked))]


def next_entry(course: Course, work: dict[str, str], locked: Any) -> dict[str, Any] | None:
    """Return the next module of a path as clients see it, or None."""
    place = next_in(course, work, locked)
    if place is None:
        return None
    return {
        "path": course.slug,
        "module": place.module,
        "required": place.required,
        "state": work.get(place.module, NOT_STARTED),
        "estimated_minutes": place.minutes,
        "path_percent": percent_of(course, work),
    }


def roll_up(user_id: int, slug: str) -> dict[str, Any]:
    """Return how far a user is on a path, module by module, in a fixed number of queries.

    Raises UserNotFound, PathNotFound.
    """
    users.get_profile(user_id)
    enrollment = enrollments.find_enrollment(user_id, slug)
    visible = paths.FOLLOWED if enrollment else paths.OPEN
    path = paths.get_path(slug, Path.status.in_(visible))
    places = _standing_modules(user_id, slug)
    course = facts.course(slug)
    followed = facts.courses_followed(user_id)
    work = facts.work_of(user_id, [course, *followed])
    locked = locks(followed, work) if _is_active(enrollment) else {}
    percent = percent_of(course, work)
    return {
        "path": path.slug,
        "title": path.title,
        "status": enrollment.status if enrollment else "not_enrolled",
        "percent": percent,
        **_counts(course, work),
        "has_new_content": _has_new_content(enrollment, percent),
        "due_at": enrollment.due_at if enrollment else None,
        "overdue": bool(enrollment and enrollment.overdue),
        "minutes_left": minutes_left(course, work),
        "next": next_entry(course, work, locked),
        "modules": [_shown_place(place, locked) for place in places],
    }


def _is_active(enrollment: Enrollment | None) -> bool:
    return enrollment is not None and enrollment.status == ACTIVE


def _has_new_content(enrollment: Enrollment | None, percent: int | None) -> bool:
    """Tell whether a completed path has got something new to do since (rule 2)."""
    is_done = enrollment is not None and enrollment.completed_at is not None
    return is_done and percent is not None and percent < 100


def _counts(course: Course, work: dict[str, str]) -> dict[str, int]:
    def done(places: list[Place]) -> int:
        return sum(work.get(place.module) in SATISFYING for place in places)

    required = [place for place in course.places if place.required]
    optional = [place for place in course.places if not place.required]
    return {
        "required": len(required),
        "required_done": done(required),
        "optional": len(optional),
        "optional_done": done(optional),
    }


def _standing_modules(user_id: int, slug: str) -> list[Any]:
    """Return the published modules of a path, each with the user's progress on it: one query."""
    mine = sa.and_(Progress.module_slug == Membership.module_slug, Progress.user_id == user_id)
    rows = (
        sa.select(Membership, Module, Progress)
        .join(Module, Module.slug == Membership.module_slug)
        .outerjoin(Progress, mine)
        .where(Membership.path_slug == slug, Module.status == PUBLISHED)
        .order_by(Membership.position)
    )
    return list(db.session.execute(rows))


def _shown_place(row: Any, locked: dict[str, list[str]]) -> dict[str, Any]:
    membership, module, progress = row
    state = progress.state if progress else State()
    return {
        "position": membership.position,
        "required": membership.required,
        "requires": membership.requires,
        "module": module,
        "state": state.status,
        "percent": state.percent,
        "locked": module.slug in locked,
        "blocked_by": locked.get(module.slug, []),
        "outdated": is_outdated(state, module.revision),
        "completed_at": state.completed_at,
    }


def show_outcome(change: Change) -> dict[str, Any]:
    """Return what a write changed, unlocked and completed."""
    return {
        "changed": change.changed,
        "unlocked": change.unlocked,
        "completed_paths": change.completed_paths,
    }


def show_change(change: Change) -> dict[str, Any]:
    """Return a module after a write, what the write came to, and what is next on its path."""
    standing = change.standing
    work = {**standing.work, standing.module: change.state.status}
    locked = locks(standing.courses, work)
    around = facts.courses_with([standing.module], standing.courses)
    entries = [next_entry(course, work, locked) for course in around]
    return {
        "progress": show(standing.module, change.state, standing.revision),
        **show_outcome(change),
        "next": next((entry for entry in entries if entry), None),
    }
