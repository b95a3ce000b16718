"""Days and streaks all over the world (rule 10), with clocks held where they are awkward."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from learnpath.activity.rules import streaks
from learnpath.db import db
from learnpath.progress.models import Event
from learnpath.progress.rules.events import ProgressEvent
from learnpath.progress.store import Actor, event_row
from learnpath.users.models import User

AHEAD, BEHIND = "Pacific/Kiritimati", "Etc/GMT+12"  # 14 hours ahead of UTC, and 12 behind
ZONES = (
    *(AHEAD, "Etc/GMT-14", BEHIND, "Pacific/Pago_Pago", "Asia/Kathmandu", "Africa/Casablanca"),
    *("Europe/Athens", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "UTC"),
)
NOBODY = Actor(user_id=None, bypasses_locks=True)


def local_date(moment, zone):
    happening = ProgressEvent(id="e1", kind="started", occurred_at=moment)
    return event_row(1, "loops", happening, zone, NOBODY)["local_date"]


@pytest.fixture
def look(api, alice, make):
    """Look at Alice's activity at a moment, by a key, since a token has its own time."""
    client = api.as_(make.key("progress:read", "progress:write"))

    def look(moment, query=""):
        with time_machine.travel(moment, tick=False):
            return client.get(f"/users/{alice.id}/activity{query}")

    return look


@pytest.fixture
def learn(app, api, alice, make, look):
    """Let Alice live in a zone and do something at a moment; return her activity then."""
    make.module("loops")
    client = api.as_(make.key("progress:write"))
    numbers = count()

    def learn(moment, zone):
        with app.app_context():
            db.session.execute(sa.update(User).values(timezone=zone))
            db.session.commit()
        event = {"id": f"e{next(numbers)}", "module_id": "loops", "occurred_at": moment}
        with time_machine.travel(moment, tick=False):
            client.post(f"/users/{alice.id}/progress/events", [event])
        return look(moment)

    return learn


@pytest.fixture
def dates(app):
    """The local date of every event."""

    def dates():
        with app.app_context():
            return dict(db.session.execute(sa.select(Event.id, Event.local_date)).all())

    return dates


@given(st.datetimes(datetime(1970, 1, 3), datetime(2100, 1, 1)), st.sampled_from(ZONES))
def test_rule_10_a_local_date_is_what_a_calendar_there_says(moment, zone):
    moment = moment.replace(tzinfo=UTC)
    there = local_date(moment, zone)
    midnight = datetime(there.year, there.month, there.day, tzinfo=ZoneInfo(zone))
    after = there + timedelta(days=1)
    next_midnight = datetime(after.year, after.month, after.day, tzinfo=ZoneInfo(zone))
    assert midnight.astimezone(UTC) <= moment < next_midnight.astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "zone", "there"),
    [
        ("2026-03-09T10:00:00Z", AHEAD, "2026-03-10"),  # midnight exactly
        ("2026-03-09T09:59:59Z", AHEAD, "2026-03-09"),
        ("2026-03-10T12:00:00Z", BEHIND, "2026-03-10"),
        ("2026-03-10T11:59:59Z", BEHIND, "2026-03-09"),
        # New York, clocks go forward at 2:00 on March 8th: that day has 23 hours
        ("2026-03-08T04:59:59Z", "America/New_York", "2026-03-07"),
        ("2026-03-08T05:00:00Z", "America/New_York", "2026-03-08"),
        ("2026-03-09T03:59:59Z", "America/New_York", "2026-03-08"),
        ("2026-03-09T04:00:00Z", "America/New_York", "2026-03-09"),
        # Athens, clocks go back at 4:00 on October 25th: that day has 25 hours
        ("2026-10-24T20:59:59Z", "Europe/Athens", "2026-10-24"),
        ("2026-10-24T21:00:00Z", "Europe/Athens", "2026-10-25"),
        ("2026-10-25T21:59:59Z", "Europe/Athens", "2026-10-25"),
        ("2026-10-25T22:00:00Z", "Europe/Athens", "2026-10-26"),
        # Samoa skipped December 30th 2011 altogether
        ("2011-12-30T09:59:59Z", "Pacific/Apia", "2011-12-29"),
        ("2011-12-30T10:00:00Z", "Pacific/Apia", "2011-12-31"),
    ],
)
def test_rule_10_midnight_is_where_the_learner_lives(moment, zone, there):
    assert local_date(datetime.fromisoformat(moment), zone) == date.fromisoformat(there)


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Athens", "Australia/Lord_Howe"])
@pytest.mark.parametrize("hour", [0, 1, 2, 3, 12, 23])
def test_rule_10_a_daily_habit_is_one_streak_across_both_changes_of_the_clock(zone, hour):
    start = datetime(2026, 1, 1, hour, 30, tzinfo=ZoneInfo(zone))
    moments = [(start + timedelta(days=number)).astimezone(UTC) for number in range(365)]
    dates = [local_date(moment, zone) for moment in moments]
    assert streaks(dates, dates[-1]) == (365, 365)


