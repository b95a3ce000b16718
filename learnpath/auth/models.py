"""What we remember of logins, and of proofs that were sent by mail."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ..clock import now
from ..columns import Id, UtcDateTime
from ..extensions import Model

LABEL_MAX = 120


class Session(Model):
    """One login on one device. Its tokens name it, and die with it.

    `seed` and `counter` make the refresh token together with SECRET_KEY, so that a copy of
    the database opens no session.
    """

    __tablename__ = "sessions"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(sa.String(LABEL_MAX))
    seed: Mapped[str] = mapped_column(sa.String(64))
    counter: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    last_refreshed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class OneTimeToken(Model):
    """A proof that was mailed to somebody. Only its digest is kept.

    `bound_to` is a digest of what the proof is about; it dies when that changes.
    """

    __tablename__ = "one_time_tokens"

    digest: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(sa.String(20))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    bound_to: Mapped[str] = mapped_column(sa.String(64))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class KnownAddress(Model):
    """An IP address from which an account has logged in; only its digest is kept."""

    __tablename__ = "known_addresses"

    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    address_digest: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    last_login_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
