"""Streaks: how many days in a row somebody learned (rule 10)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

DAY = timedelta(days=1)


class Streaks(NamedTuple):
    """Days in a row: up to now, and at best."""

    current: int
    longest: int


def streaks(dates: Iterable[date], today: date) -> Streaks:
    """Return the streaks in a set of local dates; `today` is the learner's own.

    A streak is alive until the end of the day after its last one. Dates after today, from a
    fast clock, count as they are.
    """
    longest = run = 0
    before: date | None = None
    for day in sorted(set(dates)):
        run = run + 1 if before is not None and day - before == DAY else 1
        longest = max(longest, run)
        before = day
    is_alive = before is not None and before >= today - DAY
    return Streaks(current=run if is_alive else 0, longest=longest)
