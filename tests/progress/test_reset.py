"""Starting a module over: what was first achieved stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ..actions import do, join

LOOPS = "/users/me/progress/loops"


@pytest.fixture
def begun(api, alice, make):
    """Alice has completed the one module of a path, with all there is to report."""
    make.path("python", ["loops"])
    join(api, alice, "python")
    reported = {"percent": 90, "score": 80, "time_spent_delta": 60, "position": {"page": 3}}
    return do(api, alice, "loops", **reported)["progress"]


def reset(api, who, url=LOOPS, expect=200):
    return api.as_(who).delete(url, expect=expect)


def test_a_reset_module_is_not_started(api, alice, begun):
    answer = reset(api, alice)
    assert (answer["changed"], answer["unlocked"], answer["completed_paths"]) == (True, [], [])
    assert answer["progress"].pop("last_activity_at") > begun["last_activity_at"]
    assert answer["progress"] == {
        "module": "loops",
        "status": "not_started",
        "percent": 0,
        "score": None,
        "time_spent": 0,
        "position": None,
        "started_at": None,
        "completed_at": None,
        "first_completed_at": begun["first_completed_at"],
        "completed_revision": None,
        "outdated": False,
    }
    assert api.as_(alice).get(LOOPS)["status"] == "not_started"
    assert api.as_(alice).get("/users/me")["progress"] == {"loops": False}


def test_the_completion_of_the_path_stays(api, alice, begun):
    before = api.as_(alice).get("/users/me/enrollments")
    reset(api, alice)
    assert api.as_(alice).get("/users/me/enrollments") == before
    rolled_up = api.as_(alice).get("/users/me/paths/python")
    assert (rolled_up["status"], rolled_up["percent"]) == ("completed", 0)
    assert rolled_up["has_new_content"] is True


def test_resetting_twice_leaves_nothing_behind(api, alice, begun):
    first = reset(api, alice)
    again = reset(api, alice)
    assert (again["changed"], again["progress"]) == (False, first["progress"])
    kinds = [event["kind"] for event in api.as_(alice).get("/users/me/progress/events")]
    assert kinds == ["reset", "completed"]


def test_i_start_over_and_complete_again(api, alice, begun):
    reset(api, alice)
    progress = do(api, alice, "loops", "in_progress", percent=10, time_spent_delta=5)["progress"]
    assert (progress["percent"], progress["time_spent"], progress["score"]) == (10, 5, None)
    assert progress["started_at"] > begun["started_at"]
    progress = do(api, alice, "loops")["progress"]
    assert progress["completed_at"] == begun["completed_at"]  # the first one


def test_what_happened_before_the_reset_counts_for_the_first_completion_only(api, alice, begun):
    reset(api, alice)
    earlier = (datetime.now(UTC) - timedelta(days=2)).isoformat().replace("+00:00", "Z")
    answer = do(api, alice, "loops", score=99, time_spent_delta=9, occurred_at=earlier)
    progress = answer["progress"]
    assert progress["status"] == "not_started"
    assert (progress["score"], progress["time_spent"]) == (None, 0)
    assert progress["first_completed_at"] < begun["first_completed_at"]


@pytest.mark.parametrize("module", ["loops", "nowhere"])
def test_there_is_nothing_to_start_over(api, alice, make, module):
    make.module("loops")
    problem = reset(api, alice, f"/users/me/progress/{module}", expect=404)
    assert problem["type"] == "/problems/progress-not-found"
    assert api.as_(alice).get("/users/me/progress") == []


def test_whoever_reported_a_hundred_stubs_is_told_the_same(api, alice, make):
    make.stubs(100, alice)
    problem = reset(api, alice, "/users/me/progress/nowhere", expect=404)
    assert problem["type"] == "/problems/progress-not-found"


def test_a_stub_is_started_over_too(api, alice):
    api.as_(alice).post("/users/me/progress", {"module_id": "stub", "completed": True})
    reset(api, alice, "/users/me/progress/stub")
    assert api.as_(alice).get("/users/me")["progress"] == {"stub": False}


def test_a_reset_module_may_lock_again_and_its_followers_do_not(api, alice, make):
    make.path("python", ["variables", "loops", "classes"], order_policy="sequential")
    join(api, alice, "python")
    do(api, alice, "variables")
    do(api, alice, "loops")
    reset(api, alice, "/users/me/progress/variables")
    rolled_up = api.as_(alice).get("/users/me/paths/python")
    locked = {place["module"]["slug"]: place["locked"] for place in rolled_up["modules"]}
    assert locked == {"variables": False, "loops": False, "classes": False}
    assert rolled_up["next"]["module"] == "variables"


def test_an_admin_starts_me_over_and_a_stranger_does_not(api, alice, ada, mallory, begun):
    url = f"/users/{alice.id}/progress/loops"
    reset(api, mallory, url, expect=403)
    api.delete(url, expect=401)
    assert api.as_(alice).get(LOOPS) == begun
    assert reset(api, ada, url)["changed"] is True
