"""Write a test that lets no mistake through."""

from datetime import date, timedelta

TODAY = date(2026, 3, 10)
YESTERDAY = TODAY - timedelta(days=1)


def check(streak):
    """Assert what is true of a streak.

    `streak(days, today)` returns how many days in a row somebody learned, up to now: `days` is
    a list of dates, perhaps unsorted and with repeats. A streak is alive until the end of the
    day after its last one: who learned yesterday and not yet today has not lost it.

    One assertion stands here. The right function passes it, and so do five wrong ones. Add
    assertions until every wrong one is caught.
    """
    assert streak([TODAY], TODAY) == 1
