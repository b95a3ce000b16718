"""How connections to PostgreSQL are opened: with timeouts, and through a pooler too."""

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
READ_ONLY_SQL_TRANSACTION = "25006"  # SQLSTATE: a write reached a standby
IDLE, IN_TRANSACTION = 0, 2  # libpq's PQTRANS_IDLE and PQTRANS_INTRANS


def multi_host_url(url: str) -> str:
    """Return a `url` of several hosts in the form that SQLAlchemy parses.

    `//a:5432,b:5432/name` becomes `///name?host=a:5432&host=b:5432`.
    """
    several = SEVERAL_HOSTS.fullmatch(url)
    if not several:
        return url
    hosts = "&".join(f"host={host}" for host in several["hosts"].split(","))
    return f"{several['start']}/{several['name']}?{hosts}&{several['query'] or ''}".rstrip("&")


def connect_args(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the connection parameters for libpq; those in the URL take precedence.

    With several hosts each gets the whole DATABASE_CONNECT_TIMEOUT. The keepalives end a
    connection whose network drops packets, so that it cannot block a thread for hours.
    """
    network_timeout = settings["DATABASE_NETWORK_TIMEOUT"]
    defaults: dict[str, Any] = {
        "connect_timeout": settings["DATABASE_CONNECT_TIMEOUT"],
        "application_name": "learnpath",
        "keepalives_idle": max(1, network_timeout // 2),
        "keepalives_interval": 1,
        "tcp_user_timeout": network_timeout * 1000,
    }
    query = settings["DATABASE_URL"].query
    if not isinstance(query.get("host", ""), str):
        defaults["target_session_attrs"] = "read-write"  # of several hosts the primary
    return {name: defaults[name] for name in defaults.keys() - query.keys()}


def configure(engine: Engine, settings: Mapping[str, Any]) -> None:
    """Set timeouts on the connections of `engine`, and drop those that are dead or read-only.

    The driver is in autocommit mode and this module sends BEGIN: a SELECT outside a transaction
    costs one round trip, and a connection needs no reset between two requests.
    """
    timeouts = {
        "statement_timeout": settings["DATABASE_STATEMENT_TIMEOUT"],
        "lock_timeout": settings["DATABASE_LOCK_TIMEOUT"],
        "idle_in_transaction_session_timeout": settings["DATABASE_IDLE_TIMEOUT"],
    }
    set_timeouts = "; ".join(f"SET {name} = '{seconds}s'" for name, seconds in timeouts.items())
    begin_with_timeouts = "BEGIN; " + set_timeouts.replace("SET ", "SET LOCAL ")

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.autocommit = True
        if _has_pooler(connection):
            connection.prepare_threshold = None  # the next statement may reach another server
        elif click.get_current_context(silent=True) is None:  # a command may take its time
            connection.execute(set_timeouts)

    @event.listens_for(engine, "do_execute")
    @event.listens_for(engine, "do_executemany")
    def begin_if_idle(cursor: Any, _statement: str, _parameters: Any, context: Any) -> None:
        """Open the transaction of the statement, unless it is open already."""
        connection, options = cursor.connection, context.execution_options
        is_idle = connection.pgconn.transaction_status == IDLE
        if not is_idle or options.get("isolation_level") == "AUTOCOMMIT":
            return
        if connection.prepare_threshold is None:  # set by on_connect, for a pooler
            connection.execute(begin_with_timeouts)
        elif not options.get("without_begin"):
            begin(connection)

    event.listen(engine, "checkout", _refuse_dead_connection)
    event.listen(engine, "reset", _rollback_open_transaction)
    event.listen(engine, "handle_error", _invalidate_on_read_only)


def begin(connection: Any) -> None:
    """Send BEGIN through libpq; psycopg's `execute` would take as long as a write.

    Raises psycopg's OperationalError if the server refuses.
    """
    result = connection.pgconn.exec_(b"BEGIN")
    if connection.pgconn.transaction_status != IN_TRANSACTION:
        from psycopg import OperationalError  # noqa: PLC0415 - SQLite needs no psycopg

        raise OperationalError(result.get_error_message())


def _has_pooler(connection: Any) -> bool:
    """Return whether a pooler such as PgBouncer is between this connection and its server.

    Then the backend that answers is not the one that was announced at connect. In transaction
    mode a SET would affect the next client of that backend, and PgBouncer refuses one while a
    connection is opened. So every statement runs in a transaction that sets its own timeouts.
    """
    backend_pid = connection.execute("SELECT pg_backend_pid()").fetchone()[0]
    return bool(backend_pid != connection.info.backend_pid)


def _refuse_dead_connection(connection: Any, _record: Any, _fairy: Any) -> None:
    """Check a connection before use, at a hundredth of the cost of a query.

    A server that has ended the session has sent a message, so there is something to read.
    """
    socket = select.poll()
    socket.register(connection.fileno(), select.POLLIN)
    if socket.poll(0):
        raise sa.exc.DisconnectionError


def _rollback_open_transaction(connection: Any, _record: Any, _state: Any) -> None:
    """Roll back an unfinished transaction when its connection returns to the pool."""
    if connection.pgconn.transaction_status != IDLE:
        connection.rollback()


def _invalidate_on_read_only(context: Any) -> None:
    """Reconnect to the new primary after a failover, with every connection of the pool."""
    if getattr(context.original_exception, "sqlstate", None) == READ_ONLY_SQL_TRANSACTION:
        context.is_disconnect = True
