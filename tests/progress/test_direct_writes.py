"""A direct write has the last word on its module, whatever a fast clock said before (rule 8)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ..actions import do, join

NUMBERS = count()  # a new module for every example


def soon(seconds):
    """A moment as a client's clock tells it."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


def send(api, who, module, *events):
    batch = [{"module_id": module, "id": f"{module}:{i}", **one} for i, one in enumerate(events)]
    return [one["result"] for one in api.as_(who).post("/users/me/progress/events", batch)]


def put(api, who, module, **said):
    return api.as_(who).put(f"/users/me/progress/{module}", said)


# examples


def test_rule_8_completing_beats_a_reopening_from_a_fast_clock(api, alice, make):
    make.module("loops")
    do(api, alice, "loops")
    send(api, alice, "loops", {"status": "reopened", "occurred_at": soon(290)})
    assert do(api, alice, "loops")["progress"]["status"] == "completed"


def test_rule_8_taking_back_beats_a_completion_from_a_fast_clock(api, alice, make):
    make.module("loops")
    send(api, alice, "loops", {"status": "completed", "occurred_at": soon(290)})
    assert do(api, alice, "loops", "in_progress")["progress"]["status"] == "in_progress"


def test_rule_8_starting_over_beats_what_a_fast_clock_reported(api, alice, make):
    make.module("loops")
    send(api, alice, "loops", {"percent": 80, "occurred_at": soon(290)})
    answer = api.as_(alice).delete("/users/me/progress/loops", expect=200)
    assert (answer["progress"]["status"], answer["progress"]["percent"]) == ("not_started", 0)
    assert do(api, alice, "loops")["progress"]["status"] == "completed"


def test_rule_8_a_repeat_changes_nothing_and_leaves_nothing_behind(api, alice, make):
    make.module("loops")
    said = {"status": "completed", "score": 7.5, "position": {"page": 3}}
    assert put(api, alice, "loops", **said)["changed"] is True
    history = api.as_(alice).get("/users/me/progress/events")
    assert put(api, alice, "loops", **said)["changed"] is False
    assert api.as_(alice).get("/users/me/progress/events") == history


def test_rule_8_time_spent_is_never_a_repeat(api, alice, make):
    make.module("loops")
    for total in (60, 120):
        answer = put(api, alice, "loops", time_spent_delta=60)
        assert (answer["changed"], answer["progress"]["time_spent"]) == (True, total)


def test_rule_9_a_write_with_its_own_time_is_an_event_like_any_other(api, alice, make):
    make.module("loops")
    do(api, alice, "loops")
    said = {"status": "reopened", "occurred_at": soon(-60)}
    assert put(api, alice, "loops", **said)["progress"]["status"] == "completed"
    said = {"time_spent_delta": 60, "occurred_at": soon(-30)}
    assert [put(api, alice, "loops", **said)["changed"] for _ in range(2)] == [True, False]
    assert put(api, alice, "loops", **said)["progress"]["time_spent"] == 60


@pytest.mark.parametrize("seconds", [360, -31 * 24 * 3600])
def test_rule_9_a_time_that_cannot_be_is_refused(api, alice, make, seconds):
    make.module("loops")
    said = {"status": "completed", "occurred_at": soon(seconds)}
    answer = api.as_(alice).put("/users/me/progress/loops", said, expect=422)
    assert "occurred_at" in answer["errors"]
    assert send(api, alice, "loops", said) == ["rejected"]
    api.as_(alice).get("/users/me/progress/loops", expect=404)


def test_rule_9_staff_may_report_what_was_long_ago(api, alice, ada, make):
    make.module("loops")
    said = {"status": "completed", "occurred_at": soon(-31 * 24 * 3600)}
    api.as_(ada).put(f"/users/{alice.id}/progress/loops", said)
    assert api.as_(alice).get("/users/me/progress/loops")["status"] == "completed"


def test_rule_9_the_same_id_with_another_content_is_a_conflict(api, alice, make):
    make.module("loops")
    first = {"percent": 10, "occurred_at": soon(-60)}
    assert send(api, alice, "loops", first) == ["applied"]
    assert send(api, alice, "loops", first) == ["duplicate"]
    assert send(api, alice, "loops", first | {"percent": 90}) == ["conflict"]
    assert api.as_(alice).get("/users/me/progress/loops")["percent"] == 10


def test_rule_7_a_locked_module_refuses_a_direct_write_but_no_event(api, alice, make):
    make.path("python", ["a", {"slug": "b", "requires": ["a"]}])
    join(api, alice, "python")
    for verb, url in (("put", "/users/me/progress/b"), ("post", "/users/me/progress")):
        body = {"status": "completed"} if verb == "put" else {"module_id": "b", "completed": True}
        refused = getattr(api.as_(alice), verb)(url, body, expect=409)
        assert (refused["type"], refused["blocked_by"]) == ("/problems/module-locked", ["a"])
    event = {"status": "completed", "occurred_at": soon(-60)}
    assert send(api, alice, "b", event) == ["applied"]
    assert do(api, alice, "b", "in_progress")["progress"]["status"] == "in_progress"


def test_rule_7_staff_pass_a_lock(api, alice, ada, make):
    make.path("python", ["a", {"slug": "b", "requires": ["a"]}])
    join(api, alice, "python")
    api.as_(ada).put(f"/users/{alice.id}/progress/b", {"status": "completed"})


# any events before

EVENTS = st.lists(
    st.fixed_dictionaries(
        {"occurred_at": st.integers(-3600, 295).map(soon)},
        optional={
            "status": st.sampled_from(["in_progress", "completed", "reopened"]),
            "position": st.integers(0, 3),
            "percent": st.integers(0, 99),
        },
    ),
    min_size=1,
    max_size=5,
)
SAID = st.fixed_dictionaries(
    {"status": st.sampled_from(["in_progress", "completed", "reopened"])},
    optional={"position": st.integers(4, 5)},
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(events=EVENTS, writes=st.lists(SAID, min_size=1, max_size=3))
def test_rule_8_no_direct_write_is_lost_behind_an_event_from_a_fast_clock(
    api, alice, make, events, writes
):
    module = make.module(f"module-{next(NUMBERS)}")
    assert send(api, alice, module, *events) == ["applied"] * len(events)
    for said in writes:
        answer = put(api, alice, module, **said)["progress"]
        assert (answer["status"] == "completed") == (said["status"] == "completed")
        assert answer["position"] == said.get("position", answer["position"])
    assert send(api, alice, module, *events) == ["duplicate"] * len(events)
    assert api.as_(alice).get(f"/users/me/progress/{module}") == answer
