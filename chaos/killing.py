"""Kill -9 of this and that while learners report, many times; then everything is looked up."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import sqlalchemy as sa

from learnpath import database
from learnpath.config import PROJECT_ROOT

from .load import Outcome, look_up
from .nodes import wait_until
from .report import Row
from .stage import Stage, on_postgresql, on_sqlite

CROWD = 6


def kill_trials(
    what: str, stage: Stage, strike: Callable[[], None], trials: int, *, retries: bool = False
) -> Row:
    """Strike once in each trial at a random moment; nothing acknowledged may be lost."""
    outcomes = []
    for _ in range(trials):
        with stage.crowd.reporting(stage.url, size=CROWD, retries=retries) as learners:
            time.sleep(random.uniform(0.3, 0.8))
            strike()
            wait_until(stage.node.answers, "the service to come back")
            time.sleep(0.2)
        outcomes.append(look_up(learners, stage.url))
    return _judge(what, stage, outcomes, retries=retries)


def _judge(what: str, stage: Stage, outcomes: list[Outcome], *, retries: bool) -> Row:
    kept = sum(outcome.acknowledged for outcome in outcomes)
    lost = sum(outcome.lost for outcome in outcomes)
    halves = sum(outcome.halves for outcome in outcomes)
    given_up = sum(outcome.given_up for outcome in outcomes)
    sound = is_sound(stage)
    figures = f"{kept} acknowledged, {lost} lost, {halves} half-written"
    if retries:
        figures += f", {given_up} given up by clients that retry"
    figures += ", database sound" if sound else ", DATABASE UNSOUND"
    nothing_lost = not (lost or halves or (retries and given_up)) and sound and kept > 0
    return Row(what, len(outcomes), nothing_lost, figures)


def is_sound(stage: Stage) -> bool:
    """Ask SQLite for its integrity, and prove every stored record against its events."""
    url = sa.make_url(stage.database_url)
    if url.get_backend_name() == "sqlite":
        engine = sa.create_engine(url, **database.driver_options(url))
        with engine.connect() as connection:
            if connection.scalar(sa.text("PRAGMA integrity_check")) != "ok":
                return False
        engine.dispose()
    check = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "progress", "check"],
        cwd=PROJECT_ROOT, env=stage.node.environment, capture_output=True, check=False,
    )  # fmt: skip
    return check.returncode == 0


def worker(trials: int) -> Iterator[Row]:
    """Kill -9 of one worker, on both databases."""
    for name, make in (("SQLite", on_sqlite), ("PostgreSQL", on_postgresql)):
        with make(trials * CROWD) as stage:
            yield kill_trials(f"kill -9 of a worker, {name}", stage, stage.node.kill_worker, trials)


def master(trials: int) -> Iterator[Row]:
    """Kill -9 of gunicorn with all its workers, on both databases."""
    for name, make in (("SQLite", on_sqlite), ("PostgreSQL", on_postgresql)):
        with make(trials * CROWD) as stage:

            def strike(stage: Stage = stage) -> None:
                stage.node.kill()
                stage.node.start()

            yield kill_trials(f"kill -9 of master and workers, {name}", stage, strike, trials)


def postgresql(trials: int) -> Iterator[Row]:
    """Kill -9 of PostgreSQL with all its processes."""
    with on_postgresql(trials * CROWD) as stage:

        def strike() -> None:
            stage.postgres.kill()
            stage.postgres.start()

        yield kill_trials("kill -9 of PostgreSQL", stage, strike, trials)


def node(trials: int) -> Iterator[Row]:
    """Kill -9 of one of two nodes behind nginx, with clients that retry."""
    with on_postgresql(trials * CROWD, nodes=2, behind_nginx=True) as stage:

        def strike() -> None:
            stage.nodes[1].kill()
            time.sleep(0.3)
            stage.nodes[1].start()

        what = "kill -9 of one of two nodes behind nginx"
        yield kill_trials(what, stage, strike, trials, retries=True)
