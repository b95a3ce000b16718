"""How answers are written as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import orjson
from flask import Response
from flask.json.provider import DefaultJSONProvider
from flask.sessions import NullSession, SessionInterface
from sqlalchemy import Row

from .fields import rfc3339


def _as_object(row: Any) -> dict[str, Any]:
    return dict(zip(row._fields, row, strict=True))


PLAIN: dict[type, Callable[[Any], Any]] = {
    Row: _as_object,
    tuple: _as_object,  # the named ones: what a prepared statement finds
    datetime: rfc3339,
    date: date.isoformat,
}

# Moments are written our way.
OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS


class Answer(Response):
    """A body with its status, for good: werkzeug need not look whether its headers fit them."""

    def get_wsgi_response(self, environ: Any) -> tuple[Any, str, list[tuple[str, str]]]:
        """Return the body, the status and the headers as they are; nothing is to be closed."""
        body = () if environ["REQUEST_METHOD"] == "HEAD" else self.response
        return body, self.status, self.headers.to_wsgi_list()


class NoCookies(SessionInterface):
    """No cookie says who is asking: a token in a header does. Flask's sessions are off."""

    def open_session(self, app: Any, request: Any) -> NullSession:
        """Return the session that refuses to be written to."""
        return NullSession()

    def save_session(self, app: Any, session: Any, response: Any) -> None:
        """Set no cookie."""


class JSONProvider(DefaultJSONProvider):
    """Flask's JSON, written by orjson: a row is an object, a moment is RFC 3339."""

    def dumps(self, value: Any, **_: Any) -> str:  # type: ignore[override]
        """Return `value` as JSON text."""
        return encode(value).decode()

    def response(self, *args: Any, **kwargs: Any) -> Response:
        """Return an answer with the given value as its body."""
        body = encode(self._prepare_response_obj(args, kwargs))
        return Response(body, content_type="application/json")


def respond(value: Any, status: int = 200) -> Response:
    """Return an answer with `value` as its body; its status stays."""
    return Answer(encode(value), status, content_type="application/json")


def encode(value: Any) -> bytes:
    """Return `value` as JSON in UTF-8."""
    try:
        return orjson.dumps(value, default=_plain, option=OPTIONS)
    except orjson.JSONEncodeError:  # an integer of more than 64 bits: JSON knows no bound
        return json.dumps(value, default=_plain_and_read, ensure_ascii=False).encode()


def _plain(value: Any) -> Any:
    plain = PLAIN.get(tuple if isinstance(value, tuple) else type(value))
    if plain is None:
        raise TypeError(f"{type(value).__name__} has no place in an answer")
    return plain(value)


def _plain_and_read(value: Any) -> Any:
    if isinstance(value, orjson.Fragment):
        return json.loads(orjson.dumps(value))
    return _plain(value)
