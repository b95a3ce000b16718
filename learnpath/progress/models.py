"""The tables of events, and of the progress that follows from them."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, column_property, mapped_column

from ..db import Model
from ..db.functions import in_literals, json_map
from ..db.types import ModuleSlug, UtcDateTime
from ..users.models import User
from .rules.events import COMPLETED, REOPENED, RESET, SATISFYING, STARTED, STATUSES, State

KINDS = (STARTED, COMPLETED, REOPENED, RESET)
EVENT_ID_MAX = 128
REASON_MAX = 500


class Event(Model):
    """An event of one learner on one module. It is never changed.

    The table grows without bound. It is keyed by user, so that it can be partitioned by user.
    """

    __tablename__ = "progress_events"
    __table_args__ = (
        sa.CheckConstraint(sa.column("kind").in_(KINDS), name="kind"),
        sa.Index("ix_progress_events_user_id_module_slug", "user_id", "module_slug"),
        sa.Index("ix_progress_events_user_id_occurred_at_id", "user_id", "occurred_at", "id"),
    )

    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    id: Mapped[str] = mapped_column(sa.String(EVENT_ID_MAX), primary_key=True)
    module_slug: Mapped[str] = mapped_column(ModuleSlug)
    kind: Mapped[str] = mapped_column(sa.String(20))
    percent: Mapped[int | None]
    score: Mapped[float | None]
    time_spent: Mapped[int] = mapped_column(default=0)  # seconds
    position: Mapped[Any] = mapped_column(sa.JSON(none_as_null=True), nullable=True)
    revision: Mapped[int | None]
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    local_date: Mapped[date]
    # No foreign key: it outlives the user.
    reported_by: Mapped[int | None] = mapped_column(sa.BigInteger)
    digest: Mapped[str] = mapped_column(sa.String(64))


class Progress(Model):
    """The fold of one learner's events on one module, and two facts that no event changes.

    `status` follows from the other columns; it is stored so that SQL can filter by it.
    """

    __tablename__ = "progress"
    __table_args__ = (
        sa.CheckConstraint(sa.column("status").in_(STATUSES), name="status"),
        sa.Index("ix_progress_module_slug_status_user_id", "module_slug", "status", "user_id"),
    )

    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    module_slug: Mapped[str] = mapped_column(sa.ForeignKey("modules.slug"), primary_key=True)
    status: Mapped[str] = mapped_column(sa.String(20))
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_activity_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    first_completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_reopened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reset_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    highest_percent: Mapped[int] = mapped_column(default=0)
    score: Mapped[float | None]
    time_spent: Mapped[int] = mapped_column(sa.BigInteger, default=0)  # seconds
    position: Mapped[Any] = mapped_column(sa.JSON(none_as_null=True), nullable=True)
    position_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    position_id: Mapped[str | None] = mapped_column(sa.String(EVENT_ID_MAX))
    completed_revision: Mapped[int | None]
    waived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    waived_by: Mapped[int | None] = mapped_column(
        sa.ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    waive_reason: Mapped[str | None] = mapped_column(sa.String(REASON_MAX))
    skipped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def state(self) -> State:
        """The row as the state that the rules work on."""
        return State.from_row(self)


# `users` shows a progress map without importing this feature: imports point one way.
sa.inspect(User).add_property(
    "progress",
    column_property(
        sa.select(json_map(Progress.module_slug, in_literals(Progress.status, SATISFYING)))
        .where(Progress.user_id == User.id)
        .correlate_except(Progress)
        .label("progress"),
        deferred=True,
    ),
)
