"""Log in, and authenticate access tokens."""

from datetime import timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from flask import current_app

from .. import passwords, rate_limits
from ..clock import now
from ..db import reads, transaction, upsert
from ..db.purge import delete_in_batches
from ..db.query import Query
from ..errors import Forbidden, Unauthorized
from ..observability import audit
from ..permissions import Columns, UserCaller, authenticator
from ..users.models import ACTIVE, User
from . import sessions, tokens
from .models import KnownIp, Session

IP_KNOWN_FOR = timedelta(days=30)
IP_REFRESH_AFTER = timedelta(days=1)  # until `last_login_at` is written again
IP_SEEN_AT = (
    sa.select(KnownIp.last_login_at)
    .where(KnownIp.user_id == User.id)
    .where(KnownIp.ip_digest == sa.bindparam("ip_digest"))
    .where(KnownIp.last_login_at > sa.bindparam("since"))
    .scalar_subquery()
)
ACCOUNT = Query(
    sa.select(User.id, User.password_hash, User.status, User.email_verified)
    .add_columns(IP_SEEN_AT.label("ip_seen_at"))
    .where(User.email == sa.bindparam("email"))
)

NEW_HASH = Query(
    sa.update(User)
    .where(User.id == sa.bindparam("user_id"), User.password_hash == sa.bindparam("old_hash"))
    .values(password_hash=sa.bindparam("new_hash"), updated_at=User.updated_at)
    .returning(User.id)
)
STORED_HASH = Query(sa.select(User.password_hash).where(User.id == sa.bindparam("user_id")))


class WrongCredentials(Unauthorized):
    """The email address or the password is wrong."""


class EmailUnverified(Forbidden):
    """Confirm your email address first.

    An email was sent to it; `POST /api/v1/auth/email/resend` sends another one.
    """


class RegistrationClosed(Forbidden):
    """This service does not take registrations. Ask an administrator for an account."""


def check_registration(ip: str) -> None:
    """Raise RegistrationClosed if only admins create accounts, TooManyRequests per IP address."""
    if not current_app.config["REGISTRATION_OPEN"]:
        raise RegistrationClosed
    rate_limits.hit(("REGISTRATIONS_PER_ADDRESS", ip))


def log_in(email: str, password: str, ip: str, label: str = "") -> tuple[int, dict[str, Any]]:
    """Open a session for the device `label` at the address `ip`; return user id and tokens.

    `email` is the canonical spelling. An unknown email and a wrong password get the same
    answer and take one hash each. Only failures are counted. Raises WrongCredentials,
    EmailUnverified, TooManyRequests.
    """
    since = now() - IP_KNOWN_FOR
    account = reads.first(ACCOUNT, email=email, ip_digest=audit.digest(ip), since=since)
    limits = ("LOGIN_FAILURES_PER_ADDRESS", ip), _account_limit(account, email, ip)
    rate_limits.check(*limits)
    if not _verify_password(account, password):
        audit.log("login.failed", user_id=account.id if account else None)
        rate_limits.hit(*limits)
        raise WrongCredentials
    if current_app.config["REQUIRE_VERIFIED_EMAIL"] and not account.email_verified:
        raise EmailUnverified
    password_hash = account.password_hash
    if passwords.needs_rehash(password_hash):
        password_hash = _upgrade_hash(account, password)
    session_tokens = sessions.open_session(account.id, password_hash, label)
    if session_tokens is None:  # the account has just changed; the password was no guess
        audit.log("login.failed", user_id=account.id)
        raise WrongCredentials
    _remember_ip(account, ip)
    return account.id, session_tokens


def _verify_password(account: Any, password: str) -> bool:
    if account is None:
        passwords.dummy_verify(password)
        return False
    return passwords.verify(password, account.password_hash) and account.status == ACTIVE


def _account_limit(account: Any, email: str, ip: str) -> rate_limits.Limit:
    """Return the limit of failed logins for an account.

    From a known IP address only the higher limit of that address applies, so that an attacker
    cannot lock the owner out. The failure is counted under a second key nevertheless: counting
    once less would take less time and reveal that the account exists.
    """
    if account is not None and account.ip_seen_at:
        return ("LOGIN_FAILURES_PER_ADDRESS", ip, email)
    return ("LOGIN_FAILURES_PER_ACCOUNT", email)


def _upgrade_hash(account: Any, password: str) -> str:
    """Store and return a new hash with the current scheme and parameters.

    If the stored hash has changed since it was read, nothing is stored. Returns the stored hash
    if `password` matches it, since a simultaneous login upgrades the hash too; otherwise the
    outdated one, with which no session opens.
    """
    old_hash: str = account.password_hash
    new_hash = passwords.hash_password(password)
    if transaction.all(NEW_HASH, user_id=account.id, old_hash=old_hash, new_hash=new_hash):
        return new_hash
    stored: str | None = reads.scalar(STORED_HASH, user_id=account.id)
    return stored if stored and passwords.verify(password, stored) else old_hash


def _remember_ip(account: Any, ip: str) -> None:
    """Store the time of a login from `ip`, at most once a day."""
    moment = now()
    if account.ip_seen_at and account.ip_seen_at > moment - IP_REFRESH_AFTER:
        return
    row = {"user_id": account.id, "ip_digest": audit.digest(ip), "last_login_at": moment}
    upsert.upsert(KnownIp, row)


@authenticator.register("", or_raises=tokens.InvalidToken)
def authenticate_token(access_token: str, columns: Columns | None = None) -> UserCaller:
    """Return the user who sent `access_token`. Raises InvalidToken.

    Account and session are read on every request, so that a deletion, a new role, a new
    password or a logout takes effect at once. The same statement loads `columns` for the view.
    """
    user_id, session_id = tokens.read(access_token)
    live = _live_account(columns)
    account = reads.first(live, user_id=user_id, session_id=session_id, moment=now())
    if account is None:
        raise tokens.InvalidToken
    return UserCaller(user_id=user_id, role=account.role, session_id=session_id, account=account)


@cache
def _live_account(columns: Columns | None) -> Query:
    return Query(
        sa.select(*columns() if columns else (User.role,))
        .join_from(User, Session, Session.user_id == User.id)
        .where(User.id == sa.bindparam("user_id"), User.status == ACTIVE)
        .where(Session.id == sa.bindparam("session_id"))
        .where(Session.expires_at > sa.bindparam("moment"))
    )


def purge_known_ips() -> int:
    """Delete IP addresses unused for 30 days; return how many. Commits after each batch."""
    return delete_in_batches(KnownIp, KnownIp.last_login_at < now() - IP_KNOWN_FOR)
