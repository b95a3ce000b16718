"""Engine options, and how connections to SQLite and PostgreSQL are configured."""

import logging
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Engine

from . import postgresql

try:
    import pysqlite3 as sqlite3  # a newer SQLite than most systems have
except ImportError:  # pragma: no cover - no wheel for this platform
    import sqlite3

logger = logging.getLogger(__name__)


def engine_options(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the SQLAlchemy engine options for the configured database.

    The pool has one connection per thread, so that a request never waits for one unless
    another request holds two; then it waits DATABASE_POOL_TIMEOUT seconds.
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
        return options | {"connect_args": {"timeout": settings["SQLITE_BUSY_TIMEOUT"]}}
    return options | {
        "connect_args": postgresql.connect_args(settings),
        "pool_reset_on_return": None,  # see postgresql.configure
    }


def driver_options(url: sa.URL) -> dict[str, Any]:
    """Return the engine option that selects the `sqlite3` of this module for a SQLite `url`."""
    return {"module": sqlite3} if url.get_backend_name() == "sqlite" else {}


def configure(engine: Engine, settings: Mapping[str, Any]) -> None:
    """Set up each new connection of `engine`; one to SQLite becomes durable and strict."""
    if engine.dialect.name != "sqlite":
        postgresql.configure(engine, settings)
        return

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        journal = "WAL" if is_wal_safe() else "DELETE"
        connection.execute(f"PRAGMA journal_mode={journal}")
        connection.execute("PRAGMA synchronous=FULL")  # an acknowledged write is on disk
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA cache_size=-500")  # KiB; the system caches the file too

    if not is_wal_safe():  # pragma: no cover - depends on the SQLite of the machine
        logger.warning(
            "SQLite %s can lose data in WAL mode; using journal_mode=DELETE", sqlite3.sqlite_version
        )


def read_engine(engine: Engine) -> Engine:
    """Return an engine for SELECTs that shares the pool of `engine` and sends no BEGIN.

    SQLAlchemy's AUTOCOMMIT would change the mode of the connection at each checkout.
    """
    return engine.execution_options(without_begin=True, reads=True)


def is_wal_safe(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> bool:
    """Return whether this SQLite is free of the WAL-reset bug (source: sqlite.org/wal.html).

    Versions 3.7.0 to 3.51.2 can lose committed data when two connections write and
    checkpoint at the same instant; 3.51.3, 3.50.7 and 3.44.6 are fixed.
    """
    if version[:2] == (3, 44):
        return version >= (3, 44, 6)
    if version[:2] == (3, 50):
        return version >= (3, 50, 7)
    return version >= (3, 51, 3)
