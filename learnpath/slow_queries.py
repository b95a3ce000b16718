"""Telling which statements take long: the statement, never its parameters."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from flask import Flask, has_request_context, request
from sqlalchemy import event

from .extensions import db

logger = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Log each statement of `app` that takes SLOW_QUERY_MS or longer; 0 costs nothing."""
    limit = app.config["SLOW_QUERY_MS"]
    if not limit:
        return
    with app.app_context():
        engine = db.engine

    def execute(cursor: Any, statement: str, parameters: Any, _context: Any) -> bool:
        return run(cursor.execute, statement, parameters)

    def execute_many(cursor: Any, statement: str, parameters: Any, _context: Any) -> bool:
        return run(cursor.executemany, statement, parameters)

    def run(execute: Callable[..., Any], statement: str, parameters: Any) -> bool:
        started = time.perf_counter()
        execute(statement, parameters)
        duration_ms = (time.perf_counter() - started) * 1000
        if duration_ms >= limit:
            _log(statement, duration_ms)
        return True  # it is done: SQLAlchemy need not

    event.listen(engine, "do_execute", execute)
    event.listen(engine, "do_executemany", execute_many)


def _log(statement: str, duration_ms: float) -> None:
    rule = request.url_rule if has_request_context() else None
    facts = {
        "duration_ms": round(duration_ms, 1),
        "route": rule.rule if rule else None,
        "statement": " ".join(statement.split())[:2000],
    }
    line = "slow statement: %(duration_ms)s ms, %(statement)s"
    logger.warning(line, facts, extra={"facts": facts})
