"""Register, find and edit users."""

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from .. import emails, passwords, rate_limits
from ..clock import now
from ..db import Executor, db, locks, reads, transaction, upsert
from ..db.functions import as_rfc3339
from ..db.query import Query
from ..db.types import UtcDateTime
from ..errors import Conflict, InvalidInput, NotFound
from ..observability import audit
from ..permissions import LEARNER, Caller
from ..web.pagination import Page, PageParams, paginate
from . import signals
from .models import User

# what clients see of a user; `progress` is a column property that the progress feature adds
PROFILE = (
    "id name email email_verified role status timezone learning_path progress created_at updated_at"
).split()

LOCK = Query(
    sa.select(User.id, User.timezone)
    .where(User.id == sa.bindparam("user_id"))
    .with_for_update(key_share=True)
)


class EmailTaken(Conflict):
    """This email address already has an account.

    Log in with it, or register another address.
    """


class UserNotFound(NotFound):
    """There is no such user."""


def register_user(name: str, email: str, password: str, role: str = LEARNER) -> int:
    """Create an account and return its id. Raises EmailTaken, WeakPassword."""
    passwords.check_strength(password, name, email)
    user_id = add_account(name, email, passwords.hash_password(password), role)
    signals.registered.send(User, user_id=user_id, email=emails.canonicalize(email))
    return user_id


def add_account(name: str, email: str, password_hash: str, role: str = LEARNER) -> int:
    """Create an account from a password hash and return its id. Raises EmailTaken."""
    moment = now()
    user_id = db.session.scalar(
        upsert.insert(User.__table__)
        .values(
            name=name,
            email=emails.canonicalize(email),
            password_hash=password_hash,
            role=role,
            created_at=moment,
            updated_at=moment,
        )
        .on_conflict_do_nothing(index_elements=["email"])
        .returning(User.id)
    )
    if user_id is None:
        raise EmailTaken
    return int(user_id)


def edit_user(
    user_id: int, *, by: Caller, current_password: str | None = None, **changes: Any
) -> None:
    """Change a user; fields that are not in `changes` keep their value.

    Users need `current_password` to change their own email address or password. A new email
    address is unverified. Raises UserNotFound, EmailTaken, WeakPassword, TooManyRequests, and
    InvalidInput for a wrong current password.
    """
    accounts = sa.select(User.name, User.email, User.password_hash)
    account = reads.first(accounts.where(User.id == user_id))
    if account is None:
        raise UserNotFound
    if by.user_id == user_id and changes.keys() & {"email", "password"}:
        _check_current_password(current_password, user_id, account)
    name, email = changes.get("name", account.name), changes.get("email", account.email)
    if "password" in changes:
        password = changes.pop("password")
        passwords.check_strength(password, name, email)
        changes["password_hash"] = passwords.hash_password(password)
    if email != account.email:
        changes["email_verified"] = False
    if changes:
        _write_changes(user_id, account.password_hash, changes)
    if email != account.email:
        signals.email_changed.send(User, email=email, former=account.email)
    if "password_hash" in changes:
        signals.password_changed.send(User, user_id=user_id, email=email, by=by)


def _check_current_password(password: str | None, user_id: int, account: Any) -> None:
    """Raise InvalidInput for a wrong password, TooManyRequests after too many of them.

    Failed logins are counted separately, so that those of an attacker do not block the owner here.
    """
    if password is None:
        reason = "Needed to change your email address or password."
        raise InvalidInput(errors={"current_password": [reason]})
    limit = ("LOGIN_FAILURES_PER_ACCOUNT", "current password", account.email)
    rate_limits.check(limit)
    if not passwords.verify(password, account.password_hash):
        audit.log("password.failed", user_id=user_id)
        rate_limits.hit(limit)
        raise InvalidInput(errors={"current_password": ["This is not your current password."]})


