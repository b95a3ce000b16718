"""How far a learner has come: one row per learner and module."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, column_property, mapped_column

from ..columns import UtcDateTime, json_map
from ..extensions import Model
from ..users.models import User

IN_PROGRESS = "in_progress"
COMPLETED = "completed"
STATUSES = (IN_PROGRESS, COMPLETED)


class Progress(Model):
    """What one learner has done of one module, whatever paths it stands in."""

    __tablename__ = "progress"
    __table_args__ = (sa.CheckConstraint(sa.column("status").in_(STATUSES), name="status"),)

    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    module_slug: Mapped[str] = mapped_column(
        sa.ForeignKey("modules.slug"), primary_key=True, index=True
    )
    status: Mapped[str] = mapped_column(sa.String(20))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_activity_at: Mapped[datetime] = mapped_column(UtcDateTime)
    first_completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


# Users show a progress map without knowing this feature (architecture: imports point one way).
sa.inspect(User).add_property(
    "progress",
    column_property(
        sa.select(json_map(Progress.module_slug, Progress.status == COMPLETED))
        .where(Progress.user_id == User.id)
        .correlate_except(Progress)
        .scalar_subquery()
        .label("progress"),
        deferred=True,
    ),
)
