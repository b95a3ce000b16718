"""What is started, broken and ended here: nodes of the service, PostgreSQL, and nginx in front."""

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

from learnpath.config import PROJECT_ROOT
from tests.live import COMMAND, environment, free_port
from tests.postgres import ThrowAwayServer

NGINX = PROJECT_ROOT / "deploy" / "nginx"
QUIET = {"RATELIMIT_ENABLED": "false", "LOG_LEVEL": "WARNING", "SHUTDOWN_DELAY": 0}
PATIENCE = 60.0  # seconds in which everything here has started or ended
UNTIL_NGINX_ASKS_AGAIN = 3.0  # seconds after a failure; fail_timeout is 1, counted in whole seconds


class Node:
    """A gunicorn with two workers, started as an operator starts it."""

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
        """Return what a node or a command of it finds in its environment."""
        return environment(DATABASE_URL=database_url, **{**QUIET, **settings})

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command, cwd=self.root, env=self.environment, stdout=output, stderr=output
            )
        try:
            wait_until(self.answers, "a node to start")
        except RuntimeError as error:
            raise RuntimeError(f"{error}:\n{self.log.read_text()[-2000:]}") from None

    def answers(self) -> bool:
        if self.process.poll() is not None:
            raise RuntimeError("the node ended")
        return is_answered(self.url)

    @property
    def workers(self) -> list[int]:
        return children_of(self.process.pid)

    def kill_worker(self) -> None:
        os.kill(self.workers[0], signal.SIGKILL)

    def kill(self) -> None:
        """Kill master and workers, as a machine that fails would."""
        doomed = [self.process.pid, *self.workers]
        for pid in doomed:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        wait_until(lambda: not any(is_alive(pid) for pid in doomed), "the workers to die")

    def stop(self) -> None:
        """Ask the node to end, as systemd and Docker do."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE + 10)

    def reload(self) -> None:
        """Ask for new workers in place of the old ones."""
        before = set(self.workers)
        self.process.send_signal(signal.SIGHUP)
        wait_until(lambda: not before & set(self.workers), "the old workers to end")


class Postgres(ThrowAwayServer):
    """A PostgreSQL that waits for the disk, and can be killed."""

    def __init__(self, *options: str) -> None:
        super().__init__(options=("max_connections=100", *options))

    def kill(self) -> None:
        """Kill the server with all its processes, as a machine that fails would."""
        doomed = [self.process.pid, *children_of(self.process.pid)]
        for pid in doomed:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        wait_until(lambda: not any(is_alive(pid) for pid in doomed), "PostgreSQL to die")

    def stop_for(self, seconds: float) -> None:
        """Be gone for a while; the data stays."""
        self.process.send_signal(signal.SIGINT)  # ends every connection, then itself
        self.process.wait(PATIENCE)
        time.sleep(seconds)
        self.start()

    def run_program(self, program: str, *arguments: object) -> None:
        """Run one of PostgreSQL's programs as the server's own user."""
        self._run(program, *arguments)

    def execute(self, statement: str) -> object:
        """Execute a statement as the superuser; return the first value, if there is one."""
        engine = sa.create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            result = connection.exec_driver_sql(statement)
            value = result.scalar() if result.returns_rows else None
        engine.dispose()
        return value

    def make(self, name: str) -> str:
        """Make a database; return its URL."""
        self.execute(f"CREATE DATABASE {name}")
        return self.url.set(database=name).render_as_string(hide_password=False)


class Nginx:
    """The nginx of deploy/, with other ports and paths, in front of some nodes."""

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
        wait_until(lambda: is_answered(self.url), "nginx to start")

    def _site(self) -> str:
        site = (NGINX / "learnpath.conf").read_text()
        for shipped, here in (
            ("listen 80 default_server", f"listen {self.url.removeprefix('http://')}"),
            ("/etc/nginx/learnpath-nodes.conf", str(self.folder / "nodes.conf")),
            ("/var/log/nginx/learnpath.log", str(self.folder / "access.log")),
        ):
            if shipped not in site:
                raise RuntimeError(f"{shipped!r} does not stand in deploy/nginx/learnpath.conf")
            site = site.replace(shipped, here)
        return site

    def list_nodes(self, down: Node | None = None) -> None:
        """Write the list of nodes, one of them taken out perhaps."""
        (server,) = set(re.findall(r"^server \S+( .*);$", (NGINX / "nodes.conf").read_text(), re.M))
        lines = [
            f"server 127.0.0.1:{node.port}{server}{' down' if node is down else ''};"
            for node in self.nodes
        ]
        (self.folder / "nodes.conf").write_text("\n".join(lines))

    def complaints(self) -> str:
        """Return what nginx could not pass on, and what it says of its nodes, the latest last."""
        answers = (self.folder / "access.log").read_text().splitlines()
        unanswered = [line for line in answers if '" 50' in line]
        errors = (self.folder / "error.log").read_text().splitlines()
        return "\n".join(["", *unanswered[-20:], *errors[-40:]])

    def stop(self) -> None:
        self.process.send_signal(signal.SIGQUIT)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:  # somebody slow is still talking
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
    """Tell whether a process runs; one that is dead but not yet buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def is_answered(url: str) -> bool:
    try:
        return httpx.get(f"{url}/api/v1/modules", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def wait_until(is_so, what: str, patience: float = PATIENCE) -> None:
    deadline = time.monotonic() + patience
    while not is_so():
        if time.monotonic() > deadline:
            raise RuntimeError(f"waited {patience} s for {what}")
        time.sleep(0.02)
