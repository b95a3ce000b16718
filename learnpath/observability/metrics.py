"""Metrics for Prometheus, summed over all workers."""

import hmac
import time

import sqlalchemy as sa
from flask import Flask, Response, current_app, g, request
from sqlalchemy import event

from ..errors import NotFound, Unauthorized

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)  # seconds


class Metrics:
    """The metrics of one application. Label values come from fixed lists, never from a client."""

    def __init__(self, *, multiprocess: bool) -> None:
        import prometheus_client  # noqa: PLC0415 - reads PROMETHEUS_MULTIPROC_DIR at import

        self._prometheus = prometheus_client
        self._multiprocess = multiprocess
        self.registry = registry = prometheus_client.CollectorRegistry()
        self.requests = prometheus_client.Histogram(
            "learnpath_request_seconds",
            "Requests and how long they took, by method, route template and status.",
            ("method", "route", "status"),
            buckets=BUCKETS,
            registry=registry,
        )
        self.counters = {
            name: prometheus_client.Counter(f"learnpath_{name}", text, (label,), registry=registry)
            for name, label, text in (
                ("refusals", "problem", "Error responses, by problem type."),
                ("throttled", "limit", "Requests over a rate limit, by its setting."),
                ("events", "result", "Events reported in batches, by result."),
                ("database_errors", "kind", "Database errors, by the driver's exception."),
            )
        }
        self.pool = prometheus_client.Gauge(
            "learnpath_pool_connections_in_use",
            "Database connections in use.",
            multiprocess_mode="livesum",
            registry=registry,
        )

    def observe(self, response: Response) -> Response:
        """Count a request and its duration."""
        method = request.method if request.method in METHODS else "other"
        route = request.url_rule.rule if request.url_rule else "unknown"
        duration = time.perf_counter() - g.started
        self.requests.labels(method, route, response.status_code).observe(duration)
        if problem := g.get("problem"):
            self.counters["refusals"].labels(problem).inc()
        return response

    def text(self) -> bytes:
        """Return all metrics in the text format of Prometheus."""
        registry = self.registry
        if self._multiprocess:
            from prometheus_client.multiprocess import MultiProcessCollector  # noqa: PLC0415

            registry = self._prometheus.CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return self._prometheus.generate_latest(registry)


def init_app(app: Flask, *, multiprocess: bool) -> None:
    """Collect metrics of `app` if METRICS_TOKEN is set; `multiprocess` under gunicorn."""
    app.extensions["metrics"] = None
    if app.config["METRICS_TOKEN"]:
        metrics = app.extensions["metrics"] = Metrics(multiprocess=multiprocess)
        app.after_request(metrics.observe)


def observe_pool(engine: sa.Engine) -> None:
    """Count the connections of `engine` that are in use."""
    if metrics := current_app.extensions["metrics"]:
        event.listen(engine, "checkout", lambda *_: metrics.pool.inc())
        event.listen(engine, "checkin", lambda *_: metrics.pool.dec())


def count(name: str, label: str, by: int = 1) -> None:
    """Add `by` to the counter `name`, if metrics are on."""
    if metrics := current_app.extensions["metrics"]:
        metrics.counters[name].labels(label).inc(by)


def scrape() -> bytes:
    """Return all metrics to a request that sends METRICS_TOKEN.

    Raises NotFound if metrics are off, and Unauthorized for another token.
    """
    metrics: Metrics | None = current_app.extensions["metrics"]
    if metrics is None:
        raise NotFound
    expected = f"Bearer {current_app.config['METRICS_TOKEN']}".encode()
    authorization = request.headers.get("Authorization", "").encode()
    if not hmac.compare_digest(authorization, expected):
        raise Unauthorized("Send `Authorization: Bearer` with METRICS_TOKEN.")
    return metrics.text()
