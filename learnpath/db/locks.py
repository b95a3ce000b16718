"""Locks that the transaction of `db.session` takes before it reads."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from . import db, transaction
from .query import Query

BEGIN_IMMEDIATE = Query(sa.text("BEGIN IMMEDIATE"))


def begin_write() -> None:
    """Open a transaction that may read first and write afterwards.

    SQLite takes its one write lock at once, since a transaction that has read an old state
    can no longer write. PostgreSQL needs nothing: it locks single rows.
    """
    connection = db.session.connection()
    if connection.dialect.name != "sqlite":
        return
    if not connection.connection.driver_connection.in_transaction:  # type: ignore[union-attr]
        transaction.all(BEGIN_IMMEDIATE)


def advisory_lock(keys: Sequence[str]) -> None:
    """Take the lock of each of `keys` until the transaction ends.

    For what has no row yet that could be locked. Pass several keys in the same order
    everywhere. SQLite has one writer and needs no lock.
    """
    if keys and db.engine.dialect.name == "postgresql":
        values = sa.func.unnest(sa.literal(list(keys), ARRAY(sa.Text())))
        key = sa.func.hashtextextended(values.column_valued("key"), 0)
        db.session.execute(sa.select(sa.func.count(sa.func.pg_advisory_xact_lock(key))))
