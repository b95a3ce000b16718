"""`/health/live`, `/health/ready` and `/version`: for balancers, supervisors and operators."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify

from ..permissions import public
from . import checks

blp = Blueprint("health", __name__)


@blp.after_request
def _keep_nowhere(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


@blp.get("/health/live")
@public
def live() -> Response:
    """Say that the process answers; nothing else is touched, so nothing else can fail it."""
    return jsonify(status="live")


@blp.get("/health/ready")
@public
def ready() -> Response:
    """Say whether requests may be sent here: 503 while shutting down or without its database."""
    is_read_only = current_app.config["READ_ONLY"]
    return jsonify(status="ready", checks=checks.examine(), read_only=is_read_only)


@blp.get("/version")
@public
def version() -> Response:
    """Say what runs here: version, commit where it is known, newest migration of the code."""
    return jsonify(
        version=current_app.config["VERSION"],
        commit=current_app.config["COMMIT"] or None,
        migration_head=checks.newest_migration(),
    )
