"""Database errors: a lost race for locks is retried, an unavailable database is a 503."""

import logging
import time
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, g, has_request_context, request
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ..db import db
from ..errors import Unavailable, render
from ..observability import metrics

# SQLSTATEs (https://www.postgresql.org/docs/current/errcodes-appendix.html)
RETRYABLE = ("40001", "40P01")  # serialization failure, deadlock
TRANSIENT = ("25006", "25P03", "25P04")  # a standby, an idle or a long transaction

RETRY_DELAY = 0.1  # seconds; without it the retry would take the winner's locks again

logger = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Respond to database errors of `app`: 503 for those that pass, 500 for the others."""
    app.register_error_handler(PoolTimeout, _pool_timeout)
    app.register_error_handler(DBAPIError, _database_error)


def run_with_retry(view: Callable[[], Any]) -> Any:
    """Run `view`, and once more if the database ended its transaction for another one.

    The database has rolled everything back, unless the view had committed something before:
    then the error is raised.
    """
    try:
        return view()
    except DBAPIError as error:
        if _sqlstate(error) not in RETRYABLE or g.get("has_committed"):
            raise
        _count(error)
    logger.warning("lost a race for locks, retrying: %s %s", request.method, request.path)
    db.session.remove()
    time.sleep(RETRY_DELAY)
    return view()


def _database_error(error: DBAPIError) -> Response:
    _count(error)
    is_unavailable = isinstance(error, OperationalError | InterfaceError)
    if is_unavailable or error.connection_invalidated or _sqlstate(error) in TRANSIENT:
        return _unavailable(error)
    raise error


def _pool_timeout(error: PoolTimeout) -> Response:
    metrics.count("database_errors", "PoolTimeout")
    return _unavailable(error)


def _unavailable(error: Exception) -> Response:
    """Return a 503; the cause is only logged."""
    logger.error("database unavailable: %s %s", request.method, request.path, exc_info=error)
    return render(Unavailable())


def _count(error: DBAPIError) -> None:
    metrics.count("database_errors", type(error.orig).__name__)


@event.listens_for(db.session, "after_commit")
def _note_commit(_session: Any) -> None:
    if has_request_context():
        g.has_committed = True


def _sqlstate(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)
