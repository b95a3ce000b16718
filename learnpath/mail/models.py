"""The table of queued emails."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ..clock import now
from ..db import Model
from ..db.types import Id, UtcDateTime
from ..emails import EMAIL_MAX


class QueuedEmail(Model):
    """An email of some kind to an address. Its text is rendered when it is sent.

    So the queue holds no tokens, and a request for an email to an unknown address takes as
    long as one to a known address.
    """

    __tablename__ = "queued_emails"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(40))
    address: Mapped[str] = mapped_column(sa.String(EMAIL_MAX), index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
