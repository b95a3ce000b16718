"""Leaving a path and coming back: nothing that was done is lost."""

import pytest

from ..actions import do, join, name_author


@pytest.fixture
def enrollment(api, alice, make):
    """Alice on a path of two modules."""
    make.path("python", ["variables", "loops"])
    return join(api, alice, "python")


@pytest.fixture
def url(enrollment):
    return f"/enrollments/{enrollment['id']}"


def test_i_leave_and_the_enrollment_says_so(api, alice, enrollment, url):
    api.as_(alice).delete(url)
    assert api.as_(alice).get(url) == enrollment | {"status": "withdrawn"}
    assert api.as_(alice).get("/users/me/next") == []


def test_leaving_twice_changes_nothing(api, alice, url):
    api.as_(alice).delete(url)
    before = api.as_(alice).get(url)
    api.as_(alice).delete(url)
    assert api.as_(alice).get(url) == before


def test_my_progress_stays_and_counts_again_when_i_return(api, alice, enrollment, url):
    do(api, alice, "variables", score=80)
    before = api.as_(alice).get("/users/me/progress")
    api.as_(alice).delete(url)
    assert api.as_(alice).get("/users/me/progress") == before
    assert api.as_(alice).get("/users/me/paths/python")["percent"] == 50
    back = join(api, alice, "python")
    assert (back["id"], back["status"]) == (enrollment["id"], "active")
    assert back["enrolled_at"] == enrollment["enrolled_at"]
    assert back["started_at"] is not None
    assert api.as_(alice).get("/users/me/next")[0]["module"] == "loops"


def test_i_return_without_the_due_date_of_my_first_try(api, alice, ada, url):
    api.as_(ada).patch(url, {"due_at": "2030-01-31T12:00:00Z", "note": "Hurry"})
    api.as_(alice).delete(url)
    back = join(api, alice, "python")
    assert (back["due_at"], back["note"]) == (None, None)


def test_what_i_do_meanwhile_completes_the_path_when_i_return(api, alice, url):
    api.as_(alice).delete(url)
    for module in ("variables", "loops"):
        assert do(api, alice, module)["completed_paths"] == []
    assert api.as_(alice).get(url)["completed_at"] is None
    back = join(api, alice, "python")
    assert (back["status"], back["completed_path_version"]) == ("completed", 1)


def test_what_is_completed_stays_completed(api, alice, url):
    for module in ("variables", "loops"):
        do(api, alice, module)
    before = api.as_(alice).get(url)
    assert before["status"] == "completed"
    api.as_(alice).delete(url)
    assert api.as_(alice).get(url) == before | {"status": "withdrawn"}
    assert join(api, alice, "python") == before


def test_joining_what_i_have_completed_changes_nothing(api, alice, url):
    for module in ("variables", "loops"):
        do(api, alice, module)
    before = api.as_(alice).get(url)
    assert api.as_(alice).post("/paths/python/enrollments", {}, expect=200) == before


def test_staff_of_the_path_take_a_learner_off_and_put_them_back(api, ada, alice, grace, url):
    name_author(api, ada, "python", grace)
    api.as_(grace).delete(url)
    assert api.as_(alice).get(url)["status"] == "withdrawn"
    api.as_(grace).post("/paths/python/enrollments", {"user_id": alice.id}, expect=201)
    assert api.as_(alice).get(url)["status"] == "active"


def test_others_take_nobody_off(api, alice, grace, mallory, url):
    for who in (mallory, grace):
        api.as_(who).delete(url, expect=404)
    api.delete(url, expect=401)
    assert api.as_(alice).get(url)["status"] == "active"
