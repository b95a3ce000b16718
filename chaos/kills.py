"""kill -9 of workers, nodes and databases while learners report; then verify every report."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import sqlalchemy as sa

from learnpath.db import engine as database
from learnpath.settings import PROJECT_ROOT

from .environment import Stack, on_postgresql, on_sqlite
from .load import Outcome, verify_reports
from .nodes import wait_until
from .report import Row

CROWD = 6


def kill_trials(
    what: str, stack: Stack, inject: Callable[[], None], trials: int, *, retries: bool = False
) -> Row:
    """Inject the fault at a random moment of each trial; no acknowledged report may be lost."""
    outcomes = []
    for _ in range(trials):
        with stack.crowd.reporting(stack.url, size=CROWD, retries=retries) as learners:
            time.sleep(random.uniform(0.3, 0.8))
            inject()
            wait_until(stack.node.responds, "the service to come back")
            time.sleep(0.2)
        outcomes.append(verify_reports(learners, stack.url))
    return _judge(what, stack, outcomes, retries=retries)


def _judge(what: str, stack: Stack, outcomes: list[Outcome], *, retries: bool) -> Row:
    acknowledged = sum(outcome.acknowledged for outcome in outcomes)
    lost = sum(outcome.lost for outcome in outcomes)
    partial = sum(outcome.partial for outcome in outcomes)
    given_up = sum(outcome.given_up for outcome in outcomes)
    sound = is_sound(stack)
    figures = f"{acknowledged} acknowledged, {lost} lost, {partial} half-written"
    if retries:
        figures += f", {given_up} given up by clients that retry"
    figures += ", database sound" if sound else ", DATABASE UNSOUND"
    nothing_lost = not (lost or partial or (retries and given_up)) and sound and acknowledged > 0
    return Row(what, len(outcomes), nothing_lost, figures)


def is_sound(stack: Stack) -> bool:
    """Run SQLite's integrity check and `flask progress check`."""
    url = sa.make_url(stack.database_url)
    if url.get_backend_name() == "sqlite":
        engine = sa.create_engine(url, **database.driver_options(url))
        with engine.connect() as connection:
            if connection.scalar(sa.text("PRAGMA integrity_check")) != "ok":
                return False
        engine.dispose()
    check = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "progress", "check"],
        cwd=PROJECT_ROOT, env=stack.node.environment, capture_output=True, check=False,
    )  # fmt: skip
    return check.returncode == 0


def worker(trials: int) -> Iterator[Row]:
    """Kill one worker with -9, on both databases."""
    for name, make in (("SQLite", on_sqlite), ("PostgreSQL", on_postgresql)):
        with make(trials * CROWD) as stack:
            yield kill_trials(f"kill -9 of a worker, {name}", stack, stack.node.kill_worker, trials)


def master(trials: int) -> Iterator[Row]:
    """Kill gunicorn and all its workers with -9, on both databases."""
    for name, make in (("SQLite", on_sqlite), ("PostgreSQL", on_postgresql)):
        with make(trials * CROWD) as stack:

            def restart(stack: Stack = stack) -> None:
                stack.node.kill()
                stack.node.start()

            yield kill_trials(f"kill -9 of master and workers, {name}", stack, restart, trials)


def postgresql(trials: int) -> Iterator[Row]:
    """Kill all processes of PostgreSQL with -9."""
    with on_postgresql(trials * CROWD) as stack:

        def restart() -> None:
            stack.postgres.kill()
            stack.postgres.start()

        yield kill_trials("kill -9 of PostgreSQL", stack, restart, trials)


def node(trials: int) -> Iterator[Row]:
    """Kill one of two nodes behind nginx with -9, with clients that retry."""
    with on_postgresql(trials * CROWD, nodes=2, behind_nginx=True) as stack:

        def restart() -> None:
            stack.nodes[1].kill()
            time.sleep(0.3)
            stack.nodes[1].start()

        what = "kill -9 of one of two nodes behind nginx"
        yield kill_trials(what, stack, restart, trials, retries=True)
