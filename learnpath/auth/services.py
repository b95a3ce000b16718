"""Log in, and recognise who is asking."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from flask import current_app

from .. import audit, database, passwords, throttle
from ..clock import now
from ..errors import Forbidden, Unauthorized
from ..extensions import autocommit, db, reads
from ..permissions import Columns, Person, guard
from ..prepared import Prepared
from ..users.models import ACTIVE, User
from . import sessions, tokens
from .models import KnownAddress, Session

ADDRESS_KNOWN_FOR = timedelta(days=30)
ADDRESS_FRESH_FOR = timedelta(days=1)  # until a login from it is noted again
SEEN_AT = (
    sa.select(KnownAddress.last_login_at)
    .where(KnownAddress.user_id == User.id)
    .where(KnownAddress.address_digest == sa.bindparam("address_digest"))
    .where(KnownAddress.last_login_at > sa.bindparam("since"))
    .scalar_subquery()
)
ACCOUNT = Prepared(
    sa.select(
        User.id,
        User.password_hash,
        User.status,
        User.email_verified,
        SEEN_AT.label("address_seen_at"),
    ).where(User.email == sa.bindparam("email"))
)

NEW_HASH = Prepared(
    sa.update(User)
    .where(User.id == sa.bindparam("user_id"), User.password_hash == sa.bindparam("old_hash"))
    .values(password_hash=sa.bindparam("new_hash"), updated_at=User.updated_at)
)


class WrongCredentials(Unauthorized):
    """The email address or the password is wrong."""


class EmailUnverified(Forbidden):
    """Confirm your email address first.

    A letter was sent to it; `POST /api/v1/auth/email/resend` sends another one.
    """


class RegistrationClosed(Forbidden):
    """This service does not take registrations. Ask an administrator for an account."""


def admit_registration(address: str) -> None:
    """Raise RegistrationClosed where only admins make accounts; count who registers."""
    if not current_app.config["REGISTRATION_OPEN"]:
        raise RegistrationClosed
    throttle.count(("REGISTRATIONS_PER_ADDRESS", address))


def log_in(email: str, password: str, address: str, label: str = "") -> dict[str, Any]:
    """Open a session for the device `label` at the IP `address`, and return its tokens.

    `email` is the canonical spelling. An unknown email and a wrong password are refused alike,
    and take one hash each. Only failures are counted. Commits each of its few statements at
    once. Raises WrongCredentials, EmailUnverified, TooManyRequests.
    """
    account = _find_account(email, address)
    bounds = ("LOGIN_FAILURES_PER_ADDRESS", address), _bound_of(account, email, address)
    throttle.refuse_if_exhausted(*bounds)
    if not _proves_it(account, password):
        audit.note("login.failed", user_id=account.id if account else None)
        throttle.count(*bounds)
        raise WrongCredentials
    if current_app.config["REQUIRE_VERIFIED_EMAIL"] and not account.email_verified:
        raise EmailUnverified
    proven = account.password_hash
    if passwords.is_outdated(proven):
        proven = _upgrade_hash(account, password)
    opened = sessions.open_session(account.id, proven, label)
    if opened is None:  # who has changed meanwhile did not guess: nothing is counted
        audit.note("login.failed", user_id=account.id)
        raise WrongCredentials
    _remember_address(account, address)
    audit.note("login.ok", user_id=account.id)
    return opened


def _find_account(email: str, address: str) -> Any:
    """Return the account, and when it was lately logged in to from `address`."""
    since = now() - ADDRESS_KNOWN_FOR
    return reads.first(ACCOUNT, email=email, address_digest=audit.digest(address), since=since)


def _proves_it(account: Any, password: str) -> bool:
    if account is None:
        passwords.spend_the_time_of_a_check(password)
        return False
    return passwords.matches(password, account.password_hash) and account.status == ACTIVE


def _bound_of(account: Any, email: str, address: str) -> throttle.Bound:
    """Return which setting bounds the guesses for an account, and under which key.

    From an address that the account knows, only the wide bound of the address holds, so that
    nobody locks the owner out by guessing. It is counted once more, since taking less time
    would tell that there is such an account.
    """
    if account is not None and account.address_seen_at:
        return ("LOGIN_FAILURES_PER_ADDRESS", address, email)
    return ("LOGIN_FAILURES_PER_ACCOUNT", email)


def _upgrade_hash(account: Any, password: str) -> str:
    """Hash again with today's scheme and parameters, and return the hash.

    It is stored unless the password has just changed.
    """
    new_hash = passwords.hashed(password)
    autocommit.all(NEW_HASH, user_id=account.id, old_hash=account.password_hash, new_hash=new_hash)
    return new_hash


def _remember_address(account: Any, address: str) -> None:
    """Note that the account was logged in to from `address`, once a day at most."""
    moment = now()
    if account.address_seen_at and account.address_seen_at > moment - ADDRESS_FRESH_FOR:
        return
    row = {"address_digest": audit.digest(address), "last_login_at": moment}
    autocommit.put(KnownAddress, {"user_id": account.id, **row})


@guard.identifies("", or_raises=tokens.InvalidToken)
def identify_person(access_token: str, loads: Columns | None = None) -> Person:
    """Return who sent `access_token`: account and session are looked up every time.

    So a deletion, a new role, a new password or a logout acts at once. The same statement
    brings along what the view asks to have loaded. Raises InvalidToken.
    """
    user_id, session_id = tokens.read(access_token)
    account = reads.first(
        _live_account(loads), user_id=user_id, session_id=session_id, moment=now()
    )
    if account is None:
        raise tokens.InvalidToken
    return Person(user_id=user_id, role=account.role, session_id=session_id, loaded=account)


@cache
def _live_account(loads: Columns | None) -> Prepared:
    return Prepared(
        sa.select(*loads() if loads else (User.role,))
        .join_from(User, Session, Session.user_id == User.id)
        .where(User.id == sa.bindparam("user_id"), User.status == ACTIVE)
        .where(Session.id == sa.bindparam("session_id"))
        .where(Session.expires_at > sa.bindparam("moment"))
    )


def purge_known_addresses() -> int:
    """Forget addresses that were not used for 30 days; return how many. Commits as it goes."""
    old = KnownAddress.last_login_at < now() - ADDRESS_KNOWN_FOR
    return database.delete_in_batches(db.session, KnownAddress, old)
