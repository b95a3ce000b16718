"""Bringing the facts that the rule book judges, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from ..columns import is_among, words
from ..enrollments.models import ACTIVE, WITHDRAWN, Enrollment
from ..extensions import transaction
from ..paths.models import PUBLISHED, Membership, Module, Path
from ..prepared import Prepared
from .models import Progress
from .rules.paths import Course, Place

PLACES = (
    sa.select(
        Path.slug,
        Path.order_policy,
        Membership.module_slug,
        Membership.required,
        Membership.requires,
        Module.estimated_minutes,
    )
    .join(Membership, Membership.path_slug == Path.slug)
    .join(Module, Module.slug == Membership.module_slug)
    .where(Module.status == PUBLISHED)
    .order_by(Path.slug, Membership.position)
)
PLACES_IN_PATH = Prepared(PLACES.where(Path.slug == sa.bindparam("path")))
PLACES_FOLLOWED = Prepared(
    PLACES.join(Enrollment, Enrollment.path_slug == Path.slug).where(
        Enrollment.user_id == sa.bindparam("user_id"), Enrollment.status == ACTIVE
    )
)
RECORD = Prepared(
    sa.select(*Progress.__table__.columns).where(
        Progress.user_id == sa.bindparam("user_id"), Progress.module_slug == sa.bindparam("module")
    )
)
WORK = Prepared(
    sa.select(Progress.module_slug, Progress.status).where(
        Progress.user_id == sa.bindparam("user_id"),
        is_among(Progress.module_slug, words("modules")),
    )
)


def record(user_id: int, module: str) -> Any:
    """Return a user's row on a module as it is now, or None: one query."""
    return transaction.first(RECORD, user_id=user_id, module=module)


def courses_followed(user_id: int) -> list[Course]:
    """Return the paths that a user follows actively, with their published modules: one query."""
    return _courses(transaction.all(PLACES_FOLLOWED, user_id=user_id))


def courses_joined(user_id: int) -> list[Course]:
    """Do the same for the paths that a user follows or has completed: all but those left."""
    joined = PLACES.join(Enrollment, Enrollment.path_slug == Path.slug).where(
        Enrollment.user_id == user_id, Enrollment.status != WITHDRAWN
    )
    return _courses(transaction.all(joined))


def course(path: str) -> Course:
    """Return one path with its published modules: one query."""
    found = _courses(transaction.all(PLACES_IN_PATH, path=path))
    return found[0] if found else Course(slug=path, places=())


def courses_with(modules: Sequence[str], of: Iterable[Course]) -> list[Course]:
    """Return those paths in which one of the modules stands."""
    wanted = set(modules)
    return [course for course in of if any(place.module in wanted for place in course.places)]


def work_of(user_id: int, courses: Iterable[Course], and_on: Iterable[str] = ()) -> dict[str, str]:
    """Return a user's status on every module of `courses`: one query, none for no modules."""
    modules = {place.module for course in courses for place in course.places} | set(and_on)
    if not modules:
        return {}
    rows = transaction.all(WORK, user_id=user_id, modules=list(modules))
    return {row.module_slug: row.status for row in rows}


def _courses(rows: Iterable[Any]) -> list[Course]:
    places: dict[tuple[str, str], list[Place]] = {}
    for slug, policy, module, required, requires, minutes in rows:
        places.setdefault((slug, policy), []).append(
            Place(module=module, required=required, requires=tuple(requires), minutes=minutes or 0)
        )
    return [
        Course(slug=slug, places=tuple(standing), is_sequential=policy == "sequential")
        for (slug, policy), standing in places.items()
    ]
