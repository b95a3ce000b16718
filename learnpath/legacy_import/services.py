"""Insert the imported users: all usable rows in one transaction, or nothing."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

import sqlalchemy as sa

from ..clock import now
from ..db import db, upsert
from ..errors import Conflict
from ..modules.models import UNCATALOGUED, Module
from ..progress import backfill
from ..users.models import User
from .source import ImportedUser, UnusableRowError, convert, is_usable_id

BATCH = 500
BULK: Any = {"execution_options": {"render_nulls": True}}  # one INSERT, also with NULLs


class IdsTaken(Conflict):
    """This database already holds users with ids of the earlier service."""


class Outcome(NamedTuple):
    """The result for one row: `imported`, `rewritten` or `skipped`, and the reason."""

    user_id: Any
    outcome: str
    reason: str


def import_users(rows: Iterable[dict[str, Any]]) -> Iterator[Outcome]:
    """Insert the accounts and the progress in `rows`; yield the outcome of each row.

    An unusable row is skipped. Nothing is committed here. Raises IdsTaken if one of the ids is
    in use, after which the caller must roll back. Before a commit, call `reset_id_sequence`.
    """
    seen_emails: set[str] = set(db.session.scalars(sa.select(User.email)))
    known_modules: set[str] = set(db.session.scalars(sa.select(Module.slug)))
    seen_ids: set[int] = set()
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        _check_ids_unused([row["id"] for row in batch if is_usable_id(row["id"])])
        users = []
        for row in batch:
            try:
                user = _convert_unique(row, seen_ids, seen_emails)
            except UnusableRowError as error:
                yield Outcome(row["id"], "skipped", str(error))
                continue
            users.append(user)
            reason = ", ".join(user.rewritten)
            yield Outcome(row["id"], "rewritten" if reason else "imported", reason)
        _write(users, known_modules)


def _check_ids_unused(ids: list[int]) -> None:
    """Raise IdsTaken if one of the ids is in use.

    Checked before any row is converted: a second import must not restore users that have been
    deleted since the first.
    """
    used = db.session.scalar(sa.select(sa.func.min(User.id)).where(User.id.in_(ids)))
    if used is not None:
        raise IdsTaken(
            f"This database already holds a user with the id {used}. Nothing was changed."
        )


def _convert_unique(row: dict[str, Any], seen_ids: set[int], seen_emails: set[str]) -> ImportedUser:
    user = convert(row)
    if user.account["id"] in seen_ids:
        raise UnusableRowError("another account has the same id")
    if user.account["email"] in seen_emails:
        raise UnusableRowError("another account has the same email address")
    seen_ids.add(user.account["id"])
    seen_emails.add(user.account["email"])
    return user


def _write(users: list[ImportedUser], known_modules: set[str]) -> None:
    if not users:
        return
    db.session.execute(sa.insert(User), [user.account for user in users], **BULK)
    reports = [(user.account, slug, done) for user in users for slug, done in user.progress.items()]
    _add_stubs(reports, known_modules)
    if reports:
        backfill.import_events(
            (account["id"], slug, done, min(account["updated_at"], now()))
            for account, slug, done in reports
        )


def _add_stubs(reports: list[tuple[dict[str, Any], str, bool]], known_modules: set[str]) -> None:
    stubs = {
        slug: {"slug": slug, "title": slug, "status": UNCATALOGUED, "reported_by": account["id"]}
        for account, slug, _done in reversed(reports)
        if slug not in known_modules
    }
    if stubs:
        add = upsert.insert(Module).on_conflict_do_nothing()
        db.session.execute(add, list(stubs.values()))
        known_modules.update(stubs)


def reset_id_sequence() -> None:
    """Make PostgreSQL number new users after the imported ones; SQLite does so by itself.

    A rollback does not undo this.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(
            sa.text(
                "SELECT setval(pg_get_serial_sequence('users', 'id'), "
                "greatest((SELECT max(id) FROM users), nextval("
                "pg_get_serial_sequence('users', 'id'))))"
            )
        )
