"""The routes of the web pages. They load nothing from other servers."""

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
from .problems import example, explanations, operations_raising

blp = Blueprint("site", __name__, template_folder="templates", static_folder="static")

# offapi contains the files of Swagger UI and ReDoc; importing it would load all 9 MB.
_offapi = find_spec("offapi")
if _offapi is None or _offapi.origin is None:  # pragma: no cover - a broken installation
    raise ImportError("offapi is missing: pip install -r requirements.txt")
VIEWERS = Path(_offapi.origin).parent
VIEWER_FILES = ("swagger_bundle.js", "swagger_style.css", "redoc.js")

# Our own pages: scripts and styles of this server only, and no HTML from strings.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
# Swagger UI and ReDoc also need style attributes, data: images and a worker.
VIEWER_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@blp.app_template_filter("indented")
def indented(value: Any) -> str:
    """Format JSON with indentation."""
    return json.dumps(value, indent=2, ensure_ascii=False)


@blp.app_template_filter("with_code")
def with_code(text: str) -> Markup:
    """Format the `words in backticks` of a docstring as code."""
    return Markup(re.sub("`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped


@blp.get("/")
@public
def front_page() -> Response:
    """Show the front page."""
    return _page("front.html", version=current_app.config["VERSION"])


@blp.get("/app")
@public
def console() -> Response:
    """Show the console, the user interface for learners and staff."""
    return _page("app.html")


@blp.get("/docs")
@public
def docs() -> Response:
    """Show the API in Swagger UI, where every operation can be executed."""
    return _page("docs.html", policy=VIEWER_POLICY)


@blp.get("/redoc")
@public
def redoc() -> Response:
    """Show the API in ReDoc, for reading."""
    return _page("redoc.html", policy=VIEWER_POLICY)


@blp.get("/openapi.json")
@public
def openapi() -> Response:
    """Return the OpenAPI document, generated from the code."""
    return jsonify(rest.spec.to_dict())


@blp.get("/viewers/<name>")
@public
def viewer_file(name: str) -> Response:
    """Return a file of Swagger UI or ReDoc."""
    if name not in VIEWER_FILES:
        raise NotFound
    return send_from_directory(VIEWERS, name, max_age=86400)


@blp.get("/problems")
@public
def problem_list() -> Response:
    """List every problem type."""
    return _page_or_json("problems.html", list(explanations().values()))


@blp.get("/problems/<name>")
@public
def problem(name: str) -> Response:
    """Explain one problem type, as a page or as JSON."""
    explanation = explanations().get(name)
    if explanation is None:
        raise NotFound
    details = {"example": example(name), "operations": operations_raising(name)}
    return _page_or_json("problem.html", explanation | details)


def _page_or_json(template: str, content: Any) -> Response:
    if request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html":
        return _page(template, content=content)
    return jsonify(content)


def _page(template: str, policy: str = PAGE_POLICY, **context: Any) -> Response:
    response = Response(render_template(template, **context), mimetype="text/html")
    response.headers["Content-Security-Policy"] = policy
    return response
