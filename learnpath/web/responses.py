"""JSON responses, written by orjson."""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import orjson
from flask import Response
from flask.json.provider import DefaultJSONProvider
from flask.sessions import NullSession, SessionInterface
from sqlalchemy import Row

from ..clock import rfc3339


def _as_object(row: Any) -> dict[str, Any]:
    return dict(zip(row._fields, row, strict=True))


ENCODERS: dict[type, Callable[[Any], Any]] = {
    Row: _as_object,
    tuple: _as_object,  # named tuples, the rows of a `Query`
    datetime: rfc3339,
    date: date.isoformat,
}
OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS


class JSONResponse(Response):
    """A response whose status and headers are final: werkzeug does not adapt them again."""

    def get_wsgi_response(self, environ: Any) -> tuple[Any, str, list[tuple[str, str]]]:
        """Return the body, the status and the headers unchanged."""
        body = () if environ["REQUEST_METHOD"] == "HEAD" else self.response
        return body, self.status, self.headers.to_wsgi_list()


class NullSessionInterface(SessionInterface):
    """No session cookies: requests are authenticated by a token in a header."""

    def open_session(self, app: Any, request: Any) -> NullSession:
        """Return a session that cannot be written to."""
        return NullSession()

    def save_session(self, app: Any, session: Any, response: Any) -> None:
        """Set no cookie."""


class JSONProvider(DefaultJSONProvider):
    """Flask's JSON provider on orjson: a row becomes an object, a time RFC 3339."""

    def dumps(self, value: Any, **_: Any) -> str:  # type: ignore[override]
        """Return `value` as JSON text."""
        return encode(value).decode()

    def response(self, *args: Any, **kwargs: Any) -> Response:
        """Return a response with the given value as its body, as `flask.jsonify` does."""
        value = (args[0] if len(args) == 1 else args) if args else kwargs
        return Response(encode(value), content_type="application/json")


def json_response(
    value: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """Return a response with `value` as its body; its status does not change afterwards."""
    return JSONResponse(encode(value), status, headers, content_type="application/json")


def encode(value: Any) -> bytes:
    """Return `value` as JSON in UTF-8."""
    try:
        return orjson.dumps(value, default=_default, option=OPTIONS)
    except orjson.JSONEncodeError:  # an integer of more than 64 bits: JSON sets no limit
        return json.dumps(value, default=_default_and_fragments, ensure_ascii=False).encode()


def _default(value: Any) -> Any:
    encoder = ENCODERS.get(tuple if isinstance(value, tuple) else type(value))
    if encoder is None:
        raise TypeError(f"{type(value).__name__} cannot be written as JSON")
    return encoder(value)


def _default_and_fragments(value: Any) -> Any:
    if isinstance(value, orjson.Fragment):
        return json.loads(orjson.dumps(value))
    return _default(value)
