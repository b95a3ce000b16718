"""How long do the report and the table of a large class take? python -m benchmarks.reports

Fills a temporary PostgreSQL and a temporary SQLite file with one path of 50 modules and 100,000
learners. Requests the report, a page of learners and the whole table seven times each, in turns.
Prints the medians of the time and of the CPU time (of the service and of PostgreSQL), and the
number of statements per response. 12 % of the learners have not begun, 10 % have finished, and the
others have dropped out on the way.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

from learnpath.db import db
from learnpath.enrollments.models import Enrollment
from learnpath.modules.models import Module
from learnpath.paths.models import Path as LearningPath
from learnpath.paths.models import PathModule
from learnpath.progress.models import Progress
from learnpath.users.models import User
from learnpath.web import pagination
from tests.apps import open_migrated_app
from tests.cast import Person
from tests.factories import Factory
from tests.postgres import ThrowAwayServer

MODULES = 50
TIMES = 7
START = datetime(2026, 1, 1, tzinfo=UTC)
PAGE = "/api/v1/paths/big/learners?page_size=100"


def seed(learners: int) -> None:
    """Fill the database with a few statements that work on both databases."""
    slugs = [f"module-{number:02}" for number in range(1, MODULES + 1)]
    db.session.add(LearningPath(slug="big", title="Big", status="published"))
    db.session.add_all(Module(slug=slug, title=slug, status="published") for slug in slugs)
    db.session.flush()
    db.session.add_all(
        PathModule(path_slug="big", module_slug=slug, position=place, required=place % 10 != 0)
        for place, slug in enumerate(slugs, start=1)
    )
    db.session.flush()
    users = [
        {"name": f"Learner {number}", "email": f"learner{number}@example.org"}
        for number in range(learners)
    ]
    about = {"password_hash": "-", "created_at": START, "updated_at": START}
    db.session.execute(sa.insert(User), [user | about for user in users])
    chance = User.id * 7919 % 1000  # 0 to 999, scattered
    reach = sa.case(
        (chance < 120, 0),
        (chance >= 900, MODULES),
        else_=1 + (chance - 120) * (chance - 120) * (MODULES - 2) // (780 * 780),
    )
    is_done = reach == MODULES
    fill(
        Enrollment,
        sa.select(User.id).where(User.role == "learner"),
        user_id=User.id,
        path_slug="big",
        status=sa.case((is_done, "completed"), (chance == 500, "withdrawn"), else_="active"),
        due_at=sa.case((chance % 3 == 0, sa.literal(START, Enrollment.due_at.type)), else_=None),
        enrolled_at=START,
        started_at=START,
        completed_at=sa.case(
            (is_done, sa.literal(START + timedelta(days=9), Enrollment.due_at.type)), else_=None
        ),
    )
    is_last = PathModule.position == reach
    fill(
        Progress,
        sa.select(User.id).where(User.role == "learner", PathModule.position <= reach),
        user_id=User.id,
        module_slug=PathModule.module_slug,
        status=sa.case((sa.and_(is_last, ~is_done), "in_progress"), else_="completed"),
        started_at=START,
        last_activity_at=START,
        first_completed_at=START,
        last_completed_at=START,
        highest_percent=0,
        time_spent=300 + (User.id * 31 + PathModule.position * 17) % 5400,
        updated_at=START,
    )
    db.session.commit()


def fill(table: type[Any], source: sa.Select[Any], **columns: Any) -> None:
    """Insert one row for each row of `source`."""
    values = [
        value if isinstance(value, sa.ColumnElement | sa.orm.InstrumentedAttribute)
        else sa.literal(value, getattr(table, name).type)
        for name, value in columns.items()
    ]  # fmt: skip
    db.session.execute(
        sa.insert(table).from_select(
            list(columns), source.with_only_columns(*values, maintain_column_froms=True)
        )
    )


@contextmanager
def counted(engine: sa.Engine) -> Iterator[list[str]]:
    """Record the statements that are sent."""
    sent: list[str] = []

    def record(_cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(engine, "do_execute", record)
    yield sent
    event.remove(engine, "do_execute", record)


def cpu_seconds(postmaster: int | None) -> float:
    """Return the CPU time of this process and of all processes of PostgreSQL."""
    used = time.process_time()
    for stat in Path("/proc").glob("[0-9]*/stat") if postmaster else ():
        with contextlib.suppress(OSError):  # the process has just ended; its parent counts it
            pid, after_name = stat.parent.name, stat.read_text().rpartition(")")[2].split()
            if postmaster in (int(pid), int(after_name[1])):
                used += sum(map(int, after_name[11:15])) / os.sysconf("SC_CLK_TCK")
    return used


def measure(app: Flask, admin: Person, last_cursor: str, postmaster: int | None = None) -> None:
    """Send all requests in turns, and print a line for each kind."""
    bearer = {"Authorization": f"Bearer {admin.token}"}

    def ask(url: str, accept: str = "application/json") -> Callable[[], int]:
        def act() -> int:
            answer = app.test_client().get(url, headers={**bearer, "Accept": accept})
            assert answer.status_code == 200, answer.text
            return len(answer.data)

        return act

    asks = {
        "report": ask("/api/v1/paths/big/report"),
        "first page of learners": ask(PAGE),
        "last page of learners": ask(f"{PAGE}&cursor={last_cursor}"),
        "whole table as CSV": ask("/api/v1/paths/big/learners", "text/csv"),
    }
    taken: dict[str, list[float]] = {name: [] for name in asks}
    cpu: dict[str, list[float]] = {name: [] for name in asks}
    statements: dict[str, set[int]] = {name: set() for name in asks}
    sizes: dict[str, int] = {}
    with app.app_context():
        engine = db.engine
    for _ in range(TIMES):
        for name, act in asks.items():
            with counted(engine) as sent:
                start, used = time.perf_counter(), cpu_seconds(postmaster)
                sizes[name] = act()
                taken[name].append(time.perf_counter() - start)
                cpu[name].append(cpu_seconds(postmaster) - used)
            statements[name].add(len(sent))
    for name, times in taken.items():
        (count,) = statements[name]
        print(
            f"| {engine.dialect.name} | {name} | {statistics.median(times):.3f} s | "
            f"{statistics.median(cpu[name]):.2f} s | {count} | {sizes[name]:,} |",
            flush=True,
        )


def run(url: str, learners: int, postmaster: int | None = None) -> None:
    """Fill one database and measure it."""
    relaxed = {"DATABASE_STATEMENT_TIMEOUT": 0, "SLOW_QUERY_MS": 0, "LOG_LEVEL": "WARNING"}
    with open_migrated_app(url, **relaxed) as app:
        with app.app_context():
            start = time.perf_counter()
            seed(learners)
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                is_sqlite = db.engine.dialect.name == "sqlite"
                connection.execute(sa.text("ANALYZE" if is_sqlite else "VACUUM ANALYZE"))
            rows = db.session.scalar(sa.select(sa.func.count()).select_from(Progress))
            print(f"{rows:,} records of progress in {time.perf_counter() - start:.0f} s",
                  file=sys.stderr)  # fmt: skip
            last = db.session.scalar(sa.select(sa.func.max(Enrollment.id))) or 0
            page = SimpleNamespace(id=last - 100)
            cursor = pagination._write_cursor(page, "learners of big", [Enrollment.id])
            db.session.remove()
        measure(app, Factory(app).user("ada", "admin"), cursor, postmaster)


def main() -> None:
    """Measure both databases, or one."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--learners", type=int, default=100_000)
    parser.add_argument("--only", choices=["postgresql", "sqlite"])
    options = parser.parse_args()
    print("| database | answer | median of 7 | CPU | statements | bytes |")
    print("|---|---|---|---|---|---|")
    if options.only != "sqlite":
        server = ThrowAwayServer()
        try:
            url = server.url.render_as_string(hide_password=False)
            run(url, options.learners, server.process.pid)
        finally:
            server.stop()
    if options.only != "postgresql":
        with tempfile.TemporaryDirectory() as folder:
            run(f"sqlite:///{folder}/reports.db", options.learners)


if __name__ == "__main__":
    main()
