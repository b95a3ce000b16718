"""ETags: a client does not fetch again what it has, or overwrite what it has not seen.

Conditional requests by RFC 9110, section 13. No precondition is required.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Response, g, make_response, request
from werkzeug.http import generate_etag

from ..errors import PreconditionFailed
from ..permissions import annotate
from .responses import encode

View = TypeVar("View", bound=Callable[..., Any])


def etag(view: View) -> View:
    """Add an ETag to the response; respond with 304 where `If-None-Match` names it.

    A view that changes something calls `check_etag` before.
    """

    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> Response:
        response = make_response(view(*args, **kwargs))
        if request.method == "DELETE":
            return response
        tag = g.pop("etag", None) or generate_etag(response.get_data())
        if request.method in ("GET", "HEAD") and tag in request.if_none_match:
            response = Response(status=304)
        response.set_etag(tag)
        return response

    return annotate(wrapper, has_etag=True)  # type: ignore[return-value]


def check_etag(current: Any, schema: type[Any]) -> None:
    """Raise PreconditionFailed where `If-Match` names another version than `current`."""
    if request.if_match and _tag(current, schema) not in request.if_match:
        raise PreconditionFailed


def set_etag(current: Any, schema: type[Any]) -> None:
    """Use the ETag of `current` for a response that shows something else."""
    g.etag = _tag(current, schema)


def _tag(value: Any, schema: type[Any]) -> str:
    return generate_etag(encode(schema().dump(value)))
