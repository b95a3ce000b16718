"""The same queue from two devices at once, and whole classes, stubs and modules on the move."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from learnpath.db import db
from learnpath.enrollments.models import Enrollment, Invitation
from learnpath.progress import services as progress
from learnpath.progress.models import Event, Progress
from learnpath.progress.store import Actor
from learnpath.users import services as users
from learnpath.web import database_errors

from ..cast import PASSWORD
from ..concurrency import run_during_transaction
from . import oracle
from .concurrent_clients import ask

EVENTS = "/users/me/progress/events"
FEW = pytest.param(2, id="few")
MANY = pytest.param(10, id="many", marks=pytest.mark.exhaustive)


def queue(name, modules, size):
    start = datetime.now(UTC) - timedelta(hours=1)
    return [
        {
            "id": f"{name}-{number}",
            "module_id": modules[number % len(modules)],
            "occurred_at": (start + timedelta(seconds=number)).isoformat(),
            "status": "completed",
            "time_spent_delta": 1,
        }
        for number in range(size)
    ]


@pytest.fixture(autouse=True)
def every_record_is_the_fold(app):
    """Hold all records against all events in the end, by the rules said differently."""
    yield
    with app.app_context():
        happened = {}
        for row in db.session.scalars(sa.select(Event)):
            key = row.user_id, row.module_slug
            happened.setdefault(key, []).append(oracle.stored_event(row))
        rows = db.session.scalars(sa.select(Progress))
        kept = {(row.user_id, row.module_slug): row.state for row in rows}
    assert kept == {key: oracle.what_it_comes_to(events) for key, events in happened.items()}


@pytest.fixture
def unlimited(settings):
    """Let many people register from one address; the processes of a crowd always do."""
    settings(RATE_LIMIT_FACTOR=0)


@pytest.mark.exhaustive
@pytest.mark.parametrize("trials", [FEW, MANY])
def test_rule_9_two_devices_with_the_same_queue_apply_each_event_once(
    concurrent_clients, alice, make, trials
):
    for trial in range(trials):
        modules = [f"m{place}-{trial}" for place in range(4)]
        path = make.path(f"path-{trial}", modules)
        concurrent_clients.send([ask(alice, "POST", f"/paths/{path}/enrollments", {})])
        events = queue(f"event-{trial}", modules, 40)
        batches = [events[start : start + 10] for start in range(0, 40, 10)]
        in_turns = [batch for pair in zip(batches, batches, strict=True) for batch in pair]
        answers = concurrent_clients.send([ask(alice, "POST", EVENTS, batch) for batch in in_turns])
        assert set(answers.statuses) == {200}
        results = Counter(one["result"] for body in answers.bodies for one in body)
        assert results == {"applied": 40, "duplicate": 40}
        applied = Counter(
            one["id"] for body in answers.bodies for one in body if one["result"] == "applied"
        )
        assert applied == Counter(event["id"] for event in events)
        assert answers.times("path-completed", path) == 1
        assert [answers.times("module-completed", module) for module in modules] == [1] * 4


@pytest.mark.exhaustive
@pytest.mark.parametrize("trials", [FEW, MANY])
def test_a_merge_loses_nothing_of_what_is_reported_meanwhile(
    concurrent_clients, ada, make, count_rows, trials
):
    people = [make.user(f"learner{number}") for number in range(6)]
    for trial in range(trials):
        stub, into = f"stub-{trial}", f"real-{trial}"
        path = make.path(f"path-{trial}", [into])
        report = {"module_id": stub, "completed": True}
        concurrent_clients.send(
            [ask(one, "POST", f"/paths/{path}/enrollments", {}) for one in people]
        )
        concurrent_clients.send(
            [ask(one, "POST", "/users/me/progress", report) for one in people[:3]]
        )
        before = count_rows(Event)
        merge = ask(ada, "POST", f"/modules/{stub}/merge", {"into": into})
        reports = [ask(one, "POST", "/users/me/progress", report) for one in people]
        answers = concurrent_clients.send([*reports[:2], merge, *reports[2:]])
        assert set(answers.statuses) == {200}
        news = sum(body.get("changed", False) for body in answers.bodies)
        assert count_rows(Event) == before + news == 6 * (trial + 1)
        assert count_rows(Event, Event.module_slug == stub) == 0
        assert (
            count_rows(Progress, Progress.module_slug == into, Progress.status == "completed") == 6
        )
        done = (Enrollment.path_slug == path, Enrollment.status == "completed")
        assert count_rows(Enrollment, *done) == 6
        assert answers.times("path-completed", path) == 6


@pytest.mark.exhaustive
@pytest.mark.usefixtures("unlimited")
@pytest.mark.parametrize("trials", [FEW, MANY])
def test_who_registers_while_their_class_is_enrolled_is_enrolled(
    concurrent_clients, ada, make, count_rows, trials
):
    for trial in range(trials):
        path = make.path(f"path-{trial}", ["loops"])
        addresses = [f"new{trial}.{number}@example.org" for number in range(7)]
        enroll = ask(ada, "POST", "/enrollments/bulk", {"paths": [path], "emails": addresses})
        joining = [
            ask(ada, "POST", "/users/register", {"name": "N", "email": email, "password": PASSWORD})
            for email in addresses
        ]
        answers = concurrent_clients.send([*joining[:3], enroll, *joining[3:]])
        assert sorted(answers.statuses) == [200] + [201] * 7
        assert (count_rows(Enrollment, Enrollment.path_slug == path), count_rows(Invitation)) == (
            7,
            0,
        )


@pytest.mark.exhaustive
def test_a_module_that_is_deleted_while_a_batch_arrives_breaks_nothing(
    concurrent_clients, alice, ada, make
):
    for trial in range(5):
        module = make.module(f"m-{trial}")
        send = ask(alice, "POST", EVENTS, queue(f"event-{trial}", [module], 3))
        answers = concurrent_clients.send([send, ask(ada, "DELETE", f"/modules/{module}")])
        batch, deletion = answers.statuses
        assert batch == 200
        applied = sum(one["result"] == "applied" for one in answers.bodies[0])
        assert (applied, deletion) in {(3, 409), (0, 204)}


@pytest.mark.exhaustive
def test_a_class_waits_for_who_is_just_registering(api, ada, make, count_rows, app):
    make.path("python", ["loops"])
    body = {"paths": ["python"], "emails": ["new@example.org"]}
    (result,) = run_during_transaction(
        app,
        lambda: users.register_user("New", "new@example.org", PASSWORD),
        lambda: api.as_(ada).post("/enrollments/bulk", body),
    )
    assert (result["result"], count_rows(Enrollment), count_rows(Invitation)) == ("enrolled", 1, 0)


@pytest.fixture
def loops(make):
    return make.module("loops")


@pytest.mark.exhaustive
@pytest.mark.usefixtures("loops")
def test_a_merge_waits_for_who_is_just_reporting(api, alice, ada, app, logged):
    api.as_(alice).post("/users/me/progress", {"module_id": "lups", "completed": False})
    by = Actor(user_id=alice.id, bypasses_locks=False)
    run_during_transaction(
        app,
        lambda: users.lock_user(alice.id),
        lambda: api.as_(ada).post("/modules/lups/merge", {"into": "loops"}),
        then=lambda: progress.report_progress(
            alice.id, "lups", {"status": "completed"}, by, create_stub=True
        ),
    )
    assert api.as_(alice).get("/users/me")["progress"] == {"loops": True}
    assert database_errors.logger.name not in {
        record.name for record in logged.records
    }  # no deadlock
