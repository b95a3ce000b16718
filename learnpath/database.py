"""How the service speaks to SQLite and PostgreSQL as equals."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as insert_into_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_into_sqlite
from sqlalchemy.engine import Engine
from sqlalchemy.orm import scoped_session

from . import postgresql
from .prepared import Prepared

try:
    import pysqlite3 as sqlite3  # a newer SQLite than most systems have
except ImportError:  # pragma: no cover - no wheel for this platform
    import sqlite3

logger = logging.getLogger(__name__)

BEGIN_IMMEDIATE = Prepared(sa.text("BEGIN IMMEDIATE"))


def engine_options(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the SQLAlchemy engine options for the configured database.

    The pool has one connection per thread, so a request never waits for one unless
    something holds it too long; then it waits DATABASE_POOL_TIMEOUT seconds.
    """
    options: dict[str, Any] = {
        "hide_parameters": True,  # no password hash and no email address in a log
        "pool_size": settings["THREADS"],
        "max_overflow": 0,
        "pool_use_lifo": True,  # the connection used last is still in the caches
        "pool_timeout": settings["DATABASE_POOL_TIMEOUT"],
    }
    options |= driver_options(settings["DATABASE_URL"])
    if settings["DATABASE_URL"].get_backend_name() == "sqlite":
        return options | {
            "connect_args": {"timeout": settings["SQLITE_BUSY_TIMEOUT"]},
        }
    return options | {
        "connect_args": postgresql.connect_args(settings),
        "pool_reset_on_return": None,  # see postgresql.prepare
    }


def driver_options(url: sa.URL) -> dict[str, Any]:
    """Return the option that makes SQLAlchemy use our SQLite, where `url` is one."""
    return {"module": sqlite3} if url.get_backend_name() == "sqlite" else {}


def prepare(engine: Engine, settings: Mapping[str, Any]) -> None:
    """Make the connections of `engine` behave alike, whatever the database."""
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    else:
        postgresql.prepare(engine, settings)


def autocommitting(engine: Engine) -> Engine:
    """Return a second way into the pool of `engine`: PostgreSQL is not told to begin.

    So it commits each statement by itself. Whoever writes uses `begin` all the same, which commits
    on SQLite and behind a pooler. SQLAlchemy's own option would switch each connection there and
    back.
    """
    return engine.execution_options(without_begin=True)


def reading(engine: Engine) -> Engine:
    """Return the same for SELECTs, which need no transaction and leave none behind."""
    return autocommitting(engine).execution_options(reads=True)


def _prepare_sqlite(engine: Engine) -> None:
    """Make every connection durable and strict.

    The driver begins a transaction at the first write; see `begin_write`.
    """

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        journal = "WAL" if is_wal_safe() else "DELETE"
        connection.execute(f"PRAGMA journal_mode={journal}")
        connection.execute("PRAGMA synchronous=FULL")  # an acknowledged write is on disk
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA cache_size=-500")  # KiB; the system keeps the file in memory too

    if not is_wal_safe():  # pragma: no cover - depends on the SQLite of the machine
        logger.warning(
            "SQLite %s can lose data in WAL mode; using journal_mode=DELETE", sqlite3.sqlite_version
        )


def is_wal_safe(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> bool:
    """Tell whether this SQLite is free of the WAL-reset bug (source: sqlite.org/wal.html).

    Versions 3.7.0 to 3.51.2 can lose committed data when two connections write and
    checkpoint at the same instant; 3.51.3, 3.50.7 and 3.44.6 are mended.
    """
    if version[:2] == (3, 44):
        return version >= (3, 44, 6)
    if version[:2] == (3, 50):
        return version >= (3, 50, 7)
    return version >= (3, 51, 3)


def insert(session: scoped_session[Any], table: Any) -> Any:
    """Return an INSERT on `table` that knows ON CONFLICT on either database."""
    return insert_into(session.get_bind(), table)


def insert_into(engine: Engine | sa.Connection, table: Any) -> Any:
    """Do the same for an engine, where there is no session."""
    return _insert(engine.dialect.name, table)


def _insert(dialect: str, table: Any) -> Any:
    return (insert_into_postgresql if dialect == "postgresql" else insert_into_sqlite)(table)


@cache
def insert_if_new(dialect: str, table: sa.Table, names: tuple[str, ...]) -> Prepared:
    """Return the INSERT of the columns `names` that leaves a row with the same key alone.

    It returns the key of a row that is new.
    """
    insert = _insert(dialect, table).values(parameters(names))
    insert = insert.on_conflict_do_nothing(table.primary_key)
    return Prepared(insert.returning(*table.primary_key))


@cache
def upsert(dialect: str, table: sa.Table, names: tuple[str, ...]) -> Prepared:
    """Return the INSERT of the columns `names` that overwrites a row with the same key."""
    insert = _insert(dialect, table).values(parameters(names))
    new = {name: insert.excluded[name] for name in names}
    return Prepared(insert.on_conflict_do_update(table.primary_key, set_=new))


def parameters(names: Sequence[str]) -> dict[str, Any]:
    """Return a bind parameter for each of the columns `names`, called as the column is."""
    return {name: sa.bindparam(name) for name in names}


def begin_write(session: scoped_session[Any]) -> None:
    """Open a transaction that may read first and write afterwards.

    SQLite takes its one write lock at once, since a transaction that read an old
    state could not write any more. PostgreSQL needs nothing: rows are locked one by one.
    """
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        return
    if not connection.connection.driver_connection.in_transaction:  # type: ignore[union-attr]
        BEGIN_IMMEDIATE.rows(connection, {})


def hold_words(session: scoped_session[Any], words: Sequence[str]) -> None:
    """Let only one transaction at a time go on with each of these words, until its commit.

    For what has no row yet that could be locked. Hold several in the same order everywhere.
    SQLite has only one writer anyway.
    """
    if words and session.connection().dialect.name == "postgresql":
        one_by_one = sa.func.unnest(sa.literal(list(words), ARRAY(sa.Text())))
        key = sa.func.hashtextextended(one_by_one.column_valued("word"), 0)
        session.execute(sa.select(sa.func.count(sa.func.pg_advisory_xact_lock(key))))


def delete_in_batches(
    session: scoped_session[Any], model: Any, where: sa.ColumnElement[bool], size: int = 1000
) -> int:
    """Delete the rows of `model` that match `where`, `size` at a time; return how many.

    Commits after each batch, so that no lock is held for long.
    """
    key = sa.inspect(model).primary_key
    total = 0
    while True:
        batch = session.execute(sa.select(*key).where(where).limit(size)).all()
        if not batch:
            return total
        session.execute(sa.delete(model).where(sa.tuple_(*key).in_([tuple(row) for row in batch])))
        session.commit()
        total += len(batch)
