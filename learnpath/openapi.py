"""The OpenAPI document, and the converters that read addresses."""

from __future__ import annotations

import http
from threading import Lock
from typing import Any

import flask_smorest
from flask import Flask
from flask_smorest.spec import prepare_response
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter

from . import errors
from .fields import MODULE_ID_PATTERN, PATH_SLUG_PATTERN, RESERVED_MODULE_IDS

INFO = {
    "description": """\
People follow learning **paths** made of **modules** and report what they did; the service tells
them how far they are and what comes next.

**The first five minutes:** register, log in, and send the `access_token` along as
`Authorization: Bearer …` (on `/docs`, use *Authorize*; the username is your email address). Then
enroll in a path, report a module, and ask what comes next. Every example here works as it stands
on a service that `make run` has filled, unless its description says what has to come first.

**What holds everywhere**

- JSON in, JSON out. Fields that are not described are refused; unknown query parameters are
  ignored. Times are RFC 3339 in UTC.
- An access token lives for an hour. On a 401, spend the refresh token at
  `POST /api/v1/auth/refresh` and try again.
- Every refusal is a [problem](/problems) by RFC 9457. Its `type` is a page that explains it; its
  `detail` is for people, so programs go by `type` and `status`.
- With 429 and 503 comes `Retry-After`: wait so many seconds, then try again.
- Lists are pages: `page_size`, then `cursor` with the `next_cursor` from `X-Pagination`, or follow
  `Link`.
- GET, PUT, DELETE and every progress report may be repeated safely.
""",
    "license": {"name": "MIT", "identifier": "MIT"},
}


class UserConverter(BaseConverter):
    """`{user}` in a URL: an id, or `me`. Anything else is no such address."""

    regex = "(?:me|[1-9][0-9]{0,9})"

    def to_python(self, value: str) -> int | str:
        """Return the id as a number; `me` is resolved where the caller is known."""
        return value if value == "me" else int(value)


class IdConverter(BaseConverter):
    """The id of anything but a user: it fits into a database column."""

    regex = "[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:
        """Return the id as a number."""
        return int(value)


class PathSlugConverter(BaseConverter):
    """`{path}` in a URL: the slug of a path."""

    regex = PATH_SLUG_PATTERN


class ModuleSlugConverter(BaseConverter):
    """`{module}` in a URL: the slug of a module, and none of the words of the API."""

    regex = f"(?!(?:{'|'.join(RESERVED_MODULE_IDS)})$){MODULE_ID_PATTERN}"


CONVERTERS = {
    "user": UserConverter,
    "id": IdConverter,
    "path_slug": PathSlugConverter,
    "module_slug": ModuleSlugConverter,
}


IF_MATCH = "the `ETag` that you have read: refused with 412 where somebody has changed it since"
IF_NONE_MATCH = "the `ETag` that you have: answered with 304 and no body while nothing has changed"
ETAG = "names this version of what was answered"

# what ships with the service: the viewers try every operation with these
EXAMPLES = {PathSlugConverter: "backend-with-flask", ModuleSlugConverter: "run-the-service"}


