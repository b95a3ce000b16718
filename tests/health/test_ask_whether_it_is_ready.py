"""A balancer, a supervisor and an operator ask about a running process."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time

import httpx
import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from learnpath import VERSION
from learnpath.db import db
from learnpath.health import checks, shutdown
from tests.apps import migrate
from tests.live_server import Server

ALL_WELL = {"serving": "ok", "database": "ok", "migrations": "ok"}


@pytest.fixture
def ask(app):
    """Ask as a machine does, without credentials; return the answer."""
    return app.test_client().get


@pytest.fixture
def elsewhere(make_app):
    """Ask an app on another database."""

    def elsewhere(url, **settings):
        return make_app(DATABASE_URL=url, **settings).test_client().get("/health/ready")

    return elsewhere


def refused(answer):
    """Return the checks of a process that is not ready."""
    assert answer.status_code == 503
    assert answer.json["type"] == "/problems/not-ready"
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.json["checks"]


def test_a_supervisor_hears_that_the_process_lives(ask, queries):
    answer = ask("/health/live")
    assert (answer.status_code, answer.json) == (200, {"status": "live"})
    assert answer.headers["Cache-Control"] == "no-store"
    assert queries == []


def test_a_balancer_hears_that_it_may_send_requests(ask):
    answer = ask("/health/ready")
    ready = {"status": "ready", "checks": ALL_WELL, "read_only": False}
    assert (answer.status_code, answer.json) == (200, ready)
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_operator_reads_what_runs_here(ask, settings):
    assert ask("/version").json["commit"] is None
    settings(GIT_COMMIT="9359951")
    output = ask("/version").json
    assert (output["version"], output["commit"]) == (VERSION, "9359951")
    assert output["migration_head"].isdigit()


def test_the_front_page_shows_the_version_and_the_way_to_the_health(ask):
    page = ask("/").text
    assert VERSION in page
    assert 'href="/health/ready"' in page


def test_a_database_that_nobody_answers_for_is_not_ready(elsewhere):
    answer = elsewhere("postgresql://learnpath:very-private@127.0.0.1:1/learnpath")
    assert refused(answer) == {"serving": "ok", "database": "cannot be reached"}
    assert "very-private" not in answer.text


def test_a_database_without_tables_is_not_ready(elsewhere, empty_database, backend):
    answer = elsewhere(empty_database(backend))
    assert refused(answer)["migrations"] == "missing; run: flask db upgrade"


@pytest.mark.parametrize(
    ("number", "status"), [("0004", 503), ("1001", 503), ("9999_from_the_future", 200)]
)
def test_old_code_serves_on_a_newer_schema_but_never_on_an_older_one(app, ask, number, status):
    def stamp(number):
        with app.app_context(), db.engine.begin() as connection:
            change = sa.text("UPDATE alembic_version SET version_num = :number")
            connection.execute(change, {"number": number})

    newest = ask("/version").json["migration_head"]
    stamp(number)
    try:
        assert ask("/health/ready").status_code == status
    finally:
        stamp(newest)


def test_the_newest_migration_is_the_one_that_alembic_knows(app):
    with app.app_context():
        script = ScriptDirectory.from_config(app.extensions["migrate"].migrate.get_config())
        assert checks.newest_migration() == script.get_current_head()


def test_who_only_serves_does_not_load_alembic(tmp_path, project_root):
    code = (
        "import sys, wsgi; ready = wsgi.app.test_client().get('/health/ready'); "
        "print(ready.json['checks']['migrations'], 'alembic' in sys.modules)"
    )
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    environment = {**os.environ, "ENVIRONMENT": "testing", "DATABASE_URL": url}
    command = [sys.executable, "-c", code]
    output = subprocess.check_output(command, cwd=project_root, env=environment, text=True)
    assert output == "missing; run: flask db upgrade False\n"


def test_a_database_that_hangs_is_waited_for_only_so_long(ask, settings, monkeypatch):
    """Later requests share the probe that hangs, until it returns."""
    settings(HEALTH_TIMEOUT=0.2)
    answers_again = threading.Event()
    looks = []

    def hang(engine, found, look=checks._probe_database):
        looks.append(engine)
        answers_again.wait(10)
        look(engine, found)

    monkeypatch.setattr(checks, "_probe_database", hang)
    for _ in range(3):
        assert refused(ask("/health/ready"))["database"] == "no answer within 0.2 s"
    assert len(looks) == 1
    answers_again.set()
    settings(HEALTH_TIMEOUT=5)
    assert ask("/health/ready").json["checks"] == ALL_WELL


def test_the_log_is_not_filled_with_these_questions(ask, caplog):
    with caplog.at_level(logging.DEBUG, logger="learnpath.access"):
        ask("/health/live")
        ask("/api/v1/paths/")
    assert [record.levelname for record in caplog.records] == ["DEBUG", "INFO"]


def test_a_shutdown_is_announced_before_it_happens(ask, monkeypatch):
    flag = bytearray(1)
    monkeypatch.setattr(shutdown, "_flag", flag)
    during = []
    shutdown.with_drain(lambda: during.append(ask("/health/ready")), delay=0)()
    assert refused(during[0]) == {"serving": "shutting down"}


@pytest.fixture
def server(empty_database, tmp_path):
    url = empty_database("sqlite")
    migrate(url)
    server = Server(url, tmp_path / "gunicorn.log", SHUTDOWN_DELAY=2)
    yield server
    server.stop()


@pytest.mark.exhaustive
def test_every_worker_of_a_service_that_ends_says_so_while_it_still_answers(server):
    """A reload is no shutdown: another worker takes over."""
    to_any_worker = httpx.Limits(max_keepalive_connections=0)
    with httpx.Client(base_url=server.url, limits=to_any_worker) as client:
        server.process.send_signal(signal.SIGHUP)
        while len(server.workers) < 4:
            assert client.get("/health/ready").status_code == 200
        server.process.send_signal(signal.SIGTERM)
        while client.get("/health/ready").status_code == 200:
            time.sleep(0.01)
        answers = [client.get(url).status_code for url in ["/health/ready", "/"] * 8]
    assert answers == [503, 200] * 8
    assert server.process.wait(30) == 0
