"""PostgreSQL dies under load: clients are asked to come later, and nothing is lost."""

import time

import psycopg
import pytest

from tests.apps import open_migrated_app
from tests.factories import Factory
from tests.live_server import Server, free_port
from tests.postgres import ThrowAwayServer, find_programs

from .load import Learners

pytestmark = pytest.mark.skipif(find_programs() is None, reason="no wheel of PostgreSQL")
OPTIONS = ("max_connections=60", "fsync=off", "listen_addresses=127.0.0.1")


class Node(ThrowAwayServer):
    """A PostgreSQL that is also reached by TCP, and can be killed or follow another one."""

    def __init__(self, follows: "Node | None" = None) -> None:
        self.port = free_port()
        self.follows = follows
        super().__init__((*OPTIONS, f"port={self.port}"))

    def fill(self) -> None:
        if self.follows is None:
            super().fill()
        else:
            primary = ("-h", self.follows.folder, "-p", str(self.follows.port), "-U", "postgres")
            self._run("pg_basebackup", *primary, "-D", self.data, "-R", "-c", "fast")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def promote(self) -> None:
        self._run("pg_ctl", "promote", "-D", self.data)


@pytest.fixture
def nodes():
    """Make PostgreSQL nodes; they are gone afterwards."""
    made = []

    def node(follows=None):
        made.append(Node(follows))
        return made[-1]

    yield node
    for each in reversed(made):
        each.stop()


@pytest.fixture
def serve(tmp_path):
    """Serve learners from these nodes: a gunicorn with two workers, and four people."""
    servers = []

    def serve(*nodes):
        hosts = ",".join(f"127.0.0.1:{node.port}" for node in nodes)
        url = f"postgresql://postgres@{hosts}/postgres"
        with open_migrated_app(url) as app:
            tokens = [Factory(app).user(f"learner{number}").token for number in range(4)]
        servers.append(Server(url, tmp_path / "gunicorn.log"))
        return Learners(servers[-1].url, tokens)

    yield serve
    for server in servers:
        server.stop()


@pytest.mark.parametrize(
    "seconds",
    [
        pytest.param(2, marks=pytest.mark.exhaustive),
        pytest.param(30, marks=pytest.mark.slow),
    ],
)
def test_postgresql_gone_and_back(nodes, serve, seconds):
    node = nodes()
    with serve(node) as learners:
        learners.until_written(time.monotonic())
        node.kill()
        time.sleep(seconds)
        node.start()
        learners.until_written(time.monotonic())
    assert learners.faults() == []
    assert any(answer.status_code == 503 for *_, answer in learners.answers)
    assert learners.lost() == []


@pytest.mark.exhaustive
def test_a_standby_takes_over_without_a_restart(nodes, serve):
    primary = nodes()
    standby = nodes(primary)
    tell(primary, "ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()")
    with serve(standby, primary) as learners:  # the first host is not the one that takes writes
        time.sleep(2)
        primary.kill()
        standby.promote()
        learners.until_written(time.monotonic())
        time.sleep(1)
    assert learners.faults() == []
    assert learners.lost() == []
    assert sum(map(len, learners.acknowledged.values())) > 20


def tell(node, *statements):
    with psycopg.connect(
        host=str(node.folder), port=node.port, user="postgres", autocommit=True
    ) as connection:
        for statement in statements:
            connection.execute(statement)
