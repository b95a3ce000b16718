"""Bringing in, in bulk, what happened in another system before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa

from ..clock import now
from ..extensions import db
from .models import Event, Progress
from .rules.modules import COMPLETED, STARTED, Happening, fold
from .writing import fingerprint


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
        key: dict[str, object] = {"user_id": user_id, "module_slug": module}
        events.append(_event_row(event, key, module))
        state = fold([event])
        rows.append({**asdict(state), **key, "status": state.status, "updated_at": now()})
    if events:
        db.session.execute(sa.insert(Event), events)
        db.session.execute(sa.insert(Progress), rows)


def _event_row(event: Happening, key: dict[str, object], module: str) -> dict[str, object]:
    return {
        **asdict(event),
        **key,
        "received_at": now(),
        "local_date": event.occurred_at.date(),
        "digest": fingerprint(module, asdict(event)),
    }
