"""Reporting what happened before now, with its own date."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ..actions import draft_path, join, name_author

pytestmark = pytest.mark.usefixtures("loops")


def ago(**span):
    moment = datetime.now(UTC) - timedelta(**span)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def test_what_happened_earlier_has_its_own_date(put):
    moment = ago(days=3)
    answer = put(status="completed", occurred_at=moment)
    assert answer["progress"]["completed_at"] == moment
    assert answer["progress"]["started_at"] == moment
    earlier = ago(days=5)
    progress = put(status="completed", occurred_at=earlier)["progress"]
    assert progress["completed_at"] == earlier


def test_an_earlier_event_undoes_nothing(put):
    put(status="completed")
    progress = put(status="reopened", occurred_at=ago(hours=1))["progress"]
    assert (progress["status"], progress["percent"]) == ("completed", 100)
    progress = put(status="in_progress", occurred_at=ago(seconds=-60))["progress"]
    assert progress["status"] == "completed"  # what is begun again undoes nothing
    progress = put(status="reopened", occurred_at=ago(seconds=-60))["progress"]
    assert progress["status"] == "in_progress"


def test_a_direct_report_comes_after_a_fast_clock(put):
    ahead = ago(minutes=-4)
    put(status="reopened", occurred_at=ahead)
    progress = put(status="completed")["progress"]
    assert progress["status"] == "completed"
    assert progress["completed_at"] > ahead


def test_a_dated_report_may_be_repeated(put, events):
    body = {"status": "completed", "time_spent_delta": 60, "occurred_at": ago(hours=1)}
    assert put(**body)["changed"] is True
    again = put(**body)
    assert (again["changed"], again["progress"]["time_spent"]) == (False, 60)
    assert events() == ["completed"]


def test_a_clock_may_go_5_minutes_ahead_and_no_more(put, events):
    put(occurred_at=ago(minutes=-4, seconds=-50))
    problem = put(expect=422, occurred_at=ago(minutes=-5, seconds=-10))
    assert problem["errors"] == {"occurred_at": ["This is more than 5 minutes ahead."]}
    assert events() == ["started"]


def test_a_learner_reports_the_last_30_days(put, events):
    put(occurred_at=ago(days=29, hours=23))
    problem = put(expect=422, occurred_at=ago(days=30, hours=1))
    assert problem["errors"] == {"occurred_at": ["This is more than 30 days ago."]}
    assert events() == ["started"]


def test_staff_and_machines_report_any_past_and_no_future(api, alice, ada, grace, staff):
    draft_path(api, ada, "python", ["loops"])
    api.as_(ada).post("/paths/python/publish")
    name_author(api, ada, "python", grace)
    join(api, alice, "python")
    url = f"/users/{alice.id}/progress/loops"
    body = {"status": "completed", "occurred_at": "2001-01-31T12:00:00Z"}
    answer = api.as_(staff).put(url, body)
    assert answer["progress"]["completed_at"] == "2001-01-31T12:00:00.000000Z"
    api.as_(staff).put(url, body | {"occurred_at": ago(minutes=-6)}, expect=422)
