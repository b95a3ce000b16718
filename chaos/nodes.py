"""The processes of a stack: nodes of the service, PostgreSQL, and nginx in front."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import httpx
import sqlalchemy as sa

from learnpath.settings import PROJECT_ROOT
from tests.live_server import COMMAND, environment, free_port
from tests.postgres import ThrowAwayServer

NGINX = PROJECT_ROOT / "deploy" / "nginx"
QUIET = {"RATE_LIMIT_FACTOR": 0, "LOG_LEVEL": "WARNING", "SHUTDOWN_DELAY": 0}
TIMEOUT = 60.0  # seconds for a process to start or stop
NGINX_FAIL_TIMEOUT = 3.0  # seconds; fail_timeout is 1, which nginx counts in whole seconds


class Node:
    """A gunicorn with two workers, started with the documented command."""

    def __init__(
        self,
        database_url: str,
        folder: Path,
        root: Path = PROJECT_ROOT,
        application: str = "wsgi:app",
        **settings: object,
    ) -> None:
        """Start `application` of the code in `root`."""
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / f"node-{self.port}.log"
        self.root = root
        self.command = [*COMMAND[:-1], application]
        self.environment = self.environment_for(database_url, PORT=self.port, **settings)
        self.start()

    @staticmethod
    def environment_for(database_url: str, **settings: object) -> dict[str, str]:
        """Return the environment variables of a node and of its commands."""
        return environment(DATABASE_URL=database_url, **{**QUIET, **settings})

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command, cwd=self.root, env=self.environment, stdout=output, stderr=output
            )
        try:
            wait_until(self.responds, "a node to start")
        except RuntimeError as error:
            raise RuntimeError(f"{error}:\n{self.log.read_text()[-2000:]}") from None

    def responds(self) -> bool:
        if self.process.poll() is not None:
            raise RuntimeError("the node exited")
        return responds(self.url)

    @property
    def workers(self) -> list[int]:
        return children_of(self.process.pid)

    def kill_worker(self) -> None:
        os.kill(self.workers[0], signal.SIGKILL)

    def kill(self) -> None:
        """Kill master and workers with -9, as a failing machine does."""
        pids = [self.process.pid, *self.workers]
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        wait_until(lambda: not any(is_alive(pid) for pid in pids), "the workers to die")

    def stop(self) -> None:
        """Stop the node with SIGTERM, as systemd and Docker do."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(TIMEOUT + 10)

    def reload(self) -> None:
        """Replace the workers with SIGHUP, and wait until the old ones have exited."""
        before = set(self.workers)
        self.process.send_signal(signal.SIGHUP)
        wait_until(lambda: not before & set(self.workers), "the old workers to exit")


class Postgres(ThrowAwayServer):
    """A PostgreSQL server that uses fsync, and can be killed."""

    def __init__(self, *options: str) -> None:
        super().__init__(options=("max_connections=100", *options))

    def kill(self) -> None:
        """Kill all processes of the server with -9, as a failing machine does."""
        pids = [self.process.pid, *children_of(self.process.pid)]
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        wait_until(lambda: not any(is_alive(pid) for pid in pids), "PostgreSQL to die")

    def stop_for(self, seconds: float) -> None:
        """Stop the server for `seconds`; the data stays."""
        self.process.send_signal(signal.SIGINT)  # fast shutdown: closes every connection
        self.process.wait(TIMEOUT)
        time.sleep(seconds)
        self.start()

    def run_program(self, program: str, *arguments: object) -> None:
        """Run one of PostgreSQL's programs as the user of the server."""
        self._run(program, *arguments)

    def execute(self, statement: str) -> object:
        """Execute a statement as superuser; return the first value of its result, if any."""
        engine = sa.create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            result = connection.exec_driver_sql(statement)
            value = result.scalar() if result.returns_rows else None
        engine.dispose()
        return value

    def make(self, name: str) -> str:
        """Create a database; return its URL."""
        self.execute(f"CREATE DATABASE {name}")
        return self.url.set(database=name).render_as_string(hide_password=False)


class Nginx:
    """nginx with the configuration of deploy/, but other ports and paths, in front of nodes."""

    def __init__(self, nodes: Sequence[Node], folder: Path) -> None:
        self.folder = folder
        self.nodes = nodes
        self.url = f"http://127.0.0.1:{free_port()}"
        self.list_nodes()
        (folder / "site.conf").write_text(self._site())
        (folder / "nginx.conf").write_text(MAIN.format(folder=folder))
        command = ["nginx", "-p", folder, "-c", folder / "nginx.conf"]
        self.command = [*map(str, command), "-e", str(folder / "error.log")]
        subprocess.run([*self.command, "-t"], check=True, capture_output=True)
        self.process = subprocess.Popen([*self.command, "-g", "daemon off;"])
        wait_until(lambda: responds(self.url), "nginx to start")

    def _site(self) -> str:
        site = (NGINX / "learnpath.conf").read_text()
        for original, replacement in (
            ("listen 80 default_server", f"listen {self.url.removeprefix('http://')}"),
            ("/etc/nginx/learnpath-nodes.conf", str(self.folder / "nodes.conf")),
            ("/var/log/nginx/learnpath.log", str(self.folder / "access.log")),
        ):
            if original not in site:
                raise RuntimeError(f"{original!r} is missing in deploy/nginx/learnpath.conf")
            site = site.replace(original, replacement)
        return site

    def list_nodes(self, down: Node | None = None) -> None:
        """Write the list of nodes, with one marked as down if given."""
        (server,) = set(re.findall(r"^server \S+( .*);$", (NGINX / "nodes.conf").read_text(), re.M))
        lines = [
            f"server 127.0.0.1:{node.port}{server}{' down' if node is down else ''};"
            for node in self.nodes
        ]
        (self.folder / "nodes.conf").write_text("\n".join(lines))

    def log_excerpt(self) -> str:
        """Return nginx's log lines on failed requests and on its nodes, the latest last."""
        requests = (self.folder / "access.log").read_text().splitlines()
        failed = [line for line in requests if '" 50' in line]
        errors = (self.folder / "error.log").read_text().splitlines()
        return "\n".join(["", *failed[-20:], *errors[-40:]])

    def stop(self) -> None:
        self.process.send_signal(signal.SIGQUIT)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:  # a slow client is still connected
            self.process.terminate()
            self.process.wait(5)


MAIN = """pid {folder}/nginx.pid;
worker_processes 2;
error_log {folder}/error.log;
events {{ worker_connections 768; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


def children_of(pid: int) -> list[int]:
    """Return the process ids of the children, the oldest first."""
    try:
        return [
            int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        ]
    except FileNotFoundError:
        return []


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def responds(url: str) -> bool:
    try:
        return httpx.get(f"{url}/api/v1/modules", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def wait_until(condition, what: str, timeout: float = TIMEOUT) -> None:
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"waited {timeout} s for {what}")
        time.sleep(0.02)
