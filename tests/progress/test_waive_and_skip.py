"""Excusing a learner from a module, and leaving optional ones out."""

import pytest
import sqlalchemy as sa

from learnpath.db import db
from learnpath.progress.models import Progress

from ..actions import arrange, do, join, name_author

REASON = {"reason": "Did this at another school."}


@pytest.fixture
def python(api, alice, make):
    """Alice on a path in order, whose last module is optional."""
    modules = ["variables", "loops", {"slug": "extra", "required": False}]
    make.path("python", modules, order_policy="sequential")
    join(api, alice, "python")
    return "python"


def of(who, module, what=""):
    return f"/users/{who.id}/progress/{module}{what}"


def learner_module(api, who):
    rolled_up = api.as_(who).get("/users/me/paths/python")
    return {place["module"]["slug"]: place["state"] for place in rolled_up["modules"]}


def test_a_waived_module_is_satisfied_everywhere(api, alice, ada, python):
    answer = api.as_(ada).post(of(alice, "variables", "/waive"), REASON)
    assert (answer["changed"], answer["unlocked"]) == (True, ["loops"])
    progress = answer["progress"]
    assert (progress["status"], progress["percent"], progress["completed_at"]) == (
        "waived",
        0,
        None,
    )
    assert answer["next"]["module"] == "loops"
    assert api.as_(alice).get("/users/me")["progress"] == {"variables": True}
    rolled_up = api.as_(alice).get("/users/me/paths/python")
    assert (rolled_up["percent"], rolled_up["required_done"]) == (50, 1)


def test_waiving_the_last_module_completes_the_path(api, alice, ada, python):
    do(api, alice, "variables")
    answer = api.as_(ada).post(of(alice, "loops", "/waive"), REASON)
    assert answer["completed_paths"] == ["python"]
    answer = api.as_(ada).delete(of(alice, "loops", "/waive"), expect=200)
    assert answer["progress"]["status"] == "not_started"
    (enrollment,) = api.as_(alice).get("/users/me/enrollments")
    assert enrollment["status"] == "completed"  # it stays


def test_who_waived_it_and_why_is_kept(api, app, alice, ada, python):
    url = of(alice, "loops", "/waive")
    api.as_(ada).post(url, REASON)
    assert api.as_(ada).post(url, {"reason": "Another."})["changed"] is False

    def kept():
        with app.app_context():
            row = db.session.execute(sa.select(Progress.__table__)).one()
        return row.waived_by, row.waive_reason, row.waived_at is not None

    assert kept() == (ada.id, REASON["reason"], True)
    api.as_(ada).delete(url, expect=200)
    assert kept() == (None, None, False)
    assert api.as_(ada).delete(url, expect=200)["changed"] is False


def test_events_touch_no_waiver(api, alice, ada, python):
    api.as_(ada).post(of(alice, "loops", "/waive"), REASON)
    assert do(api, alice, "loops", "in_progress", percent=40)["progress"]["status"] == "waived"
    assert do(api, alice, "loops")["progress"]["status"] == "completed"
    assert do(api, alice, "loops", "reopened")["progress"]["status"] == "waived"
    api.as_(alice).delete(of(alice, "loops"), expect=200)
    assert learner_module(api, alice)["loops"] == "waived"
    events = api.as_(alice).get("/users/me/progress/events")
    assert [event["kind"] for event in events] == ["reset", "reopened", "completed", "started"]


def test_nobody_waives_for_themselves_and_no_machine_does(api, alice, make, python):
    url = of(alice, "variables", "/waive")
    for who in (alice, make.key("progress:write")):
        api.as_(who).post(url, REASON, expect=403)
        api.as_(who).delete(url, expect=403)
    api.post(url, REASON, expect=401)
    assert learner_module(api, alice)["variables"] == "not_started"


def test_an_instructor_waives_for_the_learners_of_their_paths(api, alice, ada, grace, python):
    url = of(alice, "variables", "/waive")
    api.as_(grace).post(url, REASON, expect=403)
    name_author(api, ada, "python", grace)
    assert api.as_(grace).post(url, REASON)["changed"] is True
    assert api.as_(grace).delete(url, expect=200)["changed"] is True


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "r" * 501}, {"reason": None}])
def test_a_waiver_has_a_reason(api, alice, ada, python, body):
    problem = api.as_(ada).post(of(alice, "loops", "/waive"), body, expect=422)
    assert list(problem["errors"]) == ["reason"]
    assert learner_module(api, alice)["loops"] == "not_started"


