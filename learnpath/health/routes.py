"""`/health/live`, `/health/ready`, `/version` and `/metrics`."""

from flask import Blueprint, Response, current_app, jsonify

from ..observability import metrics
from ..permissions import public
from . import checks

blp = Blueprint("health", __name__)


@blp.after_request
def _no_store(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


@blp.get("/health/live")
@public
def live() -> Response:
    """Answer 200 while the process runs; nothing else is checked."""
    return jsonify(status="live")


@blp.get("/health/ready")
@public
def ready() -> Response:
    """Answer 200 if requests may be sent here; 503 during shutdown or without the database."""
    is_read_only = current_app.config["READ_ONLY"]
    return jsonify(status="ready", checks=checks.check_readiness(), read_only=is_read_only)


@blp.get("/version")
@public
def version() -> Response:
    """Return the version, the commit if known, and the newest migration of the code."""
    return jsonify(
        version=current_app.config["VERSION"],
        commit=current_app.config["GIT_COMMIT"] or None,
        migration_head=checks.newest_migration(),
    )


@blp.get("/metrics")
@public
def show_metrics() -> Response:
    """Return the metrics to a request that sends METRICS_TOKEN."""
    return Response(metrics.scrape(), mimetype="text/plain")
