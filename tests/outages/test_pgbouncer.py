"""Behind a real PgBouncer in transaction mode, where every transaction may meet another server."""

import shutil
import subprocess
import time
from contextlib import ExitStack
from functools import partial

import psycopg
import pytest
import sqlalchemy as sa

from learnpath.db import db
from tests.apps import migrate, open_app
from tests.cast import PASSWORD
from tests.client import Api
from tests.concurrency import run_concurrently
from tests.factories import Factory
from tests.live_server import free_port

pytestmark = pytest.mark.exhaustive

SERVERS = 3  # fewer than there are clients, so that they must share
CONFIGURATION = """
[databases]
* = host={folder} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {servers}
"""


@pytest.fixture(scope="module")
def pooled_url(postgresql):
    """The address of an empty database with tables, through PgBouncer."""
    if postgresql.server is None or not shutil.which("pgbouncer"):
        pytest.skip("needs pgbouncer and a PostgreSQL of our own")
    url = postgresql.make()
    migrate(url.render_as_string(hide_password=False))
    server = postgresql.server
    port = free_port()
    file = server.folder / "pgbouncer.ini"
    file.write_text(CONFIGURATION.format(folder=server.folder, port=port, servers=SERVERS))
    process = subprocess.Popen(
        ["pgbouncer", "-q", file], stderr=subprocess.DEVNULL, **server.identity
    )
    pooled = f"postgresql://postgres@127.0.0.1:{port}/{url.database}"
    wait_for(pooled)
    yield pooled
    process.terminate()
    process.wait(10)


def wait_for(url):
    for _ in range(100):
        try:
            return psycopg.connect(url).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise RuntimeError("PgBouncer did not start")


@pytest.fixture
def pooled(pooled_url):
    """Make a service behind PgBouncer."""
    with ExitStack() as apps:

        def pooled(**settings):
            return apps.enter_context(open_app(DATABASE_URL=pooled_url, **settings))

        yield pooled


def test_the_way_of_a_learner(pooled):
    app = pooled()
    Factory(app).path("python", ["loops", "lists"])
    zoe = {"name": "Zoë", "email": "zoe@example.org", "password": PASSWORD}
    stranger = Api(app)
    for _ in range(7):  # psycopg would prepare from the fifth time on
        stranger.get("/paths/python/modules")
    stranger.post("/users/register", zoe, expect=201)
    tokens = stranger.post("/users/login", {"email": zoe["email"], "password": PASSWORD})
    mine = {"headers": {"Authorization": f"Bearer {tokens['access_token']}"}}
    stranger.put("/users/me", {"learning_path": "python"}, **mine)
    for module in ("loops", "lists"):
        report = {"module_id": module, "completed": True}
        output = stranger.post("/users/me/progress", report, **mine)
    assert output["completed_paths"] == ["python"]
    assert stranger.get("/users/me", **mine)["progress"] == {"loops": True, "lists": True}
    stranger.post("/auth/refresh", {"refresh_token": tokens["refresh_token"]})
    stranger.delete("/users/me", **mine)


def test_many_at_once_share_few_servers_and_lose_nothing(pooled):
    app = pooled()
    people = [Factory(app).user(f"learner{number}") for number in range(8)]

    def report(person):
        api = Api(app, person)
        for step in range(15):
            module = {"module_id": f"module-{step}", "completed": True}
            api.post("/users/me/progress", module)
            assert api.get("/users/me")["progress"][module["module_id"]] is True
        return len(api.get("/users/me")["progress"])

    assert run_concurrently(*[partial(report, person) for person in people]) == [15] * 8


def test_time_limits_hold_for_reads_and_writes_and_stay_with_nobody(pooled, pooled_url):
    app = pooled(DATABASE_STATEMENT_TIMEOUT=0.2)
    with app.app_context():
        ways = (db.engine, app.extensions["reads"])
    for way in ways:
        with way.connect() as connection, pytest.raises(sa.exc.OperationalError, match="timeout"):
            connection.execute(sa.text("SELECT pg_sleep(3)"))
    with psycopg.connect(pooled_url, prepare_threshold=None) as others:
        for _ in range(2 * SERVERS):
            assert others.execute("SHOW statement_timeout").fetchone() == ("0",)
            others.commit()
