"""Problems: the errors of the service, in the JSON format of RFC 9457."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import quote

import marshmallow as ma
from flask import Flask, Response, g, json, request
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

MEDIA_TYPE = "application/problem+json"
INTERNAL_ERROR_DETAIL = "Something broke on our side. It has been logged."


class Problem(Exception):
    """An error response.

    The name of a subclass is the problem type (`EmailTaken` → `/problems/email-taken`), the
    first line of its docstring is the default detail, and the whole docstring is the page at
    the URL of the type.
    """

    status: ClassVar[int]
    registry: ClassVar[dict[str, type[Problem]]] = {}
    # for the documentation: an example of the extension members, and the meaning of headers
    example: ClassVar[Mapping[str, Any]] = {}
    documented_headers: ClassVar[Mapping[str, str]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.registry[cls.problem_name()] = cls

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        **extensions: Any,
    ) -> None:
        """Take the `detail`; `errors` maps fields to messages, `extensions` are further members."""
        super().__init__(detail or self.summary())
        self.errors = errors
        self.headers = dict(headers or {})
        self.extensions = extensions

    @classmethod
    def problem_name(cls) -> str:
        """Return the name in kebab case: `EmailTaken` → `email-taken`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()

    @classmethod
    def summary(cls) -> str:
        """Return the first line of the docstring."""
        return (cls.__doc__ or "").strip().partition("\n")[0]

    def body(self) -> dict[str, Any]:
        """Return the problem details without the `instance`."""
        errors = {"errors": self.errors} if self.errors is not None else {}
        return problem_body(self.problem_name(), self.status, str(self)) | errors | self.extensions

    @classmethod
    def example_body(cls) -> dict[str, Any]:
        """Return an example of the body for the documentation."""
        return problem_body(cls.problem_name(), cls.status, cls.summary()) | dict(cls.example)


class BadRequest(Problem):
    """The request is malformed."""

    status = 400


class Unauthorized(Problem):
    """Send an access token: `Authorization: Bearer …`.

    Get one from `POST /api/v1/users/login`.
    """

    status = 401
    documented_headers = {"WWW-Authenticate": "the required credentials (RFC 6750)"}

    def __init__(self, detail: str | None = None, **more: Any) -> None:
        """Add the challenge that RFC 6750 requires."""
        super().__init__(detail, headers={"WWW-Authenticate": self.challenge()}, **more)

    def challenge(self) -> str:
        """Return the WWW-Authenticate header; without credentials it names no error."""
        return 'Bearer realm="learnpath"'


class Forbidden(Problem):
    """You are not allowed to do this."""

    status = 403


class NotFound(Problem):
    """There is no such thing here, or it is not for you to see."""

    status = 404


class Conflict(Problem):
    """The request does not fit the present state."""

    status = 409


class PreconditionFailed(Problem):
    """This has changed since you read it. Read it again, then decide.

    The `If-Match` header of the request names another version than the current one.
    """

    status = 412


class RequestEntityTooLarge(Problem):
    """The body is larger than this service reads.

    The limit is 1 MiB, unless the operator of the service has set another one.
    """

    status = 413


class UnsupportedMediaType(Problem):
    """The body is not in a form that this service reads."""

    status = 415


class InvalidInput(Problem):
    """The request has invalid fields; `errors` says which and why."""

    status = 422
    example = {"errors": {"field": ["Missing data for required field."]}}


class Unavailable(Problem):
    """The service cannot answer just now; try again in a moment."""

    status = 503
    documented_headers = {"Retry-After": "seconds to wait"}

    def __init__(self, detail: str | None = None, *, retry_after: int = 1, **more: Any) -> None:
        """Take `retry_after` in seconds."""
        super().__init__(detail, headers={"Retry-After": str(retry_after)}, **more)


class ProblemSchema(ma.Schema):
    """The body of every error response: problem details (RFC 9457)."""

    class Meta:
        unknown = ma.INCLUDE  # extension members (RFC 9457, 3.2)

    type = ma.fields.String(
        required=True, metadata={"format": "uri-reference", "example": "/problems/not-found"}
    )
    title = ma.fields.String(required=True)
    status = ma.fields.Integer(required=True)
    detail = ma.fields.String(required=True)
    instance = ma.fields.String(metadata={"format": "uri-reference", "example": "/api/v1/users/7"})
    errors = ma.fields.Dict(
        keys=ma.fields.String(), metadata={"description": "field → messages, for bad input"}
    )


def render(problem: Problem) -> Response:
    """Return the response for `problem`."""
    return _response(problem.body(), problem.headers)


def render_http(error: HTTPException) -> Response:
    """Return the problem response for an HTTP error of Flask or one of its extensions."""
    if error.response is not None:  # a redirect, or a finished response
        return error.response  # type: ignore[return-value]
    status = error.code or 500
    name = http_problem_name(status)
    detail = INTERNAL_ERROR_DETAIL if status >= 500 else error.description or title(name)
    return _response(problem_body(name, status, detail), dict(error.get_headers()))


def http_problem_name(status: int) -> str:
    """Return the problem name of a plain HTTP status: 404 → `not-found`."""
    phrase = HTTP_STATUS_CODES.get(status, "Error")  # http.HTTPStatus depends on the Python version
    return phrase.lower().replace(" ", "-").replace("'", "")


def title(name: str) -> str:
    """Return a problem's name as a title: `email-taken` → `Email taken`."""
    return name.replace("-", " ").capitalize()


def problem_body(name: str, status: int, detail: str) -> dict[str, Any]:
    """Return the members that every problem has."""
    return {"type": f"/problems/{name}", "title": title(name), "status": status, "detail": detail}


def _response(body: dict[str, Any], headers: Mapping[str, str]) -> Response:
    g.problem = body["type"].removeprefix("/problems/")
    body["instance"] = quote(request.path, safe="/~!$&'()*+,;=:@-._")[:500]
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, body["status"], headers, mimetype=MEDIA_TYPE)


def init_app(app: Flask) -> None:
    """Render every Problem and every HTTP error of `app` as problem details."""
    app.register_error_handler(Problem, render)
    app.register_error_handler(HTTPException, render_http)
