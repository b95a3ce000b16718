"""Bringing in, in bulk, what happened in another system before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ..extensions import db
from .models import Event, Progress
from .rules.modules import COMPLETED, STARTED, Happening, fold
from .writing import Reporter, event_row, progress_row

NOBODY = Reporter(user_id=None, is_trusted=True)


def add_past_reports(reports: Iterable[tuple[int, str, bool, datetime]]) -> None:
    """Add one event and its fold for each (user id, module slug, completed, when).

    For learners without any progress yet; the local date is the date in UTC.
    """
    events: list[dict[str, object]] = []
    rows: list[dict[str, object]] = []
    for user_id, module, completed, moment in reports:
        event = Happening(
            id=f"import:{module}",
            kind=COMPLETED if completed else STARTED,
            occurred_at=moment,
            revision=1 if completed else None,
        )
        events.append(event_row(user_id, module, event, "UTC", NOBODY))
        rows.append(progress_row(user_id, module, fold([event])))
    if events:
        in_one_go: Any = {"execution_options": {"render_nulls": True}}  # nulls go along
        db.session.execute(sa.insert(Event), events, **in_one_go)
        db.session.execute(sa.insert(Progress), rows, **in_one_go)
