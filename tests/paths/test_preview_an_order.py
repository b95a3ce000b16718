"""Seeing what another order of a path's modules would do, before it is done."""

from __future__ import annotations

import pytest

from learnpath.enrollments import signals

from ..actions import after, arrange, do, join, optional, order_of


def preview(api, who, entries):
    return arrange(api, who, "python", entries, query_string={"dry_run": "true"})


def test_a_dry_run_counts_who_would_complete_the_path(api, ada, alice, mallory, course):
    for who in (alice, mallory):
        join(api, who, course)
        do(api, who, "variables")
    do(api, alice, "loops")
    assert preview(api, ada, ["variables", "loops"])["newly_completed"] == 1
    assert preview(api, ada, ["variables"])["newly_completed"] == 2
    assert preview(api, ada, ["variables", "loops", "classes"])["newly_completed"] == 0


def test_a_dry_run_counts_who_would_find_new_content(api, ada, alice, mallory, course):
    for who in (alice, mallory):
        join(api, who, course)
        do(api, who, "variables")
    for slug in ("loops", "classes"):
        do(api, alice, slug)
    more = ["variables", "loops", "classes", "extra"]
    assert preview(api, ada, more)["with_new_content"] == 1
    arrange(api, ada, course, more)
    assert preview(api, ada, ["extra"])["with_new_content"] == 0  # she has that already


def test_a_dry_run_counts_who_would_find_a_module_locked(api, ada, alice, mallory, course):
    for who in (alice, mallory):
        join(api, who, course)
    do(api, mallory, "classes", "in_progress")
    do(api, alice, "loops")
    stricter = ["variables", "loops", after("classes", "variables")]
    assert preview(api, ada, stricter)["newly_locked"] == 1  # not who has begun
    assert preview(api, ada, ["variables", "loops", after("classes", "loops")]) == {
        "newly_completed": 0,
        "with_new_content": 0,
        "newly_locked": 0,  # she has done what it requires
    }


def test_whoever_has_withdrawn_is_not_counted(api, ada, alice, course):
    enrollment = join(api, alice, course)
    do(api, alice, "variables")
    api.as_(alice).delete(f"/enrollments/{enrollment['id']}")
    counts = preview(api, ada, ["variables", after("loops", "classes"), optional("classes")])
    assert set(counts.values()) == {0}


def test_a_dry_run_changes_and_announces_nothing(api, ada, alice, course):
    join(api, alice, course)
    do(api, alice, "variables")

    def look():
        return (
            api.get("/paths/python"),
            api.get("/paths/python/modules"),
            api.as_(alice).get("/users/me/enrollments"),
            api.as_(alice).get("/users/me/paths/python"),
        )

    before = look()
    heard = []

    def hear(_sender, **news):
        heard.append(news)

    with signals.path_completed.connected_to(hear):
        preview(api, ada, ["variables", after("loops", "variables")])
    assert look() == before
    assert heard == []


def test_a_dry_run_refuses_what_the_real_one_would(api, ada, course):
    arrange(api, ada, course, ["snakes"], query_string={"dry_run": "true"}, expect=422)
    arrange(api, ada, course, [], query_string={"dry_run": "true"}, expect=409)


@pytest.mark.parametrize("said", ["yes", "1", "True", ""])
def test_a_dry_run_is_asked_for_clearly(api, ada, course, said):
    arrange(api, ada, course, ["loops"], query_string={"dry_run": said}, expect=422)
    assert order_of(api, ada, course) == ["variables", "loops", "classes"]
