"""Restarting nodes under load, and clients that are slow."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from .load import ask, look_up
from .nodes import UNTIL_NGINX_ASKS_AGAIN
from .report import Row
from .slow import slow_clients
from .stage import Stage, on_postgresql

SLOW = 60  # clients
ASKED = 4  # requests among them


def restart(_trials: int) -> Iterator[Row]:
    """Restart two nodes behind nginx one after the other, by SIGTERM and by SIGHUP."""
    with on_postgresql(24, nodes=2, behind_nginx=True) as stage:

        def by_term() -> None:
            for node in stage.nodes:
                node.stop()
                node.start()
                time.sleep(UNTIL_NGINX_ASKS_AGAIN)

        yield _under_load("two nodes behind nginx, SIGTERM and start in turn", stage, by_term)
        yield _under_load(
            "two nodes behind nginx, SIGHUP in turn", stage,
            lambda: [node.reload() for node in stage.nodes],
        )  # fmt: skip
        stage.nginx, nginx = None, stage.nginx
        yield _under_load("a bare node, SIGHUP", stage, stage.node.reload)
        alone = _under_load("a bare node, SIGTERM and start", stage, by_term)
        yield alone._replace(is_kept=None)
        stage.nginx = nginx


def _under_load(what: str, stage: Stage, act: Callable[[], object]) -> Row:
    with stage.crowd.reporting(stage.url) as learners:
        time.sleep(0.5)
        act()
        time.sleep(0.5)
    outcome = look_up(learners, stage.url)
    dropped = sum(not answer.is_success for answer in outcome.answers)
    figures = f"{outcome.statuses}; {dropped} dropped, {outcome.lost} lost"
    return Row(what, 1, not dropped and not outcome.lost, figures)


def slow(_trials: int) -> Iterator[Row]:
    """Let slow clients come, half of them slow in their headers, half in their bodies."""
    with on_postgresql(1, nodes=2, behind_nginx=True) as stage:
        (alice,) = stage.crowd.take(1)
        for what, url in (("behind nginx", stage.url), ("bare gunicorn", stage.node.url)):
            alone, among_them = [], []
            for _ in range(20):
                alone.append(ask("GET", f"{url}/api/v1/users/me", alice))
            with slow_clients(url, SLOW):
                time.sleep(1)
                for _ in range(ASKED):
                    among_them.append(ask("GET", f"{url}/api/v1/users/me", alice))
            quick, slowest = (max(a.seconds for a in answers) for answers in (alone, among_them))
            answered = sum(answer.is_success for answer in among_them)
            figures = (
                f"{answered} of {ASKED} answered; "
                f"slowest {slowest:.2f} s, without them {quick:.2f} s"
            )
            is_kept = answered == ASKED and slowest < 1 if what == "behind nginx" else None
            yield Row(f"{SLOW} slow clients, {what}", 1, is_kept, figures)
