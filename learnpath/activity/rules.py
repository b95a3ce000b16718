"""Streaks: consecutive days with at least one event (rule 10)."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

DAY = timedelta(days=1)


class Streaks(NamedTuple):
    """Consecutive days: the current streak and the longest."""

    current: int
    longest: int


def streaks(dates: Iterable[date], today: date) -> Streaks:
    """Return the streaks in a set of local dates; `today` is the learner's own.

    A streak is alive until the end of the day after its last date. Dates after today, from a
    fast clock, count too.
    """
    longest = run = 0
    previous: date | None = None
    for day in sorted(set(dates)):
        run = run + 1 if previous is not None and day - previous == DAY else 1
        longest = max(longest, run)
        previous = day
    is_alive = previous is not None and previous >= today - DAY
    return Streaks(current=run if is_alive else 0, longest=longest)
