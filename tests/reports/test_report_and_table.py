"""How a path goes, for staff: the figures, and the learners as a page or as a table."""

import csv
import io

import pytest

from learnpath.paths.path_modules import MODULES_MAX
from learnpath.reports import services

from ..actions import arrange, draft_path

PREFIX = "/api/v1"


def follow(api, make, name, *done):
    person = make.user(name)
    api.as_(person).post("/paths/python/enrollments", {}, expect=201)
    for module in done:
        api.as_(person).put(
            f"/users/me/progress/{module}", {"status": "completed", "time_spent_delta": 600}
        )
    return person


def test_an_admin_sees_how_a_path_goes(api, ada, make):
    make.path("python", ["loops", "functions"])
    follow(api, make, "half", "loops")
    follow(api, make, "whole", "loops", "functions")
    report = api.as_(ada).get("/paths/python/report")
    assert (report["enrolled"], report["active"], report["completed"]) == (2, 1, 1)
    assert report["distribution"] == [0, 0, 0, 0, 0, 1, 0, 0, 0, 1]
    assert report["modules"][0] == {
        "slug": "loops",
        "started": 2,
        "completed": 2,
        "median_minutes": 10.0,
    }
    assert report["median_days_to_complete"] == 0.0


def test_the_table_of_learners_is_safe_in_a_spreadsheet(api, ada, make):
    make.path("python", ["loops"])
    evil = {"name": '=cmd|"/c calc"!A1', "email": "evil@example.org", "password": "a long password"}
    evil_id = api.post("/users/register", evil, expect=201)["id"]
    api.as_(ada).post("/paths/python/enrollments", {"user_id": evil_id}, expect=201)
    answer = api.app.test_client().get(
        f"{PREFIX}/paths/python/learners",
        headers={"Accept": "text/csv", "Authorization": f"Bearer {ada.token}"},
    )
    assert answer.mimetype == "text/csv"
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert row["name"] == "'" + evil["name"]
    assert row["user_id"] == str(evil_id)
    (learner,) = api.as_(ada).get("/paths/python/learners?status=active")
    assert learner["email"] == "evil@example.org"


def test_the_figures_follow_every_change(api, ada, make):
    make.path("python", ["loops", "lists", {"slug": "rings", "required": False}])
    one = follow(api, make, "one", "loops", "rings")
    two = follow(api, make, "two", "loops", "lists")
    follow(api, make, "three")
    stranger = api.as_(make.user("stranger"))
    stranger.put("/users/me/progress/loops", {"status": "completed"})

    def figures():
        report = api.as_(ada).get("/paths/python/report")
        modules = [(it["slug"], it["started"], it["completed"]) for it in report["modules"]]
        return report["enrolled"], report["withdrawn"], report["distribution"], modules

    def in_tenths(**learners):
        return [learners.get(f"t{tenth}", 0) for tenth in range(10)]

    modules = [("loops", 2, 2), ("lists", 1, 1), ("rings", 1, 1)]
    assert figures() == (3, 0, in_tenths(t0=1, t5=1, t9=1), modules)
    (enrollment,) = api.as_(one).get("/users/me/enrollments")
    api.as_(one).delete(f"/enrollments/{enrollment['id']}")
    modules = [("loops", 1, 1), ("lists", 1, 1), ("rings", 0, 0)]
    assert figures() == (2, 1, in_tenths(t0=1, t9=1), modules)
    api.as_(one).post("/paths/python/enrollments", {}, expect=201)
    api.as_(ada).post(f"/users/{one.id}/progress/lists/waive", {"reason": "Knows it."})
    api.as_(two).put("/users/me/progress/lists", {"status": "in_progress"})
    modules = [("loops", 2, 2), ("lists", 1, 0), ("rings", 1, 1)]  # a waiver is no beginning
    assert figures() == (3, 0, in_tenths(t0=1, t5=1, t9=1), modules)
    arrange(api, ada, "python", ["rings", "lists", {"module": "loops", "required": False}])
    modules = [("rings", 1, 1), ("lists", 1, 0), ("loops", 2, 2)]
    assert figures() == (3, 0, in_tenths(t0=2, t9=1), modules)
    api.as_(ada).delete(f"/users/{one.id}")
    assert figures() == (2, 0, in_tenths(t0=2), [("rings", 0, 0), ("lists", 1, 0), ("loops", 1, 1)])
    arrange(api, ada, "python", ["rings"])
    assert figures() == (2, 0, in_tenths(t0=2), [("rings", 0, 0)])


def test_a_path_without_modules_or_learners_has_figures_too(api, ada):
    draft_path(api, ada, "empty")
    report = api.as_(ada).get("/paths/empty/report")
    assert (report["enrolled"], report["distribution"], report["modules"]) == (0, [0] * 10, [])
    api.as_(ada).get("/paths/nowhere/report", expect=404)
    api.as_(ada).get("/paths/nowhere/learners", expect=404)


def test_the_median_time_is_that_of_the_newest_who_completed_a_module(api, ada, make, monkeypatch):
    monkeypatch.setattr(services, "SAMPLE", 3)
    make.path("python", ["loops"])
    for name, seconds in (("a", 9000), ("b", 60), ("c", 120), ("d", 600), ("e", None)):
        person = api.as_(make.user(name))
        person.post("/paths/python/enrollments", {}, expect=201)
        said = {"time_spent_delta": seconds} if seconds else {}
        person.put("/users/me/progress/loops", {"status": "completed", **said})
    (module,) = api.as_(ada).get("/paths/python/report")["modules"]
    assert (module["completed"], module["median_minutes"]) == (5, 2.0)


@pytest.mark.exhaustive
def test_the_longest_path_has_a_report(api, ada, make):
    make.path("long", [f"m{number}" for number in range(MODULES_MAX)])
    assert len(api.as_(ada).get("/paths/long/report")["modules"]) == MODULES_MAX
