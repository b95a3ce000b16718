"""One log for the service and for gunicorn: lines of JSON, or plain ones, with a request id."""

from __future__ import annotations

import json
import logging
import logging.config
import os
import re
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import orjson
from flask import Flask, Request, Response, g, has_request_context, request

access = logging.getLogger("learnpath.access")
SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
QUIET = ("/health/", "/metrics")  # asked every few seconds by machines
PLAIN_LINE = "%(asctime)s %(levelname)-7s %(name)s [%(request_id)s] %(message)s"


class RequestIdFilter(logging.Filter):
    """Give every record the id of the request that caused it, or `-`."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Set `request_id`, unless it is known, and let the record pass."""
        if not hasattr(record, "request_id"):
            record.request_id = g.get("request_id", "-") if has_request_context() else "-"
        return True


class StderrHandler(logging.StreamHandler[Any]):
    """Write to where standard error is now, also after something has redirected it."""

    def __init__(self) -> None:
        super().__init__()
        self._given: Any = None

    @property
    def stream(self) -> Any:
        """Return the stream that was set, or else the present standard error."""
        return self._given or sys.stderr

    @stream.setter
    def stream(self, stream: Any) -> None:
        """Write to `stream` from now on."""
        self._given = stream


class NoColoursFilter(logging.Filter):
    """Take away the colours that werkzeug's development server writes into its lines."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Make the message plain and let the record pass."""
        record.msg, record.args = COLOURS.sub("", record.getMessage()), ()
        return True


class JsonFormatter(logging.Formatter):
    """JSON in one line: the message, and beside it the record's facts (`extra={"facts": …}`)."""

    def format(self, record: logging.LogRecord) -> str:
        """Write the record; what some reader could take for the end of a line is escaped."""
        line = {
            **getattr(record, "facts", {}),
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": getattr(record, "request_id", "-"),
        }
        if record.exc_info:
            line["exc_info"] = self.formatException(record.exc_info)
        with suppress(orjson.JSONEncodeError):  # half a character
            written = orjson.dumps(line, default=str)
            if written.isascii():
                return written.decode()
        return json.dumps(line, default=str)  # escapes whatever is not ASCII


class PlainFormatter(logging.Formatter):
    """One line per record, whatever stands in the message: no forged lines.

    A traceback follows in lines of its own, all indented.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Write the traceback anew: another handler may have left its own in the record."""
        record.exc_text = None
        return super().format(record)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """Escape line breaks and other control characters."""
        line = super().formatMessage(record)
        return _printable(line)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        """Indent every line, so that none can pass for a record."""
        lines = super().formatException(ei).splitlines()
        return "\n".join(f"    {_printable(line)}" for line in lines)


def _printable(line: str) -> str:
    if line.isprintable():
        return line
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in line)


def configuration(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the logging configuration, for the application and for gunicorn alike."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "request_id": {"()": RequestIdFilter},
            "no_colours": {"()": NoColoursFilter},
        },
        "formatters": {
            "json": {"()": JsonFormatter},
            "plain": {"()": PlainFormatter, "format": PLAIN_LINE},
        },
        "handlers": {
            "stderr": {
                "class": "learnpath.logs.StderrHandler",
                "formatter": settings["LOG_FORMAT"],
                "filters": ["request_id"],
            }
        },
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "learnpath": {"level": settings["LOG_LEVEL"]},
            "werkzeug": {"filters": ["no_colours"]},
            "gunicorn.error": {"level": "INFO", "handlers": [], "propagate": True},
            "gunicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
        },
    }


def init_app(app: Flask) -> None:
    """Configure logging, number the requests of `app` and write one line for each."""
    logging.config.dictConfig(configuration(app.config))
    _look_up_only_what_is_written()
    app.before_request(_number_request)
    app.after_request(_log_request)


def _look_up_only_what_is_written() -> None:
    """Spare every record what none of our lines has: the calling function, thread and process.

    The switches are those of the manual (docs.python.org/3/howto/logging.html#optimization).
    """
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False


def _number_request() -> None:
    """Take the id that a proxy gave, if it is harmless, or make one."""
    given = request.environ.get("HTTP_X_REQUEST_ID", "")
    noted = g._get_current_object()
    noted.request_id = given if SANE_REQUEST_ID.fullmatch(given) else os.urandom(16).hex()
    noted.started = time.perf_counter()


def _log_request(response: Response) -> Response:
    """Write who asked what, with which answer and in which time; no query, no body."""
    asked: Request = request._get_current_object()  # type: ignore[attr-defined]
    noted = g._get_current_object()  # what is used often is not looked up anew each time
    response.headers.add("X-Request-ID", noted.request_id)
    caller, path, rule = noted.get("caller"), asked.path, asked.url_rule
    facts = {
        "method": asked.method,
        "path": path[:200],
        "route": rule.rule if rule else None,
        "status": response.status_code,
        "duration_ms": round((time.perf_counter() - noted.started) * 1000, 1),
        "user_id": caller.user_id if caller else None,
        "key_id": caller.key_id if caller else None,
    }
    level = logging.DEBUG if path.startswith(QUIET) else logging.INFO
    line = "%(method)s %(path)s %(status)s %(duration_ms)s ms"
    access.log(level, line, facts, extra={"facts": facts, "request_id": noted.request_id})
    return response
