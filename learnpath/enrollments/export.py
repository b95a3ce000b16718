"""The enrollments and invitations in the export of a user's data."""

from collections import defaultdict
from typing import Any

import sqlalchemy as sa

from ..db import db, reads
from ..users.models import User
from .models import Enrollment, EnrollmentEvent, Invitation


def export_enrollments(user_id: int) -> list[dict[str, Any]]:
    """Return every enrollment of a user with its history."""
    events = sa.select(EnrollmentEvent).join(Enrollment).where(Enrollment.user_id == user_id)
    histories = defaultdict(list)
    for event in db.session.scalars(events.order_by(EnrollmentEvent.id)):
        act = {"act": event.kind, "details": event.details, "at": event.at}
        histories[event.enrollment_id].append(act)
    enrollments = sa.select(Enrollment.__table__).where(Enrollment.user_id == user_id)
    rows = reads.all(enrollments.order_by(Enrollment.id))
    return [{**row._mapping, "history": histories[row.id]} for row in rows]


def export_invitations(user_id: int) -> list[dict[str, Any]]:
    """Return the invitations that a user accepts by confirming their email address."""
    invitation = (Invitation.path_slug, Invitation.due_at, Invitation.note, Invitation.created_at)
    invitations = sa.select(*invitation).join(User, User.email == Invitation.email)
    rows = reads.all(invitations.where(User.id == user_id).order_by(Invitation.path_slug))
    return [dict(row._mapping) for row in rows]
