"""INSERT with ON CONFLICT, in the transaction of `db.session`."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from . import db, transaction
from .query import Query

INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def insert(table: Any) -> Any:
    """Return an INSERT on a table or model that supports ON CONFLICT."""
    return INSERT[db.engine.dialect.name](table)


def insert_if_new(model: type[Any], row: Mapping[str, Any]) -> bool:
    """Insert `row` unless its primary key exists; return whether it was inserted."""
    query = _insert_if_new(db.engine.dialect.name, model.__table__, tuple(row))
    return bool(transaction.all(query, **row))


def upsert(model: type[Any], row: Mapping[str, Any]) -> None:
    """Insert `row`, or overwrite the row with the same primary key."""
    transaction.all(_upsert(db.engine.dialect.name, model.__table__, tuple(row)), **row)


def upsert_many(model: type[Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert or overwrite many rows with the same columns, in one statement."""
    if rows:
        query = _upsert(db.engine.dialect.name, model.__table__, tuple(rows[0]))
        with transaction.connect() as connection:
            connection.execute(query.statement, [dict(row) for row in rows])


@cache
def _insert_if_new(dialect: str, table: sa.Table, names: tuple[str, ...]) -> Query:
    statement = _insert(dialect, table, names)
    statement = statement.on_conflict_do_nothing(index_elements=table.primary_key)
    return Query(statement.returning(*table.primary_key))


@cache
def _upsert(dialect: str, table: sa.Table, names: tuple[str, ...]) -> Query:
    statement = _insert(dialect, table, names)
    new = {name: statement.excluded[name] for name in names}
    return Query(statement.on_conflict_do_update(index_elements=table.primary_key, set_=new))


def _insert(dialect: str, table: sa.Table, names: tuple[str, ...]) -> Any:
    return INSERT[dialect](table).values({name: sa.bindparam(name) for name in names})