@pytest.mark.parametrize("zone", [AHEAD, BEHIND, "America/New_York", "UTC"])
def test_rule_10_a_streak_lives_until_the_end_of_tomorrow_there(learn, look, zone):
    evening = datetime(2026, 3, 7, 23, 59, 59, tzinfo=ZoneInfo(zone))
    assert learn(evening.isoformat(), zone)["current_streak"] == 1
    tomorrow = datetime(2026, 3, 8, 23, 59, 59, tzinfo=ZoneInfo(zone))  # 23 hours in New York
    after = datetime(2026, 3, 9, tzinfo=ZoneInfo(zone))
    for moment, streak in ((tomorrow, 1), (after, 0)):
        activity = look(moment.astimezone(UTC))
        assert (activity["current_streak"], activity["longest_streak"]) == (streak, 1)


def test_rule_10_whoever_moves_keeps_their_history(learn, look, dates):
    learn("2026-03-09T10:30:00Z", AHEAD)
    learn("2026-03-10T10:30:00Z", AHEAD)
    before = dates()
    assert before == {"e0": date(2026, 3, 10), "e1": date(2026, 3, 11)}
    moment = "2026-03-11T10:30:00Z"
    activity = learn(moment, BEHIND)  # where it is the 10th again
    assert dates() == before | {"e2": date(2026, 3, 10)}
    assert (activity["current_streak"], activity["longest_streak"]) == (2, 2)
    assert {day["date"]: day["events"] for day in activity["days"]} == {"2026-03-10": 2}
    whole = look(moment, "?from=2026-03-01&to=2026-03-31")["days"]
    assert {day["date"]: day["events"] for day in whole} == {"2026-03-10": 2, "2026-03-11": 1}


@pytest.mark.parametrize(
    "examples",
    [pytest.param(6, id="some"), pytest.param(60, id="many", marks=pytest.mark.exhaustive)],
)
def test_rule_10_no_move_rewrites_a_day_and_streaks_follow_from_the_days(learn, dates, examples):
    moment = datetime(2026, 3, 7, 9, 45, tzinfo=UTC)
    moves = st.lists(st.tuples(st.integers(1, 30), st.sampled_from(ZONES)), min_size=1, max_size=4)

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(moves)
    def check(moves):
        nonlocal moment
        for hours, zone in moves:
            before = dates()
            moment += timedelta(hours=hours)
            activity = learn(moment.isoformat(), zone)
            after = dates()
            there = moment.astimezone(ZoneInfo(zone)).date()
            assert before.items() < after.items()
            assert [day for name, day in after.items() if name not in before] == [there]
            found = streaks(after.values(), there)
            assert (activity["current_streak"], activity["longest_streak"]) == found

    check()
