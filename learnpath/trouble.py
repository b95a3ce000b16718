"""When the database cannot do as it is told: what is tried again, and what the client hears."""

from __future__ import annotations

import logging
import time
from typing import Any

from flask import Flask, Response, current_app, g, has_request_context, request
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from . import metrics
from .errors import Unavailable, render
from .extensions import db

# SQLSTATEs (https://www.postgresql.org/docs/current/errcodes-appendix.html)
LOST_A_RACE = ("40001", "40P01")  # serialization failure, deadlock
PASSING = ("25006", "25P03", "25P04")  # a standby, a transaction that idled or took too long

HEAD_START = 0.1  # seconds for the winner; who came back at once would take its locks again

logger = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Answer database errors of `app`: once more from the start, with 503, or as a fault."""
    app.register_error_handler(PoolTimeout, _answer_exhausted_pool)
    app.register_error_handler(DBAPIError, _answer)


def _answer(error: DBAPIError) -> Any:
    metrics.count("database_errors", type(error.orig).__name__)
    if _may_repeat(error):
        return _repeat()
    if isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated:
        return _unavailable(error)
    if _sqlstate(error) in PASSING:
        return _unavailable(error)
    raise error


def _answer_exhausted_pool(error: PoolTimeout) -> Response:
    metrics.count("database_errors", "PoolTimeout")
    return _unavailable(error)


def _unavailable(error: Exception) -> Response:
    """Return 503 while the database cannot be used; the cause goes to the log only."""
    logger.error("database unavailable: %s %s", request.method, request.path, exc_info=error)
    return render(Unavailable())


def _may_repeat(error: DBAPIError) -> bool:
    """Tell whether running the view again does no harm.

    The database has undone its transaction, and nothing was committed before. Once is enough.
    """
    has_done_something = g.get("has_committed") or g.get("is_repeated")
    return _sqlstate(error) in LOST_A_RACE and not has_done_something


def _repeat() -> Any:
    logger.warning("lost a race for locks, once more: %s %s", request.method, request.path)
    g.is_repeated = True
    db.session.remove()
    time.sleep(HEAD_START)
    try:
        return current_app.dispatch_request()
    except Exception as error:
        return current_app.handle_user_exception(error)


@event.listens_for(db.session, "after_commit")
def _note_commit(_session: Any) -> None:
    if has_request_context():
        g.has_committed = True


def _sqlstate(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)
