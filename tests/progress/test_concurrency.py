"""Doing things at the same instant: threads on PostgreSQL, several processes on SQLite."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from learnpath.enrollments.models import Enrollment, EnrollmentEvent
from learnpath.paths import path_modules, services
from learnpath.progress.models import Event, Progress

from .. import actions
from ..concurrency import run_during_transaction
from .concurrent_clients import ask

pytestmark = pytest.mark.exhaustive

FEW = pytest.param(5, id="few")
ALL = pytest.param(50, id="all", marks=pytest.mark.slow)


def complete(who, module):
    return ask(who, "PUT", f"/users/me/progress/{module}", {"status": "completed"})


def join(who, path):
    return ask(who, "POST", f"/paths/{path}/enrollments", {})


def arrange(author, path, *modules):
    return ask(author, "PUT", f"/paths/{path}/modules", [{"module": one} for one in modules])


def assert_completed_once(count_rows, answers, path):
    """The path is completed, announced once and noted once, and nothing failed."""
    assert set(answers.statuses) == {200}
    assert answers.times("path-completed", path) == 1
    enrolled = sa.select(Enrollment.id).where(Enrollment.path_slug == path).scalar_subquery()
    acts = (EnrollmentEvent.enrollment_id == enrolled, EnrollmentEvent.kind == "completed")
    assert count_rows(EnrollmentEvent, *acts) == 1
    assert (
        count_rows(Enrollment, Enrollment.path_slug == path, Enrollment.status == "completed") == 1
    )


@pytest.mark.parametrize(
    "times",
    [
        10,
        pytest.param(40, marks=pytest.mark.exhaustive),
        pytest.param(200, marks=pytest.mark.slow),
    ],
)
def test_rule_8_the_same_module_completed_many_times_at_once_is_completed_once(
    concurrent_clients, alice, make, count_rows, times
):
    make.path("python", ["loops", "lists"])
    concurrent_clients.send([join(alice, "python")])
    answers = concurrent_clients.send([complete(alice, "loops")] * times)
    assert set(answers.statuses) == {200}
    assert sum(body["changed"] for body in answers.bodies) == 1
    assert len({body["progress"]["completed_at"] for body in answers.bodies}) == 1
    assert answers.times("module-completed", "loops") == 1
    assert (count_rows(Progress), count_rows(Event)) == (1, 1)


def test_rule_8_twenty_modules_completed_at_once_are_all_there(
    concurrent_clients, alice, api, make, count_rows
):
    modules = [f"m{number}" for number in range(20)]
    make.path("python", modules)
    concurrent_clients.send([join(alice, "python")])
    answers = concurrent_clients.send([complete(alice, module) for module in modules])
    assert_completed_once(count_rows, answers, "python")
    assert api.as_(alice).get("/users/me")["progress"] == dict.fromkeys(modules, True)
    assert api.as_(alice).get("/users/me/paths/python")["percent"] == 100


def test_a_sum_of_many_reports_at_once_is_right(concurrent_clients, alice, api, make):
    make.module("loops")
    report = ask(alice, "PUT", "/users/me/progress/loops", {"time_spent_delta": 3})
    concurrent_clients.send([report] * 24)
    assert api.as_(alice).get("/users/me/progress/loops")["time_spent"] == 72


@pytest.fixture
def race(concurrent_clients, alice, make, count_rows):
    """Do some modules of a path, then let two things happen at once that complete it."""

    def run(trials, modules, done, *asks):
        for trial in range(trials):
            path, names = f"path-{trial}", {one: f"{one}-{trial}" for one in "abc"}
            make.path(f"store-{trial}", list(names.values()))
            make.path(path, [names[one] for one in modules])
            concurrent_clients.send([join(alice, path)])
            concurrent_clients.send([complete(alice, names[one]) for one in done])
            answers = concurrent_clients.send([one(path, **names) for one in asks])
            assert_completed_once(count_rows, answers, path)

    return run


@pytest.mark.parametrize("trials", [FEW, ALL])
def test_rule_12_the_last_two_modules_at_once_complete_a_path_once(race, alice, trials):
    race(
        trials,
        "abc",
        "c",
        lambda path, a, b, c: complete(alice, a),
        lambda path, a, b, c: complete(alice, b),
    )


@pytest.mark.parametrize("trials", [FEW, ALL])
def test_rule_3_my_last_module_while_an_author_removes_another_completes_the_path_once(
    race, alice, ada, trials
):
    race(
        trials,
        "abc",
        "a",
        lambda path, a, b, c: complete(alice, b),
        lambda path, a, b, c: arrange(ada, path, a, b),
    )


def test_rule_3_a_report_that_waits_for_an_edit_sees_what_that_has_left(app, api, alice, make):
    make.path("python", ["a", "b", "c"])
    actions.join(api, alice, "python")
    actions.do(api, alice, "a")

    def remove_c():
        left = [{"module": one, "required": True, "requires": []} for one in "ab"]
        path_modules.replace_modules(services.lock_path("python"), left, sa.true())

    answer = run_during_transaction(app, remove_c, lambda: actions.do(api, alice, "b"))
    assert answer["completed_paths"] == ["python"]


@pytest.mark.parametrize("trials", [FEW, ALL])
def test_rule_3_what_i_complete_while_an_author_puts_it_in_completes_the_path_once(
    race, alice, ada, trials
):
    race(
        trials,
        "ab",
        "a",
        lambda path, a, b, c: complete(alice, c),
        lambda path, a, b, c: arrange(ada, path, a, c),
    )


def test_joining_a_path_many_times_at_once_makes_one_enrollment(
    concurrent_clients, alice, make, count_rows
):
    make.path("python", ["loops"])
    answers = concurrent_clients.send([join(alice, "python")] * 16)
    assert sorted(answers.statuses) == [200] * 15 + [201]
    assert answers.times("enrolled", "python") == 1
    assert len({body["id"] for body in answers.bodies}) == 1
    assert (count_rows(Enrollment), count_rows(EnrollmentEvent)) == (1, 1)


def test_joining_while_finishing_the_last_module_completes_the_path_once(
    concurrent_clients, alice, make, count_rows
):
    for trial in range(5):
        path = make.path(f"path-{trial}", [f"m-{trial}"])
        answers = concurrent_clients.send([join(alice, path), complete(alice, f"m-{trial}")])
        assert answers.statuses == [201, 200]
        assert answers.times("path-completed", path) == 1


def test_leaving_many_times_at_once_is_noted_once(concurrent_clients, alice, api, make, count_rows):
    make.path("python", ["loops"])
    enrollment = api.as_(alice).post("/paths/python/enrollments", {}, expect=201)
    leave = ask(alice, "DELETE", f"/enrollments/{enrollment['id']}")
    answers = concurrent_clients.send([leave] * 8)
    assert set(answers.statuses) == {204}
    assert count_rows(EnrollmentEvent, EnrollmentEvent.kind == "withdrawn") == 1
