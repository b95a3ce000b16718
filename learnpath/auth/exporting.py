"""What the auth feature keeps about somebody, for them to read."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ..extensions import reads
from ..mail.models import Letter
from ..users.models import User
from .models import KnownAddress, OneTimeToken, Session


def export_access(user_id: int) -> dict[str, Any]:
    """Return sessions, open proofs, known addresses and letters, without any secret."""
    session = (
        Session.id,
        Session.label,
        Session.created_at,
        Session.last_refreshed_at,
        Session.expires_at,
    )
    proof = (OneTimeToken.purpose, OneTimeToken.expires_at)
    letter = (Letter.kind, Letter.address, Letter.created_at, Letter.sent_at)
    return {
        "sessions": _rows(
            sa.select(*session).where(Session.user_id == user_id).order_by(Session.id)
        ),
        "mailed_tokens": _rows(
            sa.select(*proof)
            .where(OneTimeToken.user_id == user_id)
            .order_by(OneTimeToken.expires_at)
        ),
        "known_addresses": _rows(
            sa.select(KnownAddress.address_digest, KnownAddress.last_login_at)
            .where(KnownAddress.user_id == user_id)
            .order_by(KnownAddress.last_login_at)
        ),
        "letters": _rows(
            sa.select(*letter)
            .join(User, User.email == Letter.address)
            .where(User.id == user_id)
            .order_by(Letter.id)
        ),
    }


def _rows(select: sa.Executable) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in reads.all(select)]
