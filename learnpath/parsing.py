"""Reading request bodies strictly: what is not plain JSON is refused, never guessed."""

from __future__ import annotations

import json
from itertools import islice
from typing import Any, NoReturn

from flask import Request
from webargs.core import is_json
from webargs.flaskparser import FlaskParser

from .errors import BadRequest, InvalidInput, RequestEntityTooLarge, UnsupportedMediaType

ERRORS_MAX = 20  # a refusal is read by people; it does not send a huge body back
NAME_MAX = 100  # characters


class StrictParser(FlaskParser):
    """A webargs parser that refuses what Python's JSON module would let through."""

    __location_map__ = {**FlaskParser.__location_map__, "credentials": "load_credentials"}

    def load_json(self, req: Request, schema: Any) -> Any:
        """Return the JSON body. Every operation that reads one needs it, be it `{}`."""
        if not is_json(req.mimetype):
            if req.mimetype or req.content_length:
                raise UnsupportedMediaType("Send the body as application/json.")
            raise BadRequest("Send a JSON object as the body.")
        if req.mimetype_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
            raise UnsupportedMediaType("Send JSON in UTF-8.")
        if req.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise UnsupportedMediaType("Send the body without a content coding.")
        return strict_loads(whole_body(req))

    def load_credentials(self, req: Request, schema: Any) -> Any:
        """Return `email` and `password` from JSON or from an OAuth 2.0 password form.

        The form is what the Authorize button of the docs page sends (RFC 6749, 4.3.2).
        """
        if req.mimetype != "application/x-www-form-urlencoded":
            return self.load_json(req, schema)
        if req.form.get("grant_type", "password") != "password":
            raise BadRequest("Only grant_type=password is supported here.")
        names = {"email": "username", "password": "password"}
        return {ours: req.form[theirs] for ours, theirs in names.items() if theirs in req.form}

    def handle_error(self, error: Any, req: Request, schema: Any, **_: Any) -> NoReturn:
        """Refuse with the schema's messages, without the location webargs wraps around them."""
        fields: dict[str, Any] = {}
        for messages in error.messages.values():
            fields.update(messages if isinstance(messages, dict) else {"_schema": messages})
        some = islice(fields.items(), ERRORS_MAX)
        raise InvalidInput(errors={str(name)[:NAME_MAX]: messages for name, messages in some})


def whole_body(req: Request) -> bytes:
    """Return the body; one that comes in chunks of undeclared length is bounded like any other.

    Werkzeug cuts such a body off at the limit without a word. Raises RequestEntityTooLarge.
    """
    body = req.get_data()
    if req.content_length is None and len(body) == req.max_content_length:
        raise RequestEntityTooLarge
    return body


def strict_loads(raw: bytes) -> Any:
    """Return the JSON value in `raw`.

    Raises BadRequest for everything that is not UTF-8 JSON by RFC 8259, and also for
    duplicate keys, NaN, lone surrogates, numbers of thousands of digits and nesting
    deeper than Python can follow.
    """
    try:
        value = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant
        )
        if b"\\u" in raw:
            json.dumps(value, ensure_ascii=False).encode("utf-8")  # fails on a lone surrogate
    except json.JSONDecodeError as error:
        raise BadRequest(
            f"The body is not valid JSON (line {error.lineno}, column {error.colno})."
        ) from None
    except (ValueError, RecursionError):
        raise BadRequest(
            "The body is not acceptable JSON: it must be UTF-8 without duplicate keys, NaN, "
            "lone surrogates, huge numbers or deep nesting."
        ) from None
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("duplicate key")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
