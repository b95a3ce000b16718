"""The part of the auth feature in a user's data export."""

from typing import Any

import sqlalchemy as sa

from ..db import reads
from ..mail.models import QueuedEmail
from ..users.models import User
from .models import KnownIp, OneTimeToken, Session
from .sessions import PUBLIC_COLUMNS


def export_access(user_id: int) -> dict[str, Any]:
    """Return sessions, mailed tokens, known IP addresses and emails, without any secret."""
    parts: dict[str, sa.Select[*tuple[Any, ...]]] = {
        "sessions": sa.select(*PUBLIC_COLUMNS)
        .where(Session.user_id == user_id)
        .order_by(Session.id),
        "mailed_tokens": sa.select(OneTimeToken.purpose, OneTimeToken.expires_at)
        .where(OneTimeToken.user_id == user_id)
        .order_by(OneTimeToken.expires_at),
        "known_addresses": sa.select(
            KnownIp.ip_digest.label("address_digest"), KnownIp.last_login_at
        )
        .where(KnownIp.user_id == user_id)
        .order_by(KnownIp.last_login_at),
        "letters": sa.select(
            QueuedEmail.kind, QueuedEmail.address, QueuedEmail.created_at, QueuedEmail.sent_at
        )
        .join(User, User.email == QueuedEmail.address)
        .where(User.id == user_id)
        .order_by(QueuedEmail.id),
    }
    return {name: [row._asdict() for row in reads.all(part)] for name, part in parts.items()}
