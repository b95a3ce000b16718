"""What offline clients kept for later comes in as a batch, each event for itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from learnpath.db import db
from learnpath.progress.events import ingest
from learnpath.progress.models import Event, Progress

from ..actions import join

EVENTS = "/users/me/progress/events"
RECORD = "/users/me/progress/loops"


@pytest.fixture(autouse=True)
def python(make):
    return make.path("python", ["loops", "lists"])


@pytest.fixture
def stored(app):
    """How many events and records there are."""

    def count():
        with app.app_context():
            tables = (Event, Progress)
            return [db.session.scalar(sa.select(sa.func.count()).select_from(it)) for it in tables]

    return count


def event(event_id="e1", module="loops", **said):
    moment = said.pop("ago", timedelta(hours=1))
    return {
        "id": event_id,
        "module_id": module,
        "occurred_at": (datetime.now(UTC) - moment).isoformat(),
        **said,
    }


def outcomes(results):
    return [result["result"] for result in results]


def test_each_event_gets_a_result_and_a_bad_one_stops_no_other(api, alice, stored):
    first = event("e1", status="completed", percent=40)
    results = api.as_(alice).post(
        EVENTS,
        [
            first,
            first,
            first | {"percent": 41},
            event("e2", "nowhere"),
            event("e3", percent=101),
            event("e4", ago=timedelta(minutes=-6)),
            event("e5", ago=timedelta(days=31)),
            event("e6", colour="red"),
            event("e 7"),
            "nonsense",
            event("e8", "lists"),
        ],
    )
    assert outcomes(results) == ["applied", "duplicate", "conflict", *["rejected"] * 7, "applied"]
    output = {result["id"]: result.get("reason") for result in results[2:]}
    assert output["e1"] == "Another event has this id."
    assert output["e2"] == "There is no such module."
    assert "percent" in output["e3"]
    assert "5 minutes" in output["e4"]
    assert "30 days" in output["e5"]
    assert "colour" in output["e6"]
    assert (output["e8"], "reason" in results[0]) == (None, False)
    assert stored() == [2, 2]


def test_what_was_rejected_may_be_sent_again(api, alice, make):
    late = event("e1", "rings")
    assert outcomes(api.as_(alice).post(EVENTS, [late])) == ["rejected"]
    make.module("rings")
    assert outcomes(api.as_(alice).post(EVENTS, [late])) == ["applied"]


@pytest.mark.parametrize("body", [[], {}, {"id": "e1"}, [event(str(n)) for n in range(501)]])
def test_a_batch_is_a_list_of_1_to_500(api, alice, body, stored):
    api.as_(alice).post(EVENTS, body, expect=422)
    assert stored() == [0, 0]


def test_what_became_of_a_batch_is_counted_in_the_log_and_not_stored(api, alice, logged, stored):
    first = event("e1")
    api.as_(alice).post(EVENTS, [first, first | {"percent": 1}, event("e2", "nowhere")])
    (counted,) = [one for one in logged.records if one.name == ingest.logger.name]
    assert counted.fields["results"] == {"applied": 1, "conflict": 1, "rejected": 1}
    assert counted.levelname == "INFO"
    assert stored() == [1, 1]


@pytest.mark.parametrize("step", ["upsert_states", "complete_paths"])
def test_a_batch_that_breaks_leaves_nothing_behind(api, alice, monkeypatch, stored, step):
    def broken(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(ingest, step, broken)
    with pytest.raises(ZeroDivisionError):
        api.as_(alice).post(EVENTS, [event("e1"), event("e2", "lists")])
    assert stored() == [0, 0]
    monkeypatch.undo()
    assert outcomes(api.as_(alice).post(EVENTS, [event("e1"), event("e2", "lists")])) == [
        "applied",
        "applied",
    ]


def test_locks_refuse_nothing_that_has_happened(api, alice, make):
    make.path("snakes", ["rings", "boas"], order_policy="sequential")
    join(api, alice, "snakes")
    api.as_(alice).put("/users/me/progress/boas", {"status": "completed"}, expect=409)
    events = [event("e1", "boas", status="completed"), event("e2", "rings", status="completed")]
    assert outcomes(api.as_(alice).post(EVENTS, events)) == ["applied", "applied"]
    (enrollment,) = api.as_(alice).get("/users/me/enrollments")
    assert enrollment["status"] == "completed"


def test_staff_and_machines_bring_in_what_happened_long_ago(api, alice, ada, make):
    old = {"occurred_at": "1999-12-31T23:30:00Z", "status": "completed"}
    url = f"/users/{alice.id}/progress/events"
    for who, event_id in ((ada, "e1"), (make.key("progress:write"), "e2")):
        assert outcomes(api.as_(who).post(url, [event(event_id) | old])) == ["applied"]
    assert api.as_(alice).get(RECORD)["completed_at"] == "1999-12-31T23:30:00.000000Z"
    assert [one["reported_by"] for one in api.as_(alice).get(EVENTS)] == [None, ada.id]


@pytest.mark.parametrize("zone", ["Etc/GMT+12", "Etc/GMT-14"])
def test_nothing_happened_before_1970(api, alice, ada, zone):
    api.as_(alice).put("/users/me", {"timezone": zone})
    ancient = [
        event(f"e{year}") | {"occurred_at": f"{year:04}-01-01T00:00:00Z"} for year in (1, 1969)
    ]
    results = api.as_(ada).post(f"/users/{alice.id}/progress/events", ancient)
    assert [result["reason"] for result in results] == ["This is before 1970."] * 2
    said = {"occurred_at": ancient[0]["occurred_at"]}
    api.as_(ada).put(f"/users/{alice.id}/progress/loops", said, expect=422)
