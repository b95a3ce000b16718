"""Restarts under load, and slow clients."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from .environment import Stack, on_postgresql
from .load import send, verify_reports
from .nodes import NGINX_FAIL_TIMEOUT
from .report import Row
from .slow import slow_clients

SLOW_CLIENTS = 60
REQUESTS = 4  # requests while they are connected
MAX_LATENCY = 1.0  # seconds for a response during a reload; starting a worker takes about as long


def restart(_trials: int) -> Iterator[Row]:
    """Restart two nodes behind nginx one after the other, with SIGTERM and with SIGHUP."""
    with on_postgresql(24, nodes=2, behind_nginx=True) as stack:

        def stop_and_start() -> None:
            for node in stack.nodes:
                node.stop()
                node.start()
                time.sleep(NGINX_FAIL_TIMEOUT)

        yield _under_load(
            "two nodes behind nginx, SIGTERM and start in turn", stack, stop_and_start
        )
        yield _under_load(
            "two nodes behind nginx, SIGHUP in turn", stack,
            lambda: [node.reload() for node in stack.nodes],
        )  # fmt: skip
        stack.nginx, nginx = None, stack.nginx
        yield _under_load("a bare node, SIGHUP", stack, stack.node.reload)
        alone = _under_load("a bare node, SIGTERM and start", stack, stop_and_start)
        yield alone._replace(is_kept=None)
        stack.nginx = nginx


def _under_load(what: str, stack: Stack, restart_nodes: Callable[[], object]) -> Row:
    with stack.crowd.reporting(stack.url) as learners:
        time.sleep(0.5)
        restart_nodes()
        time.sleep(0.5)
    outcome = verify_reports(learners, stack.url)
    dropped = sum(not answer.is_success for answer in outcome.answers)
    latency = outcome.max_latency
    figures = f"{outcome.statuses}; {dropped} dropped, {outcome.lost} lost, longest {latency:.2f} s"
    is_kept = not dropped and not outcome.lost and latency < MAX_LATENCY
    return Row(what, 1, is_kept, figures)


def slow(_trials: int) -> Iterator[Row]:
    """Connect slow clients: half of them send slow headers, half slow bodies."""
    with on_postgresql(1, nodes=2, behind_nginx=True) as stack:
        (alice,) = stack.crowd.take(1)
        for what, url in (("behind nginx", stack.url), ("bare gunicorn", stack.node.url)):
            alone, during = [], []
            for _ in range(20):
                alone.append(send("GET", f"{url}/api/v1/users/me", alice))
            with slow_clients(url, SLOW_CLIENTS):
                time.sleep(1)
                for _ in range(REQUESTS):
                    during.append(send("GET", f"{url}/api/v1/users/me", alice))
            quick, slowest = (max(a.seconds for a in answers) for answers in (alone, during))
            answered = sum(answer.is_success for answer in during)
            figures = (
                f"{answered} of {REQUESTS} answered; "
                f"slowest {slowest:.2f} s, without them {quick:.2f} s"
            )
            is_kept = answered == REQUESTS and slowest < 1 if what == "behind nginx" else None
            yield Row(f"{SLOW_CLIENTS} slow clients, {what}", 1, is_kept, figures)
