"""How the service says no: refusals, their families and one JSON shape (RFC 9457)."""

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
FAULT = "Something broke on our side. It has been logged."


class Refusal(Exception):
    """The request cannot be done as asked.

    A subclass is a word of the domain. Its name makes the problem type
    (`EmailTaken` → `/problems/email-taken`), the first line of its docstring is the
    default detail, and the whole docstring is the page behind the type.
    """

    status: ClassVar[int]
    known: ClassVar[dict[str, type[Refusal]]] = {}
    # for the documentation: an example of the members beyond RFC 9457, and what headers mean
    example: ClassVar[Mapping[str, Any]] = {}
    described_headers: ClassVar[Mapping[str, str]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.known[cls.problem_name()] = cls

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        **facts: Any,
    ) -> None:
        """Say no with `detail`; `errors` maps fields to messages, `facts` are extra members."""
        super().__init__(detail or self.first_line())
        self.errors = errors
        self.headers = dict(headers or {})
        self.facts = facts

    @classmethod
    def problem_name(cls) -> str:
        """Return the name in kebab case: `EmailTaken` → `email-taken`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()

    @classmethod
    def first_line(cls) -> str:
        """Return the sentence that the docstring opens with."""
        return (cls.__doc__ or "").strip().partition("\n")[0]

    def body(self) -> dict[str, Any]:
        """Return the problem details, but for the `instance`."""
        told = {"errors": self.errors} if self.errors is not None else {}
        return problem_body(self.problem_name(), self.status, str(self)) | told | self.facts

    @classmethod
    def example_body(cls) -> dict[str, Any]:
        """Return the body of such a refusal as the documentation shows it."""
        return problem_body(cls.problem_name(), cls.status, cls.first_line()) | dict(cls.example)


class BadRequest(Refusal):
    """The request is malformed."""

    status = 400


class Unauthorized(Refusal):
    """Send an access token: `Authorization: Bearer …`.

    Get one from `POST /api/v1/users/login`.
    """

    status = 401
    described_headers = {"WWW-Authenticate": "which credentials are asked for (RFC 6750)"}

    def __init__(self, detail: str | None = None, **more: Any) -> None:
        """Refuse with the challenge that RFC 6750 asks for."""
        super().__init__(detail, headers={"WWW-Authenticate": self.challenge()}, **more)

    def challenge(self) -> str:
        """Return the WWW-Authenticate header; without credentials it names no error."""
        return 'Bearer realm="learnpath"'


class Forbidden(Refusal):
    """You are not allowed to do this."""

    status = 403


class NotFound(Refusal):
    """There is no such thing here, or it is not for you to see."""

    status = 404


class Conflict(Refusal):
    """The request does not fit the present state."""

    status = 409


class PreconditionFailed(Refusal):
    """Somebody has changed this since you read it. Read it again, then decide.

    The `If-Match` header of the request names another version than the present one.
    """

    status = 412


class RequestEntityTooLarge(Refusal):
    """The body is larger than this service reads.

    The limit is 1 MiB, unless whoever runs the service has set another one.
    """

    status = 413


class UnsupportedMediaType(Refusal):
    """The body is not in a form that this service reads."""

    status = 415


class InvalidInput(Refusal):
    """The request has invalid fields; `errors` says which and why."""

    status = 422
    example = {"errors": {"field": ["Missing data for required field."]}}


class Unavailable(Refusal):
    """The service cannot answer just now; try again in a moment."""

    status = 503
    described_headers = {"Retry-After": "seconds to wait"}

    def __init__(self, detail: str | None = None, *, retry_after: int = 1, **more: Any) -> None:
        """Refuse for now; `retry_after` is in seconds."""
        super().__init__(detail, headers={"Retry-After": str(retry_after)}, **more)


class ProblemSchema(ma.Schema):
    """The one error body: problem details by RFC 9457."""

    class Meta:
        """A problem may tell further facts: the extension members of RFC 9457, 3.2."""

        unknown = ma.INCLUDE

    type = ma.fields.String(
        required=True,
        metadata={"format": "uri-reference", "example": "/problems/not-found"},
    )
    title = ma.fields.String(required=True)
    status = ma.fields.Integer(required=True)
    detail = ma.fields.String(required=True)
    instance = ma.fields.String(
        metadata={"format": "uri-reference", "example": "/api/v1/users/7"},
    )
    errors = ma.fields.Dict(
        keys=ma.fields.String(), metadata={"description": "field → messages, for bad input"}
    )


def render(refusal: Refusal) -> Response:
    """Return the problem response for `refusal`."""
    return _response(refusal.body(), refusal.headers)


def render_http(error: HTTPException) -> Response:
    """Return the problem response for an HTTP error raised by Flask or one of its extensions."""
    if error.response is not None:  # a redirect, or a finished answer
        return error.response  # type: ignore[return-value]
    status = error.code or 500
    name = http_problem_name(status)
    headers = {
        key: value
        for key, value in error.get_headers()
        if key.lower() not in ("content-type", "content-length")
    }
    detail = error.description or title_of(name)
    if status >= 500:
        detail = FAULT
    return _response(problem_body(name, status, detail), headers)


def phrase_of(status: int) -> str:
    """Return the standard phrase of an HTTP status, the same on every Python version."""
    return HTTP_STATUS_CODES.get(status, "Error")


def http_problem_name(status: int) -> str:
    """Return the problem name of a plain HTTP status: 404 → `not-found`."""
    return phrase_of(status).lower().replace(" ", "-").replace("'", "")


def title_of(name: str) -> str:
    """Return a problem's name as a title: `email-taken` → `Email taken`."""
    return name.replace("-", " ").capitalize()


def problem_body(name: str, status: int, detail: str) -> dict[str, Any]:
    """Return the members that every problem has."""
    return {
        "type": f"/problems/{name}",
        "title": title_of(name),
        "status": status,
        "detail": detail,
    }


def _response(body: dict[str, Any], headers: Mapping[str, str]) -> Response:
    g.problem = body["type"].removeprefix("/problems/")
    body["instance"] = quote(request.path, safe="/~!$&'()*+,;=:@-._")[:500]
    response = Response(json.dumps(body, ensure_ascii=False), body["status"], mimetype=MEDIA_TYPE)
    response.headers.update(headers)
    return response


def init_app(app: Flask) -> None:
    """Send every refusal and every error of `app` through the one renderer."""
    app.register_error_handler(Refusal, render)
    app.register_error_handler(HTTPException, render_http)
