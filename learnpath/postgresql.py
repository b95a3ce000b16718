"""How connections to PostgreSQL are opened: with time limits, and through a pooler too."""

from __future__ import annotations

import re
import select
from collections.abc import Mapping
from typing import Any

import click
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Engine

SEVERAL_HOSTS = re.compile(
    r"(?P<start>postgres[^/]*//([^@/]*@)?)(?P<hosts>[^/?,]*,[^/?]*)/(?P<name>[^?]*)(\?(?P<query>.*))?"
)
READ_ONLY_SERVER = "25006"  # SQLSTATE: a write met a standby
IDLE, IN_TRANSACTION = 0, 2  # libpq's PQTRANS_IDLE and PQTRANS_INTRANS


def with_several_hosts(url: str) -> str:
    """Return `url` with its hosts where SQLAlchemy looks for them, if there are several.

    `//a:5432,b:5432/name` becomes `///name?host=a:5432&host=b:5432`.
    """
    several = SEVERAL_HOSTS.fullmatch(url)
    if not several:
        return url
    hosts = "&".join(f"host={host}" for host in several["hosts"].split(","))
    return f"{several['start']}/{several['name']}?{hosts}&{several['query'] or ''}".rstrip("&")


def connect_args(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return how libpq shall connect; what the URL says itself goes before.

    With several hosts each gets the whole DATABASE_CONNECT_TIMEOUT. A network that swallows
    packets is given up, so that a pulled cable cannot hold a thread for hours.
    """
    silence = settings["DATABASE_NETWORK_TIMEOUT"]
    ours: dict[str, Any] = {
        "connect_timeout": settings["DATABASE_CONNECT_TIMEOUT"],
        "application_name": "learnpath",
        "keepalives_idle": max(1, silence // 2),
        "keepalives_interval": 1,
        "tcp_user_timeout": silence * 1000,
    }
    if not isinstance(settings["DATABASE_URL"].query.get("host", ""), str):
        ours["target_session_attrs"] = "read-write"  # of several hosts the one that takes writes
    return {name: ours[name] for name in ours.keys() - settings["DATABASE_URL"].query.keys()}


def prepare(engine: Engine, settings: Mapping[str, Any]) -> None:
    """Bound what is asked over `engine`, and leave servers that are dead or cannot write.

    The driver leaves transactions to us: a SELECT outside one costs one round trip, and
    nothing is switched when a connection changes hands.
    """
    limits = {
        "statement_timeout": settings["DATABASE_STATEMENT_TIMEOUT"],
        "lock_timeout": settings["DATABASE_LOCK_TIMEOUT"],
        "idle_in_transaction_session_timeout": settings["DATABASE_IDLE_TIMEOUT"],
    }
    set_limits = "; ".join(f"SET {name} = '{seconds}s'" for name, seconds in limits.items())
    begin_with_limits = "BEGIN; " + set_limits.replace("SET ", "SET LOCAL ")

    @event.listens_for(engine, "connect")
    def meet(connection: Any, _record: Any) -> None:
        connection.autocommit = True
        if _has_pooler(connection):
            connection.prepare_threshold = None  # the next statement may meet another server
        elif click.get_current_context(silent=True) is None:  # a command may take its time
            connection.execute(set_limits)

    @event.listens_for(engine, "do_execute")
    @event.listens_for(engine, "do_executemany")
    def begin_first(cursor: Any, _statement: str, _parameters: Any, context: Any) -> None:
        """Open the transaction in which the statement belongs, unless it is open already."""
        connection = cursor.connection
        options = context.execution_options
        if connection.pgconn.transaction_status != IDLE:
            return
        if options.get("isolation_level") == "AUTOCOMMIT":
            return
        if _is_behind_pooler(connection):
            connection.execute(begin_with_limits)
        elif not options.get("without_begin"):
            begin(connection)

    event.listen(engine, "checkout", _refuse_dead_connection)
    event.listen(engine, "reset", _end_what_is_open)
    event.listen(engine, "handle_error", _leave_a_standby)


def begin(connection: Any) -> None:
    """Open a transaction by a bare word to the server: `execute` would take as long as a write.

    Raises psycopg's OperationalError where it cannot be.
    """
    answer = connection.pgconn.exec_(b"BEGIN")
    if connection.pgconn.transaction_status != IN_TRANSACTION:
        from psycopg import OperationalError  # noqa: PLC0415 - SQLite needs no psycopg

        raise OperationalError(answer.get_error_message())


def _has_pooler(connection: Any) -> bool:
    """Tell whether something like PgBouncer stands between this connection and its server.

    Then the server process that answers is not the one that was announced. In transaction
    mode a SET would stay with whoever gets that server next, and while a connection is opened
    PgBouncer refuses it. So each transaction brings its limits along, and everything is one.
    """
    answering = connection.execute("SELECT pg_backend_pid()").fetchone()[0]
    return bool(answering != connection.info.backend_pid)


def _is_behind_pooler(connection: Any) -> bool:
    """Tell what was found out when the connection was made."""
    return connection.prepare_threshold is None


def _refuse_dead_connection(connection: Any, _record: Any, _fairy: Any) -> None:
    """Look at a connection before it is used, which costs a hundredth of asking it.

    A server that has gone, or has ended the session, has said so: there is something to read.
    """
    socket = select.poll()
    socket.register(connection.fileno(), select.POLLIN)
    if socket.poll(0):
        raise sa.exc.DisconnectionError


def _end_what_is_open(connection: Any, _record: Any, _state: Any) -> None:
    """Undo what a request has left unfinished, when its connection comes back.

    After a SELECT on its own there is nothing to undo, which this sees without the driver's help.
    """
    if connection.pgconn.transaction_status != IDLE:
        connection.rollback()


def _leave_a_standby(context: Any) -> None:
    """Look for the server that takes writes now, with every connection of the pool."""
    if getattr(context.original_exception, "sqlstate", None) == READ_ONLY_SERVER:
        context.is_disconnect = True
