"""What happens here, counted for Prometheus over all workers; off, it costs nothing."""

from __future__ import annotations

import hmac
import time

import sqlalchemy as sa
from flask import Flask, Response, current_app, g, request
from sqlalchemy import event

from .config import metrics_folder
from .errors import NotFound, Unauthorized
from .extensions import db
from .permissions import public

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The counters of one application. Labels come from short lists only, never from a client."""

    def __init__(self, engine: sa.Engine) -> None:
        import prometheus_client as prometheus  # noqa: PLC0415 - looks for metrics_folder() at once

        self._library = prometheus
        self.registry = registry = prometheus.CollectorRegistry()
        self.requests = prometheus.Histogram(
            "learnpath_request_seconds",
            "Requests and how long they took, by method, route template and status.",
            ("method", "route", "status"),
            buckets=SECONDS,
            registry=registry,
        )
        self.counters = {
            name: prometheus.Counter(f"learnpath_{name}", meaning, (label,), registry=registry)
            for name, label, meaning in (
                ("refusals", "problem", "Answers that say no, by problem type."),
                ("throttled", "limit", "Attempts beyond a limit, by its setting."),
                ("events", "result", "Events that came in batches, by what became of them."),
                ("database_errors", "kind", "Errors of the database, by the driver's name."),
            )
        }
        self.pool = prometheus.Gauge(
            "learnpath_pool_connections_in_use",
            "Database connections that requests hold at this moment.",
            multiprocess_mode="livesum",
            registry=registry,
        )
        event.listen(engine, "checkout", lambda *_: self.pool.inc())
        event.listen(engine, "checkin", lambda *_: self.pool.dec())

    def observe(self, response: Response) -> Response:
        """Count a request that has been answered."""
        method = request.method if request.method in METHODS else "other"
        route = request.url_rule.rule if request.url_rule else "unknown"
        duration = time.perf_counter() - g.started
        self.requests.labels(method, route, response.status_code).observe(duration)
        if problem := g.get("problem"):
            self.counters["refusals"].labels(problem).inc()
        return response

    def text(self) -> bytes:
        """Return everything in the format of Prometheus, added up over the workers."""
        registry = self.registry
        if metrics_folder():
            from prometheus_client.multiprocess import MultiProcessCollector  # noqa: PLC0415

            registry = self._library.CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return self._library.generate_latest(registry)


def init_app(app: Flask) -> None:
    """Count what happens in `app` and show it under /metrics, if METRICS_ENABLED."""
    app.extensions["metrics"] = None
    if app.config["METRICS_ENABLED"]:
        with app.app_context():
            metrics = Metrics(db.engine)
        app.extensions["metrics"] = metrics
        app.after_request(metrics.observe)
    app.add_url_rule("/metrics", view_func=public(show_metrics))


def count(name: str, label: str, by: int = 1) -> None:
    """Count what happened `by` more times, where anybody wants to know."""
    if metrics := current_app.extensions["metrics"]:
        metrics.counters[name].labels(label).inc(by)


def show_metrics() -> Response:
    """Give the counters to whoever knows METRICS_TOKEN."""
    metrics: Metrics | None = current_app.extensions["metrics"]
    if metrics is None:
        raise NotFound
    expected = f"Bearer {current_app.config['METRICS_TOKEN']}".encode()
    given = request.headers.get("Authorization", "").encode()
    if current_app.config["METRICS_TOKEN"] and not hmac.compare_digest(given, expected):
        raise Unauthorized("Send `Authorization: Bearer` with METRICS_TOKEN.")
    headers = {"Cache-Control": "no-store"}
    return Response(metrics.text(), mimetype="text/plain", headers=headers)
