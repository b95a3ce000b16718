"""One possible solution."""

from datetime import date, timedelta

TODAY = date(2026, 3, 10)
YESTERDAY = TODAY - timedelta(days=1)


def check(streak):
    before = YESTERDAY - timedelta(days=1)
    assert streak([TODAY], TODAY) == 1
    assert streak([], TODAY) == 0
    assert streak([YESTERDAY, TODAY], TODAY) == 2
    assert streak([TODAY, YESTERDAY], TODAY) == 2, "the order does not matter"
    assert streak([TODAY, TODAY], TODAY) == 1, "a day counts once"
    assert streak([YESTERDAY], TODAY) == 1, "there is still time today"
    assert streak([before], TODAY) == 0, "now it is lost"
    assert streak([before, TODAY], TODAY) == 1, "a gap ends it"
