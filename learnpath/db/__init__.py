"""The database: `db.session` for what is written, and `reads` for SELECTs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask import Flask, Response, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase

from ..observability import metrics, slow_queries
from . import migrate
from .engine import configure, read_engine
from .query import Query

NAMING_CONVENTION = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The base class of every model, with a naming convention for constraints."""

    metadata = sa.MetaData(naming_convention=NAMING_CONVENTION)


class Executor:
    """Runs SQLAlchemy statements and returns plain rows.

    The instances `reads` and `transaction` differ in the connection that they use.
    """

    def __init__(self, connect: Callable[[], AbstractContextManager[sa.Connection]]) -> None:
        self.connect = connect

    def all(self, statement: sa.Executable | Query, **values: Any) -> Sequence[Any]:
        """Execute `statement` with `values` for its bind parameters; return its rows."""
        with self.connect() as connection:
            if isinstance(statement, Query):
                return statement.rows(connection, values)
            result = connection.execute(statement, values)
            return result.all() if result.returns_rows else []

    def first(self, statement: sa.Executable | Query, **values: Any) -> Any:
        """Return the first row, or None."""
        return next(iter(self.all(statement, **values)), None)

    def scalar(self, statement: sa.Executable | Query, **values: Any) -> Any:
        """Return the first column of the first row, or None."""
        row = self.first(statement, **values)
        return None if row is None else row[0]


def _read_connection() -> sa.Connection:
    """Return a connection that opens no transaction: one round trip instead of three."""
    engine: sa.Engine = current_app.extensions["reads"]
    return engine.connect()


def _session_connection() -> AbstractContextManager[sa.Connection]:
    """Return the connection of `db.session`, after a flush of its changes."""
    db.session.flush()
    return nullcontext(db.session.connection())


db = SQLAlchemy(model_class=Base)
reads = Executor(_read_connection)
transaction = Executor(_session_connection)

if TYPE_CHECKING:
    Model = Base  # mypy cannot follow the base class that Flask-SQLAlchemy creates
else:
    Model = db.Model


@contextmanager
def separate_transaction() -> Iterator[sa.Connection]:
    """Yield a connection with its own transaction, and commit at the end of the block.

    For what must outlive a refused request: a counted failure, an ended token family. Raises
    RuntimeError while `db.session` has a transaction open: the block could wait for a lock, or
    for the last connection of the pool, that its own request holds.
    """
    if db.session.registry.has() and db.session().in_transaction():
        raise RuntimeError("commit or roll back db.session first")
    with db.engine.begin() as connection:
        yield connection


def init_app(app: Flask) -> None:
    """Attach the database and its migrations to `app`."""
    db.init_app(app)
    with app.app_context():
        configure(db.engine, app.config)
        slow_queries.observe(db.engine, app.config["SLOW_QUERY_MS"])
        metrics.observe_pool(db.engine)
        app.extensions["reads"] = read_engine(db.engine)
    app.after_request(release_session)
    migrate.init_app(app, db)


def release_session(response: Response) -> Response:
    """Return the database connection to the pool while an error can still be handled.

    Flask-SQLAlchemy does this in a teardown function, outside every error handler: a
    connection that has died by then would turn a finished response into a bare 500.
    """
    try:
        db.session.remove()
    except sa.exc.DBAPIError:
        current_app.logger.warning("a database connection died after its work was done")
    return response
