"""The figures and the learners of a path, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterator
from statistics import median
from typing import Any

import sqlalchemy as sa

from ..clock import now
from ..db import db, reads
from ..db.functions import in_literals
from ..enrollments.models import ACTIVE, COMPLETED, WITHDRAWN, Enrollment
from ..modules.models import PUBLISHED, Module
from ..paths.models import Path, PathModule
from ..paths.services import PathNotFound
from ..progress.completion import required_modules
from ..progress.models import Progress
from ..progress.rules.events import COMPLETED as MODULE_COMPLETED
from ..progress.rules.events import IN_PROGRESS, SATISFYING
from ..users.models import User
from ..web.pagination import Page, PageParams, paginate

BUCKETS = 10
SECONDS_A_DAY = 86400
STREAM_BATCH = 500  # rows
SAMPLE = 500  # learners; the median time of a module needs no more


def report(path: str) -> dict[str, Any]:
    """Return the figures of a path and of each of its modules.

    Seven queries, whatever the number of learners, and no stored counters: see
    docs/decisions/0019. Raises PathNotFound.
    """
    require_path(path)
    counts = _counts(path)
    modules = reads.all(
        sa.select(Module.slug, PathModule.required)
        .join(PathModule, PathModule.module_slug == Module.slug)
        .where(PathModule.path_slug == path, Module.status == PUBLISHED)
        .order_by(PathModule.position)
    )
    enrolled = counts.active + counts.completed
    required = [row.slug for row in modules if row.required]
    return {
        "enrolled": enrolled,
        **counts._asdict(),
        "median_days_to_complete": _median_days(path),
        "distribution": _distribution(path, required, enrolled),
        "modules": _modules(path, [row.slug for row in modules]),
    }


def require_path(path: str) -> None:
    """Raise PathNotFound unless there is such a path, in any status."""
    if reads.scalar(sa.select(Path.slug).where(Path.slug == path)) is None:
        raise PathNotFound


def list_learners(path: str, paging: PageParams, status: str | None = None) -> Page:
    """Return a page of the learners of a path, in the order of enrollment."""
    require_path(path)
    learners = _learners(path, status)
    return paginate(learners, [Enrollment.id], paging, cursor_scope=f"learners of {path}")


def stream_learners(path: str, status: str | None = None) -> Iterator[Any]:
    """Yield all rows of `list_learners`, on a separate database connection."""
    require_path(path)
    select = _learners(path, status).order_by(Enrollment.id)
    engine = db.engine

    def rows() -> Iterator[Any]:
        """Close the connection also when the client disconnects."""
        with (
            engine.connect().execution_options(yield_per=STREAM_BATCH) as connection,
            connection.execute(select) as result,
        ):
            yield from result.mappings()

    return rows()


def _counts(path: str) -> Any:
    is_active = Enrollment.status == ACTIVE
    counted = sa.select(
        sa.func.count().filter(is_active).label("active"),
        sa.func.count().filter(Enrollment.status == COMPLETED).label("completed"),
        sa.func.count().filter(Enrollment.status == WITHDRAWN).label("withdrawn"),
        sa.func.count().filter(is_active, Enrollment.due_at < now()).label("overdue"),
    )
    return reads.first(counted.where(Enrollment.path_slug == path))


def _median_days(path: str) -> float | None:
    """Return the median of the days from enrollment to completion, to one decimal."""
    durations = sa.select(
        (_epoch(Enrollment.completed_at) - _epoch(Enrollment.enrolled_at)).label("value")
    ).where(Enrollment.path_slug == path, Enrollment.completed_at.is_not(None))
    seconds = reads.scalar(_median_of(durations.subquery()))
    return None if seconds is None else round(max(0.0, float(seconds)) / SECONDS_A_DAY, 1)


def _distribution(path: str, required: list[str], enrolled: int) -> list[int]:
    """Return the number of learners per tenth of the path's percent; 100 is in the last."""
    buckets = [0] * BUCKETS
    if not required:
        return buckets
    done = (
        sa.select(sa.func.count().label("done"))
        .where(Progress.module_slug.in_(required), in_literals(Progress.status, SATISFYING))
        .where(_learner_is_enrolled(path))
        .group_by(Progress.user_id)
        .subquery()
    )
    learners = sa.select(done.c.done, sa.func.count().label("learners")).group_by(done.c.done)
    for row in reads.all(learners):
        buckets[min(BUCKETS - 1, BUCKETS * row.done // len(required))] += row.learners
    buckets[0] += max(0, enrolled - sum(buckets))  # learners without any module done
    return buckets


def _modules(path: str, slugs: list[str]) -> list[dict[str, Any]]:
    """Return for each module the learners who started and completed it, and the median time."""
    counted = (
        sa.select(Progress.module_slug, Progress.status, sa.func.count().label("learners"))
        .where(Progress.module_slug.in_(slugs), _learner_is_enrolled(path))
        .where(Progress.status.in_((IN_PROGRESS, MODULE_COMPLETED)))
        .group_by(Progress.module_slug, Progress.status)
    )
    learners = {(row.module_slug, row.status): row.learners for row in reads.all(counted)}
    minutes = _median_minutes(path, slugs)
    figures = []
    for slug in slugs:
        completed = learners.get((slug, MODULE_COMPLETED), 0)
        started = completed + learners.get((slug, IN_PROGRESS), 0)
        figure = {"slug": slug, "started": started, "completed": completed}
        figures.append({**figure, "median_minutes": minutes.get(slug)})
    return figures


def _median_minutes(path: str, slugs: list[str]) -> dict[str, float]:
    """Return the median minutes per module of the newest 500 learners who completed it."""
    if not slugs:
        return {}
    newest = [
        sa.select(Progress.module_slug, Progress.time_spent)
        .join(Enrollment, Enrollment.user_id == Progress.user_id)
        .where(Progress.module_slug == slug, Progress.status == MODULE_COMPLETED)
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


def _learner_is_enrolled(path: str) -> sa.ColumnElement[bool]:
    """Return the condition that the learner of a progress row is enrolled in `path`.

    The sum prevents SQLite from an index lookup per learner and module.
    """
    return (Progress.user_id + 0).in_(sa.select(Enrollment.user_id).where(*_is_enrolled(path)))


def _is_enrolled(path: str) -> tuple[sa.ColumnElement[bool], ...]:
    return Enrollment.path_slug == path, Enrollment.status.in_((ACTIVE, COMPLETED))


def _learners(path: str, status: str | None) -> sa.Select[*tuple[Any, ...]]:
    required = required_modules(path)
    modules = sa.select(PathModule.module_slug).where(PathModule.path_slug == path)
    own = sa.select().where(Progress.user_id == Enrollment.user_id).correlate(Enrollment)
    done = own.add_columns(sa.func.count()).where(
        Progress.module_slug.in_(required), in_literals(Progress.status, SATISFYING)
    )
    last = own.add_columns(sa.func.max(Progress.last_activity_at)).where(
        Progress.module_slug.in_(modules)
    )
    total = sa.select(sa.func.count()).select_from(required.subquery())
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


def _median_of(values: sa.Subquery) -> sa.Select[Any]:
    """Return a SELECT of the median of the column `value`."""
    rank = sa.func.row_number().over(order_by=values.c.value).label("rank")
    ranked = sa.select(values.c.value, rank, sa.func.count().over().label("size")).subquery()
    middle = sa.and_(ranked.c.rank * 2 >= ranked.c.size, ranked.c.rank * 2 <= ranked.c.size + 2)
    return sa.select(sa.func.avg(ranked.c.value)).where(middle)


def _epoch(time: Any) -> Any:
    """Return a stored time as seconds since the epoch, on both databases."""
    if db.engine.dialect.name == "postgresql":
        return sa.func.extract("epoch", time)
    return (sa.func.julianday(time) - 2440587.5) * SECONDS_A_DAY
