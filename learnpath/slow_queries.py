"""Telling which statements take long: the statement, never its parameters."""

from __future__ import annotations

import logging
import time
from typing import Any

import sqlalchemy as sa
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

    @event.listens_for(engine, "before_cursor_execute")
    def start(connection: sa.Connection, *_: Any) -> None:
        connection.info["started"] = time.perf_counter()

    @event.listens_for(engine, "after_cursor_execute")
    def judge(connection: sa.Connection, _cursor: Any, statement: str, *_: Any) -> None:
        duration_ms = (time.perf_counter() - connection.info["started"]) * 1000
        if duration_ms >= limit:
            _log(statement, duration_ms)


def _log(statement: str, duration_ms: float) -> None:
    rule = request.url_rule if has_request_context() else None
    facts = {
        "duration_ms": round(duration_ms, 1),
        "route": rule.rule if rule else None,
        "statement": " ".join(statement.split())[:2000],
    }
    logger.warning("slow statement: %(duration_ms)s ms, %(statement)s", facts, extra=facts)
