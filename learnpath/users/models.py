"""The table of users."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ..clock import now
from ..db import Model
from ..db.types import Id, UtcDateTime
from ..emails import EMAIL_MAX
from ..permissions import LEARNER, ROLES

NAME_MAX = 120
LEARNING_PATH_MAX = 120
ACTIVE = "active"
DEACTIVATED = "deactivated"
STATUSES = (ACTIVE, DEACTIVATED)


class User(Model):
    """A user account. An id is never reused, on SQLite either."""

    __tablename__ = "users"
    __table_args__ = (
        sa.CheckConstraint(sa.column("role").in_(ROLES), name="role"),
        sa.CheckConstraint(sa.column("status").in_(STATUSES), name="status"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(NAME_MAX))
    email: Mapped[str] = mapped_column(sa.String(EMAIL_MAX), unique=True)
    email_verified: Mapped[bool] = mapped_column(default=False)
    password_hash: Mapped[str] = mapped_column(sa.String(255))
    role: Mapped[str] = mapped_column(sa.String(20), default=LEARNER)
    status: Mapped[str] = mapped_column(sa.String(20), default=ACTIVE)
    timezone: Mapped[str] = mapped_column(sa.String(64), default="UTC")
    learning_path: Mapped[str | None] = mapped_column(sa.String(LEARNING_PATH_MAX))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)
