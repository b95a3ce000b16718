"""Run several calls at the same instant, each in its own thread."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import sleep
from typing import Any, TypeVar

from flask import Flask

from learnpath.db import db

Result = TypeVar("Result")


def run_concurrently(*calls: Callable[[], Result]) -> list[Result]:
    """Start all `calls` together and return their results, in the order of the calls."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Result]) -> Result:
        barrier.wait(10)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def run_during_transaction(
    app: Flask,
    first: Callable[[], Any],
    call: Callable[[], Result],
    then: Callable[[], Any] = lambda: None,
) -> Result:
    """Run `first` in a transaction, start `call` in a thread, run `then` and commit.

    Returns what `call` returns.
    """
    with app.app_context(), ThreadPoolExecutor(1) as pool:
        first()
        result = pool.submit(call)
        sleep(0.3)  # long enough for `call` to reach the lock and wait for it
        then()
        db.session.commit()
        return result.result(20)
