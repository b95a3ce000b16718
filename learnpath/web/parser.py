"""Strict parsing of request bodies: anything but plain JSON is rejected."""

import json
from itertools import islice
from typing import Any, NoReturn

from flask import Request
from webargs.core import is_json
from webargs.flaskparser import FlaskParser

from ..errors import BadRequest, InvalidInput, RequestEntityTooLarge, UnsupportedMediaType

ERRORS_MAX = 20  # so that a response does not repeat a huge body
FIELD_NAME_MAX = 100  # characters


class StrictParser(FlaskParser):
    """A webargs parser that rejects the invalid JSON which Python's json module accepts."""

    __location_map__ = {**FlaskParser.__location_map__, "credentials": "load_credentials"}

    def load_json(self, req: Request, schema: Any) -> Any:
        """Return the JSON body. A body is required, even if it is `{}`."""
        if not is_json(req.mimetype):
            if req.mimetype or req.content_length:
                raise UnsupportedMediaType("Send the body as application/json.")
            raise BadRequest("Send a JSON object as the body.")
        if req.mimetype_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
            raise UnsupportedMediaType("Send JSON in UTF-8.")
        if req.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise UnsupportedMediaType("Send the body without a content coding.")
        return strict_loads(read_body(req))

    def load_credentials(self, req: Request, schema: Any) -> Any:
        """Return `email` and `password` from JSON or from an OAuth 2.0 password form.

        The Authorize button of the docs page sends the form (RFC 6749, 4.3.2).
        """
        if req.mimetype != "application/x-www-form-urlencoded":
            return self.load_json(req, schema)
        if req.form.get("grant_type", "password") != "password":
            raise BadRequest("Only grant_type=password is supported here.")
        form_fields = {"email": "username", "password": "password"}
        return {name: req.form[key] for name, key in form_fields.items() if key in req.form}

    def handle_error(self, error: Any, req: Request, schema: Any, **_: Any) -> NoReturn:
        """Raise InvalidInput with the schema's messages, without the location webargs adds."""
        fields: dict[str, Any] = {}
        for messages in error.messages.values():
            fields.update(messages if isinstance(messages, dict) else {"_schema": messages})
        first = islice(fields.items(), ERRORS_MAX)
        raise InvalidInput(
            errors={str(name)[:FIELD_NAME_MAX]: messages for name, messages in first}
        )


def read_body(req: Request) -> bytes:
    """Return the body. Raises RequestEntityTooLarge for a chunked body that reaches the limit.

    Werkzeug truncates a body without Content-Length silently.
    """
    body = req.get_data()
    if req.content_length is None and len(body) == req.max_content_length:
        raise RequestEntityTooLarge
    return body


def strict_loads(raw: bytes) -> Any:
    """Return the JSON value in `raw`.

    Raises BadRequest for anything but UTF-8 JSON by RFC 8259, and for duplicate keys, NaN,
    lone surrogates, numbers of thousands of digits and nesting beyond the recursion limit.
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
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError("duplicate key")
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
