"""Reporting from many places at the same instant: nothing is lost and nothing counts twice."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest


@pytest.fixture
def at_once():
    """Do `act` with each of `things`, all at the same instant, and return what each gave."""

    def at_once(act, things):
        barrier = Barrier(len(things))

        def wait_and_act(thing):
            barrier.wait(10)
            return act(thing)

        with ThreadPoolExecutor(len(things)) as pool:
            return list(pool.map(wait_and_act, things))

    return at_once


def test_twenty_modules_reported_at_once_are_all_there(api, alice, at_once):
    def report(slug):
        body = {"module_id": slug, "completed": True}
        return api.as_(alice).post("/users/me/progress", body)["changed"]

    slugs = [f"module-{number}" for number in range(20)]
    assert at_once(report, slugs) == [True] * 20
    assert api.as_(alice).get("/users/me")["progress"] == dict.fromkeys(slugs, True)


def test_the_same_module_reported_thirty_times_at_once_is_news_once(api, alice, at_once):
    def report(_):
        body = {"module_id": "loops", "completed": True}
        return api.as_(alice).post("/users/me/progress", body)["changed"]

    assert sorted(at_once(report, range(30))) == [False] * 29 + [True]


def test_many_learners_report_a_module_that_nobody_knows_at_once(api, make, grace, at_once):
    def report(learner):
        body = {"module_id": "loops", "completed": True}
        return api.as_(learner).post("/users/me/progress", body)["progress"]

    learners = [make.user(f"learner{number}") for number in range(12)]
    assert at_once(report, learners) == [{"loops": True}] * 12
    assert len(api.as_(grace).get("/modules?status=uncatalogued")) == 1


def test_the_hundredth_and_its_rivals_leave_exactly_a_hundred_stubs(api, alice, ada, make, at_once):
    make.stubs(95, reported_by=alice)

    def report(slug):
        client = api.as_(alice)
        try:
            client.post("/users/me/progress", {"module_id": slug, "completed": True})
        except AssertionError:
            return client.last.status_code
        return 200

    statuses = at_once(report, [f"rival-{number}" for number in range(15)])
    assert sorted(statuses) == [200] * 5 + [409] * 10
