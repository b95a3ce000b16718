"""Whole classes at once: each person and path gets a result of its own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from .. import database, emails
from ..errors import InvalidInput
from ..extensions import db
from ..paths.models import Path
from ..paths.services import FOLLOWED, OPEN
from ..users.models import User
from . import invitations, services

ENROLLED = "enrolled"
ALREADY = "already"
INVITED = "invited"
REFUSED = "refused"
WITHDRAWN = "withdrawn"
NOT_ENROLLED = "not_enrolled"
RESULTS_MAX = 500


@dataclass(frozen=True, kw_only=True)
class Wish:
    """One person on one path."""

    email: str
    path: str
    due_at: datetime | None = None
    note: str | None = None


def wishes(paths: Sequence[str], addresses: Sequence[str], **about: Any) -> list[Wish]:
    """Return every person on every path. Raises InvalidInput for more than 500."""
    if len(paths) * len(addresses) > RESULTS_MAX:
        raise InvalidInput(
            errors={"emails": [f"Paths times emails must be at most {RESULTS_MAX}."]}
        )
    return [Wish(email=email, path=path, **about) for email in addresses for path in paths]


def enroll_all(
    wanted: Sequence[Wish], *, by: int | None, may_enroll_in: Collection[str]
) -> list[dict[str, Any]]:
    """Enroll people by email address; invite those without an account.

    Results come in the order of `wanted`. People are taken by id, so that two classes
    enrolled at the same instant do not wait for each other in a circle.
    """
    return _each(wanted, may_enroll_in, lambda wish, user_id: _enroll_or_invite(wish, user_id, by))


def withdraw_all(
    wanted: Sequence[Wish], *, by: int | None, may_enroll_in: Collection[str]
) -> list[dict[str, Any]]:
    """Take people off paths by email address, and take invitations back."""
    return _each(
        wanted, may_enroll_in, lambda wish, user_id: _withdraw(wish, user_id, by), FOLLOWED
    )


def _each(
    wanted: Sequence[Wish],
    allowed: Collection[str],
    act: Callable[[Wish, int | None], str],
    statuses: Sequence[str] = OPEN,
) -> list[dict[str, Any]]:
    database.begin_write(db.session)
    users = _known_users(wanted)
    open_paths = _paths_among(wanted, statuses)
    results: dict[int, dict[str, Any]] = {}
    for index in sorted(range(len(wanted)), key=lambda i: (_id(users, wanted[i]), wanted[i].path)):
        wish = wanted[index]
        reason = _obstacle(wish, allowed, open_paths)
        outcome = REFUSED if reason else act(wish, users.get(emails.canonical(wish.email)))
        results[index] = {
            "path": wish.path,
            "email": wish.email,
            "result": outcome,
            "reason": reason,
        }
    return [results[index] for index in range(len(wanted))]


def _obstacle(wish: Wish, allowed: Collection[str], open_paths: Collection[str]) -> str | None:
    if wish.path not in open_paths:
        return "There is no such path, or it takes nobody on."
    if wish.path not in allowed:
        return "You do not look after this path."
    try:
        emails.checked(wish.email)
    except ValueError as error:
        return str(error)
    return None


def _enroll_or_invite(wish: Wish, user_id: int | None, by: int | None) -> str:
    about: dict[str, Any] = {"by": by, "due_at": wish.due_at, "note": wish.note}
    if user_id is None:
        invitations.invite(emails.canonical(wish.email), wish.path, **about)
        return INVITED
    _enrollment, is_new = services.enroll(user_id, wish.path, **about)
    return ENROLLED if is_new else ALREADY


def _withdraw(wish: Wish, user_id: int | None, by: int | None) -> str:
    if user_id is None:
        was_invited = invitations.uninvite(emails.canonical(wish.email), wish.path)
        return WITHDRAWN if was_invited else NOT_ENROLLED
    enrollment = services.find_enrollment(user_id, wish.path)
    if enrollment is None or enrollment.status == WITHDRAWN:
        return NOT_ENROLLED
    services.withdraw(enrollment.id, by=by)
    return WITHDRAWN


def _known_users(wanted: Sequence[Wish]) -> dict[str, int]:
    addresses = {emails.canonical(wish.email) for wish in wanted}
    known: dict[str, int] = {}
    for batch in _batches(sorted(addresses)):
        rows = db.session.execute(sa.select(User.email, User.id).where(User.email.in_(batch)))
        known |= {row.email: row.id for row in rows}
    return known


def _paths_among(wanted: Sequence[Wish], statuses: Sequence[str]) -> set[str]:
    slugs = {wish.path for wish in wanted}
    open_ones = sa.select(Path.slug).where(Path.slug.in_(slugs), Path.status.in_(statuses))
    return set(db.session.scalars(open_ones))


def _id(users: dict[str, int], wish: Wish) -> int:
    return users.get(emails.canonical(wish.email), 0)


def _batches(values: list[str], size: int = 1000) -> Iterator[list[str]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]
