"""The OpenAPI document."""

from operator import attrgetter
from threading import Lock
from typing import Any

import flask_smorest
from flask import Flask

from .. import errors
from .converters import CONVERTERS
from .documentation import OperationPlugin

INFO = {
    "description": """\
Users follow learning **paths** made of **modules** and report their progress. The service computes
how far each user is and which module comes next.

**The first five minutes:** register, log in, and send the `access_token` as
`Authorization: Bearer …` (on `/docs`, use *Authorize*; the username is your email address). Then
enroll in a path, report a module, and ask for the next one. Every example works unchanged on a
service that `make run` has filled, unless its description names something that must exist first.

**General rules**

- Requests and responses are JSON. Unknown fields are rejected; unknown query parameters are
  ignored. Times are RFC 3339 in UTC.
- An access token is valid for an hour. After a 401, send the refresh token to
  `POST /api/v1/auth/refresh` and repeat the request.
- Every error is a [problem](/problems) as defined by RFC 9457. Its `type` links to a page that
  explains it. Its `detail` is written for people: programs use `type` and `status`.
- 429 and 503 carry `Retry-After`: wait that many seconds, then repeat the request.
- Lists are paginated: set `page_size`, then send the `next_cursor` of `X-Pagination` as `cursor`,
  or follow `Link`.
- GET, PUT, DELETE and every progress report can be repeated safely.
""",
    "license": {"name": "MIT", "identifier": "MIT"},
}
SECURITY_SCHEMES = {
    "password": {
        "type": "oauth2",
        "description": "Log in; the username is your email address.",
        "flows": {"password": {"tokenUrl": "/api/v1/users/login", "scopes": {}}},
    },
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "The access token of a login, or the API key of a machine client: `lp_…`.",
    },
}
CONDITIONS = {
    "If-Match": "the `ETag` that you have read: 412 if the resource has changed since",
    "If-None-Match": "the `ETag` that you have: 304 without a body if nothing has changed",
}
ETAG = "identifies this version of the resource"


class Api(flask_smorest.Api):  # type: ignore[misc]
    """flask-smorest's Api, which generates the document when it is first read."""

    ERROR_SCHEMA = errors.ProblemSchema
    _lock = Lock()

    @property
    def spec(self) -> Any:
        """The document. It takes a tenth of a start to generate, and few processes serve it."""
        with self._lock:
            while self._pending:
                blp = self._pending[0]
                blp.register_views_in_doc(
                    self, self.app, self._spec, name=blp.name, parameters=None
                )
                self._spec.tag({"name": blp.name, "description": blp.description})
                del self._pending[0]  # afterwards, so that an error is raised on every access
        return self._spec

    @spec.setter
    def spec(self, spec: Any) -> None:
        self._spec = spec
        self._pending: list[flask_smorest.Blueprint] = []

    def init_app(self, app: Flask, **options: Any) -> None:
        """Attach to `app`; its URLs match with and without a trailing slash."""
        app.url_map.converters.update(CONVERTERS)
        app.url_map.strict_slashes = False
        app.url_map.merge_slashes = False
        self.app = app
        spec_kwargs = {"info": INFO, "extra_plugins": [OperationPlugin(app)]}
        super().init_app(app, spec_kwargs=spec_kwargs, **options)
        for converter in CONVERTERS.values():
            self.register_converter(converter, attrgetter("schema"))
        self.ma_plugin.converter.add_parameter_attribute_function(_drop_null)
        _add_components(self.spec.components)

    def register_blueprint(self, blp: flask_smorest.Blueprint, **options: Any) -> None:
        """Register the views of `blp`; the document follows when it is read."""
        self.app.register_blueprint(blp, **options)
        self._pending.append(blp)


def _add_components(components: Any) -> None:
    """Add what every operation may refer to, in place of flask-smorest's own descriptions."""
    for name, scheme in SECURITY_SCHEMES.items():
        components.security_scheme(name, scheme)
    for header, description in CONDITIONS.items():
        name = header.upper().replace("-", "_")
        parameter = {"name": header, "description": description, "schema": {"type": "string"}}
        components.parameter(name, "header", parameter, lazy=True)
    del components.schemas["PaginationMetadata"]  # of flask-smorest's own pages
    components.header("ETAG", {"description": ETAG, "schema": {"type": "string"}}, lazy=True)
    example = errors.problem_body("internal-server-error", 500, errors.INTERNAL_ERROR_DETAIL)
    examples = {"internal-server-error": {"value": example}}
    response = {
        "description": "Any other error is a fault of the service, reported as a problem too.",
        "content": {errors.MEDIA_TYPE: {"schema": errors.ProblemSchema, "examples": examples}},
    }
    components.response("DEFAULT_ERROR", response, lazy=True)


def _drop_null(_converter: Any, _field: Any, ret: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Describe an optional query parameter without null, which a query string cannot express."""
    schema = dict(ret["schema"])
    if isinstance(schema.get("type"), list):
        schema["type"] = next(name for name in schema["type"] if name != "null")
    if "enum" in schema:
        schema["enum"] = [choice for choice in schema["enum"] if choice is not None]
    if schema.get("default", ...) is None:
        del schema["default"]
    return {"schema": schema}
