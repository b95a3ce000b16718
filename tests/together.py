"""Doing something many times at the same instant, and looking for a secret everywhere."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import sqlalchemy as sa
from flask import Flask

from learnpath.extensions import db


def all_at_once(times: int, act: Callable[[int], Any]) -> list[Any]:
    """Return what `act(0)`, `act(1)` … return, each called in a thread of its own."""
    start = Barrier(times)

    def run(number: int) -> Any:
        start.wait()
        return act(number)

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(run, range(times)))


def everything_stored(app: Flask) -> str:
    """Return the text of every row of every table."""
    with app.app_context(), db.engine.connect() as connection:
        tables = db.metadata.sorted_tables
        return "\n".join(
            str(row) for table in tables for row in connection.execute(sa.select(table))
        )
