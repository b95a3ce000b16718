"""Write a test that detects every wrong function."""

from datetime import date, timedelta

TODAY = date(2026, 3, 10)
YESTERDAY = TODAY - timedelta(days=1)


def check(streak):
    """Assert the properties of a streak.

    `streak(days, today)` returns the number of consecutive days on which a user learned, up to
    now. `days` is a list of dates, possibly unsorted and with repeats. A streak is alive until
    the end of the day after its last day: a user who learned yesterday has not lost it today.

    The right function passes the assertion below, but so do five wrong ones. Add assertions until
    every wrong function fails.
    """
    assert streak([TODAY], TODAY) == 1
