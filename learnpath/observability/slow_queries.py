"""The log of slow statements: their text, never their parameters."""

import logging
import time
from functools import partial
from typing import Any

from flask import has_request_context, request
from sqlalchemy import Engine, event

logger = logging.getLogger(__name__)


def observe(engine: Engine, limit_ms: int) -> None:
    """Log each statement on `engine` that takes `limit_ms` or longer; 0 adds no listener."""
    if not limit_ms:
        return

    def run(method: str, cursor: Any, statement: str, parameters: Any, _context: Any) -> bool:
        started = time.perf_counter()
        getattr(cursor, method)(statement, parameters)
        duration_ms = (time.perf_counter() - started) * 1000
        if duration_ms >= limit_ms:
            _log(statement, duration_ms)
        return True  # SQLAlchemy must not execute it a second time

    event.listen(engine, "do_execute", partial(run, "execute"))
    event.listen(engine, "do_executemany", partial(run, "executemany"))


def _log(statement: str, duration_ms: float) -> None:
    rule = request.url_rule if has_request_context() else None
    fields = {
        "duration_ms": round(duration_ms, 1),
        "route": rule.rule if rule else None,
        "statement": " ".join(statement.split())[:2000],
    }
    line = "slow statement: %(duration_ms)s ms, %(statement)s"
    logger.warning(line, fields, extra={"fields": fields})
