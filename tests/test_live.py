"""The customer's endpoints through a real gunicorn and a real HTTP client."""

import os
import signal
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import pytest

from .apps import open_migrated_app
from .cast import PASSWORD
from .factories import Factory
from .live_server import COMMAND, Server, environment, free_port


@pytest.fixture(scope="module")
def database(backend, empty_database):
    """A database with the newest schema."""
    with open_migrated_app(empty_database(backend)) as app:
        yield app


@pytest.fixture(scope="module")
def server(database, tmp_path_factory):
    url = database.config["DATABASE_URL"].render_as_string(hide_password=False)
    server = Server(url, tmp_path_factory.mktemp("live") / "gunicorn.log")
    yield server
    server.stop()


@pytest.fixture(scope="module")
def admin(database):
    return Factory(database).user("ada", "admin")


@pytest.fixture(scope="module")
def stranger(server):
    with httpx.Client(base_url=f"{server.url}/api/v1") as client:
        yield client


@pytest.fixture(scope="module")
def ada(server, admin):
    with speaking_as(server, admin.email) as client:
        yield client


@pytest.fixture
def alice(server, stranger, ada):
    """Alice has an account from now to the end of the test."""
    new = {"name": "Alice", "email": "alice@example.org", "password": PASSWORD}
    assert stranger.post("/users/register", json=new).status_code == 201
    with speaking_as(server, new["email"]) as client:
        yield client
        client.delete("/users/me")


@contextmanager
def speaking_as(server, email):
    credentials = {"email": email, "password": PASSWORD}
    with httpx.Client(base_url=f"{server.url}/api/v1", timeout=30) as client:
        tokens = client.post("/users/login", json=credentials).raise_for_status().json()
        client.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        yield client


def test_i_register(stranger):
    new = {"name": "Zoë", "email": "zoe@example.org", "password": PASSWORD}
    answer = stranger.post("/users/register", json=new)
    assert answer.status_code == 201
    assert answer.json()["name"] == "Zoë"
    assert answer.json()["progress"] == {}
    assert "password" not in answer.text
    again = stranger.post("/users/register", json=new)
    assert again.status_code == 409
    assert again.json()["type"] == "/problems/email-taken"


@pytest.mark.parametrize("form", ["json", "data"])
def test_i_log_in_with_json_or_with_a_form(stranger, alice, form):
    name = "email" if form == "json" else "username"
    credentials = {name: "alice@example.org", "password": PASSWORD}
    answer = stranger.post("/users/login", **{form: credentials})
    assert answer.status_code == 200
    assert answer.json()["token_type"] == "bearer"
    assert answer.json()["expires_in"] == 3600
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_wrong_password_is_refused(stranger, alice):
    credentials = {"email": "alice@example.org", "password": "not her password"}
    assert stranger.post("/users/login", json=credentials).status_code == 401


def test_i_see_who_i_am(alice):
    me = alice.get("/users/me").json()
    assert (me["name"], me["role"], me["status"]) == ("Alice", "learner", "active")


def test_an_admin_creates_a_user(ada):
    new = {"name": "Grace", "email": "grace@example.org", "password": PASSWORD}
    answer = ada.post("/users/", json={**new, "role": "instructor"})
    assert answer.status_code == 201
    assert answer.json()["role"] == "instructor"


def test_an_admin_turns_the_pages_of_the_list(ada, alice):
    seen = []
    url = "/users/?page_size=1"
    while url:
        page = ada.get(url)
        assert page.headers["X-Pagination"]
        seen += page.json()
        url = page.links.get("next", {}).get("url", "").removeprefix("/api/v1")
    ids = [user["id"] for user in seen]
    assert ids == sorted(set(ids))
    assert {"Ada", "Alice"} <= {user["name"] for user in seen}


def test_an_admin_reads_a_user(ada, alice):
    user_id = alice.get("/users/me").json()["id"]
    assert ada.get(f"/users/{user_id}").json()["email"] == "alice@example.org"


def test_i_change_my_name(alice):
    answer = alice.put("/users/me", json={"name": "Alice B.", "learning_path": "python"})
    assert answer.status_code == 200
    assert alice.get("/users/me").json()["name"] == "Alice B."


