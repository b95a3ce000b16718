"""One log for the service and for gunicorn: JSON or plain lines, with a request id."""

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
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
ANSI = re.compile(r"\x1b\[[0-9;]*m")
UNLOGGED_PATHS = ("/health/", "/metrics")  # requested by machines every few seconds
PLAIN_LINE = "%(asctime)s %(levelname)-7s %(name)s [%(request_id)s] %(message)s"


class RequestIdFilter(logging.Filter):
    """Add the id of the current request to every record, or `-`."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Set `request_id`, unless the record has one."""
        if not hasattr(record, "request_id"):
            record.request_id = g.get("request_id", "-") if has_request_context() else "-"
        return True


class StderrHandler(logging.StreamHandler[Any]):
    """Write to the current `sys.stderr`, also after a redirection."""

    def __init__(self) -> None:
        super().__init__()
        self._stream: Any = None

    @property
    def stream(self) -> Any:
        """Return the stream that was set, or else the current standard error."""
        return self._stream or sys.stderr

    @stream.setter
    def stream(self, stream: Any) -> None:
        """Write to `stream` from now on."""
        self._stream = stream


class StripAnsiFilter(logging.Filter):
    """Remove the colours that werkzeug's development server writes into its lines."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Remove ANSI sequences from the message."""
        record.msg, record.args = ANSI.sub("", record.getMessage()), ()
        return True


class JsonFormatter(logging.Formatter):
    """One line of JSON: the message and the record's fields (`extra={"fields": …}`)."""

    def format(self, record: logging.LogRecord) -> str:
        """Format the record in ASCII: some log readers end a line at other characters too."""
        line = {
            **getattr(record, "fields", {}),
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": getattr(record, "request_id", "-"),
        }
        if record.exc_info:
            line["exc_info"] = self.formatException(record.exc_info)
        with suppress(orjson.JSONEncodeError):  # a lone surrogate
            text = orjson.dumps(line, default=str)
            if text.isascii():
                return text.decode()
        return json.dumps(line, default=str)  # escapes everything that is not ASCII


class PlainFormatter(logging.Formatter):
    """One line per record, whatever the message contains: no log injection.

    A traceback follows in indented lines.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Format the traceback again: another handler may have cached its own in the record."""
        record.exc_text = None
        return super().format(record)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """Escape line breaks and other control characters."""
        return _printable(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        """Indent every line, so that none looks like a record."""
        lines = super().formatException(ei).splitlines()
        return "\n".join(f"    {_printable(line)}" for line in lines)


def _printable(line: str) -> str:
    if line.isprintable():
        return line
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in line)


def configuration(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the logging configuration for the application and for gunicorn."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request_id": {"()": RequestIdFilter}, "strip_ansi": {"()": StripAnsiFilter}},
        "formatters": {
            "json": {"()": JsonFormatter},
            "plain": {"()": PlainFormatter, "format": PLAIN_LINE},
        },
        "handlers": {
            "stderr": {
                "class": "learnpath.observability.logs.StderrHandler",
                "formatter": settings["LOG_FORMAT"],
                "filters": ["request_id"],
            }
        },
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "learnpath": {"level": settings["LOG_LEVEL"]},
            "werkzeug": {"filters": ["strip_ansi"]},
            "gunicorn.error": {"level": "INFO", "handlers": [], "propagate": True},
            "gunicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
        },
    }


def init_app(app: Flask) -> None:
    """Configure logging, give each request of `app` an id and write one line for it."""
    logging.config.dictConfig(configuration(app.config))
    # No format uses these fields of a record (docs.python.org/3/howto/logging.html#optimization).
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    app.before_request(_set_request_id)
    app.after_request(_log_request)


def _set_request_id() -> None:
    """Use the X-Request-ID of the proxy if it is well-formed, or generate an id."""
    request_id = request.environ.get("HTTP_X_REQUEST_ID", "")
    ctx = g._get_current_object()
    ctx.request_id = request_id if REQUEST_ID.fullmatch(request_id) else os.urandom(16).hex()
    ctx.started = time.perf_counter()


def _log_request(response: Response) -> Response:
    """Log the caller, method, path, status and duration; no query string and no body."""
    req: Request = request._get_current_object()  # type: ignore[attr-defined]
    ctx = g._get_current_object()  # a look-up through the proxy costs more
    response.headers.add("X-Request-ID", ctx.request_id)
    caller, path, rule = ctx.get("caller"), req.path, req.url_rule
    fields = {
        "method": req.method,
        "path": path[:200],
        "route": rule.rule if rule else None,
        "status": response.status_code,
        "duration_ms": round((time.perf_counter() - ctx.started) * 1000, 1),
        "user_id": caller.user_id if caller else None,
        "key_id": caller.key_id if caller else None,
    }
    level = logging.DEBUG if path.startswith(UNLOGGED_PATHS) else logging.INFO
    line = "%(method)s %(path)s %(status)s %(duration_ms)s ms"
    access.log(level, line, fields, extra={"fields": fields, "request_id": ctx.request_id})
    return response
