"""What happened to me, newest first."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from ..actions import do

EVENTS = "/users/me/progress/events"
MOMENT = (datetime.now(UTC) - timedelta(days=1)).replace(microsecond=0)


@pytest.fixture(autouse=True)
def modules(make):
    for slug in ("variables", "loops"):
        make.module(slug)


def at(seconds=0):
    moment = MOMENT + timedelta(seconds=seconds)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def test_an_event_says_what_was_reported(api, alice):
    reported = {"percent": 40, "score": 7.5, "time_spent_delta": 60, "position": {"page": 3}}
    progress = do(api, alice, "loops", "in_progress", **reported)["progress"]
    (event,) = api.as_(alice).get(EVENTS)
    assert event.pop("id")
    assert event.pop("received_at") >= event["occurred_at"]
    assert event == reported | {
        "module_id": "loops",
        "kind": "started",
        "occurred_at": progress["last_activity_at"],
        "local_date": progress["last_activity_at"][:10],
        "reported_by": alice.id,
    }


def test_the_history_says_who_reported(api, alice, ada, make):
    url = f"/users/{alice.id}/progress/loops"
    api.as_(ada).put(url, {"percent": 1})
    api.as_(make.key("progress:write")).put(url, {"percent": 2})
    events = api.as_(alice).get(EVENTS)
    assert [event["reported_by"] for event in events] == [None, ada.id]


def test_the_newest_comes_first_by_when_it_happened(api, alice):
    do(api, alice, "loops", occurred_at=at(10))
    do(api, alice, "variables", occurred_at=at(20))
    do(api, alice, "loops", "in_progress", occurred_at=at(5))
    do(api, alice, "loops", "in_progress")  # just now
    events = api.as_(alice).get(EVENTS)
    assert [(event["module_id"], event["kind"]) for event in events] == [
        ("loops", "reopened"),
        ("variables", "completed"),
        ("loops", "completed"),
        ("loops", "started"),
    ]
    of_loops = api.as_(alice).get(f"{EVENTS}?module=loops")
    assert of_loops == [event for event in events if event["module_id"] == "loops"]
    assert api.as_(alice).get(f"{EVENTS}?module=nowhere") == []


def test_pages_lose_and_repeat_nothing_at_equal_times(api, alice):
    for percent in range(7):
        do(api, alice, "loops", "in_progress", percent=percent, occurred_at=at())
    whole = api.as_(alice).get(EVENTS)
    assert sorted(event["percent"] for event in whole) == list(range(7))
    client, seen, query = api.as_(alice), [], {"page_size": 3, "count": "true"}
    while True:
        seen += client.get(EVENTS, query_string=query)
        about = json.loads(client.last.headers["X-Pagination"])
        assert about["total"] == 7
        if not about["next_cursor"]:
            break
        query["cursor"] = about["next_cursor"]
    assert seen == whole


def test_the_local_date_is_that_of_my_time_zone(api, alice):
    api.as_(alice).put("/users/me", {"timezone": "Pacific/Kiritimati"})  # 14 hours ahead
    moment = MOMENT.replace(hour=12)
    do(api, alice, "loops", occurred_at=moment.isoformat().replace("+00:00", "Z"))
    api.as_(alice).put("/users/me", {"timezone": "UTC"})
    (event,) = api.as_(alice).get(EVENTS)
    assert event["local_date"] == (moment + timedelta(days=1)).date().isoformat()


def test_a_cursor_of_somebody_elses_history_is_refused(api, alice, mallory):
    for percent in (1, 2):
        do(api, alice, "loops", "in_progress", percent=percent)
    client = api.as_(alice)
    client.get(f"{EVENTS}?page_size=1")
    cursor = json.loads(client.last.headers["X-Pagination"])["next_cursor"]
    api.as_(mallory).get(EVENTS, query_string={"cursor": cursor}, expect=422)


def test_the_history_of_nobody_is_not_found(api, ada):
    problem = api.as_(ada).get("/users/999999/progress/events", expect=404)
    assert problem["type"] == "/problems/user-not-found"
