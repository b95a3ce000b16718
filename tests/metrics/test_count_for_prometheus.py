"""Prometheus asks how the service is doing, and hears one answer from all workers."""

import os
import signal
import time

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from learnpath.clock import now, rfc3339
from learnpath.db import db
from tests.client import Api
from tests.live_server import Server

TOKEN = "a-token-of-prometheus"
AS_PROMETHEUS = {"Authorization": f"Bearer {TOKEN}"}


def read(text):
    """Return the samples as {(name, label values …): value}."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture
def counting(make_app):
    return make_app(METRICS_TOKEN=TOKEN)


@pytest.fixture
def scrape(counting):
    return lambda: read(counting.test_client().get("/metrics", headers=AS_PROMETHEUS).text)


def test_nothing_is_there_unless_it_is_asked_for(app):
    assert app.test_client().get("/metrics").status_code == 404


@pytest.mark.parametrize("given", [None, "Bearer", "Bearer a-token", f"Basic {TOKEN}", "ü"])
def test_nobody_else_reads_them(counting, given):
    headers = {"Authorization": given} if given else {}
    answer = counting.test_client().get("/metrics", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_requests_are_counted_by_route_and_never_by_address(counting, scrape, alice):
    for address in ("/users/me", f"/users/{alice.id}", "/users/999999", "/nobody/knows", "/paths"):
        Api(counting, alice).status_of("GET", address)
    Api(counting).status_of("BREW", "/users/me")
    found = {key[1:]: value for key, value in scrape().items() if key[0].endswith("seconds_count")}
    user = "/api/v1/users/<user:user_id>"
    assert found == {
        ("GET", "/api/v1/users/me", "200"): 1,
        ("GET", user, "200"): 1,
        ("GET", user, "403"): 1,
        ("GET", "unknown", "404"): 1,
        ("GET", "/api/v1/paths", "200"): 1,
        ("other", "unknown", "405"): 1,
    }


def test_what_is_refused_and_what_fails_is_counted(counting, scrape, alice):
    credentials = {"email": alice.email, "password": "not her password"}
    for _ in range(11):
        Api(counting).status_of("POST", "/users/login", credentials)
    found = scrape()
    assert found["learnpath_throttled_total", "LOGIN_FAILURES_PER_ACCOUNT"] == 1
    assert found["learnpath_refusals_total", "too-many-requests"] == 1
    assert found["learnpath_refusals_total", "wrong-credentials"] == 10


def test_events_are_counted_by_what_became_of_them(counting, scrape, make, alice):
    make.module("loops")
    event = {"id": "1", "module_id": "loops", "occurred_at": rfc3339(now()), "status": "completed"}
    batch = [event, event, {**event, "id": "2", "module_id": "unknown"}]
    Api(counting, alice).post("/users/me/progress/events", batch)
    found = scrape()
    assert found["learnpath_events_total", "applied"] == 1
    assert found["learnpath_events_total", "duplicate"] == 1
    assert found["learnpath_events_total", "rejected"] == 1


def test_connections_and_trouble_of_the_database_are_counted(make_app, alice):
    busy = make_app(METRICS_TOKEN=TOKEN, THREADS=1, DATABASE_POOL_TIMEOUT=0.1)
    in_use = ("learnpath_pool_connections_in_use",)

    def scrape():
        return read(busy.test_client().get("/metrics", headers=AS_PROMETHEUS).text)

    with busy.app_context():
        engine = db.engine
    with engine.connect():
        assert Api(busy, alice).status_of("GET", "/users/me") == 503
        assert scrape()[in_use] == 1
    found = scrape()
    assert found[in_use] == 0
    assert found["learnpath_database_errors_total", "PoolTimeout"] == 1
    assert found["learnpath_refusals_total", "unavailable"] == 1


@pytest.fixture
def server(empty_database, tmp_path):
    settings = {"METRICS_TOKEN": TOKEN}
    server = Server(empty_database("sqlite"), tmp_path / "gunicorn.log", **settings)
    yield server
    server.stop()


@pytest.mark.exhaustive
def test_the_workers_add_up_and_what_a_dead_one_counted_stays(server):
    def live():
        scraped = httpx.get(f"{server.url}/metrics", headers=AS_PROMETHEUS).text
        return read(scraped).get(
            ("learnpath_request_seconds_count", "GET", "/health/live", "200"), 0
        )

    def ask(times):
        with httpx.Client(limits=httpx.Limits(max_keepalive_connections=0)) as client:
            for _ in range(times):
                assert client.get(f"{server.url}/health/live").status_code == 200

    first, second = server.workers
    for paused in (first, second):  # so that each of them certainly answers some
        os.kill(paused, signal.SIGSTOP)
        ask(20)
        os.kill(paused, signal.SIGCONT)
    assert live() == 40
    os.kill(first, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while len(server.workers) < 3 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert live() == 40
    ask(5)
    assert live() == 45
