"""The activity of a learner per day, and the transcript."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from ..clock import now
from ..db import reads
from ..enrollments.models import Enrollment
from ..errors import InvalidInput
from ..modules.models import Module
from ..paths.models import Path
from ..progress.models import Event, Progress
from ..progress.rules.events import COMPLETED, RESET
from ..users import services as users
from .rules import streaks

DAYS_DEFAULT = 30
DAYS_MAX = 366


def get_activity(user_id: int, since: date | None = None, until: date | None = None) -> Any:
    """Return a user's events per local day between two dates, both included, and the streaks.

    The last 30 days by default, at most 366. Raises UserNotFound, InvalidInput.
    """
    zone = ZoneInfo(users.get_profile(user_id).timezone)
    today = now().astimezone(zone).date()
    until = until or today
    since = since or date.fromordinal(max(1, until.toordinal() - DAYS_DEFAULT + 1))
    if not timedelta(0) <= until - since < timedelta(days=DAYS_MAX):
        raise InvalidInput(errors={"from": [f"Ask for at most {DAYS_MAX} days, in order."]})
    is_learning = (Event.user_id == user_id, Event.kind != RESET)
    per_day = (
        sa.select(
            Event.local_date.label("date"),
            sa.func.count().label("events"),
            sa.func.count().filter(Event.kind == COMPLETED).label("completed"),
        )
        .where(*is_learning, Event.local_date.between(since, until))
        .group_by(Event.local_date)
        .order_by(Event.local_date)
    )
    dates = reads.all(sa.select(Event.local_date).where(*is_learning).distinct())
    current, longest = streaks((row.local_date for row in dates), today)
    return {"days": reads.all(per_day), "current_streak": current, "longest_streak": longest}


def get_transcript(user_id: int) -> dict[str, Any]:
    """Return the paths and modules that a user has completed, in the order of completion."""
    users.get_profile(user_id)
    paths = (
        sa.select(Path.slug, Path.title, Enrollment.completed_at, Enrollment.completed_path_version)
        .join(Path, Path.slug == Enrollment.path_slug)
        .where(Enrollment.user_id == user_id, Enrollment.completed_at.is_not(None))
        .order_by(Enrollment.completed_at, Path.slug)
    )
    completed_at = Progress.first_completed_at.label("completed_at")
    modules = (
        sa.select(Module.slug, Module.title, completed_at, Progress.score, Progress.time_spent)
        .join(Module, Module.slug == Progress.module_slug)
        .where(Progress.user_id == user_id, Progress.status == COMPLETED)
        .order_by(Progress.first_completed_at, Module.slug)
    )
    return {"paths": reads.all(paths), "modules": reads.all(modules)}
