"""Reporting from many places at the same instant: nothing is lost and nothing counts twice."""

from functools import partial

from ..concurrency import run_concurrently


def for_each(act, things):
    """Call `act` with each of `things` at the same instant; return the results."""
    return run_concurrently(*[partial(act, thing) for thing in things])


def test_twenty_modules_reported_at_once_are_all_there(api, alice):
    def report(slug):
        body = {"module_id": slug, "completed": True}
        return api.as_(alice).post("/users/me/progress", body)["changed"]

    slugs = [f"module-{number}" for number in range(20)]
    assert for_each(report, slugs) == [True] * 20
    assert api.as_(alice).get("/users/me")["progress"] == dict.fromkeys(slugs, True)


def test_the_same_module_reported_thirty_times_at_once_is_news_once(api, alice):
    def report(_):
        body = {"module_id": "loops", "completed": True}
        return api.as_(alice).post("/users/me/progress", body)["changed"]

    assert sorted(for_each(report, range(30))) == [False] * 29 + [True]


def test_many_learners_report_a_module_that_nobody_knows_at_once(api, make, grace):
    def report(learner):
        body = {"module_id": "loops", "completed": True}
        return api.as_(learner).post("/users/me/progress", body)["progress"]

    learners = [make.user(f"learner{number}") for number in range(12)]
    assert for_each(report, learners) == [{"loops": True}] * 12
    assert len(api.as_(grace).get("/modules?status=uncatalogued")) == 1


def test_the_hundredth_and_its_rivals_leave_exactly_a_hundred_stubs(api, alice, ada, make):
    make.stubs(95, reported_by=alice)

    def report(slug):
        client = api.as_(alice)
        try:
            client.post("/users/me/progress", {"module_id": slug, "completed": True})
        except AssertionError:
            return client.last.status_code
        return 200

    statuses = for_each(report, [f"rival-{number}" for number in range(15)])
    assert sorted(statuses) == [200] * 5 + [409] * 10
