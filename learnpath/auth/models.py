"""The tables of sessions, one-time tokens and known IP addresses."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ..clock import now
from ..db import Model
from ..db.types import Id, UtcDateTime

LABEL_MAX = 120


class Session(Model):
    """One login on one device. Its access tokens carry its id and are valid while it exists.

    The refresh token is derived from `seed`, `counter` and SECRET_KEY, so that a copy of the
    database is not enough to use a session.
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
    """A token that was sent by email. Only its digest is stored.

    `bound_to` is a digest of the email address or password hash that the token is for; the
    token is invalid once that has changed.
    """

    __tablename__ = "one_time_tokens"

    digest: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(sa.String(20))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    bound_to: Mapped[str] = mapped_column(sa.String(64))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class KnownIp(Model):
    """An IP address from which a user has logged in. Only its digest is stored."""

    __tablename__ = "known_ips"

    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    ip_digest: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    last_login_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
