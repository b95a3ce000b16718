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
from .source import Arrival, UnusableRowError, fit

BATCH = 500


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
    Raises IdsTaken where one of the ids is in use, which must end in a rollback.
    """
    seen_emails: set[str] = set(db.session.scalars(sa.select(User.email)))
    known_modules: set[str] = set(db.session.scalars(sa.select(Module.slug)))
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH)):
        arrivals = []
        for row in batch:
            try:
                arrival = _arrive(row, seen_emails)
            except UnusableRowError as error:
                yield Outcome(row["id"], "skipped", str(error))
                continue
            arrivals.append(arrival)
            why = ", ".join(arrival.rewritten)
            yield Outcome(row["id"], "rewritten" if why else "taken", why)
        _write(arrivals, known_modules)
    _continue_ids_after_the_last()


def _arrive(row: dict[str, Any], seen_emails: set[str]) -> Arrival:
    arrival = fit(row)
    if arrival.account["email"] in seen_emails:
        raise UnusableRowError("another account has the same email address")
    seen_emails.add(arrival.account["email"])
    return arrival


def _write(arrivals: list[Arrival], known_modules: set[str]) -> None:
    if not arrivals:
        return
    ids = [arrival.account["id"] for arrival in arrivals]
    taken = db.session.scalar(sa.select(sa.func.min(User.id)).where(User.id.in_(ids)))
    if taken is not None:
        raise IdsTaken(
            f"This database already holds a user with the id {taken}. Nothing was changed."
        )
    db.session.execute(sa.insert(User), [arrival.account for arrival in arrivals])
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


def _continue_ids_after_the_last() -> None:
    """Let PostgreSQL number the next user after the imported ones; SQLite does so by itself."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(
            sa.text(
                "SELECT setval(pg_get_serial_sequence('users', 'id'), "
                "greatest((SELECT max(id) FROM users), nextval("
                "pg_get_serial_sequence('users', 'id'))))"
            )
        )
