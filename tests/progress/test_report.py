"""Reporting what was done of a module."""

import pytest


def test_i_report_a_module_and_see_it_in_my_progress(api, alice, make):
    make.module("loops")
    answer = api.as_(alice).post("/users/me/progress", {"module_id": "loops", "completed": True})
    assert answer["progress"] == {"loops": True}
    assert answer["changed"] is True
    assert api.as_(alice).get("/users/me")["progress"] == {"loops": True}


def test_a_repeated_report_changes_nothing(api, alice):
    report = {"module_id": "loops", "completed": True}
    api.as_(alice).post("/users/me/progress", report)
    assert api.as_(alice).post("/users/me/progress", report)["changed"] is False


def test_a_stranger_may_not_record_my_progress(api, alice, mallory):
    api.as_(mallory).post(
        f"/users/{alice.id}/progress", {"module_id": "loops", "completed": True}, expect=403
    )


def test_an_admin_may_record_my_progress(api, alice, ada):
    report = {"module_id": "loops", "completed": True}
    answer = api.as_(ada).post(f"/users/{alice.id}/progress", report)
    assert answer["id"] == alice.id


@pytest.mark.parametrize("slug", ["", "-loops", "a" * 101, "a b", "events", "a\n", "é", 7, None])
def test_a_bad_module_id_is_refused(api, alice, slug):
    answer = api.as_(alice).post(
        "/users/me/progress", {"module_id": slug, "completed": True}, expect=422
    )
    assert answer["type"] == "/problems/invalid-input"
    assert "module_id" in answer["errors"]


def test_i_report_a_module_that_i_have_not_finished(api, alice, make):
    make.module("loops")
    begun = {"module_id": "loops", "completed": False}
    answer = api.as_(alice).post("/users/me/progress", begun)
    assert (answer["progress"], answer["changed"]) == ({"loops": False}, True)
    assert api.as_(alice).post("/users/me/progress", begun)["changed"] is False
    answer = api.as_(alice).post("/users/me/progress", {"module_id": "loops", "completed": True})
    assert (answer["progress"], answer["changed"]) == ({"loops": True}, True)


def test_i_report_under_my_own_id_as_well(api, alice):
    report = {"module_id": "loops", "completed": True}
    assert api.as_(alice).post(f"/users/{alice.id}/progress", report)["id"] == alice.id


def test_the_answer_is_the_user_and_what_changed(api, alice):
    answer = api.as_(alice).post("/users/me/progress", {"module_id": "loops", "completed": True})
    news = {name: answer.pop(name) for name in ("changed", "unlocked", "completed_paths")}
    assert news == {"changed": True, "unlocked": [], "completed_paths": []}
    assert answer == api.as_(alice).get("/users/me")


def test_my_progress_is_mine_alone(api, alice, mallory):
    api.as_(alice).post("/users/me/progress", {"module_id": "loops", "completed": True})
    assert api.as_(mallory).get("/users/me")["progress"] == {}


def test_the_spelling_of_a_module_id_counts(api, alice):
    for slug in ("loops", "Loops"):
        api.as_(alice).post("/users/me/progress", {"module_id": slug, "completed": True})
    assert api.as_(alice).get("/users/me")["progress"] == {"loops": True, "Loops": True}


def test_an_admin_who_reports_for_nobody_is_told(api, ada):
    report = {"module_id": "loops", "completed": True}
    problem = api.as_(ada).post("/users/999999/progress", report, expect=404)
    assert problem["type"] == "/problems/user-not-found"
    assert api.as_(ada).get("/modules") == []


@pytest.mark.parametrize("user", ["0", "-1", "01", "Me", "alice", "1.0", "99999999999"])
def test_an_address_that_names_no_user_is_not_found(api, ada, user):
    report = {"module_id": "loops", "completed": True}
    api.as_(ada).post(f"/users/{user}/progress", report, expect=404)


def test_without_a_token_i_may_not_even_send_nonsense(api, alice):
    for body in ({"module_id": "loops", "completed": True}, {"nonsense": 1}, []):
        api.post(f"/users/{alice.id}/progress", body, expect=401)
        api.post("/users/me/progress", body, expect=401)


def test_an_instructor_may_not_record_my_progress(api, alice, grace):
    report = {"module_id": "loops", "completed": True}
    api.as_(grace).post(f"/users/{alice.id}/progress", report, expect=403)


@pytest.mark.parametrize("completed", [1, 0, "yes", "true", "", None, [], {}, 1.0])
def test_only_true_and_false_are_truths(api, alice, completed):
    report = {"module_id": "loops", "completed": completed}
    problem = api.as_(alice).post("/users/me/progress", report, expect=422)
    assert list(problem["errors"]) == ["completed"]
    assert api.as_(alice).get("/users/me")["progress"] == {}


@pytest.mark.parametrize(
    ("report", "fields"),
    [
        ({}, ["completed", "module_id"]),
        ({"module_id": "loops"}, ["completed"]),
        ({"completed": True}, ["module_id"]),
        ({"module_id": "loops", "completed": True, "user_id": 1}, ["user_id"]),
        ([{"module_id": "loops", "completed": True}], ["_schema"]),
    ],
)
def test_a_report_has_exactly_two_fields(api, alice, report, fields):
    problem = api.as_(alice).post("/users/me/progress", report, expect=422)
    assert sorted(problem["errors"]) == fields
