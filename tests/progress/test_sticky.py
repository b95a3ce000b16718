"""What authors do to a path, and what it may not do to learners (rules 1, 2, 3 and 5)."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ..actions import arrange, do, join

MODULES = ["a", "b", "c", "d", "e"]
NUMBERS = count()  # a new path for every example


@pytest.fixture
def python(make):
    """A path of a and b; the other modules stand in none."""
    for module in MODULES:
        make.module(module)
    return make.path("python", ["a", "b"])


def complete(api, who, *modules):
    return [do(api, who, module) for module in modules][-1]


def roll_up(api, who, path):
    return api.as_(who).get(f"/users/me/paths/{path}")


def progress_of(api, who):
    return api.as_(who).get("/users/me/progress")


def enrollment_in(api, who, path):
    [found] = [one for one in api.as_(who).get("/users/me/enrollments") if one["path"] == path]
    return found


# examples


def test_rule_1_progress_on_a_module_counts_in_every_path(api, alice, make):
    make.path("python", ["a", "b"])
    make.path("flask", ["c", "a"])
    complete(api, alice, "a")
    for path in ("python", "flask"):
        join(api, alice, path)
        assert roll_up(api, alice, path)["percent"] == 50
    assert len(api.as_(alice).get("/users/me/progress")) == 1


def test_rule_1_a_module_that_leaves_its_path_keeps_my_progress(api, alice, ada, python):
    complete(api, alice, "a")
    before = api.as_(alice).get("/users/me/progress/a")
    arrange(api, ada, python, ["b"])
    assert api.as_(alice).get("/users/me/progress/a") == before
    arrange(api, ada, python, ["b", "a"])
    assert roll_up(api, alice, python)["modules"][1]["state"] == "completed"


def test_rule_2_a_completed_path_with_something_new_stays_completed(api, alice, ada, python):
    join(api, alice, python)
    assert complete(api, alice, "a", "b")["completed_paths"] == [python]
    before = enrollment_in(api, alice, python)
    arrange(api, ada, python, ["a", "b", "c"])
    shown = roll_up(api, alice, python)
    assert (shown["status"], shown["percent"]) == ("completed", 66)
    assert shown["has_new_content"] is True
    assert enrollment_in(api, alice, python) == before
    assert complete(api, alice, "c")["completed_paths"] == []
    assert roll_up(api, alice, python)["has_new_content"] is False


def test_rule_2_a_path_remembers_which_version_of_it_i_completed(api, alice, ada, python):
    join(api, alice, python)
    arrange(api, ada, python, ["b", "a"])
    complete(api, alice, "a", "b")
    arrange(api, ada, python, ["a", "b", "c"])
    assert enrollment_in(api, alice, python)["completed_path_version"] == 2


def test_rule_3_removing_what_i_had_not_done_completes_the_path(api, alice, ada, python):
    join(api, alice, python)
    complete(api, alice, "a")
    arrange(api, ada, python, ["a"])
    assert roll_up(api, alice, python)["status"] == "completed"


def test_rule_3_only_those_who_have_done_the_rest_themselves_complete_the_path(
    api, alice, mallory, ada, python
):
    for who, done in ((alice, "a"), (mallory, "b")):
        join(api, who, python)
        complete(api, who, done)
    arrange(api, ada, python, ["a", {"module": "b", "required": False}])
    assert roll_up(api, alice, python)["status"] == "completed"
    assert roll_up(api, mallory, python)["status"] == "active"


def test_rule_3_what_is_archived_is_not_waited_for(api, alice, ada, python):
    join(api, alice, python)
    complete(api, alice, "a")
    arrange(api, ada, python, ["a", {"module": "b", "required": False}, "c"])
    api.as_(ada).patch("/modules/c", {"status": "archived"}, expect=409)
    arrange(api, ada, python, ["a", {"module": "c", "required": False}, "b"])
    assert roll_up(api, alice, python)["status"] == "active"
    api.as_(ada).patch("/modules/c", {"status": "archived"})
    arrange(api, ada, python, ["a"])
    assert roll_up(api, alice, python)["status"] == "completed"


def test_rule_3_who_has_left_is_not_completed_by_an_edit_but_on_return(api, alice, ada, python):
    enrollment = join(api, alice, python)
    complete(api, alice, "a")
    api.as_(alice).delete(f"/enrollments/{enrollment['id']}")
    arrange(api, ada, python, ["a"])
    assert enrollment_in(api, alice, python)["completed_at"] is None
    join(api, alice, python)
    assert enrollment_in(api, alice, python)["status"] == "completed"


def test_rule_5_taking_a_module_back_leaves_the_path_completed(api, alice, python):
    join(api, alice, python)
    complete(api, alice, "a", "b")
    before = enrollment_in(api, alice, python)
    do(api, alice, "a", "in_progress")
    api.as_(alice).delete("/users/me/progress/b", expect=200)
    assert enrollment_in(api, alice, python) == before
    assert roll_up(api, alice, python)["percent"] == 1
    complete(api, alice, "a", "b")
    assert enrollment_in(api, alice, python) == before


def test_what_i_completed_is_completed_still_when_i_leave_and_return(api, alice, python):
    enrollment = join(api, alice, python)
    complete(api, alice, "a", "b")
    before = enrollment_in(api, alice, python)
    api.as_(alice).delete(f"/enrollments/{enrollment['id']}")
    assert join(api, alice, python) == before


# any edits

ENTRIES = st.lists(
    st.fixed_dictionaries({"module": st.sampled_from(MODULES), "required": st.booleans()}),
    min_size=1,
    unique_by=lambda entry: entry["module"],
).filter(lambda entries: any(entry["required"] for entry in entries))
STICKY = ("enrolled_at", "started_at", "completed_at", "completed_path_version")
TITLES = st.sampled_from(["One", "Two", "Three"])


@pytest.fixture
def learners(alice, mallory):
    return alice, mallory


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(edits=st.lists(st.tuples(ENTRIES, TITLES), min_size=1, max_size=3))
def test_rules_1_and_2_no_edit_changes_a_sticky_fact_or_loses_progress(
    api, learners, ada, make, edits
):
    path = make.path(f"path-{next(NUMBERS)}", MODULES)
    for who, done in zip(learners, (MODULES, "a"), strict=True):
        complete(api, who, *done)
        join(api, who, path)
    known = {who: (progress_of(api, who), enrollment_in(api, who, path)) for who in learners}
    assert known[learners[0]][1]["completed_at"]
    for entries, title in edits:
        arrange(api, ada, path, entries)
        api.as_(ada).patch(f"/paths/{path}", {"title": title})
        api.as_(ada).patch(f"/modules/{entries[0]['module']}", {"title": title})
        for who, (progress, before) in known.items():
            after = enrollment_in(api, who, path)
            assert progress_of(api, who) == progress
            assert all(before[fact] in (None, after[fact]) for fact in STICKY)
            known[who] = progress, after