def test_what_is_not_there_is_not_waived(api, alice, ada, make, python):
    make.module("sketch", status="draft")
    for module in ("sketch", "nowhere"):
        api.as_(ada).post(of(alice, module, "/waive"), REASON, expect=404)
    problem = api.as_(ada).post("/users/999999/progress/loops/waive", REASON, expect=404)
    assert problem["type"] == "/problems/user-not-found"


def test_i_leave_an_optional_module_out_and_take_it_up_again(api, alice, python):
    url = of(alice, "extra", "/skip")
    assert api.as_(alice).post(url)["progress"]["status"] == "skipped"
    assert api.as_(alice).post(url)["changed"] is False
    assert api.as_(alice).get("/users/me")["progress"] == {"extra": False}
    rolled_up = api.as_(alice).get("/users/me/paths/python")
    assert (rolled_up["optional"], rolled_up["optional_done"]) == (1, 0)
    assert api.as_(alice).delete(url, expect=200)["progress"]["status"] == "not_started"
    assert api.as_(alice).delete(url, expect=200)["changed"] is False


def test_what_is_left_out_is_not_next(api, alice, python):
    do(api, alice, "variables")
    assert api.as_(alice).post(of(alice, "extra", "/skip"))["next"]["module"] == "loops"
    do(api, alice, "loops")
    assert api.as_(alice).get("/users/me/paths/python")["next"] is None
    api.as_(alice).delete(of(alice, "extra", "/skip"), expect=200)
    assert api.as_(alice).get("/users/me/paths/python")["next"]["module"] == "extra"


def test_what_i_left_out_may_still_be_completed(api, alice, python):
    api.as_(alice).post(of(alice, "extra", "/skip"))
    assert do(api, alice, "extra")["progress"]["status"] == "completed"


def test_what_is_required_is_not_left_out(api, alice, make, python):
    problem = api.as_(alice).post(of(alice, "loops", "/skip"), expect=409)
    assert problem["type"] == "/problems/not-optional"
    make.path("snakes", ["extra"])  # requires it
    join(api, alice, "snakes")
    api.as_(alice).post(of(alice, "extra", "/skip"), expect=409)
    assert learner_module(api, alice)["extra"] == "not_started"


def test_what_stands_in_no_path_of_mine_is_not_left_out(api, alice, make, python):
    make.path("snakes", [{"slug": "rings", "required": False}, "loops"])
    api.as_(alice).post(of(alice, "rings", "/skip"), expect=409)
    api.as_(alice).post(of(alice, "nowhere", "/skip"), expect=404)


def test_what_is_still_offered_after_a_path_is_completed_may_be_left_out(api, alice, python):
    do(api, alice, "variables")
    do(api, alice, "loops")
    before = api.as_(alice).get("/users/me/paths/python")
    assert (before["status"], before["next"]["module"]) == ("completed", "extra")
    assert api.as_(alice).post(of(alice, "extra", "/skip"))["changed"] is True
    after = api.as_(alice).get("/users/me/paths/python")
    assert (after["status"], after["percent"], after["next"]) == ("completed", 100, None)


def test_what_a_completed_path_has_come_to_require_is_not_left_out(api, alice, ada, python):
    do(api, alice, "variables")
    do(api, alice, "loops")
    arrange(api, ada, "python", ["variables", "loops", "extra"])
    api.as_(alice).post(of(alice, "extra", "/skip"), expect=409)


def test_what_stands_in_a_path_that_i_left_is_not_left_out(api, alice, python):
    (enrollment,) = api.as_(alice).get("/users/me/enrollments")
    api.as_(alice).delete(f"/enrollments/{enrollment['id']}")
    api.as_(alice).post(of(alice, "extra", "/skip"), expect=409)


def test_a_stranger_leaves_nothing_out_for_me(api, alice, mallory, python):
    api.as_(mallory).post(of(alice, "extra", "/skip"), expect=403)
    api.as_(mallory).delete(of(alice, "extra", "/skip"), expect=403)
