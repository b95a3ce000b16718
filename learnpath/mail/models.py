"""The queue of letters."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ..clock import now
from ..columns import Id, UtcDateTime
from ..emails import EMAIL_MAX
from ..extensions import Model


class Letter(Model):
    """A letter of some kind to an address. What it says is composed when it is sent.

    So no token ever lies in the queue, and asking for a letter to an unknown address costs
    what asking for one to a known address does.
    """

    __tablename__ = "letters"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(40))
    address: Mapped[str] = mapped_column(sa.String(EMAIL_MAX), index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
