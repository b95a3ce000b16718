"""Log in, and recognise who is asking."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app

from .. import database, passwords
from ..clock import now
from ..emails import canonical
from ..errors import Forbidden, Unauthorized
from ..extensions import db, reads
from ..permissions import Caller, guard
from ..users.models import ACTIVE, User
from . import tokens
from .models import Session


class WrongCredentials(Unauthorized):
    """The email address or the password is wrong."""


class RegistrationClosed(Forbidden):
    """This service does not take registrations. Ask an administrator for an account."""


def refuse_if_registration_is_closed() -> None:
    """Raise RegistrationClosed where only admins make accounts."""
    if not current_app.config["REGISTRATION_OPEN"]:
        raise RegistrationClosed


def log_in(email: str, password: str) -> dict[str, Any]:
    """Open a session and return its tokens.

    An unknown address and a wrong password are refused alike, and take one hash each.
    The database connection is not held while the password is checked.
    Raises WrongCredentials.
    """
    account = reads.first(
        sa.select(User.id, User.password_hash, User.status).where(User.email == canonical(email))
    )
    if account is None:
        passwords.spend_the_time_of_a_check(password)
        raise WrongCredentials
    if not passwords.matches(password, account.password_hash) or account.status != ACTIVE:
        raise WrongCredentials
    if passwords.is_outdated(account.password_hash):
        _upgrade_hash(account, password)
    return _tokens(account.id, open_session(account.id))


def _upgrade_hash(account: Any, password: str) -> None:
    same = sa.and_(User.id == account.id, User.password_hash == account.password_hash)
    db.session.execute(
        sa.update(User)
        .where(same)
        .values(password_hash=passwords.hashed(password), updated_at=User.updated_at)
    )


def open_session(user_id: int) -> int:
    """Remember a login and return the session's id."""
    lifetime = timedelta(seconds=tokens.lifetime())
    session = Session(user_id=user_id, expires_at=now() + lifetime)
    db.session.add(session)
    db.session.flush()
    return session.id


def _tokens(user_id: int, session_id: int) -> dict[str, Any]:
    return {
        "access_token": tokens.issue(user_id, session_id),
        "token_type": "bearer",
        "expires_in": tokens.lifetime(),
    }


@guard.identifies
def identify(credentials: str) -> Caller:
    """Return who sent `credentials`: the account and the session are looked up every time.

    So a deletion, a new role or a new password acts at once. Raises InvalidToken.
    """
    user_id, session_id = tokens.read(credentials)
    account = reads.first(
        sa.select(User.role)
        .join(Session, Session.user_id == User.id)
        .where(User.id == user_id, User.status == ACTIVE, Session.id == session_id)
    )
    if account is None:
        raise tokens.InvalidToken
    return Caller(user_id=user_id, role=account.role, session_id=session_id)


def end_sessions(user_id: int, but: int | None = None) -> None:
    """End every session of a user, except the one with the id `but`."""
    of_the_user = sa.delete(Session).where(Session.user_id == user_id)
    db.session.execute(of_the_user if but is None else of_the_user.where(Session.id != but))


def purge_sessions() -> int:
    """Forget the sessions that have expired; return how many. Commits as it goes."""
    return database.delete_in_batches(db.session, Session, Session.expires_at < now())
