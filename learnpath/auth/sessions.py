"""Open, refresh, list and end sessions.

A session is a family of refresh tokens, of which only the newest is valid. If a client
sends an older one, the token has been stolen and the whole family ends (RFC 9700, 4.14).
"""

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app

from ..clock import now
from ..db import db, locks, separate_transaction, transaction
from ..db.purge import delete_in_batches
from ..db.query import Query
from ..errors import NotFound, Unauthorized
from ..observability import audit
from ..users.models import ACTIVE, User
from ..web.pagination import Page, PageParams, paginate
from . import tokens
from .models import LABEL_MAX, Session

OPENED = ("label", "seed", "counter", "created_at", "last_refreshed_at", "expires_at")
NEW_SESSION = Query(
    sa.insert(Session)
    .from_select(
        ("user_id", *OPENED),
        sa.select(
            User.id, *(sa.bindparam(name, type_=Session.__table__.c[name].type) for name in OPENED)
        )
        .where(User.id == sa.bindparam("user_id"), User.status == ACTIVE)
        .where(User.password_hash == sa.bindparam("password_hash"))
        .with_for_update(read=True),
    )
    .returning(Session.id)
)
PUBLIC_COLUMNS = Session.__table__.c["id", "label", "created_at", "last_refreshed_at", "expires_at"]
REFRESH_TOKEN = re.compile(r"lr_([1-9][0-9]{0,17})_([0-9]{1,9})_([A-Za-z0-9_-]{43})")


class InvalidRefreshToken(Unauthorized):
    """The refresh token is no longer valid. Log in again."""


class SessionNotFound(NotFound):
    """You have no such session."""


def open_session(user_id: int, password_hash: str, label: str = "") -> dict[str, Any] | None:
    """Open a session for the device `label` and return its tokens.

    Returns None if the account has been deactivated or its password has changed since
    `password_hash` was read: verifying takes a while, and a new password ends every session.
    """
    moment, seed = now(), secrets.token_hex(32)
    row = {
        "user_id": user_id,
        "password_hash": password_hash,
        "label": label[:LABEL_MAX],
        "seed": seed,
        "counter": 0,
        "created_at": moment,
        "last_refreshed_at": moment,
        "expires_at": _expiry(created=moment, refreshed=moment),
    }
    session_id = transaction.scalar(NEW_SESSION, **row)
    return _tokens_of(user_id, session_id, seed, counter=0) if session_id else None


def refresh_session(refresh_token: str) -> dict[str, Any]:
    """Exchange a refresh token for the next tokens of its session.

    Within REFRESH_GRACE_SECONDS a token that has just been used gets the same successor
    again, since a client that lost the answer retries; the family is never forked. Raises
    InvalidRefreshToken; a token that was used earlier also ends the session.
    """
    session, counter = _session_of(refresh_token)
    moment = now()
    grace = timedelta(seconds=current_app.config["REFRESH_GRACE_SECONDS"])
    is_retry = counter == session.counter - 1 and moment - session.last_refreshed_at <= grace
    if counter != session.counter and not is_retry:
        _end_family(session.user_id, session.id)
        raise InvalidRefreshToken
    if not is_retry:
        session.counter += 1
        session.last_refreshed_at = moment
        session.expires_at = _expiry(session.created_at, moment)
    return _tokens_of(session.user_id, session.id, session.seed, session.counter)


def _end_family(user_id: int, session_id: int) -> None:
    """Delete the session of a reused token, in a transaction that the refusal does not undo."""
    audit.log("refresh.reused", user_id=user_id, session_id=session_id)
    db.session.remove()  # gives up the lock that `_session_of` took
    with separate_transaction() as connection:
        connection.execute(sa.delete(Session).where(Session.id == session_id))


def _session_of(refresh_token: str) -> tuple[Session, int]:
    """Lock and return the session of a token with a valid signature, and the token's counter."""
    parts = REFRESH_TOKEN.fullmatch(refresh_token)
    if parts is None:
        raise InvalidRefreshToken
    session_id, counter, signature = int(parts[1]), int(parts[2]), parts[3]
    locks.begin_write()
    session = db.session.scalar(
        sa.select(Session)
        .join(User)
        .where(Session.id == session_id, Session.expires_at > now(), User.status == ACTIVE)
        .with_for_update(of=Session)
    )
    if session is None:
        raise InvalidRefreshToken
    keys = tokens.accepted_keys()
    valid = [_signature(session_id, session.seed, counter, secret) for secret in keys]
    if not any(hmac.compare_digest(signature, one) for one in valid):
        raise InvalidRefreshToken
    return session, counter


def _tokens_of(user_id: int, session_id: int, seed: str, counter: int) -> dict[str, Any]:
    signature = _signature(session_id, seed, counter, current_app.config["SECRET_KEY"])
    return {
        "access_token": tokens.issue(user_id, session_id),
        "token_type": "bearer",
        "expires_in": tokens.lifetime(),
        "refresh_token": f"lr_{session_id}_{counter}_{signature}",
    }


def _signature(session_id: int, seed: str, counter: int, secret: str) -> str:
    message = f"refresh token {counter} of session {session_id} {seed}"
    mac = hmac.digest(secret.encode(), message.encode(), hashlib.sha256)
    return urlsafe_b64encode(mac).decode().rstrip("=")


def _expiry(created: datetime, refreshed: datetime) -> datetime:
    idle = timedelta(days=current_app.config["REFRESH_IDLE_DAYS"])
    longest = timedelta(days=current_app.config["REFRESH_MAX_DAYS"])
    return min(refreshed + idle, created + longest)


def list_sessions(user_id: int, paging: PageParams, current: int | None = None) -> Page:
    """Return a page of a user's open sessions, oldest first; `current` marks one."""
    sessions = sa.select(*PUBLIC_COLUMNS, (Session.id == current).label("current"))
    alive = sessions.where(Session.user_id == user_id, Session.expires_at > now())
    return paginate(alive, [Session.id], paging, cursor_scope=f"sessions of {user_id}")


def end_session(user_id: int, session_id: int) -> None:
    """End one session of a user. Raises SessionNotFound."""
    of_the_user = sa.and_(Session.user_id == user_id, Session.id == session_id)
    result = db.session.execute(sa.delete(Session).where(of_the_user))
    if result.rowcount == 0:  # type: ignore[attr-defined]
        raise SessionNotFound


def end_sessions(user_id: int, except_session: int | None = None) -> None:
    """End all sessions of a user, except the session `except_session`."""
    ended = sa.delete(Session).where(Session.user_id == user_id)
    if except_session is not None:
        ended = ended.where(Session.id != except_session)
    db.session.execute(ended)


def purge_sessions() -> int:
    """Delete expired sessions and return how many. Commits after each batch."""
    return delete_in_batches(Session, Session.expires_at < now())
