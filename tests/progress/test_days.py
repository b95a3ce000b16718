"""On which day something happened, and how many days in a row (rule 10)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnpath.activity.rules import streaks

TODAY = date(2026, 3, 10)
DATES = st.lists(st.integers(-12, 1).map(lambda days: TODAY + timedelta(days=days)))


@pytest.mark.parametrize(
    ("days_ago", "current", "longest"),
    [
        ([], 0, 0),
        ([0], 1, 1),
        ([1], 1, 1),
        ([2], 0, 1),
        ([0, 1, 2], 3, 3),
        ([1, 2, 3], 3, 3),
        ([0, 2, 3, 4], 1, 3),
        ([0, 0, 0], 1, 1),
    ],
)
def test_rule_10_a_streak_is_alive_until_the_end_of_tomorrow(days_ago, current, longest):
    dates = [TODAY - timedelta(days=days) for days in days_ago]
    assert streaks(dates, TODAY) == (current, longest)


@given(st.data(), DATES)
def test_rule_10_a_streak_is_a_function_of_distinct_dates(data, dates):
    shuffled = data.draw(st.permutations(dates + dates[:3]))
    assert streaks(shuffled, TODAY) == streaks(set(dates), TODAY)


@given(DATES)
def test_rule_10_the_longest_streak_is_found_by_trying_every_day(dates):
    def run_from(day):
        return 1 + run_from(day + timedelta(days=1)) if day in dates else 0

    assert streaks(dates, TODAY).longest == max(map(run_from, dates), default=0)


def test_rule_10_the_local_date_is_that_of_my_timezone_and_stays(api, alice, make):
    make.module("loops")
    moment = (datetime.now(UTC) - timedelta(days=2)).replace(hour=23, minute=30)
    said = {"percent": 10, "occurred_at": moment.isoformat()}
    days = []
    for zone, percent in (("UTC", 10), ("Asia/Tokyo", 20)):
        api.as_(alice).put("/users/me", {"timezone": zone})
        api.as_(alice).put("/users/me/progress/loops", said | {"percent": percent})
        events = api.as_(alice).get("/users/me/progress/events")
        days.append({one["percent"]: one["local_date"] for one in events})
    today, tomorrow = moment.date().isoformat(), (moment.date() + timedelta(days=1)).isoformat()
    assert days == [{10: today}, {10: today, 20: tomorrow}]


@pytest.mark.parametrize(
    "query", ["to=0001-01-01", "to=9999-12-31", "from=9999-12-31&to=9999-12-31"]
)
def test_the_first_and_the_last_day_of_all_can_be_asked_for(api, alice, query):
    assert api.as_(alice).get(f"/users/me/activity?{query}")["days"] == []


@pytest.mark.parametrize(
    "query", ["from=2026-03-02&to=2026-03-01", "from=2025-01-01&to=2026-03-01"]
)
def test_at_most_a_year_of_days_can_be_asked_for(api, alice, query):
    assert "from" in api.as_(alice).get(f"/users/me/activity?{query}", expect=422)["errors"]
