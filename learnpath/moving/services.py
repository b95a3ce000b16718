"""Writing what arrives: all good rows in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

import sqlalchemy as sa

from .. import database
from ..clock import now
from ..errors import Conflict
from ..extensions import db
from ..paths.models import UNCATALOGUED, Module
from ..progress import history
from ..users.models import User
from .source import Arrival, UnusableRowError, fit, is_usable_id

BATCH = 500
IN_ONE_GO: Any = {"execution_options": {"render_nulls": True}}  # else rows with a null go alone


class IdsTaken(Conflict):
    """This database already holds users with ids of the earlier service."""


class Outcome(NamedTuple):
    """What became of one row: `taken`, `rewritten` or `skipped`, and why."""

    user_id: Any
    outcome: str
    reason: str


def move_in(rows: Iterable[dict[str, Any]]) -> Iterator[Outcome]:
    """Add the accounts and the progress in `rows`; yield what became of each.

    A bad row is skipped and never stops the good ones. Nothing is committed here.
    Raises IdsTaken where one of the ids is in use, which must end in a rollback; after a
    commit, or just before it, call `continue_ids_after_the_last`.
    """
    seen_emails: set[str] = set(db.session.scalars(sa.select(User.email)))
    known_modules: set[str] = set(db.session.scalars(sa.select(Module.slug)))
    seen_ids: set[int] = set()
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH)):
        _refuse_taken_ids([row["id"] for row in batch if is_usable_id(row["id"])])
        arrivals = []
        for row in batch:
            try:
                arrival = _arrive(row, seen_ids, seen_emails)
            except UnusableRowError as error:
                yield Outcome(row["id"], "skipped", str(error))
                continue
            arrivals.append(arrival)
            why = ", ".join(arrival.rewritten)
            yield Outcome(row["id"], "rewritten" if why else "taken", why)
        _write(arrivals, known_modules)


def _refuse_taken_ids(ids: list[int]) -> None:
    """Look before any row is judged: a repeat must not bring back who was erased since."""
    taken = db.session.scalar(sa.select(sa.func.min(User.id)).where(User.id.in_(ids)))
    if taken is not None:
        raise IdsTaken(
            f"This database already holds a user with the id {taken}. Nothing was changed."
        )


def _arrive(row: dict[str, Any], seen_ids: set[int], seen_emails: set[str]) -> Arrival:
    arrival = fit(row)
    if arrival.account["id"] in seen_ids:
        raise UnusableRowError("another account has the same id")
    if arrival.account["email"] in seen_emails:
        raise UnusableRowError("another account has the same email address")
    seen_ids.add(arrival.account["id"])
    seen_emails.add(arrival.account["email"])
    return arrival


def _write(arrivals: list[Arrival], known_modules: set[str]) -> None:
    if not arrivals:
        return
    db.session.execute(sa.insert(User), [arrival.account for arrival in arrivals], **IN_ONE_GO)
    reports = [
        (arrival.account, slug, done)
        for arrival in arrivals
        for slug, done in arrival.progress.items()
    ]
    _add_stubs(reports, known_modules)
    if reports:
        history.add_past_reports(
            (account["id"], slug, done, min(account["updated_at"], now()))
            for account, slug, done in reports
        )


def _add_stubs(reports: list[tuple[dict[str, Any], str, bool]], known_modules: set[str]) -> None:
    stubs = {
        slug: {"slug": slug, "title": slug, "status": UNCATALOGUED, "introduced_by": account["id"]}
        for account, slug, _done in reversed(reports)
        if slug not in known_modules
    }
    if stubs:
        rows = database.insert(db.session, Module).on_conflict_do_nothing()
        db.session.execute(rows, list(stubs.values()))
        known_modules.update(stubs)


def continue_ids_after_the_last() -> None:
    """Let PostgreSQL number the next user after the imported ones; SQLite does so by itself.

    No rollback undoes this.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(
            sa.text(
                "SELECT setval(pg_get_serial_sequence('users', 'id'), "
                "greatest((SELECT max(id) FROM users), nextval("
                "pg_get_serial_sequence('users', 'id'))))"
            )
        )
