"""Bulk enrollment and withdrawal: each pair of a user and a path gets its own result."""

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa

from .. import emails
from ..db import db, locks
from ..errors import InvalidInput, Problem
from ..paths.models import Path
from ..paths.services import PUBLIC, VISIBLE_TO_ENROLLED
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
class BulkRequest:
    """One email address and one path, with the due date and the note."""

    email: str
    path: str
    due_at: datetime | None = None
    note: str | None = None


def make_requests(
    paths: Sequence[str], addresses: Sequence[str], **about: Any
) -> list[BulkRequest]:
    """Return a request for each address on each path. Raises InvalidInput for more than 500."""
    if len(paths) * len(addresses) > RESULTS_MAX:
        reason = f"Paths times emails must be at most {RESULTS_MAX}."
        raise InvalidInput(errors={"emails": [reason]})
    return [BulkRequest(email=email, path=path, **about) for email in addresses for path in paths]


def enroll_all(
    requests: Sequence[BulkRequest], *, by: int | None, may_enroll_in: Collection[str]
) -> list[dict[str, Any]]:
    """Enroll people by email address; invite those without an account.

    Results have the order of `requests`.
    """
    locks.begin_write()
    users = _find_users(requests)
    invitations.lock_emails(sorted(_valid_emails(requests) - users.keys()))
    users |= _find_users(requests)  # one of them may have registered before the lock
    return _process(requests, users, may_enroll_in, partial(_enroll_or_invite, by=by))


def withdraw_all(
    requests: Sequence[BulkRequest], *, by: int | None, may_enroll_in: Collection[str]
) -> list[dict[str, Any]]:
    """Withdraw people from paths by email address, and cancel invitations."""
    locks.begin_write()
    act = partial(_withdraw, by=by)
    return _process(requests, _find_users(requests), may_enroll_in, act, VISIBLE_TO_ENROLLED)


def _process(
    requests: Sequence[BulkRequest],
    users: dict[str, int],
    allowed: Collection[str],
    act: Callable[[BulkRequest, int | None], str],
    statuses: Sequence[str] = PUBLIC,
) -> list[dict[str, Any]]:
    """Call `act` for each request; a refused one does not stop the others.

    Users are locked in the order of their ids, so that two bulk requests cannot deadlock.
    """
    open_paths = set(db.session.scalars(sa.select(Path.slug).where(Path.status.in_(statuses))))

    def sort_key(index: int) -> tuple[int, str, str]:
        address = emails.canonicalize(requests[index].email)
        return users.get(address, 0), address, requests[index].path

    results: dict[int, dict[str, Any]] = {}
    for index in sorted(range(len(requests)), key=sort_key):
        request = requests[index]
        outcome, reason = REFUSED, _validation_error(request, allowed, open_paths)
        if reason is None:
            try:
                outcome = act(request, users.get(emails.canonicalize(request.email)))
            except Problem as problem:  # the path was closed, or the user deleted, since the query
                reason = str(problem)
        results[index] = {"path": request.path, "email": request.email, "result": outcome}
        if reason is not None:
            results[index]["reason"] = reason
    return [results[index] for index in range(len(requests))]


def _validation_error(
    request: BulkRequest, allowed: Collection[str], open_paths: Collection[str]
) -> str | None:
    if request.path not in open_paths:
        return "There is no such path, or it accepts no new enrollments."
    if request.path not in allowed:
        return "You are not an author of this path."
    try:
        emails.normalize(request.email)
    except ValueError as error:
        return str(error)
    return None


def _enroll_or_invite(request: BulkRequest, user_id: int | None, by: int | None) -> str:
    about: dict[str, Any] = {"by": by, "due_at": request.due_at, "note": request.note}
    if user_id is None:
        invitations.invite(emails.canonicalize(request.email), request.path, **about)
        return INVITED
    _enrollment, is_new = services.enroll(user_id, request.path, **about)
    return ENROLLED if is_new else ALREADY


def _withdraw(request: BulkRequest, user_id: int | None, by: int | None) -> str:
    if user_id is None:
        address = emails.canonicalize(request.email)
        was_invited = invitations.cancel_invitation(address, request.path)
        return WITHDRAWN if was_invited else NOT_ENROLLED
    enrollment = services.find_enrollment(user_id, request.path)
    if enrollment is None or enrollment.status == WITHDRAWN:
        return NOT_ENROLLED
    services.withdraw(enrollment.id, by=by)
    return WITHDRAWN


def _find_users(requests: Sequence[BulkRequest]) -> dict[str, int]:
    users = sa.select(User.email, User.id).where(User.email.in_(_valid_emails(requests)))
    return {row.email: row.id for row in db.session.execute(users)}


def _valid_emails(requests: Sequence[BulkRequest]) -> set[str]:
    """Return the valid addresses; others may contain characters that a database refuses."""
    valid = set()
    for request in requests:
        with suppress(ValueError):
            valid.add(emails.normalize(request.email))
    return valid