class Api(flask_smorest.Api):  # type: ignore[misc]
    """The OpenAPI document and the error handler; pages for people live in `site`."""

    ERROR_SCHEMA = errors.ProblemSchema
    _telling = Lock()

    @property
    def spec(self) -> Any:
        """The OpenAPI document. It is told of the views when somebody reads it.

        That takes a tenth of a start, and most processes are never asked.
        """
        with self._telling:
            while self._untold:
                self._tell_of(*self._untold[0])
                del self._untold[0]  # not before: what cannot be told fails every time
        return self._spec

    @spec.setter
    def spec(self, spec: Any) -> None:
        self._spec = spec
        self._untold: list[tuple[flask_smorest.Blueprint, Flask]] = []

    def init_app(self, app: Flask, **options: Any) -> None:
        """Attach to `app`, with addresses that match with and without a trailing slash."""
        app.url_map.converters.update(CONVERTERS)
        app.url_map.strict_slashes = False
        app.url_map.merge_slashes = False
        super().init_app(app, spec_kwargs={"info": INFO}, **options)
        self.register_converter(UserConverter, _user_parameter)
        self.register_converter(IdConverter, _id_parameter)
        self.register_converter(PathSlugConverter, _slug_parameter)
        self.register_converter(ModuleSlugConverter, _slug_parameter)
        self.ma_plugin.converter.add_parameter_attribute_function(_never_null)
        self.spec.components.security_scheme(
            "password",
            {
                "type": "oauth2",
                "description": "Log in; the username is your email address.",
                "flows": {"password": {"tokenUrl": "/api/v1/users/login", "scopes": {}}},
            },
        )
        self.spec.components.security_scheme(
            "bearer",
            {
                "type": "http",
                "scheme": "bearer",
                "description": "The access token of a login, or the API key of a machine: `lp_…`.",
            },
        )

    def register_blueprint(self, blp: flask_smorest.Blueprint, **options: Any) -> None:
        """Register the views of `blp`, and leave the document for later."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blp.name] = self
        self._app.register_blueprint(blp, **options)
        self._untold.append((blp, self._app))

    def _tell_of(self, blp: flask_smorest.Blueprint, app: Flask) -> None:
        blp.register_views_in_doc(self, app, self._spec, name=blp.name, parameters=None)
        self._spec.tag({"name": blp.name, "description": blp.description})

    def handle_http_exception(self, error: HTTPException) -> Any:
        """Let the one renderer answer, which keeps the headers that smorest drops."""
        return errors.render_http(error)

    def _register_etag_headers(self) -> None:
        super()._register_etag_headers()
        parameters, headers = (
            self.spec.components.parameters_lazy,
            self.spec.components.headers_lazy,
        )
        parameters["IF_MATCH"] |= {"required": False, "description": IF_MATCH}
        parameters["IF_NONE_MATCH"] |= {"description": IF_NONE_MATCH}
        headers["ETAG"] |= {"description": ETAG}

    def _register_pagination_header(self) -> None:
        """Leave out smorest's pages, which count; ours are described in `pages`."""

    def _register_responses(self) -> None:
        """Document every error as a problem, with the phrases that werkzeug uses."""
        for status in http.HTTPStatus:
            has_body = status >= 200 and status not in (204, 304)
            response: dict[str, Any] = {"description": errors.phrase_of(status)}
            if has_body:
                response["schema"] = self.ERROR_SCHEMA
            prepare_response(response, self.spec, errors.MEDIA_TYPE)
            self.spec.components.response(status.name, response, lazy=True)
        fault = errors.problem_body("internal-server-error", 500, errors.FAULT)
        response = {
            "description": "Anything else is a fault of the service, as a problem too.",
            "schema": self.ERROR_SCHEMA,
            "examples": {"internal-server-error": {"value": fault}},
        }
        prepare_response(response, self.spec, errors.MEDIA_TYPE)
        self.spec.components.response("DEFAULT_ERROR", response, lazy=True)


def _never_null(_converter: Any, _field: Any, ret: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Say of a parameter that may be left out no more than that: a query string knows no null."""
    schema = dict(ret["schema"])
    if isinstance(schema.get("type"), list):
        schema["type"] = next(kind for kind in schema["type"] if kind != "null")
    if "enum" in schema:
        schema["enum"] = [choice for choice in schema["enum"] if choice is not None]
    if schema.get("default", ...) is None:
        del schema["default"]
    return {"schema": schema}


def _user_parameter(_converter: UserConverter) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^{UserConverter.regex}$", "example": "me"}


def _id_parameter(_converter: IdConverter) -> dict[str, Any]:
    return {"type": "integer", "minimum": 1, "maximum": 10**18 - 1, "example": 1}


def _slug_parameter(converter: BaseConverter) -> dict[str, Any]:
    return slug_schema(type(converter)) | {"example": EXAMPLES[type(converter)]}


def slug_schema(converter: type[BaseConverter]) -> dict[str, Any]:
    """Return what a slug in an address looks like."""
    return {"type": "string", "pattern": f"^{converter.regex}$"}
