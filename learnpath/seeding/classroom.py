"""A life for the development accounts: a learner midway, an instructor with a class."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from ..clock import now
from ..enrollments import services as enrollments
from ..extensions import db
from ..paths import authoring
from ..paths.models import PUBLISHED, Path
from ..progress import reporting
from ..progress.rules.modules import COMPLETED, IN_PROGRESS
from ..progress.writing import Reporter
from ..users import services as users

LEARNER, INSTRUCTOR = "learner@example.org", "instructor@example.org"
STREAKS = (
    (170, 4),
    (151, 6),
    (133, 3),
    (112, 5),
    (86, 12),
    (66, 4),
    (52, 7),
    (33, 5),
    (20, 4),
    (7, 8),
)  # days ago, length
SHARES = (0.6, 0.25)  # of the modules of the first path, of the second


def enliven(curricula: dict[str, list[str]]) -> None:
    """Let the development accounts that exist take part in the demonstration.

    The learner has come some way on two paths and learned again today; the instructor looks
    after every published path. Doing it again adds nothing.
    """
    if instructor := users.find_user_by_email(INSTRUCTOR):
        _name_as_author(instructor.id)
    learner = users.find_user_by_email(LEARNER)
    if learner and not any(enrollments.find_enrollment(learner.id, path) for path in curricula):
        _learn(learner.id, curricula)


def _name_as_author(user_id: int) -> None:
    for slug in db.session.scalars(sa.select(Path.slug).where(Path.status == PUBLISHED)).all():
        path = authoring.lock_path(slug)
        authoring.change_path(path, authors=sorted({*path.authors, user_id}))


def _learn(user_id: int, curricula: dict[str, list[str]]) -> None:
    """Spread the first modules of two paths over the days of the streaks."""
    chance = random.Random(LEARNER)  # noqa: S311 - for plausibility, not for secrets
    todo: list[str] = []
    paths = sorted(curricula.items(), reverse=True)
    for share, (path, modules) in zip(SHARES, paths, strict=False):
        enrollments.enroll(user_id, path, by=None)
        todo += modules[: int(share * len(modules))]
    days = list(_days())
    for number, moment in enumerate(days):
        at = number * len(todo) // len(days)
        is_last_day = (number + 1) * len(todo) // len(days) > at and number + 1 < len(days)
        reports: list[dict[str, Any]] = [
            {"percent": chance.randint(10, 90)} for _ in range(chance.randint(0, 2))
        ]
        reports.append({"status": COMPLETED} if is_last_day else {"status": IN_PROGRESS})
        for later, report in enumerate(reports):
            body = {
                **report,
                "time_spent_delta": chance.randint(600, 1800),
                "occurred_at": moment + timedelta(seconds=later),
            }
            reporting.report(user_id, todo[at], body, Reporter(user_id=None, is_trusted=True))


def _days() -> Iterator[datetime]:
    """Yield a moment in the afternoon of each day of the streaks; the last is just now."""
    today = now()
    for days_ago, length in STREAKS:
        for day in range(days_ago, days_ago - length, -1):
            afternoon = datetime.combine(today - timedelta(days=day), time(15), today.tzinfo)
            yield afternoon if day else today - timedelta(minutes=1)
