"""Databases with many users and servers on them, for all benchmarks."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from learnpath import create_app, passwords
from learnpath.auth import tokens
from learnpath.db import db
from learnpath.web import pagination
from tests.live_server import free_port
from tests.postgres import ThrowAwayServer

ROOT = Path(__file__).resolve().parent.parent
SECRET = "0f6c2b7d91e84a35b8d7c6e5f4a39281"
PASSWORD = "correct horse battery"
ADMIN = 1
THREADS = 16
WORKERS = 2
MODULES = 200
FEW, MANY = 20, 200  # modules with progress, of nine users in ten and of the tenth
IN_PATH = 10  # modules of the path that every tenth user follows; none of them completes it


class Server:
    """A gunicorn on a free port."""

    def __init__(self, application: str, config: str, database_url: str, log: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "gunicorn", "-c", f"python:{config}", application]
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                command, cwd=ROOT, stdout=output, stderr=output,
                env=settings(PORT=self.port, DATABASE_URL=database_url),
            )  # fmt: skip
        started = time.perf_counter()
        while not self._answers():
            if self.process.poll() is not None or time.perf_counter() - started > 30:
                raise RuntimeError(f"{application} did not start:\n{log.read_text()}")
            time.sleep(0.01)
        self.seconds_to_answer = time.perf_counter() - started

    def _answers(self) -> bool:
        with contextlib.suppress(OSError):
            request = urllib.request.Request(f"{self.url}/api/v1/users/me")
            with contextlib.suppress(urllib.error.HTTPError):
                urllib.request.urlopen(request, timeout=5)
            return True
        return False

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)


class Environment:
    """A database with the service on it and, optionally, the baseline on a copy of it."""

    def __init__(self, url: str, copy: str | None, folder: Path, postgres: int | None) -> None:
        self.postgres = postgres  # process id of the database server
        self.service = Server("wsgi:app", "learnpath.server", url, folder / "service.log")
        self.baseline = (
            Server("benchmarks.baseline:application", "benchmarks.baseline_server", copy,
                   folder / "baseline.log")
            if copy else None
        )  # fmt: skip

    def cpu_seconds(self, server: Server) -> float:
        """Return the CPU seconds that a server and the database have used so far."""
        roots = [server.process.pid, *([self.postgres] if self.postgres else [])]
        return sum(cpu_of_tree(root) for root in roots)

    def stop(self) -> None:
        for server in (self.service, self.baseline):
            if server:
                server.stop()


def settings(**more: Any) -> dict[str, str]:
    """Return the environment of a production server without mail."""
    ours = {
        "ENVIRONMENT": "production",
        "SECRET_KEY": SECRET,
        "WEB_CONCURRENCY": WORKERS,
        "THREADS": THREADS,
        "PYTHONDONTWRITEBYTECODE": "",  # a start uses what an earlier start has compiled
        **more,
    }
    return {**os.environ, **{name: str(value) for name, value in ours.items()}}


@contextlib.contextmanager
def postgresql() -> Iterator[ThrowAwayServer]:
    """Start a PostgreSQL that waits for the disk, as in production."""
    server = ThrowAwayServer(options=["max_connections=100", "shared_buffers=512MB"])
    try:
        yield server
    finally:
        server.stop()


def make_database(server: ThrowAwayServer, name: str, template: str = "template0") -> str:
    """Create a database, empty or from a template; return its URL."""
    with psycopg.connect(host=str(server.folder), user="postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")  # type: ignore[arg-type]
    return server.url.set(database=name).render_as_string(hide_password=False)


def app_on(url: str) -> Flask:
    relaxed = {"DATABASE_STATEMENT_TIMEOUT": 0, "SLOW_QUERY_MS": 0}
    ours = {"ENVIRONMENT": "production", "SECRET_KEY": SECRET, "DATABASE_URL": url}
    return create_app({**ours, **relaxed})


def seed(url: str, users: int, *, few: int = FEW, many: int = MANY) -> None:
    """Fill a database: an admin, learners with progress on `few` or `many` modules, one path."""
    app = app_on(url)
    with app.app_context():
        upgrade()
        values = {
            "users": users,
            "few": few,
            "many": many,
            "hash": passwords.hash_password(PASSWORD),
        }
        with db.engine.begin() as connection:
            for statement in SEED:
                connection.execute(
                    sa.text(expand_numbers(statement)), values | TIMESTAMPS[db.engine.name]
                )
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("ANALYZE"))
        db.engine.dispose()


TIMESTAMPS = {
    "sqlite": {"then": "2026-01-01 12:00:00.000000", "later": "2036-01-01 12:00:00.000000"},
    "postgresql": {"then": "2026-01-01T12:00:00Z", "later": "2036-01-01T12:00:00Z"},
}
SEED = (
    """INSERT INTO users (name, email, email_verified, password_hash, role, status, timezone,
        created_at, updated_at) SELECT 'Learner ' || i, 'learner' || i || '@example.org', true,
        :hash, CASE WHEN i = 1 THEN 'admin' ELSE 'learner' END, 'active', 'UTC', {then}, {then}
        FROM (NUMBERS :users) AS n""",
    """INSERT INTO sessions (user_id, label, seed, counter, created_at, last_refreshed_at,
        expires_at) SELECT id, '', 'seed', 0, {then}, {then}, {later} FROM users ORDER BY id""",
    f"""INSERT INTO modules (slug, title, summary, goals, kind, links, status, revision,
        created_at, updated_at) SELECT 'm' || i, 'Module ' || i, '', '[]', 'lesson', '[]',
        'published', 1, {{then}}, {{then}} FROM (NUMBERS {MODULES + 1}) AS n""",
    """INSERT INTO paths (slug, title, description, level, language, status, order_policy, version,
        created_at, updated_at, published_at) VALUES ('bench', 'Bench', '', 'beginner', 'en',
        'published', 'free', 1, {then}, {then}, {then})""",
    f"""INSERT INTO path_modules (path_slug, module_slug, position, required, requires)
        SELECT 'bench', slug, id, true, '[]' FROM (SELECT 'm' || i AS slug, i AS id FROM
        (NUMBERS {IN_PATH}) AS n UNION ALL SELECT 'm{MODULES + 1}', {IN_PATH + 1}) AS placed""",
    """INSERT INTO enrollments (user_id, path_slug, status, enrolled_at, started_at)
        SELECT id, 'bench', 'active', {then}, {then} FROM users WHERE id % 10 = 0""",
    """INSERT INTO progress (user_id, module_slug, status, started_at, last_activity_at,
        first_completed_at, last_completed_at, completed_revision, highest_percent, time_spent,
        updated_at) SELECT id, 'm' || i,
        CASE WHEN i % 2 = 0 THEN 'completed' ELSE 'in_progress' END, {then}, {then},
        CASE WHEN i % 2 = 0 THEN {then} END, CASE WHEN i % 2 = 0 THEN {then} END,
        CASE WHEN i % 2 = 0 THEN 1 END, 0, 0, {then} FROM users CROSS JOIN (NUMBERS :many) AS n
        WHERE i <= :few OR id % 10 = 1""",
)


def expand_numbers(statement: str) -> str:
    """Expand `(NUMBERS n)`, the numbers from 1 to n, and the two timestamps."""
    head, mark, rest = statement.partition("(NUMBERS ")
    if mark:
        count, _, rest = rest.partition(")")
        rows = f"SELECT 1 AS i UNION ALL SELECT i + 1 FROM s WHERE i < {count}"
        statement = f"{head}(WITH RECURSIVE s(i) AS ({rows}) SELECT i FROM s){rest}"
    kind = "timestamptz" if db.engine.name == "postgresql" else "text"
    return statement.format(then=f"CAST(:then AS {kind})", later=f"CAST(:later AS {kind})")


def access_tokens(users: list[int]) -> list[str]:
    """Return an access token for each user; session n belongs to user n."""
    app = app_on("sqlite:////dev/null/unused.db")
    with app.app_context():
        return [tokens.issue(user, user) for user in users]


def cursors(of: str, values: list[int]) -> list[str]:
    """Return the cursors of the list `of` that continue after each of the values."""
    app = app_on("sqlite:////dev/null/unused.db")
    with app.app_context():
        return [pagination._signer(of).dumps([value]) for value in values]


def cpu_of_tree(root: int) -> float:
    """Return the CPU seconds of a process and of all its descendants."""
    total = 0.0
    for pid in tree(root):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += sum(int(fields[place]) for place in (11, 12, 13, 14))
    return total / os.sysconf("SC_CLK_TCK")


def tree(root: int) -> list[int]:
    pids = [root]
    with contextlib.suppress(FileNotFoundError):
        for task in Path(f"/proc/{root}/task").iterdir():
            for child in (task / "children").read_text().split():
                pids += tree(int(child))
    return pids


def memory_of(pid: int) -> float:
    """Return the proportional memory (PSS) of a process in MB."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    line = next(line for line in text.splitlines() if line.startswith("Pss:"))
    return int(line.split()[1]) / 1024
