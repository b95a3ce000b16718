"""The addresses of the pages for people; none of them needs another server."""

from __future__ import annotations

import json
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    jsonify,
    render_template,
    request,
    send_from_directory,
)
from markupsafe import Markup, escape

from ..errors import NotFound
from ..extensions import rest
from ..permissions import public
from .problems import example_of, explanations, operations_with

blp = Blueprint("site", __name__, template_folder="templates", static_folder="static")

# offapi carries the files of Swagger UI and ReDoc; importing it would load all 9 MB of them.
_offapi = find_spec("offapi")
if _offapi is None or _offapi.origin is None:  # pragma: no cover - a broken installation
    raise ImportError("offapi is missing: pip install -r requirements.txt")
VIEWERS = Path(_offapi.origin).parent
VIEWER_FILES = ("swagger_bundle.js", "swagger_style.css", "redoc.js")

# What a page of ours may do: its own scripts and styles, this server, and no text as HTML.
PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
# The two viewers of the API need more: they write style attributes, and pictures of their own.
VIEWER_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)


@blp.app_template_filter("indented")
def indented(value: Any) -> str:
    """Show JSON as people read it."""
    return json.dumps(value, indent=2, ensure_ascii=False)


@blp.app_template_filter("with_code")
def with_code(text: str) -> Markup:
    """Show the `words in backticks` of a docstring as code."""
    return Markup(re.sub("`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped


@blp.get("/")
@public
def front_page() -> Response:
    """Say what this is and where to look."""
    return _page("front.html", version=current_app.config["VERSION"])


@blp.get("/app")
@public
def console() -> Response:
    """Show the console, where people look at the data instead of reading it."""
    return _page("app.html")


@blp.get("/docs")
@public
def docs() -> Response:
    """Show the API with Swagger UI, where every operation can be tried."""
    return _page("docs.html", policy=VIEWER_POLICY)


@blp.get("/redoc")
@public
def redoc() -> Response:
    """Show the API with ReDoc, for reading."""
    return _page("redoc.html", policy=VIEWER_POLICY)


@blp.get("/openapi.json")
@public
def openapi() -> Response:
    """Give the OpenAPI document, generated from the code."""
    return jsonify(rest.spec.to_dict())


@blp.get("/viewers/<name>")
@public
def viewer_file(name: str) -> Response:
    """Give a file of Swagger UI or ReDoc."""
    if name not in VIEWER_FILES:
        raise NotFound
    return send_from_directory(VIEWERS, name, max_age=86400)


@blp.get("/problems")
@public
def problem_list() -> Response:
    """List every problem type."""
    return _explain("problems.html", list(explanations().values()))


@blp.get("/problems/<name>")
@public
def problem(name: str) -> Response:
    """Explain one problem type: to people as a page, to machines as JSON."""
    explanation = explanations().get(name)
    if explanation is None:
        raise NotFound
    more = {"example": example_of(name), "operations": operations_with(name)}
    return _explain("problem.html", explanation | more)


def _explain(template: str, facts: Any) -> Response:
    if request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html":
        return _page(template, facts=facts)
    return jsonify(facts)


def _page(template: str, policy: str = PAGE_POLICY, **facts: Any) -> Response:
    response = Response(render_template(template, **facts), mimetype="text/html")
    response.headers["Content-Security-Policy"] = policy
    return response
