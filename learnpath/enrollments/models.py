"""Who follows which path, and what was done to that."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ..clock import now
from ..columns import Id, UtcDateTime
from ..emails import EMAIL_MAX
from ..extensions import Model

NOTE_MAX = 500
ACTIVE = "active"
COMPLETED = "completed"
WITHDRAWN = "withdrawn"
STATUSES = (ACTIVE, COMPLETED, WITHDRAWN)


class Enrollment(Model):
    """One person on one path: a single row, however often they leave and return.

    What is completed stays completed: `completed_at` never moves.
    """

    __tablename__ = "enrollments"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "path_slug"),
        sa.CheckConstraint(sa.column("status").in_(STATUSES), name="status"),
        sa.Index("ix_enrollments_path_slug_id", "path_slug", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"))
    path_slug: Mapped[str] = mapped_column(sa.ForeignKey("paths.slug"))
    status: Mapped[str] = mapped_column(sa.String(20), default=ACTIVE)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    note: Mapped[str | None] = mapped_column(sa.String(NOTE_MAX))
    enrolled_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    enrolled_by: Mapped[int | None] = mapped_column(
        sa.ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    completed_path_version: Mapped[int | None]

    @property
    def path(self) -> str:
        """The slug of the path, under its name in the contract."""
        return self.path_slug

    @property
    def overdue(self) -> bool:
        """Whether the due date has passed and the path is not done."""
        return self.status == ACTIVE and self.due_at is not None and self.due_at < now()


class EnrollmentAct(Model):
    """Who did what to an enrollment, and when: the history."""

    __tablename__ = "enrollment_acts"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    enrollment_id: Mapped[int] = mapped_column(
        sa.ForeignKey("enrollments.id", ondelete="CASCADE"), index=True
    )
    act: Mapped[str] = mapped_column(sa.String(20))
    by_user_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    details: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Invitation(Model):
    """A place on a path for somebody who has no account yet, by email address."""

    __tablename__ = "invitations"

    email: Mapped[str] = mapped_column(sa.String(EMAIL_MAX), primary_key=True)
    path_slug: Mapped[str] = mapped_column(
        sa.ForeignKey("paths.slug", ondelete="CASCADE"), primary_key=True, index=True
    )
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    note: Mapped[str | None] = mapped_column(sa.String(NOTE_MAX))
    invited_by: Mapped[int | None] = mapped_column(
        sa.ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
