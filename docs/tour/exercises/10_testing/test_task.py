"""The check passes the right function and detects every wrong one."""

from datetime import timedelta

import pytest

from learnpath.activity.rules import streaks

from .task import check

DAY = timedelta(days=1)


def right(days, today):
    return streaks(days, today).current


def counts_every_day_ever(days, today):
    return len(set(days)) if right(days, today) else 0


def counts_repeats(days, today):
    return len(days) if right(set(days), today) == len(set(days)) else right(days, today)


def forgets_who_has_not_learned_today(days, today):
    return right(days, today) if today in days else 0


def never_loses_it(days, today):
    return right(days, max(days)) if days else 0


def expects_them_in_order(days, today):
    run = 0
    for day in reversed(days):
        if day != today - run * DAY and not (run == 0 and day == today - DAY):
            break
        run += 1
    return run if len(set(days)) == len(days) else right(days, today)


WRONG = [
    counts_every_day_ever,
    counts_repeats,
    forgets_who_has_not_learned_today,
    never_loses_it,
    expects_them_in_order,
]


def test_the_right_function_passes():
    check(right)


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_function_is_detected(wrong):
    try:
        check(wrong)
    except AssertionError:
        return
    pytest.fail("your check does not detect it")
