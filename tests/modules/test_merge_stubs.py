"""Making a stub part of a real module, without losing what learners reported."""

from collections import defaultdict
from datetime import UTC, datetime
from itertools import count

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from learnpath.db import db
from learnpath.enrollments.signals import path_completed
from learnpath.progress.models import Event, Progress
from learnpath.progress.signals import module_completed, module_uncompleted

from ..progress import oracle


def test_progress_is_carried_over_and_the_old_slug_works_on(api, alice, ada, make):
    make.path("python", ["loops"])
    me = api.as_(alice)
    me.post("/paths/python/enrollments", {}, expect=201)
    me.post("/users/me/progress", {"module_id": "lups", "completed": True})
    me.put("/users/me/progress/loops", {"time_spent_delta": 600})
    assert api.as_(ada).get("/stubs")[0]["learners"] == 1
    before = len(me.get("/users/me/progress/events"))
    api.as_(ada).post("/modules/lups/merge", {"into": "loops"})
    record = me.get("/users/me/progress/lups")
    assert (record["module"], record["status"], record["time_spent"]) == ("loops", "completed", 600)
    assert len(me.get("/users/me/progress/events")) == before
    assert me.get("/users/me")["progress"] == {"loops": True}
    assert me.get("/users/me/enrollments")[0]["status"] == "completed"
    assert api.get("/modules/lups")["slug"] == "loops"
    report = {"module_id": "lups", "completed": True}
    assert me.post("/users/me/progress", report)["changed"] is False
    assert len(me.get("/users/me/progress/events?module=lups")) == before
    api.as_(ada).post("/modules", {"slug": "lups", "title": "Lups"}, expect=409)


def test_every_write_to_the_old_slug_goes_to_the_module(api, alice, ada, make):
    make.path("python", [{"slug": "loops", "required": False}, "lists"])
    me = api.as_(alice)
    me.post("/paths/python/enrollments", {}, expect=201)
    me.post("/users/me/progress", {"module_id": "lups", "completed": False})
    api.as_(ada).post("/modules/lups/merge", {"into": "loops"})
    moment = datetime.now(UTC).isoformat()
    event = {"id": "e1", "module_id": "lups", "occurred_at": moment, "score": 50}
    assert me.post("/users/me/progress/events", [event])[0]["result"] == "applied"
    again = me.post("/users/me/progress/events", [event | {"module_id": "loops"}])
    assert again[0]["result"] == "duplicate"
    assert me.put("/users/me/progress/lups", {"percent": 20})["progress"]["module"] == "loops"
    assert me.post("/users/me/progress/lups/skip")["progress"]["module"] == "loops"
    waived = api.as_(ada).post(f"/users/{alice.id}/progress/lups/waive", {"reason": "Knows it."})
    assert waived["progress"]["status"] == "waived"
    assert me.delete("/users/me/progress/lups", expect=200)["progress"]["percent"] == 0
    assert [one["module"] for one in me.get("/users/me/progress")] == ["loops"]


def test_what_a_merge_completes_or_takes_back_is_announced_once(api, alice, ada, make):
    make.path("python", ["loops", "lists"])
    me, heard = api.as_(alice), []
    me.post("/paths/python/enrollments", {}, expect=201)
    for completed in (True, False):
        me.post("/users/me/progress", {"module_id": "lists", "completed": True})
        me.post("/users/me/progress", {"module_id": "lups", "completed": completed})
        me.post("/users/me/progress", {"module_id": "lists-too", "completed": completed})
    me.post("/users/me/progress", {"module_id": "lups", "completed": True})

    def done(_sender, module, **_):
        heard.append(f"{module} done")

    def taken_back(_sender, module, **_):
        heard.append(f"{module} taken back")

    def path_done(_sender, path, **_):
        heard.append(f"{path} done")

    with (
        module_completed.connected_to(done),
        module_uncompleted.connected_to(taken_back),
        path_completed.connected_to(path_done),
    ):
        api.as_(ada).post("/modules/lups/merge", {"into": "loops"})
        assert heard == ["loops done", "python done"]
        api.as_(ada).post("/modules/lists-too/merge", {"into": "lists"})
        assert heard[2:] == ["lists taken back"]


def test_only_a_stub_can_be_merged(api, ada, make):
    make.module("loops")
    make.module("functions")
    refusal = api.as_(ada).post("/modules/loops/merge", {"into": "functions"}, expect=409)
    assert refusal["type"] == "/problems/not-a-stub"


history = st.lists(
    st.tuples(st.sampled_from(["stub", "real"]), st.booleans()), min_size=1, max_size=6
)


@pytest.fixture
def stored(app):
    """The events on some modules, and the records there by learner."""

    def look(*slugs):
        with app.app_context():
            events = db.session.scalars(sa.select(Event).where(Event.module_slug.in_(slugs))).all()
            rows = db.session.scalars(sa.select(Progress).where(Progress.module_slug.in_(slugs)))
            return events, {(row.user_id, row.module_slug): row.state for row in rows}

    return look


@pytest.mark.parametrize(
    "examples",
    [pytest.param(5, id="some"), pytest.param(50, id="many", marks=pytest.mark.exhaustive)],
)
def test_a_merge_keeps_every_event_and_folds_them_all(api, ada, make, stored, examples):
    numbers = count()

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(history, min_size=1, max_size=3))
    def check(histories):
        number = next(numbers)
        slugs = {"stub": f"lups-{number}", "real": make.module(f"loops-{number}")}
        for place, said in enumerate([*histories, [("stub", True)]]):  # another learner
            learner = api.as_(make.user(f"learner{number}-{place}"))
            for module, completed in said:
                report = {"module_id": slugs[module], "completed": completed}
                learner.post("/users/me/progress", report)
        before, _records = stored(*slugs.values())
        api.as_(ada).post(f"/modules/{slugs['stub']}/merge", {"into": slugs["real"]})
        after, records = stored(*slugs.values())
        assert {(one.user_id, one.id) for one in after} == {(one.user_id, one.id) for one in before}
        happened = defaultdict(list)
        for one in after:
            happened[one.user_id, slugs["real"]].append(oracle.stored_event(one))
        assert records == {key: oracle.what_it_comes_to(happened[key]) for key in happened}

    check()