def test_i_report_progress(alice):
    report = {"module_id": "loops", "completed": True}
    assert alice.post("/users/me/progress", json=report).json()["progress"] == {"loops": True}
    assert alice.get("/users/me").json()["progress"] == {"loops": True}


def test_i_leave_and_my_token_is_worth_nothing(server, stranger):
    new = {"name": "Bob", "email": "bob@example.org", "password": PASSWORD}
    assert stranger.post("/users/register", json=new).status_code == 201
    with speaking_as(server, new["email"]) as bob:
        assert bob.delete("/users/me").status_code == 204
        assert bob.get("/users/me").status_code == 401


@pytest.mark.parametrize("page", ["/docs", "/redoc", "/openapi.json", "/"])
def test_the_pages_are_served(server, page):
    assert httpx.get(f"{server.url}{page}").status_code == 200


def test_every_request_has_an_id_that_the_log_knows(server, stranger):
    given = stranger.get("/modules", headers={"X-Request-ID": "from-the-proxy-1"})
    assert given.headers["X-Request-ID"] == "from-the-proxy-1"
    forged = stranger.get("/modules", headers={"X-Request-ID": "a b c d e f g h"})
    made = forged.headers["X-Request-ID"]
    assert len(made) == 32
    log = server.log.read_text()
    assert "from-the-proxy-1" in log
    assert made in log


def test_a_body_without_a_length_is_bounded_too(stranger):
    def in_chunks(size):
        chunks = (b" " * 1024 for _ in range(size // 1024))
        headers = {"Content-Type": "application/json"}
        return stranger.post("/users/register", content=chunks, headers=headers).status_code

    assert in_chunks(1024 * 1024 - 1024) == 400
    assert in_chunks(1024 * 1024 + 1024) == 413


def test_what_one_worker_writes_the_other_reads(server, alice):
    first, second = server.workers
    for number, (writer, reader) in enumerate([(first, second), (second, first)]):
        with paused(reader), fresh(alice) as client:
            client.put("/users/me", json={"name": f"Alice {number}"}).raise_for_status()
        with paused(writer), fresh(alice) as client:
            assert client.get("/users/me").json()["name"] == f"Alice {number}"


@contextmanager
def paused(worker):
    os.kill(worker, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(worker, signal.SIGCONT)


@contextmanager
def fresh(client):
    """The same person on a new connection, which any worker may take."""
    with httpx.Client(
        base_url=client.base_url, headers={"Authorization": client.headers["Authorization"]}
    ) as other:
        yield other


def test_eight_clients_writing_at_once_lose_nothing(server, alice):
    start = threading.Barrier(8)

    def report(number):
        with fresh(alice) as client:
            start.wait()
            return [
                client.post(
                    "/users/me/progress",
                    json={"module_id": f"module-{number}-{step}", "completed": True},
                ).status_code
                for step in range(10)
            ]

    with ThreadPoolExecutor(8) as pool:
        answers = [status for each in pool.map(report, range(8)) for status in each]
    assert answers == [200] * 80
    assert sum(alice.get("/users/me").json()["progress"].values()) == 80
    assert "locked" not in server.log.read_text()


def test_one_address_registered_at_once_makes_one_account(server):
    new = {"name": "Once", "email": "once@example.org", "password": PASSWORD}
    start = threading.Barrier(8)

    def register(_):
        with httpx.Client(timeout=30) as client:
            start.wait()
            return client.post(f"{server.url}/api/v1/users/register", json=new).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(register, range(8))) == [201] + [409] * 7


@pytest.mark.exhaustive
def test_a_server_that_is_asked_to_end_ends_well(tmp_path):
    server = Server(f"sqlite:///{tmp_path / 'learnpath.db'}", tmp_path / "gunicorn.log")
    assert server.stop() == 0
    assert "Traceback" not in server.log.read_text()


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("setting", "value"),
    [("SECRET_KEY", ""), ("PORT", "eight thousand"), ("DATABASE_URL", "mysql://localhost/paths")],
)
def test_a_bad_setting_stops_the_start_with_a_sentence(project_root, setting, value):
    settings = {"PORT": free_port(), setting: value}
    end = subprocess.run(
        COMMAND, cwd=project_root, env=environment(**settings),
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert end.returncode != 0
    assert "learnpath cannot start." in end.stderr
    assert setting in end.stderr
    assert "Traceback" not in end.stderr
