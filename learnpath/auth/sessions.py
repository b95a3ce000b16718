"""Open, refresh, list and end sessions.

A session is a family of refresh tokens, of which only the newest is good. Somebody who
sends an older one has stolen it, or was stolen from: the whole family ends (RFC 9700, 4.14).
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app

from .. import audit, database
from ..clock import now
from ..errors import NotFound, Unauthorized
from ..extensions import autocommit, db
from ..pages import Page, Paging, take
from ..prepared import Prepared
from ..users.models import ACTIVE, User
from . import tokens
from .models import LABEL_MAX, Session

OPENED = ("label", "seed", "counter", "created_at", "last_refreshed_at", "expires_at")
NEW_SESSION = Prepared(
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
REFRESH_TOKEN = re.compile(r"lr_([1-9][0-9]{0,17})_([0-9]{1,9})_([A-Za-z0-9_-]{43})")


class InvalidRefreshToken(Unauthorized):
    """The refresh token is not good any more. Log in again."""


class SessionNotFound(NotFound):
    """You have no such session."""


def open_session(user_id: int, password_hash: str, label: str = "") -> dict[str, Any] | None:
    """Remember a login from the device `label`, and return its tokens. Commits at once.

    None where the account is not active any more, or has another password than the one whose
    hash was checked: that takes a while, and a new password is to end every session.
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
    opened = autocommit.first(NEW_SESSION, **row)
    return _tokens_of(user_id, opened.id, seed, counter=0) if opened else None


def refresh_session(refresh_token: str) -> dict[str, Any]:
    """Spend a refresh token and return the next tokens of its session.

    Within REFRESH_GRACE_SECONDS a token that was just spent gets the same successor again,
    since a client that lost the answer has to repeat itself; it never forks the family.
    Raises InvalidRefreshToken; for one that was spent before, the session ends too.
    """
    session, counter = _session_of(refresh_token)
    moment = now()
    is_repeated = counter == session.counter - 1 and moment - session.last_refreshed_at <= _grace()
    if counter != session.counter and not is_repeated:
        audit.note("refresh.reused", user_id=session.user_id, session_id=session.id)
        db.session.delete(session)
        db.session.commit()  # must outlive the refusal
        raise InvalidRefreshToken
    if not is_repeated:
        session.counter += 1
        session.last_refreshed_at = moment
        session.expires_at = _expiry(session.created_at, moment)
    return _tokens_of(session.user_id, session.id, session.seed, session.counter)


def _session_of(refresh_token: str) -> tuple[Session, int]:
    """Lock and return the session that a genuine token belongs to, and the token's counter."""
    parts = REFRESH_TOKEN.fullmatch(refresh_token)
    if parts is None:
        raise InvalidRefreshToken
    session_id, counter, proof = int(parts[1]), int(parts[2]), parts[3]
    database.begin_write(db.session)
    session = db.session.scalar(
        sa.select(Session)
        .join(User)
        .where(Session.id == session_id, Session.expires_at > now(), User.status == ACTIVE)
        .with_for_update(of=Session)
    )
    if session is None:
        raise InvalidRefreshToken
    secrets_in_use = (current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_PREVIOUS"])
    proofs = [_proof(session_id, session.seed, counter, secret) for secret in secrets_in_use]
    if not any(hmac.compare_digest(proof, known) for known in proofs):
        raise InvalidRefreshToken
    return session, counter


def _tokens_of(user_id: int, session_id: int, seed: str, counter: int) -> dict[str, Any]:
    proof = _proof(session_id, seed, counter, current_app.config["SECRET_KEY"])
    return {
        "access_token": tokens.issue(user_id, session_id),
        "token_type": "bearer",
        "expires_in": tokens.lifetime(),
        "refresh_token": f"lr_{session_id}_{counter}_{proof}",
    }


def _proof(session_id: int, seed: str, counter: int, secret: str) -> str:
    message = f"refresh token {counter} of session {session_id} {seed}"
    mac = hmac.digest(secret.encode(), message.encode(), hashlib.sha256)
    return urlsafe_b64encode(mac).decode().rstrip("=")


def _grace() -> timedelta:
    return timedelta(seconds=current_app.config["REFRESH_GRACE_SECONDS"])


def _expiry(created: datetime, refreshed: datetime) -> datetime:
    idle = timedelta(days=current_app.config["REFRESH_IDLE_DAYS"])
    longest = timedelta(days=current_app.config["REFRESH_MAX_DAYS"])
    return min(refreshed + idle, created + longest)


def list_sessions(user_id: int, paging: Paging, current: int | None = None) -> Page:
    """Return a page of a user's sessions that are alive, oldest first; `current` marks one."""
    shown = (
        Session.id,
        Session.label,
        Session.created_at,
        Session.last_refreshed_at,
        Session.expires_at,
        (Session.id == current).label("current"),
    )
    alive = sa.select(*shown).where(Session.user_id == user_id, Session.expires_at > now())
    return take(alive, [Session.id], paging, of=f"sessions of {user_id}")


def end_session(user_id: int, session_id: int) -> None:
    """Log one device of a user out. Raises SessionNotFound."""
    of_the_user = sa.and_(Session.user_id == user_id, Session.id == session_id)
    ended = db.session.execute(sa.delete(Session).where(of_the_user))
    if ended.rowcount == 0:  # type: ignore[attr-defined]
        raise SessionNotFound


def end_sessions(user_id: int, but: int | None = None) -> None:
    """Log every device of a user out, except the one of the session `but`."""
    of_the_user = sa.delete(Session).where(Session.user_id == user_id)
    db.session.execute(of_the_user if but is None else of_the_user.where(Session.id != but))


def purge_sessions() -> int:
    """Forget the sessions that have expired; return how many. Commits as it goes."""
    return database.delete_in_batches(db.session, Session, Session.expires_at < now())
