"""The extensions, made bare here and attached to an application in create_app."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask import Flask, Response, current_app, g
from flask_jwt_extended import JWTManager
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Session

from . import database, migrating
from .openapi import Api
from .prepared import Prepared

NAMES_OF_CONSTRAINTS = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """What every model inherits: predictable names of constraints."""

    metadata = sa.MetaData(naming_convention=NAMES_OF_CONSTRAINTS)


class Way(ABC):
    """A way to the database, for plain rows and values."""

    @abstractmethod
    def connected(self) -> AbstractContextManager[sa.Connection]:
        """Give a connection for one statement."""

    def all(self, statement: sa.Executable | Prepared, **values: Any) -> Sequence[Any]:
        """Execute `statement` with `values` for its bind parameters; return its rows."""
        with self.connected() as connection:
            if isinstance(statement, Prepared):
                return statement.rows(connection, values)
            result = connection.execute(statement, values)
            return result.all() if result.returns_rows else []

    def first(self, statement: sa.Executable | Prepared, **values: Any) -> Any:
        """Do the same; return the first row, or None."""
        return next(iter(self.all(statement, **values)), None)


class Reads(Way):
    """For SELECTs, which need no transaction: one round trip instead of three.

    Never write here; that is what `transaction`, `db.session` and `autocommit` are for.
    """

    def connected(self) -> AbstractContextManager[sa.Connection]:
        """Give a connection that opens no transaction."""
        engine: sa.Engine = current_app.extensions["reads"]
        return engine.connect()

    def entities(self, select: sa.Executable, **values: Any) -> Sequence[Any]:
        """Return the objects that `select` selects, detached: for reading only."""
        with Session(current_app.extensions["reads"]) as session:
            return session.scalars(select, values).all()

    def scalar(self, select: sa.Executable) -> Any:
        """Return the first column of the first row of `select`, or None."""
        with self.connected() as connection:
            return connection.scalar(select)


class Writes(Way):
    """For those who change something."""

    def keep(self, table: type[Any], row: Mapping[str, Any]) -> bool:
        """Insert `row` unless its key is taken; tell whether it is new."""
        insert = database.insert_if_new(db.engine.dialect.name, table.__table__, tuple(row))
        return bool(self.all(insert, **row))

    def put(self, table: type[Any], row: Mapping[str, Any]) -> None:
        """Insert `row`, or write it over the one that has its key."""
        self.all(database.upsert(db.engine.dialect.name, table.__table__, tuple(row)), **row)


class Autocommit(Writes):
    """Each statement is a transaction of its own, committed when it returns.

    For a change that one statement makes, and for nothing that belongs together. PostgreSQL is
    asked once instead of three times, and no session is made.
    """

    @contextmanager
    def connected(self) -> Iterator[sa.Connection]:
        """Give a connection, and commit.

        Raises RuntimeError while `db.session` has a transaction open, which may hold what this
        one would wait for.
        """
        if db.session.registry.has() and db.session().in_transaction():
            raise RuntimeError("end the transaction of db.session first")
        with current_app.extensions["autocommit"].begin() as connection:
            yield connection
        g.has_committed = True  # so a request that loses a race later is not repeated


class Transaction(Writes):
    """The transaction of `db.session`.

    It costs a part of what the session takes, which looks for objects everywhere.
    """

    def connected(self) -> AbstractContextManager[sa.Connection]:
        """Give the connection of the transaction, which goes on."""
        return nullcontext(self.connection())

    def put_all(self, table: type[Any], rows: Sequence[Mapping[str, Any]]) -> None:
        """Do what `put` does for many rows with the same columns, in one statement."""
        if rows:
            names = tuple(rows[0])
            upsert = database.upsert(db.engine.dialect.name, table.__table__, names)
            self.connection().execute(upsert.statement, [dict(row) for row in rows])

    def connection(self) -> sa.Connection:
        """Return the connection of the transaction, with all that the session has changed on it.

        Noted until the transaction ends, since asking the session takes as long as a statement.
        Savepoints and a flush that has failed are the session's to know.
        """
        session = db.session()
        session.flush()
        noted: sa.Connection | None = session.info.get("connection")
        is_plain = session.is_active and not session.in_nested_transaction()
        if noted is None or noted.closed or not is_plain:
            noted = session.info["connection"] = session.connection()
        return noted


db = SQLAlchemy(model_class=Base)
jwt = JWTManager()
rest = Api()
reads = Reads()
autocommit = Autocommit()
transaction = Transaction()

if TYPE_CHECKING:
    Model = Base  # a type checker cannot follow the base class that Flask-SQLAlchemy makes
else:
    Model = db.Model


def init_app(app: Flask) -> None:
    """Attach every extension to `app`."""
    db.init_app(app)
    with app.app_context():
        database.prepare(db.engine, app.config)
        app.extensions["reads"] = database.reading(db.engine)
        app.extensions["autocommit"] = database.autocommitting(db.engine)
    app.after_request(release_session)
    migrating.init_app(app, db)
    jwt.init_app(app)
    rest.init_app(app)


def release_session(response: Response) -> Response:
    """Give the database connection back while errors can still be answered.

    Flask-SQLAlchemy does so after the answer is made, outside every error handler: a
    connection that died meanwhile would turn a finished answer into a bare 500.
    """
    try:
        db.session.remove()
    except sa.exc.DBAPIError:
        current_app.logger.warning("a database connection died after its work was done")
    return response
