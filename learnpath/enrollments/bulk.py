"""Whole classes at once: each person and path gets a result of its own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from .. import database, emails
from ..errors import InvalidInput, Refusal
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

    Results come in the order of `wanted`.
    """
    database.begin_write(db.session)
    users = _known_users(wanted)
    strangers = sorted(_valid_addresses(wanted) - users.keys())
    invitations.hold(strangers)
    users |= _known_users(wanted)  # somebody may just have registered
    return _each(
        wanted, users, may_enroll_in, lambda wish, user_id: _enroll_or_invite(wish, user_id, by)
    )


def withdraw_all(
    wanted: Sequence[Wish], *, by: int | None, may_enroll_in: Collection[str]
) -> list[dict[str, Any]]:
    """Take people off paths by email address, and take invitations back."""
    database.begin_write(db.session)
    return _each(
        wanted,
        _known_users(wanted),
        may_enroll_in,
        lambda wish, user_id: _withdraw(wish, user_id, by),
        FOLLOWED,
    )


def _each(
    wanted: Sequence[Wish],
    users: dict[str, int],
    allowed: Collection[str],
    act: Callable[[Wish, int | None], str],
    statuses: Sequence[str] = OPEN,
) -> list[dict[str, Any]]:
    """Do `act` for each wish; one that is refused stops no other.

    People are taken by id, so that two classes enrolled at the same instant do not wait for
    each other in a circle.
    """
    open_paths = set(db.session.scalars(sa.select(Path.slug).where(Path.status.in_(statuses))))

    def place_in_line(index: int) -> tuple[int, str, str]:
        address = emails.canonical(wanted[index].email)
        return users.get(address, 0), address, wanted[index].path

    results: dict[int, dict[str, Any]] = {}
    for index in sorted(range(len(wanted)), key=place_in_line):
        wish = wanted[index]
        outcome, reason = REFUSED, _obstacle(wish, allowed, open_paths)
        if reason is None:
            try:
                outcome = act(wish, users.get(emails.canonical(wish.email)))
            except Refusal as refusal:  # closed, or gone, since we looked
                reason = str(refusal)
        results[index] = {"path": wish.path, "email": wish.email, "result": outcome}
        results[index]["reason"] = reason
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
    addresses = _valid_addresses(wanted)
    known = db.session.execute(sa.select(User.email, User.id).where(User.email.in_(addresses)))
    return {row.email: row.id for row in known}


def _valid_addresses(wanted: Sequence[Wish]) -> set[str]:
    """Return the addresses that can be anybody's; others may hold what no database takes."""
    valid = set()
    for wish in wanted:
        with suppress(ValueError):
            valid.add(emails.checked(wish.email))
    return valid
