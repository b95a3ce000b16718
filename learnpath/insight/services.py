"""Counting how a path goes: a fixed number of queries, whatever the size of the class."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from statistics import median
from typing import Any

import sqlalchemy as sa

from ..clock import now
from ..columns import is_one_of
from ..enrollments.models import ACTIVE, COMPLETED, WITHDRAWN, Enrollment
from ..extensions import db, reads
from ..pages import Page, Paging, take
from ..paths.models import PUBLISHED, Membership, Module, Path
from ..paths.services import PathNotFound
from ..progress.models import Progress
from ..progress.rules.modules import COMPLETED as MODULE_DONE
from ..progress.rules.modules import IN_PROGRESS, SATISFYING
from ..users.models import User

BUCKETS = 10
SECONDS_A_DAY = 86400
STREAM_BATCH = 500  # rows
SAMPLE = 500  # learners; the median time of a module needs no more


def report(path: str) -> dict[str, Any]:
    """Return how a path goes: counts, how far people are, and each of its modules.

    Seven queries, whatever the size of the class, and nothing is kept beside the facts: see
    docs/decisions/0019. Raises PathNotFound.
    """
    refuse_unknown(path)
    counts = _counts(path)
    places = reads.all(
        sa.select(Module.slug, Membership.required)
        .join(Membership, Membership.module_slug == Module.slug)
        .where(Membership.path_slug == path, Module.status == PUBLISHED)
        .order_by(Membership.position)
    )
    enrolled = counts.active + counts.completed
    required = [place.slug for place in places if place.required]
    return {
        "enrolled": enrolled,
        "active": counts.active,
        "completed": counts.completed,
        "withdrawn": counts.withdrawn,
        "overdue": counts.overdue,
        "median_days_to_complete": _median_days(path),
        "distribution": _distribution(path, required, enrolled),
        "modules": _modules(path, [place.slug for place in places]),
    }


def refuse_unknown(path: str) -> None:
    """Raise PathNotFound where there is no such path, in whatever state."""
    if reads.scalar(sa.select(Path.slug).where(Path.slug == path)) is None:
        raise PathNotFound


def list_learners(path: str, paging: Paging, status: str | None = None) -> Page:
    """Return a page of who follows a path, one row per learner, in the order of enrollment."""
    refuse_unknown(path)
    return take(_learners(path, status), [Enrollment.id], paging, of=f"learners of {path}")


def stream_learners(path: str, status: str | None = None) -> Iterator[Any]:
    """Yield every row of `list_learners`, from a database connection of its own."""
    refuse_unknown(path)
    select = _learners(path, status).order_by(Enrollment.id)
    engine = db.engine

    def rows() -> Iterator[Any]:
        """Read on, and close everything also when the client hangs up."""
        with (
            engine.connect().execution_options(yield_per=STREAM_BATCH) as connection,
            connection.execute(select) as result,
        ):
            yield from result.mappings()

    return rows()


def _counts(path: str) -> Any:
    def how_many(condition: Any) -> Any:
        return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)

    is_late = sa.and_(Enrollment.status == ACTIVE, Enrollment.due_at < now())
    counted = sa.select(
        how_many(Enrollment.status == ACTIVE).label("active"),
        how_many(Enrollment.status == COMPLETED).label("completed"),
        how_many(Enrollment.status == WITHDRAWN).label("withdrawn"),
        how_many(is_late).label("overdue"),
    )
    return reads.first(counted.where(Enrollment.path_slug == path))


def _median_days(path: str) -> float | None:
    """Return the median of the days from enrollment to completion, to a tenth."""
    durations = sa.select(
        (_epoch(Enrollment.completed_at) - _epoch(Enrollment.enrolled_at)).label("value")
    ).where(Enrollment.path_slug == path, Enrollment.completed_at.is_not(None))
    seconds = reads.scalar(_median_of(durations.subquery()))
    return None if seconds is None else round(max(0.0, float(seconds)) / SECONDS_A_DAY, 1)


def _distribution(path: str, required: list[str], enrolled: int) -> list[int]:
    """Return how many learners are in each tenth of the path's percent; 100 is in the last."""
    buckets = [0] * BUCKETS
    if not required:
        return buckets
    done = (
        sa.select(sa.func.count().label("done"))
        .where(Progress.module_slug.in_(required), is_one_of(Progress.status, SATISFYING))
        .where(_is_of_somebody_enrolled(path))
        .group_by(Progress.user_id)
        .subquery()
    )
    learners = sa.select(done.c.done, sa.func.count().label("learners")).group_by(done.c.done)
    for row in reads.all(learners):
        buckets[min(BUCKETS - 1, BUCKETS * row.done // len(required))] += row.learners
    buckets[0] += max(0, enrolled - sum(buckets))  # who has done nothing
    return buckets


def _modules(path: str, slugs: list[str]) -> list[dict[str, Any]]:
    """Return for each module how many are at it or have completed it, and how long it took."""
    counted = (
        sa.select(Progress.module_slug, Progress.status, sa.func.count().label("learners"))
        .where(Progress.module_slug.in_(slugs), Progress.status.in_((IN_PROGRESS, MODULE_DONE)))
        .where(_is_of_somebody_enrolled(path))
        .group_by(Progress.module_slug, Progress.status)
    )
    learners = {(row.module_slug, row.status): row.learners for row in reads.all(counted)}
    minutes = _median_minutes(path, slugs)
    figures = []
    for slug in slugs:
        completed = learners.get((slug, MODULE_DONE), 0)
        started = completed + learners.get((slug, IN_PROGRESS), 0)
        figure = {"slug": slug, "started": started, "completed": completed}
        figures.append({**figure, "median_minutes": minutes.get(slug)})
    return figures


def _median_minutes(path: str, slugs: list[str]) -> dict[str, float]:
    """Return the median time that each module took the newest 500 who completed it."""
    if not slugs:
        return {}
    newest = [
        sa.select(Progress.module_slug, Progress.time_spent)
        .join(Enrollment, Enrollment.user_id == Progress.user_id)
        .where(Progress.module_slug == slug, Progress.status == MODULE_DONE)
        .where(Progress.time_spent > 0, *_is_enrolled(path))
        .order_by(Progress.user_id.desc())
        .limit(SAMPLE)
        .subquery()
        .select()
        for slug in slugs
    ]
    seconds: dict[str, list[int]] = defaultdict(list)
    for row in reads.all(sa.union_all(*newest)):
        seconds[row.module_slug].append(row.time_spent)
    return {slug: round(median(times) / 60, 1) for slug, times in seconds.items()}


def _is_of_somebody_enrolled(path: str) -> sa.ColumnElement[bool]:
    """Return the condition that progress is of somebody enrolled in `path`.

    The sum keeps SQLite from looking each of them up in an index, module by module.
    """
    return (Progress.user_id + 0).in_(sa.select(Enrollment.user_id).where(*_is_enrolled(path)))


def _is_enrolled(path: str) -> tuple[sa.ColumnElement[bool], ...]:
    return Enrollment.path_slug == path, Enrollment.status.in_((ACTIVE, COMPLETED))


def _learners(path: str, status: str | None) -> sa.Select[*tuple[Any, ...]]:
    required = _required(path)
    done = (
        sa.select(sa.func.count())
        .where(Progress.user_id == Enrollment.user_id, Progress.module_slug.in_(required))
        .where(is_one_of(Progress.status, SATISFYING))
        .correlate(Enrollment)
        .scalar_subquery()
    )
    modules = sa.select(Membership.module_slug).where(Membership.path_slug == path)
    last = (
        sa.select(sa.func.max(Progress.last_activity_at))
        .where(Progress.user_id == Enrollment.user_id, Progress.module_slug.in_(modules))
        .correlate(Enrollment)
        .scalar_subquery()
    )
    total = sa.select(sa.func.count()).select_from(required.subquery()).scalar_subquery()
    is_late = sa.and_(Enrollment.status == ACTIVE, Enrollment.due_at < now())
    learners = (
        sa.select(
            Enrollment.id,
            Enrollment.user_id,
            User.name,
            User.email,
            Enrollment.status,
            done.label("required_done"),
            total.label("required"),
            sa.func.coalesce(is_late, sa.false()).label("overdue"),
            Enrollment.due_at,
            Enrollment.enrolled_at,
            Enrollment.started_at,
            Enrollment.completed_at,
            last.label("last_activity_at"),
        )
        .join(User, User.id == Enrollment.user_id)
        .where(Enrollment.path_slug == path)
    )
    return learners if status is None else learners.where(Enrollment.status == status)


def _required(path: str) -> sa.Select[Any]:
    return (
        sa.select(Membership.module_slug)
        .join(Module, Module.slug == Membership.module_slug)
        .where(Membership.path_slug == path, Membership.required, Module.status == PUBLISHED)
    )


def _median_of(values: sa.Subquery) -> sa.Select[Any]:
    """Select the median of the column `value`: the mean of the one or two in the middle."""
    place = sa.func.row_number().over(order_by=values.c.value).label("place")
    ranked = sa.select(values.c.value, place, sa.func.count().over().label("size")).subquery()
    middle = sa.and_(ranked.c.place * 2 >= ranked.c.size, ranked.c.place * 2 <= ranked.c.size + 2)
    return sa.select(sa.func.avg(ranked.c.value)).where(middle)


def _epoch(moment: Any) -> Any:
    """Return a stored time as seconds since the epoch, on either database."""
    if db.engine.dialect.name == "postgresql":
        return sa.func.extract("epoch", moment)
    return (sa.func.julianday(moment) - 2440587.5) * SECONDS_A_DAY
