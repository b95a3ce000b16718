"""The tables of enrollments, their history and invitations."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ..clock import now
from ..db import Model
from ..db.types import Id, UtcDateTime
from ..emails import EMAIL_MAX

NOTE_MAX = 500
ACTIVE = "active"
COMPLETED = "completed"
WITHDRAWN = "withdrawn"
STATUSES = (ACTIVE, COMPLETED, WITHDRAWN)


class Enrollment(Model):
    """A user in a path: a single row, also after a withdrawal and a return.

    A completion is permanent: `completed_at` never changes.
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
        """The slug of the path, under its name in the JSON."""
        return self.path_slug

    @property
    def overdue(self) -> bool:
        """Whether the due date has passed and the path is not completed."""
        return self.status == ACTIVE and self.due_at is not None and self.due_at < now()


class EnrollmentEvent(Model):
    """A change of an enrollment, by a user: an entry of its history."""

    __tablename__ = "enrollment_events"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    enrollment_id: Mapped[int] = mapped_column(
        sa.ForeignKey("enrollments.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(sa.String(20))
    by_user_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    details: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Invitation(Model):
    """An invitation to a path for an email address without an account."""

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
