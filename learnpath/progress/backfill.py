"""Importing progress that was made in another system, in bulk."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ..db import db
from .models import Event, Progress
from .rules.events import COMPLETED, STARTED, ProgressEvent, fold
from .store import Actor, event_row, progress_row

IMPORT = Actor(user_id=None, bypasses_locks=True)


def import_events(events: Iterable[tuple[int, str, bool, datetime]]) -> None:
    """Add one event and its progress for each (user id, module slug, completed, time).

    For learners without any progress yet. The local date is the date in UTC.
    """
    event_rows: list[dict[str, object]] = []
    progress_rows: list[dict[str, object]] = []
    for user_id, module, completed, occurred_at in events:
        event = ProgressEvent(
            id=f"import:{module}",
            kind=COMPLETED if completed else STARTED,
            occurred_at=occurred_at,
            revision=1 if completed else None,
        )
        event_rows.append(event_row(user_id, module, event, "UTC", IMPORT))
        progress_rows.append(progress_row(user_id, module, fold([event])))
    if event_rows:
        one_statement: Any = {"execution_options": {"render_nulls": True}}
        db.session.execute(sa.insert(Event), event_rows, **one_statement)
        db.session.execute(sa.insert(Progress), progress_rows, **one_statement)