def _write_changes(user_id: int, password_hash: str, changes: dict[str, Any]) -> None:
    """Write `changes` unless the password has changed since it was checked."""
    lock_user(user_id)
    row = sa.and_(User.id == user_id, User.password_hash == password_hash)
    try:
        result = db.session.execute(sa.update(User).where(row).values(**changes))
    except IntegrityError:  # the only constraint that an edit can break
        raise EmailTaken from None
    if result.rowcount == 0:  # type: ignore[attr-defined]
        raise InvalidInput(errors={"current_password": ["The password has just changed."]})


def get_profile(user_id: int, executor: Executor = reads) -> Any:
    """Return what clients see of one user, in one statement. Raises UserNotFound.

    With `transaction` as the `executor` it includes uncommitted changes.
    """
    profile = executor.first(_profile(), user_id=user_id)
    if profile is None:
        raise UserNotFound
    return profile


def list_profiles(
    paging: PageParams, q: str | None = None, role: str | None = None, status: str | None = None
) -> Page:
    """Return a page of users in the order of their ids; `q` searches names and email addresses."""
    profiles = _profiles()
    if q:
        profiles = profiles.where(
            User.name.icontains(q, autoescape=True) | User.email.icontains(q, autoescape=True)
        )
    for column, value in ((User.role, role), (User.status, status)):
        if value:
            profiles = profiles.where(column == value)
    cacheable = profiles is _profiles()
    return paginate(profiles, [User.id], paging, cursor_scope="users", cacheable=cacheable)


def profile_columns() -> tuple[Any, ...]:
    """Return the columns that clients see of a user, in their order."""
    columns = (getattr(User, name) for name in PROFILE)
    return tuple(as_rfc3339(c) if isinstance(c.type, UtcDateTime) else c for c in columns)


@cache
def _profiles() -> sa.Select[Any]:
    return sa.select(*profile_columns())


@cache
def _profile() -> Query:
    return Query(_profiles().where(User.id == sa.bindparam("user_id")))


def find_user_by_email(email: str) -> User | None:
    """Return the user with this email address, in any spelling, or None."""
    return db.session.scalar(sa.select(User).where(User.email == emails.canonicalize(email)))


def get_user_by_email(email: str) -> User:
    """Return the user with this email address. Raises UserNotFound."""
    user = find_user_by_email(email)
    if user is None:
        raise UserNotFound(f"There is no account for {email}.")
    return user


def lock_user(user_id: int) -> Any:
    """Lock the user's row until the commit, and return its id and time zone.

    Read what the write depends on only after this statement. Raises UserNotFound.
    """
    locks.begin_write()
    user = transaction.first(LOCK, user_id=user_id)
    if user is None:
        raise UserNotFound
    return user


def resolve_user_id(user_id: int | None, email: str | None, caller: Caller) -> int:
    """Return the id of the user that a request names by id or email, the caller by default.

    Raises UserNotFound, and InvalidInput for an API client that names no user.
    """
    if user_id is not None:
        return user_id
    if email is not None:
        return get_user_by_email(email).id
    if caller.user_id is None:
        raise InvalidInput(errors={"user_id": ["Send `user_id` or `email`."]})
    return caller.user_id


def set_password_hash(user_id: int, password_hash: str, by: Caller | None) -> None:
    """Set a user's password hash. The caller must hold the user's lock."""
    email = db.session.scalar(
        sa.update(User)
        .where(User.id == user_id)
        .values(password_hash=password_hash)
        .returning(User.email)
    )
    signals.password_changed.send(User, user_id=user_id, email=email, by=by)


def confirm_email(user_id: int) -> None:
    """Mark the user's email address as verified. The caller must hold the user's lock."""
    email = db.session.scalar(
        sa.update(User).where(User.id == user_id).values(email_verified=True).returning(User.email)
    )
    signals.email_confirmed.send(User, user_id=user_id, email=email)


def export_user(user_id: int) -> dict[str, Any]:
    """Return all stored data about a user, the part of each feature under its own name."""
    export: dict[str, Any] = {"account": get_profile(user_id)._asdict()}
    for _listener, part in signals.export_requested.send(User, user_id=user_id):
        export |= part
    return export
