"""Proofs by mail: a new password for who forgot theirs, and the confirmation of an address."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app

from .. import audit, database, passwords, throttle
from ..clock import now
from ..emails import canonical
from ..errors import InvalidInput
from ..extensions import db, reads
from ..mail import services as mail
from ..users import services as users
from ..users.models import ACTIVE, User
from .models import OneTimeToken

RESET = "reset"
VERIFY = "verify"


class SpentToken(InvalidInput):
    """This token is not good any more. Ask for another one.

    It was used, it is too old, or what it was made for has changed since.
    """

    example = {"errors": {"token": ["This token is not good any more. Ask for another one."]}}

    def __init__(self) -> None:
        """Point at the field `token`."""
        super().__init__(errors={"token": [self.first_line()]})


def ask_for_reset(email: str) -> None:
    """Queue a letter with a reset token; the same is done for an address nobody has.

    Raises TooManyRequests.
    """
    throttle.count(("RESETS_PER_ACCOUNT", canonical(email)))
    mail.queue("password-reset", canonical(email))
    audit.note("reset.asked")


def ask_for_verification(email: str) -> None:
    """Queue a letter with a verification token; the same is done for an address nobody has.

    Raises TooManyRequests.
    """
    throttle.count(("RESETS_PER_ACCOUNT", canonical(email)))
    mail.queue("email-verification", canonical(email))


def reset_password(token: str, password: str) -> None:
    """Set a new password with the token from a letter; every session ends.

    Raises SpentToken, WeakPassword.
    """
    user_id = _owner(token, RESET)
    account = reads.first(sa.select(User.name, User.email).where(User.id == user_id))
    if account is None:
        raise SpentToken
    passwords.refuse_weak(password, account.name, account.email)
    new_hash = passwords.hashed(password)
    _redeem(token, RESET)
    users.set_password_hash(user_id, new_hash, by=None)
    audit.note("reset.done", user_id=user_id)


def verify_email(token: str) -> None:
    """Confirm an email address with the token from a letter. Raises SpentToken."""
    user_id = _redeem(token, VERIFY)
    users.confirm_email(user_id)
    audit.note("email.verified", user_id=user_id)


def issue_token(purpose: str, email: str) -> tuple[str, Any] | None:
    """Return a fresh token for the account with this address, and the account.

    None where there is no such account, or nothing left to verify.
    """
    account = db.session.execute(
        sa.select(User.id, User.name, User.email, User.password_hash, User.email_verified).where(
            User.email == email, User.status == ACTIVE
        )
    ).first()
    if account is None or (purpose == VERIFY and account.email_verified):
        return None
    token = secrets.token_urlsafe(32)
    db.session.add(
        OneTimeToken(
            digest=_digest(token),
            purpose=purpose,
            user_id=account.id,
            bound_to=_subject(purpose, account),
            expires_at=now() + _lifetime(purpose),
        )
    )
    return token, account


@mail.composes("password-reset")
def compose_reset(email: str) -> dict[str, Any] | None:
    """Say how to choose a new password."""
    issued = issue_token(RESET, email)
    if issued is None:
        return None
    token, account = issued
    return {
        "subject": "Your new password",
        "name": account.name,
        "token": token,
        "url": current_app.config["PASSWORD_RESET_URL"].replace("{token}", token),
        "minutes": current_app.config["RESET_TOKEN_MINUTES"],
    }


@mail.composes("email-verification")
def compose_verification(email: str) -> dict[str, Any] | None:
    """Say how to confirm the address, unless it is confirmed already."""
    issued = issue_token(VERIFY, email)
    if issued is None:
        return None
    token, account = issued
    return {
        "subject": "Please confirm your email address",
        "name": account.name,
        "token": token,
        "url": current_app.config["EMAIL_VERIFY_URL"].replace("{token}", token),
        "hours": current_app.config["VERIFY_TOKEN_HOURS"],
    }


@mail.composes("password-changed")
def compose_notice(email: str) -> dict[str, Any] | None:
    """Tell somebody that their password was changed."""
    name = db.session.scalar(sa.select(User.name).where(User.email == email))
    return {"subject": "Your password was changed", "name": name} if name else None


def purge_tokens() -> int:
    """Forget the tokens that have expired; return how many. Commits as it goes."""
    return database.delete_in_batches(db.session, OneTimeToken, OneTimeToken.expires_at < now())


def _owner(token: str, purpose: str) -> int:
    """Return whose token this is, without spending it. Raises SpentToken."""
    user_id = reads.scalar(sa.select(OneTimeToken.user_id).where(*_good(token, purpose)))
    if user_id is None:
        raise SpentToken
    return int(user_id)


def _redeem(token: str, purpose: str) -> int:
    """Spend a token, once, and return whose it was. Raises SpentToken."""
    user_id = _owner(token, purpose)
    users.lock_user(user_id)
    bound_to = db.session.scalar(
        sa.delete(OneTimeToken).where(*_good(token, purpose)).returning(OneTimeToken.bound_to)
    )
    account = db.session.execute(
        sa.select(User.password_hash, User.email).where(User.id == user_id, User.status == ACTIVE)
    ).first()
    if bound_to is None or account is None or bound_to != _subject(purpose, account):
        raise SpentToken
    return user_id


def _good(token: str, purpose: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        OneTimeToken.digest == _digest(token),
        OneTimeToken.purpose == purpose,
        OneTimeToken.expires_at > now(),
    )


def _subject(purpose: str, account: Any) -> str:
    """Return a digest of what a token of this purpose is about."""
    return _digest(account.password_hash if purpose == RESET else account.email)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _lifetime(purpose: str) -> timedelta:
    if purpose == RESET:
        return timedelta(minutes=current_app.config["RESET_TOKEN_MINUTES"])
    return timedelta(hours=current_app.config["VERIFY_TOKEN_HOURS"])
