"""How a path goes, for staff: the figures, and the learners as a page or as a table."""

import csv
import io

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
