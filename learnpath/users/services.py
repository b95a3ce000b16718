"""Register, find, edit and remove people: the rules, and the refusals they raise."""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlalchemy as sa

from .. import database, emails, passwords
from ..clock import now
from ..columns import UtcDateTime, shown
from ..errors import Conflict, InvalidInput, NotFound
from ..extensions import Reads, Transaction, db, reads, transaction
from ..pages import Page, Paging, take
from ..permissions import LEARNER, Caller
from ..prepared import Prepared
from . import signals
from .models import ACTIVE, User

PROFILE = (
    "id",
    "name",
    "email",
    "email_verified",
    "role",
    "status",
    "timezone",
    "learning_path",
    "progress",  # a younger feature hangs it on the model
    "created_at",
    "updated_at",
)

LOCK = Prepared(
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
    """Make an account and return its id. Raises EmailTaken, WeakPassword."""
    passwords.refuse_weak(password, name, email)
    user_id = add_account(name, email, passwords.hashed(password), role)
    signals.registered.send(User, user_id=user_id, email=emails.canonical(email))
    return user_id


def add_account(name: str, email: str, password_hash: str, role: str = LEARNER) -> int:
    """Make an account whose password is hashed already; return its id. Raises EmailTaken."""
    moment = now()
    added = db.session.scalar(
        database.insert(db.session, User.__table__)
        .values(
            name=name,
            email=emails.canonical(email),
            password_hash=password_hash,
            role=role,
            created_at=moment,
            updated_at=moment,
        )
        .on_conflict_do_nothing(index_elements=["email"])
        .returning(User.id)
    )
    if added is None:
        raise EmailTaken
    return int(added)


def ensure_user(name: str, email: str, password: str, role: str) -> None:
    """Make sure that this account exists, is active and has this role and password."""
    user = find_user_by_email(email)
    if user is None:
        register_user(name, email, password, role)
        return
    user.role, user.status = role, ACTIVE
    if not passwords.matches(password, user.password_hash):
        user.password_hash = passwords.hashed(password)
    db.session.flush()


def get_profile(user_id: int, through: Reads | Transaction = reads) -> Any:
    """Return what clients see of one user, in one statement. Raises UserNotFound.

    `through` the transaction it shows what is not committed yet.
    """
    profile = through.first(_profile(), user_id=user_id)
    if profile is None:
        raise UserNotFound
    return profile


def list_profiles(
    paging: Paging, q: str | None = None, role: str | None = None, status: str | None = None
) -> Page:
    """Return a page of users by id; `q` is looked for in names and email addresses."""
    profiles = _profiles()
    if q:
        profiles = profiles.where(
            User.name.icontains(q, autoescape=True) | User.email.icontains(q, autoescape=True)
        )
    if role:
        profiles = profiles.where(User.role == role)
    if status:
        profiles = profiles.where(User.status == status)
    is_fixed = profiles is _profiles()
    return take(profiles, [User.id], paging, of="users", is_fixed=is_fixed)


def profile_columns() -> tuple[Any, ...]:
    """Return what clients see of a user, in the order in which they see it."""
    columns = (getattr(User, name) for name in PROFILE)
    return tuple(shown(one) if isinstance(one.type, UtcDateTime) else one for one in columns)


@cache
def _profiles() -> sa.Select[Any]:
    return sa.select(*profile_columns())


@cache
def _profile() -> Prepared:
    return Prepared(_profiles().where(User.id == sa.bindparam("user_id")))


def find_user_by_email(email: str) -> User | None:
    """Return the account with this address, however it is spelled."""
    return db.session.scalar(sa.select(User).where(User.email == emails.canonical(email)))


def get_user_by_email(email: str) -> User:
    """Return the account with this address. Raises UserNotFound."""
    user = find_user_by_email(email)
    if user is None:
        raise UserNotFound(f"There is no account for {email}.")
    return user


def lock_user(user_id: int) -> Any:
    """Let the writes that concern one user happen one after the other, until the commit.

    Read what the write depends on only after this statement. Returns the user's id and
    timezone. Raises UserNotFound.
    """
    database.begin_write(db.session)
    user = transaction.first(LOCK, user_id=user_id)
    if user is None:
        raise UserNotFound
    return user


def resolve(user_id: int | None, email: str | None, caller: Caller) -> int:
    """Return the id of whom a request names by id or address: the caller, where it names nobody.

    Raises UserNotFound, and InvalidInput for a machine, which is nobody itself.
    """
    if user_id is not None:
        return user_id
    if email is not None:
        return get_user_by_email(email).id
    if caller.user_id is None:
        raise InvalidInput(errors={"user_id": ["Say who: give `user_id` or `email`."]})
    return caller.user_id


def set_password_hash(user_id: int, password_hash: str, by: Caller | None) -> None:
    """Give a user another password, hashed already. Call it under the user's lock."""
    email = db.session.scalar(
        sa.update(User)
        .where(User.id == user_id)
        .values(password_hash=password_hash)
        .returning(User.email)
    )
    signals.password_changed.send(User, user_id=user_id, email=email, by=by)


def confirm_email(user_id: int) -> None:
    """Remember that the user's email address is theirs. Call it under the user's lock."""
    email = db.session.scalar(
        sa.update(User).where(User.id == user_id).values(email_verified=True).returning(User.email)
    )
    signals.email_confirmed.send(User, user_id=user_id, email=email)


def export_user(user_id: int) -> dict[str, Any]:
    """Return everything that is kept about a user, every feature's part under its name."""
    kept: dict[str, Any] = {"account": get_profile(user_id)._asdict()}
    for _listener, part in signals.exporting.send(User, user_id=user_id):
        kept |= part
    return kept
