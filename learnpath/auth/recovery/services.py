"""Reset passwords and verify email addresses with mailed tokens."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app

from ... import passwords, rate_limits
from ...clock import now
from ...db import db, reads
from ...db.purge import delete_in_batches
from ...errors import InvalidInput
from ...mail import services as mail
from ...mail.links import token_link
from ...observability import audit
from ...users import services as users
from ...users.models import ACTIVE, User
from ..models import OneTimeToken

RESET = "reset"
VERIFY = "verify"


class SpentToken(InvalidInput):
    """This token is no longer valid. Request another one.

    It has been used, it has expired, or the password or address that it was for has changed.
    """

    example = {"errors": {"token": ["This token is no longer valid. Request another one."]}}

    def __init__(self) -> None:
        super().__init__(errors={"token": [self.summary()]})


def request_reset(email: str) -> None:
    """Queue an email with a reset token, also for an unknown address. Raises TooManyRequests."""
    rate_limits.hit(("RESETS_PER_ACCOUNT", email))
    mail.queue("password-reset", email)
    audit.log("reset.requested")


def request_verification(email: str) -> None:
    """Queue a verification email, also for an unknown address. Raises TooManyRequests."""
    rate_limits.hit(("RESETS_PER_ACCOUNT", email))
    mail.queue("email-verification", email)


def reset_password(token: str, password: str) -> None:
    """Set a new password with the token from an email; every session ends.

    Raises SpentToken, WeakPassword.
    """
    owner = _owner(token, RESET)
    passwords.check_strength(password, owner.name, owner.email)
    new_hash = passwords.hash_password(password)
    _consume(token, RESET)
    users.set_password_hash(owner.id, new_hash, by=None)
    audit.log("reset.done", user_id=owner.id)


def verify_email(token: str) -> None:
    """Confirm an email address with the token from an email. Raises SpentToken."""
    user_id = _consume(token, VERIFY)
    users.confirm_email(user_id)
    audit.log("email.verified", user_id=user_id)


def issue_token(purpose: str, email: str) -> tuple[str, Any] | None:
    """Return a new token for the account with this email address, and the account.

    Returns None if there is no such account or its address is already verified.
    """
    account = db.session.execute(
        sa.select(User.id, User.name, User.email, User.password_hash, User.email_verified).where(
            User.email == email, User.status == ACTIVE
        )
    ).first()
    if account is None or (purpose == VERIFY and account.email_verified):
        return None
    lifetimes = {
        RESET: timedelta(minutes=current_app.config["RESET_TOKEN_MINUTES"]),
        VERIFY: timedelta(hours=current_app.config["VERIFY_TOKEN_HOURS"]),
    }
    token = secrets.token_urlsafe(32)
    db.session.add(
        OneTimeToken(
            digest=_digest(token),
            purpose=purpose,
            user_id=account.id,
            bound_to=_fingerprint(purpose, account),
            expires_at=now() + lifetimes[purpose],
        )
    )
    return token, account


@mail.renders("password-reset")
def render_reset(email: str) -> dict[str, Any] | None:
    """Return the values for an email with a reset token, or None without an account."""
    minutes = current_app.config["RESET_TOKEN_MINUTES"]
    return _with_token(RESET, email, subject="Your new password", minutes=minutes)


@mail.renders("email-verification")
def render_verification(email: str) -> dict[str, Any] | None:
    """Return the values for a verification email, or None if there is nothing to verify."""
    hours = current_app.config["VERIFY_TOKEN_HOURS"]
    return _with_token(VERIFY, email, subject="Please confirm your email address", hours=hours)


def _with_token(purpose: str, email: str, **values: Any) -> dict[str, Any] | None:
    """Issue a token and return it with the `values`, or None if there is nothing to send."""
    issued = issue_token(purpose, email)
    if issued is None:
        return None
    token, account = issued
    return {"name": account.name, "token": token, "url": token_link(purpose, token), **values}


@mail.renders("password-changed")
def render_password_changed(email: str) -> dict[str, Any] | None:
    """Return the values for the notice that a password has changed."""
    name = db.session.scalar(sa.select(User.name).where(User.email == email))
    return {"subject": "Your password was changed", "name": name} if name else None


def purge_tokens() -> int:
    """Delete expired tokens and return how many. Commits after each batch."""
    return delete_in_batches(OneTimeToken, OneTimeToken.expires_at < now())


def _owner(token: str, purpose: str) -> Any:
    """Return the token's user; the token stays valid. Raises SpentToken."""
    owners = sa.select(User.id, User.name, User.email).join(OneTimeToken)
    owner = reads.first(owners.where(*_is_valid(token, purpose)))
    if owner is None:
        raise SpentToken
    return owner


def _consume(token: str, purpose: str) -> int:
    """Delete a token and return the id of its user. Raises SpentToken."""
    user_id: int = _owner(token, purpose).id
    users.lock_user(user_id)
    bound_to = db.session.scalar(
        sa.delete(OneTimeToken).where(*_is_valid(token, purpose)).returning(OneTimeToken.bound_to)
    )
    account = db.session.execute(
        sa.select(User.password_hash, User.email).where(User.id == user_id, User.status == ACTIVE)
    ).first()
    if bound_to is None or account is None or bound_to != _fingerprint(purpose, account):
        raise SpentToken
    return user_id


def _is_valid(token: str, purpose: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        OneTimeToken.digest == _digest(token),
        OneTimeToken.purpose == purpose,
        OneTimeToken.expires_at > now(),
    )


def _fingerprint(purpose: str, account: Any) -> str:
    """Return a digest of the password hash or email address that a token is bound to."""
    return _digest(account.password_hash if purpose == RESET else account.email)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
