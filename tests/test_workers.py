"""How gunicorn's workers come and go: each on its core, and with new code after a reload."""

import os
import shutil
import signal
import time
from contextlib import suppress

import httpx
import pytest
from flask_migrate import upgrade

from learnpath import create_app
from learnpath.config import PROJECT_ROOT
from learnpath.extensions import db

from .conftest import SETTINGS
from .live import Server


@pytest.fixture
def database_url(empty_database):
    """A database with the newest schema."""
    url = empty_database("sqlite")
    app = create_app({**SETTINGS, "DATABASE_URL": url})
    with app.app_context():
        upgrade()
        db.engine.dispose()
    return url


@pytest.fixture
def two_cores():
    """Let what is started now use two of the machine's cores."""
    if not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2:
        pytest.skip("needs two cores of Linux")
    present = os.sched_getaffinity(0)
    two = sorted(present)[:2]
    os.sched_setaffinity(0, two)
    yield two
    os.sched_setaffinity(0, present)


@pytest.mark.exhaustive
@pytest.mark.parametrize("pins", [True, False])
def test_each_worker_has_a_core_and_its_successor_takes_it_over(
    database_url, tmp_path, two_cores, pins
):
    server = Server(database_url, tmp_path / "gunicorn.log", PIN_WORKERS=pins)
    expected = [{core} for core in two_cores] if pins else [set(two_cores)] * 2
    try:
        first, second = server.workers
        held = {worker: os.sched_getaffinity(worker) for worker in (first, second)}
        assert sorted(map(sorted, held.values())) == sorted(map(sorted, expected))
        os.kill(first, signal.SIGKILL)
        assert eventually(lambda: os.sched_getaffinity(server.workers[2]), held[first])
    finally:
        server.stop()


def eventually(ask, expected):
    """Tell whether the answer becomes what is expected within some seconds."""
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        with suppress(IndexError):  # it is not there yet
            if ask() == expected:
                return True
        time.sleep(0.05)
    return False


@pytest.mark.exhaustive
def test_a_reload_takes_in_new_code_and_says_nothing_odd(database_url, tmp_path):
    """Twice: the second time the master itself has seen the code of the first."""
    for name in ("learnpath", "migrations"):
        shutil.copytree(PROJECT_ROOT / name, tmp_path / name)
    shutil.copy(PROJECT_ROOT / "wsgi.py", tmp_path)
    server = Server(database_url, tmp_path / "gunicorn.log", root=tmp_path)
    package, version = tmp_path / "learnpath" / "__init__.py", "0.1.0"
    try:
        for following in ("7.7.7", "8.8.88"):
            package.write_text(package.read_text().replace(f'"{version}"', f'"{following}"'))
            version = following
            server.process.send_signal(signal.SIGHUP)
            assert eventually(lambda: httpx.get(f"{server.url}/version").json()["version"], version)
    finally:
        status = server.stop()
    assert status == 0
    assert "Warning" not in server.log.read_text()
