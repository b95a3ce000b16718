"""gunicorn's workers: each on its core, and replaced without a pause by a reload."""

import http.client
import os
import shutil
import signal
import threading
import time
from contextlib import contextmanager, suppress
from itertools import pairwise
from typing import NamedTuple

import httpx
import pytest

from learnpath.settings import PROJECT_ROOT

from .apps import migrate
from .live_server import Server

pytestmark = pytest.mark.exhaustive
BOOT = 2  # seconds that a worker of the copy takes at least to start


@pytest.fixture
def database_url(empty_database):
    """A database with the newest schema."""
    url = empty_database("sqlite")
    migrate(url)
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


def test_each_worker_has_a_core_and_its_successor_takes_it_over(database_url, tmp_path, two_cores):
    server = Server(database_url, tmp_path / "gunicorn.log")
    try:
        first, second = server.workers
        held = {worker: os.sched_getaffinity(worker) for worker in (first, second)}
        assert sorted(map(sorted, held.values())) == [[core] for core in two_cores]
        os.kill(first, signal.SIGKILL)
        assert eventually(lambda: os.sched_getaffinity(server.workers[2]), held[first])
    finally:
        server.stop()


def test_three_workers_on_two_cores_are_not_pinned(database_url, tmp_path, two_cores):
    server = Server(database_url, tmp_path / "gunicorn.log", WEB_CONCURRENCY=3)
    try:
        assert [os.sched_getaffinity(worker) for worker in server.workers] == [set(two_cores)] * 3
    finally:
        server.stop()


def eventually(ask, expected):
    """Tell whether the answer becomes what is expected within some seconds."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with suppress(IndexError):  # it is not there yet
            if ask() == expected:
                return True
        time.sleep(0.05)
    return False


@pytest.fixture
def copy(tmp_path):
    """A copy of the code, to change."""
    for name in ("learnpath", "migrations"):
        shutil.copytree(PROJECT_ROOT / name, tmp_path / name)
    shutil.copy(PROJECT_ROOT / "wsgi.py", tmp_path)
    return tmp_path


@pytest.fixture
def server(database_url, copy):
    """A server on the copy, which ends well and logs nothing odd."""
    server = Server(database_url, copy / "gunicorn.log", root=copy)
    try:
        yield server
    finally:
        status = server.stop()
    assert status == 0
    assert "Warning" not in server.log.read_text()


def set_version(copy, new):
    """Write another version into the copy; an empty one does not even compile."""
    package = copy / "learnpath" / "__init__.py"
    before, _, after = package.read_text().partition("VERSION = ")
    rest = after.partition("\n")[2]
    package.write_text(f"{before}VERSION = {new and repr(new)}\n{rest}")


def serves(server, version):
    """Wait until new connections reach the version, and no other."""

    def versions():
        return {httpx.get(f"{server.url}/version").json()["version"] for _ in range(8)}

    return eventually(versions, {version})


def test_each_reload_starts_the_new_code(server, copy):
    for version in ("7.7.7", "8.8.88"):
        set_version(copy, version)
        server.process.send_signal(signal.SIGHUP)
        assert serves(server, version)


def test_a_worker_that_crashes_after_a_reload_restarts_with_the_new_code(server, copy):
    set_version(copy, "7.7.7")
    server.process.send_signal(signal.SIGHUP)
    assert serves(server, "7.7.7")
    os.kill(server.workers[-1], signal.SIGKILL)
    assert eventually(lambda: len(server.workers), 5)
    assert serves(server, "7.7.7")


def test_a_version_that_does_not_start_leaves_the_old_one_serving(server, copy):
    old = httpx.get(f"{server.url}/version").json()["version"]
    set_version(copy, "")
    server.process.send_signal(signal.SIGHUP)
    assert eventually(lambda: server.log.read_text().count("did not start"), 2)
    assert serves(server, old)
    assert len(server.workers) == 4, "two old workers, and two that failed; none was tried again"
    os.kill(server.workers[0], signal.SIGKILL)
    assert eventually(lambda: len(server.workers) > 5, True)
    assert serves(server, old), "the other one still does"
    set_version(copy, "7.7.7")
    server.process.send_signal(signal.SIGHUP)
    assert serves(server, "7.7.7")


class Answer(NamedTuple):
    """One answer to a client: when it came, after which time, and from which version."""

    at: float
    seconds: float
    body: bytes


@contextmanager
def load(server, answers, errors):
    """Clients that ask all the time: four on a new connection each time, two on one they keep."""
    end = threading.Event()
    clients = [
        threading.Thread(target=ask_until, args=(end, server, keeps, answers, errors))
        for keeps in (False, False, False, False, True, True)
    ]
    for client in clients:
        client.start()
    try:
        yield
    finally:
        end.set()
        for client in clients:
            client.join()


def ask_until(end, server, keeps, answers, errors):
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=30)
    while not end.wait(0.01):
        began = time.monotonic()
        try:
            connection.request("GET", "/version")  # connects again where it was closed
            response = connection.getresponse()
            body = response.read()
        except OSError as error:
            errors.append(error)
            connection.close()
            continue
        ended = time.monotonic()
        answers.append(Answer(ended, ended - began, body))
        if response.status != 200:
            errors.append(response.status)
        if not keeps:
            connection.close()
    connection.close()


def test_a_reload_under_load_makes_no_client_wait_for_the_new_workers(server, copy):
    """Without a successor that serves, clients would wait as long as it takes to start."""
    wsgi = copy / "wsgi.py"
    wsgi.write_text(f"import time\n\ntime.sleep({BOOT})\n{wsgi.read_text()}")
    set_version(copy, "7.7.7")
    answers, errors = [], []
    with load(server, answers, errors):
        time.sleep(0.5)
        reloaded = time.monotonic()
        server.process.send_signal(signal.SIGHUP)
        assert serves(server, "7.7.7")
    boot = min(answer.at for answer in answers if b"7.7.7" in answer.body) - reloaded
    during = [answer for answer in answers if answer.at > reloaded]
    gaps = [later.at - former.at for former, later in pairwise(during)]
    assert boot >= BOOT
    assert not errors
    assert max(gaps) < boot / 4
    assert max(answer.seconds for answer in during) < boot / 2
