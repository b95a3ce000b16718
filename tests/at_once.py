"""Do several things at the same instant, each in a thread of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Thread
from time import sleep
from typing import Any, TypeVar

from flask import Flask

from learnpath.extensions import db

Answer = TypeVar("Answer")


def at_once(*acts: Callable[[], Answer]) -> list[Answer]:
    """Start all `acts` together and return their answers, in the order of the acts."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Answer]) -> Answer:
        start.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def meanwhile(app: Flask, first: Callable[[], Any], second: Callable[[], Answer]) -> Answer:
    """Do `first` in a transaction, start `second`, and commit; return what `second` answers."""
    answers: list[Answer] = []
    with app.app_context():
        first()
        other = Thread(target=lambda: answers.append(second()))
        other.start()
        sleep(0.3)  # it should be waiting by now
        db.session.commit()
    other.join(20)
    return answers[0]
