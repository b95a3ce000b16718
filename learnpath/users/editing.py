"""Change a person's name, address, password and the rest."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from .. import audit, passwords, throttle
from ..errors import InvalidInput
from ..extensions import db, reads
from ..permissions import Caller
from . import signals
from .models import User
from .services import EmailTaken, UserNotFound, lock_user


def edit_user(
    user_id: int, *, by: Caller, current_password: str | None = None, **changes: Any
) -> None:
    """Change a user; what is not among `changes` stays.

    Whoever changes their own email address or password proves who they are with
    `current_password`. A new address is unverified. Raises UserNotFound, EmailTaken,
    WeakPassword, InvalidInput for a wrong current password, and TooManyRequests.
    """
    account = reads.first(
        sa.select(User.name, User.email, User.password_hash).where(User.id == user_id)
    )
    if account is None:
        raise UserNotFound
    if by.user_id == user_id and changes.keys() & {"email", "password"}:
        _refuse_wrong_password(current_password, user_id, account)
    if "password" in changes:
        password = changes.pop("password")
        identity = {"name": account.name, "email": account.email} | changes
        passwords.refuse_weak(password, identity["name"], identity["email"])
        changes["password_hash"] = passwords.hashed(password)
    if changes.get("email", account.email) != account.email:
        changes["email_verified"] = False
    if changes:
        _write_changes(user_id, account.password_hash, changes)
        email = changes.get("email", account.email)
        if email != account.email:
            signals.email_changed.send(User, email=email, former=account.email)
        if "password_hash" in changes:
            signals.password_changed.send(User, user_id=user_id, email=email, by=by)


def _refuse_wrong_password(given: str | None, user_id: int, account: Any) -> None:
    """Refuse who does not know the password, and who has guessed as often as a login may fail.

    Guesses are counted apart from logins: a stranger who guesses there cannot keep the owner
    from changing the password here.
    """
    if given is None:
        raise InvalidInput(
            errors={"current_password": ["Needed to change your email address or password."]}
        )
    bound = ("LOGIN_FAILURES_PER_ACCOUNT", "current password", account.email)
    throttle.refuse_if_exhausted(bound)
    if not passwords.matches(given, account.password_hash):
        audit.note("password.guessed", user_id=user_id)
        throttle.count(bound)
        raise InvalidInput(errors={"current_password": ["This is not your current password."]})


def _write_changes(user_id: int, password_hash: str, changes: dict[str, Any]) -> None:
    """Write `changes` unless the password has changed since it was checked."""
    lock_user(user_id)
    unchanged = sa.and_(User.id == user_id, User.password_hash == password_hash)
    try:
        written = db.session.execute(sa.update(User).where(unchanged).values(**changes))
    except IntegrityError:  # the only constraint that an edit can break
        raise EmailTaken from None
    if written.rowcount == 0:  # type: ignore[attr-defined]
        raise InvalidInput(errors={"current_password": ["The password was changed meanwhile."]})
