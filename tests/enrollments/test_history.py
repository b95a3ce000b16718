"""Who did what to an enrollment, and when."""

import pytest
import sqlalchemy as sa

from learnpath.db import db
from learnpath.enrollments.models import EnrollmentEvent

from ..actions import do, join

DUE = "2030-01-31T12:00:00+00:00"


@pytest.fixture
def history(app):
    """Return every event: kind, actor and details."""

    def history():
        with app.app_context():
            acts = db.session.scalars(sa.select(EnrollmentEvent).order_by(EnrollmentEvent.id))
            return [(act.kind, act.by_user_id, act.details) for act in acts]

    return history


@pytest.fixture
def python(make):
    return make.path("python", ["loops"])


def test_the_history_says_who_did_what(api, ada, alice, python, history):
    url = f"/enrollments/{join(api, alice, python)['id']}"
    api.as_(ada).patch(url, {"due_at": DUE, "note": "Hurry"})
    api.as_(ada).patch(url, {"due_at": None})
    api.as_(ada).delete(url)
    api.as_(ada).post(f"/paths/{python}/enrollments", {"user_id": alice.id}, expect=201)
    do(api, alice, "loops")
    assert [(act, by) for act, by, _ in history()] == [
        ("enrolled", alice.id),
        ("changed", ada.id),
        ("changed", ada.id),
        ("withdrawn", ada.id),
        ("returned", ada.id),
        ("completed", None),
    ]
    changed = [details for act, _, details in history() if act == "changed"]
    assert changed[0] == {"due_at": DUE, "note": "Hurry"}
    assert changed[1] == {"due_at": None}


def test_what_changes_nothing_leaves_no_trace(api, ada, alice, python, history):
    url = f"/enrollments/{join(api, alice, python)['id']}"
    api.as_(alice).post(f"/paths/{python}/enrollments", {})
    api.as_(ada).patch(url, {})
    api.as_(ada).patch(url, {"due_at": None, "note": None})
    assert [act for act, _, _ in history()] == ["enrolled"]
    api.as_(alice).delete(url)
    api.as_(alice).delete(url)
    assert [act for act, _, _ in history()] == ["enrolled", "withdrawn"]


def test_a_refused_act_leaves_no_trace(api, alice, mallory, python, history):
    url = f"/enrollments/{join(api, alice, python)['id']}"
    api.as_(mallory).delete(url, expect=404)
    api.as_(alice).patch(url, {"note": "Mine"}, expect=403)
    assert [act for act, _, _ in history()] == ["enrolled"]


def test_i_take_my_history_with_me(api, ada, alice, python):
    enrollment = join(api, alice, python)
    api.as_(ada).patch(f"/enrollments/{enrollment['id']}", {"note": "Hurry"})
    (mine,) = api.as_(alice).get("/users/me/export")["enrollments"]
    assert (mine["path_slug"], mine["note"]) == ("python", "Hurry")
    assert [act["act"] for act in mine["history"]] == ["enrolled", "changed"]
    assert mine["history"][1]["details"] == {"note": "Hurry"}
    assert mine["history"][0]["at"] <= mine["history"][1]["at"]


def test_the_history_of_somebody_else_is_not_mine(api, alice, mallory, python):
    join(api, alice, python)
    join(api, mallory, python)
    (mine,) = api.as_(mallory).get("/users/me/export")["enrollments"]
    assert (mine["user_id"], len(mine["history"])) == (mallory.id, 1)


def test_a_history_outlives_whoever_wrote_it(api, ada, alice, history, make):
    make.path("python", ["loops"])
    boss = make.user("boss", "admin")
    api.as_(boss).post("/paths/python/enrollments", {"user_id": alice.id}, expect=201)
    api.as_(ada).delete(f"/users/{boss.id}")
    assert [(act, by) for act, by, _ in history()] == [("enrolled", None)]
    (mine,) = api.as_(alice).get("/users/me/enrollments")
    assert mine["enrolled_by"] is None
