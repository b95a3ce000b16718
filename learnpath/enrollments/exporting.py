"""What is kept about somebody's enrollments, for them to read."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ..extensions import reads
from ..users.models import User
from .models import Enrollment, EnrollmentAct, Invitation


def export_enrollments(user_id: int) -> list[dict[str, Any]]:
    """Return every enrollment of a user with its history."""
    acts = sa.select(EnrollmentAct).join(Enrollment).where(Enrollment.user_id == user_id)
    histories: dict[int, list[dict[str, Any]]] = {}
    for act in reads.entities(acts.order_by(EnrollmentAct.id)):
        histories.setdefault(act.enrollment_id, []).append(
            {"act": act.act, "details": act.details, "at": act.at}
        )
    columns = Enrollment.__table__.columns
    return [
        {**row._mapping, "history": histories.get(row.id, [])}
        for row in reads.all(
            sa.select(*columns).where(Enrollment.user_id == user_id).order_by(Enrollment.id)
        )
    ]


def export_invitations(user_id: int) -> list[dict[str, Any]]:
    """Return the invitations that wait until a user confirms their email address."""
    invitation = (Invitation.path_slug, Invitation.due_at, Invitation.note, Invitation.created_at)
    waiting = sa.select(*invitation).join(User, User.email == Invitation.email)
    rows = reads.all(waiting.where(User.id == user_id).order_by(Invitation.path_slug))
    return [dict(row._mapping) for row in rows]
