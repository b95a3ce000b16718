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
