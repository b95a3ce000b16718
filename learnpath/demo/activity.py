"""Demo activity for the development accounts: a learner with progress, an instructor with paths."""

import random
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from ..clock import now
from ..db import db
from ..enrollments import services as enrollments
from ..modules.models import PUBLISHED
from ..paths import services as paths
from ..paths.models import Path
from ..progress import services as progress
from ..progress.rules.events import COMPLETED, IN_PROGRESS
from ..progress.store import Actor
from ..users import services as users

LEARNER, INSTRUCTOR = "learner@example.org", "instructor@example.org"
# the length of each streak by its beginning, in days ago
STREAKS = {170: 4, 151: 6, 133: 3, 112: 5, 86: 12, 66: 4, 52: 7, 33: 5, 20: 4, 7: 8}
SHARES = (0.6, 0.25)  # of the modules of the first path, of the second


def add_demo_activity(curricula: dict[str, list[str]]) -> None:
    """Add demo activity to the development accounts that exist.

    The learner gets progress on two paths, the last of it today; the instructor becomes an
    author of every published path. Running it again adds nothing.
    """
    if instructor := users.find_user_by_email(INSTRUCTOR):
        _make_author_of_all_paths(instructor.id)
    learner = users.find_user_by_email(LEARNER)
    if learner and not any(enrollments.find_enrollment(learner.id, path) for path in curricula):
        _simulate(learner.id, curricula)


def _make_author_of_all_paths(user_id: int) -> None:
    for slug in db.session.scalars(sa.select(Path.slug).where(Path.status == PUBLISHED)).all():
        path = paths.lock_path(slug)
        paths.change_path(path, authors=sorted({*path.authors, user_id}))


def _simulate(user_id: int, curricula: dict[str, list[str]]) -> None:
    """Report the first modules of two paths, spread over the days of the streaks."""
    rng = random.Random(LEARNER)  # noqa: S311 - not for secrets
    operator = Actor(user_id=None, bypasses_locks=True)
    todo: list[str] = []
    paths = sorted(curricula.items(), reverse=True)
    for share, (path, modules) in zip(SHARES, paths, strict=False):
        enrollments.enroll(user_id, path, by=None)
        todo += modules[: int(share * len(modules))]
    days = list(_days())
    for number, moment in enumerate(days):
        at = number * len(todo) // len(days)
        is_last_day = (number + 1) * len(todo) // len(days) > at and number + 1 < len(days)
        percents = [rng.randint(10, 90) for _ in range(rng.randint(0, 2))]
        reports: list[dict[str, Any]] = [{"percent": percent} for percent in percents]
        reports.append({"status": COMPLETED if is_last_day else IN_PROGRESS})
        for later, report in enumerate(reports):
            report["time_spent_delta"] = rng.randint(600, 1800)
            report["occurred_at"] = moment + timedelta(seconds=later)
            progress.report_progress(user_id, todo[at], report, operator)


def _days() -> Iterator[datetime]:
    """Yield a time in the afternoon of each day of the streaks; the last is a minute ago."""
    today = now()
    for days_ago, length in STREAKS.items():
        for day in range(days_ago, days_ago - length, -1):
            afternoon = datetime.combine(today - timedelta(days=day), time(15), today.tzinfo)
            yield afternoon if day else today - timedelta(minutes=1)
