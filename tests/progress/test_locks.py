"""Rule 7: which modules are locked for which learner, and which are never locked again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ..actions import arrange, do, draft_path, join, name_author

LOOPS = "/users/me/progress/loops"
DONE = {"status": "completed"}


def after(slug, *requires):
    return {"slug": slug, "requires": list(requires)}


@pytest.fixture
def python(api, alice, make):
    """Alice on a path in which loops require variables, and classes both."""
    make.path(
        "python", ["variables", after("loops", "variables"), after("classes", "variables", "loops")]
    )
    return join(api, alice, "python")


def locked_in(api, who, path="python"):
    rolled_up = api.as_(who).get(f"/users/me/paths/{path}")
    return {
        place["module"]["slug"]: place["blocked_by"]
        for place in rolled_up["modules"]
        if place["locked"]
    }


def test_a_locked_module_says_what_comes_first(api, alice, python):
    problem = api.as_(alice).put(LOOPS, DONE, expect=409)
    assert problem["type"] == "/problems/module-locked"
    assert problem["blocked_by"] == ["variables"]
    assert locked_in(api, alice) == {"loops": ["variables"], "classes": ["variables", "loops"]}
    api.as_(alice).get(LOOPS, expect=404)
    assert api.as_(alice).get("/users/me/progress/events") == []


@pytest.mark.parametrize("completed", [True, False])
def test_the_customers_report_is_refused_too(api, alice, python, completed):
    report = {"module_id": "loops", "completed": completed}
    problem = api.as_(alice).post("/users/me/progress", report, expect=409)
    assert problem["type"] == "/problems/module-locked"
    assert problem["blocked_by"] == ["variables"]
    assert api.as_(alice).get("/users/me")["progress"] == {}


def test_what_comes_first_opens_what_comes_next(api, alice, python):
    do(api, alice, "variables", "in_progress", percent=99)
    api.as_(alice).put(LOOPS, DONE, expect=409)  # a half-done module opens nothing
    assert do(api, alice, "variables")["unlocked"] == ["loops"]
    report = {"module_id": "loops", "completed": True}
    assert api.as_(alice).post("/users/me/progress", report)["unlocked"] == ["classes"]
    assert locked_in(api, alice) == {}


def test_a_path_in_order_requires_the_required_module_before(api, alice, make):
    modules = ["variables", {"slug": "extra", "required": False}, "loops", "classes"]
    make.path("python", modules, order_policy="sequential")
    join(api, alice, "python")
    assert locked_in(api, alice) == {"loops": ["variables"], "classes": ["loops"]}
    assert do(api, alice, "variables")["unlocked"] == ["loops"]


def test_what_has_begun_never_locks_again(api, ada, alice, make, python):
    make.module("intro")
    do(api, alice, "variables")
    do(api, alice, "loops", "in_progress")
    do(api, alice, "variables", "in_progress")  # takes it back
    assert locked_in(api, alice) == {"classes": ["variables", "loops"]}
    stricter = [
        "intro",
        *({"module": slug, "requires": ["intro"]} for slug in ("variables", "loops", "classes")),
    ]
    arrange(api, ada, "python", stricter)
    assert locked_in(api, alice) == {"classes": ["intro"]}
    do(api, alice, "loops")


def test_what_was_waived_or_left_out_is_not_locked(api, ada, alice, make, python):
    make.path("more", [after("extra", "intro") | {"required": False}, "intro"])
    join(api, alice, "more")
    api.as_(alice).post("/users/me/progress/extra/skip")
    api.as_(ada).post(f"/users/{alice.id}/progress/loops/waive", {"reason": "Knows it."})
    assert locked_in(api, alice, "more") == {}
    assert locked_in(api, alice) == {"classes": ["variables"]}
    do(api, alice, "extra", "in_progress")


def test_staff_and_machines_pass(api, ada, alice, grace, staff):
    for slug in ("variables", "loops"):
        api.as_(ada).post(
            "/modules", {"slug": slug, "title": slug, "status": "published"}, expect=201
        )
    draft_path(api, ada, "python", ["variables", {"module": "loops", "requires": ["variables"]}])
    api.as_(ada).post("/paths/python/publish")
    name_author(api, ada, "python", grace)
    join(api, alice, "python")
    assert "loops" in locked_in(api, alice)
    assert api.as_(staff).put(f"/users/{alice.id}/progress/loops", DONE)["changed"] is True


def test_an_admin_passes_with_the_customers_report_too(api, ada, alice, python):
    report = {"module_id": "loops", "completed": True}
    assert api.as_(ada).post(f"/users/{alice.id}/progress", report)["changed"] is True


def test_what_has_happened_is_never_refused(api, alice, python):
    moment = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    assert do(api, alice, "loops", occurred_at=moment)["changed"] is True


def test_every_path_must_lock(api, alice, make, python):
    make.path("snakes", ["loops"])
    assert locked_in(api, alice)["loops"] == ["variables"]
    join(api, alice, "snakes")
    assert "loops" not in locked_in(api, alice)
    do(api, alice, "loops")


def test_two_paths_that_lock_say_both_what_they_miss(api, alice, make, python):
    make.path("snakes", ["intro", after("loops", "intro")])
    join(api, alice, "snakes")
    assert locked_in(api, alice)["loops"] == ["variables", "intro"]
    assert api.as_(alice).put(LOOPS, DONE, expect=409)["blocked_by"] == ["variables", "intro"]
    assert do(api, alice, "intro")["unlocked"] == ["loops"]  # one key is enough


def test_a_path_that_i_left_or_never_joined_locks_nothing(api, alice, mallory, python):
    do(api, mallory, "loops")
    api.as_(alice).delete(f"/enrollments/{python['id']}")
    assert locked_in(api, alice) == {}
    do(api, alice, "loops")


def test_a_completed_path_locks_nothing(api, ada, alice, make, python):
    for module in ("variables", "loops", "classes"):
        do(api, alice, module)
    make.module("extra")
    make.module("last")
    last = {"module": "last", "requires": ["extra"]}
    arrange(api, ada, "python", ["extra", "variables", "loops", "classes", last])
    assert locked_in(api, alice) == {}
    do(api, alice, "last")


def test_a_prerequisite_that_is_gone_or_unpublished_is_ignored(api, ada, alice, make, python):
    optional = {"module": "variables", "required": False}
    rest = [{"module": "loops", "requires": ["variables"]}, {"module": "classes", "requires": []}]
    arrange(api, ada, "python", [optional, *rest])
    assert locked_in(api, alice) == {"loops": ["variables"]}
    api.as_(ada).patch("/modules/variables", {"status": "archived"})
    assert locked_in(api, alice) == {}
    do(api, alice, "loops")


def test_what_stands_in_no_path_of_mine_is_free(api, alice, make, python):
    make.module("extra")
    do(api, alice, "extra")
    report = {"module_id": "unheard-of", "completed": True}
    assert api.as_(alice).post("/users/me/progress", report)["changed"] is True
