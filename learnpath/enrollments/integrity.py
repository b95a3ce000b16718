"""Compare enrollments with their history, and repair differences."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ..db import db
from .models import ACTIVE, COMPLETED, WITHDRAWN, Enrollment, EnrollmentEvent


def check_enrollments(user_ids: Sequence[int], *, fix: bool) -> Iterator[tuple[int, str, str]]:
    """Yield (user, path, difference) for every enrollment that differs from its history.

    Call it with the users locked. With `fix` it is rewritten from its history.
    """
    of_users = Enrollment.user_id.in_(user_ids)
    locked = sa.select(Enrollment).where(of_users).with_for_update(key_share=True)
    enrollments = locked.order_by(Enrollment.path_slug, Enrollment.id)
    rows = db.session.scalars(enrollments.execution_options(populate_existing=True)).all()
    events: dict[int, list[EnrollmentEvent]] = defaultdict(list)
    history = sa.select(EnrollmentEvent).join(Enrollment).where(of_users)
    for event in db.session.scalars(history.order_by(EnrollmentEvent.id)):
        events[event.enrollment_id].append(event)
    for row in rows:
        expected = _replay(events[row.id])
        wrong = [name for name, value in expected.items() if getattr(row, name) != value]
        if wrong:
            yield row.user_id, row.path_slug, f"differs from its history in {', '.join(wrong)}"
        if fix:
            for name in wrong:
                setattr(row, name, expected[name])
    db.session.flush()


def _replay(events: Iterable[EnrollmentEvent]) -> dict[str, Any]:
    """Return the attributes of an enrollment that follow from its events, oldest first."""
    values: dict[str, Any] = {"status": None, "completed_at": None, "completed_path_version": None}
    for event in events:
        values |= _parse_details(event.details)
        if event.kind == "enrolled":
            values |= {"status": ACTIVE, "enrolled_at": event.at}
        elif event.kind == "withdrawn":
            values["status"] = WITHDRAWN
        elif event.kind == "returned":
            values["status"] = COMPLETED if values["completed_at"] else ACTIVE
        elif event.kind == "completed":
            values |= {"status": COMPLETED, "completed_at": event.at}
    return values


def _parse_details(details: dict[str, Any]) -> dict[str, Any]:
    """Return the details of an event, with the due date as a datetime."""
    due_at = details.get("due_at")
    return {**details, "due_at": datetime.fromisoformat(due_at)} if due_at else details
