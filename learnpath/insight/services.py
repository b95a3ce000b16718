"""Counting how a path goes: a fixed number of queries, whatever the size of the class."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from ..clock import now
from ..enrollments.models import ACTIVE, COMPLETED, WITHDRAWN, Enrollment
from ..extensions import db, reads
from ..pages import Page, Paging, take
from ..paths import services as paths
from ..paths.models import PUBLISHED, Membership, Module
from ..progress.models import Progress
from ..progress.rules.modules import NOT_STARTED, SATISFYING
from ..users.models import User

BUCKETS = 10
SECONDS_A_DAY = 86400
STREAM_BATCH = 500  # rows


def report(path: str) -> dict[str, Any]:
    """Return how a path goes: counts, how far people are, and each of its modules.

    Raises PathNotFound.
    """
    paths.get_path(path, sa.true())
    counts = _counts(path)
    return {
        "enrolled": counts.active + counts.completed,
        "active": counts.active,
        "completed": counts.completed,
        "withdrawn": counts.withdrawn,
        "overdue": counts.overdue,
        "median_days_to_complete": _median_days(path),
        "distribution": _distribution(path),
        "modules": _modules(path),
    }


def list_learners(path: str, paging: Paging, status: str | None = None) -> Page:
    """Return a page of who follows a path, one row per learner, in the order of enrollment."""
    paths.get_path(path, sa.true())
    return take(_learners(path, status), [Enrollment.id], paging, of=f"learners of {path}")


def stream_learners(path: str, status: str | None = None) -> Iterator[Any]:
    """Yield every row of `list_learners`, from a database connection of its own."""
    paths.get_path(path, sa.true())
    select = _learners(path, status).order_by(Enrollment.id)
    engine = db.engine

    def rows() -> Iterator[Any]:
        with engine.connect().execution_options(yield_per=STREAM_BATCH) as connection:
            yield from connection.execute(select)

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


def _distribution(path: str) -> list[int]:
    """Return how many learners are in each tenth of the path's percent; 100 is in the last."""
    required = _required(path)
    total = reads.scalar(sa.select(sa.func.count()).select_from(required.subquery())) or 0
    if not total:
        return [0] * BUCKETS
    done = (
        sa.select(Progress.user_id, sa.func.count().label("done"))
        .where(Progress.module_slug.in_(required), Progress.status.in_(SATISFYING))
        .group_by(Progress.user_id)
        .subquery()
    )
    reached = sa.func.coalesce(done.c.done, 0).label("reached")
    counted = (
        sa.select(reached, sa.func.count().label("learners"))
        .select_from(Enrollment)
        .outerjoin(done, done.c.user_id == Enrollment.user_id)
        .where(Enrollment.path_slug == path, Enrollment.status != WITHDRAWN)
        .group_by(reached)
    )
    buckets = [0] * BUCKETS
    for row in reads.all(counted):
        buckets[min(BUCKETS - 1, BUCKETS * row.reached // total)] += row.learners
    return buckets


def _modules(path: str) -> list[dict[str, Any]]:
    """Return for each published module how many have started and completed it, and how long."""
    mine = (
        sa.select(Progress.module_slug, Progress.status, Progress.time_spent)
        .join(Enrollment, Enrollment.user_id == Progress.user_id)
        .join(
            Membership,
            sa.and_(
                Membership.path_slug == Enrollment.path_slug,
                Membership.module_slug == Progress.module_slug,
            ),
        )
        .where(Enrollment.path_slug == path, Enrollment.status != WITHDRAWN)
        .where(Progress.status != NOT_STARTED)
        .subquery()
    )
    is_completed = mine.c.status == COMPLETED
    counted = sa.select(
        mine.c.module_slug,
        sa.func.count().label("started"),
        sa.func.sum(sa.case((is_completed, 1), else_=0)).label("completed"),
    ).group_by(mine.c.module_slug)
    found = {row.module_slug: row for row in reads.all(counted)}
    times = sa.select(mine.c.module_slug.label("key"), mine.c.time_spent.label("value"))
    medians = _medians_by_key(times.where(is_completed, mine.c.time_spent > 0).subquery())
    in_order = (
        sa.select(Module.slug)
        .join(Membership, Membership.module_slug == Module.slug)
        .where(Membership.path_slug == path, Module.status == PUBLISHED)
        .order_by(Membership.position)
    )
    return [
        {
            "slug": row.slug,
            "started": found[row.slug].started if row.slug in found else 0,
            "completed": found[row.slug].completed if row.slug in found else 0,
            "median_minutes": medians.get(row.slug),
        }
        for row in reads.all(in_order)
    ]


def _learners(path: str, status: str | None) -> sa.Select[*tuple[Any, ...]]:
    required = _required(path)
    done = (
        sa.select(sa.func.count())
        .where(Progress.user_id == Enrollment.user_id, Progress.module_slug.in_(required))
        .where(Progress.status.in_(SATISFYING))
        .correlate(Enrollment)
        .scalar_subquery()
    )
    last = (
        sa.select(sa.func.max(Progress.last_activity_at))
        .join(Membership, Membership.module_slug == Progress.module_slug)
        .where(Progress.user_id == Enrollment.user_id, Membership.path_slug == path)
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


def _medians_by_key(values: sa.Subquery) -> dict[str, float]:
    """Return the median minutes for each `key` of the seconds in `value`, to a tenth."""
    place = sa.func.row_number().over(partition_by=values.c.key, order_by=values.c.value)
    size = sa.func.count().over(partition_by=values.c.key)
    ranked = sa.select(
        values.c.key, values.c.value, place.label("place"), size.label("size")
    ).subquery()
    middle = sa.and_(ranked.c.place * 2 >= ranked.c.size, ranked.c.place * 2 <= ranked.c.size + 2)
    medians = sa.select(ranked.c.key, sa.func.avg(ranked.c.value).label("seconds"))
    rows = reads.all(medians.where(middle).group_by(ranked.c.key))
    return {row.key: round(float(row.seconds) / 60, 1) for row in rows}


def _epoch(moment: Any) -> Any:
    """Return a stored time as seconds since the epoch, on either database."""
    if db.engine.dialect.name == "postgresql":
        return sa.func.extract("epoch", moment)
    return (sa.func.julianday(moment) - 2440587.5) * SECONDS_A_DAY
