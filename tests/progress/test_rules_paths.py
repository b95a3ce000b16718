"""The rules of a path: locks, percent and what comes next (rules 6 and 7)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnpath.progress.rules.modules import STATUSES
from learnpath.progress.rules.paths import (
    Course,
    Place,
    blockers_in,
    is_complete,
    locks,
    minutes_left,
    next_in,
    percent_of,
)

from . import oracle


def course(*places, slug="path", sequential=False):
    """Make a course; "a" is required, "a?" optional, "b<a" requires a, "c<a,b" both."""
    return Course(slug=slug, is_sequential=sequential, places=tuple(map(place, places)))


def place(written, minutes=10):
    name, _, needs = written.partition("<")
    return Place(
        module=name.rstrip("?"),
        required=not name.endswith("?"),
        requires=tuple(needs.split(",")) if needs else (),
        minutes=minutes,
    )


def done(*modules):
    return dict.fromkeys(modules, "completed")


# examples


@pytest.mark.parametrize(
    ("places", "work", "percent"),
    [
        (["a", "b", "c"], {}, 0),
        (["a", "b", "c"], done("a"), 33),
        (["a", "b", "c"], done("a", "b"), 66),
        (["a", "b", "c"], done("a", "b", "c"), 100),
        (["a", "b"], {"a": "completed", "b": "waived"}, 100),
        (["a", "b"], {"a": "in_progress"}, 1),
        (["a", "b"], {"a": "completed", "b": "in_progress"}, 50),
        (["a", "b?"], done("b"), 1),
        (["a", "b?"], done("a"), 100),
        (["a?", "b?"], done("a", "b"), None),
        ([], done("a"), None),
        (["a"], done("elsewhere"), 0),
        ([f"m{n}" for n in range(200)], done("m1"), 1),
        ([f"m{n}" for n in range(200)], done(*[f"m{n}" for n in range(199)]), 99),
    ],
)
def test_rule_6_the_percent_of_a_path_is_floored(places, work, percent):
    assert percent_of(course(*places), work) == percent


def test_rule_7_a_module_waits_for_what_it_requires():
    assert locks([course("a", "b<a")], {}) == {"b": ["a"]}
    assert locks([course("a", "b<a")], {"a": "in_progress"}) == {"b": ["a"]}


@pytest.mark.parametrize("status", ["completed", "waived"])
def test_rule_7_what_is_done_or_waived_opens_the_next(status):
    assert locks([course("a", "b<a")], {"a": status}) == {}


@pytest.mark.parametrize("status", ["in_progress", "completed", "skipped", "waived"])
def test_rule_7_started_work_never_locks_again(status):
    assert locks([course("a", "b<a")], {"b": status}) == {}


def test_rule_7_what_has_left_the_path_is_not_waited_for():
    assert locks([course("b<gone")], {}) == {}


def test_rule_7_in_a_sequential_path_a_required_module_waits_for_the_required_one_before():
    sequential = course("a", "extra?", "b", "c", sequential=True)
    assert locks([sequential], done("a")) == {"c": ["b"]}
    assert locks([sequential], {}) == {"b": ["a"], "c": ["b"]}


def test_rule_7_a_module_is_open_when_one_of_my_paths_leaves_it_open():
    strict, easy = course("a", "b<a"), course("b", slug="easy")
    assert locks([strict], {}) == {"b": ["a"]}
    assert locks([strict, easy], {}) == {}


def test_rule_7_every_reason_of_every_path_is_told_once():
    one, other = course("a", "b<a"), course("a", "c", "b<a,c", slug="other")
    assert locks([one, other], {}) == {"b": ["a", "c"]}


def test_the_next_module_is_the_first_open_required_one_then_an_optional_one():
    path = course("a", "extra?", "b<a", "c")
    assert next_in(path, {}, locks([path], {})).module == "a"
    assert next_in(path, {"a": "in_progress"}, {"b": ["a"]}).module == "a"
    assert next_in(path, done("a"), {}).module == "b"
    assert next_in(path, done("a", "b", "c"), {}).module == "extra"
    assert next_in(path, done("a", "b", "c") | {"extra": "skipped"}, {}) is None


def test_the_minutes_left_are_those_of_the_required_modules_that_are_not_done():
    assert minutes_left(course("a", "b", "c", "extra?"), {"a": "waived", "b": "in_progress"}) == 20


# properties

MODULES = [f"m{number}" for number in range(6)]
PLACES = st.builds(
    Place,
    module=st.sampled_from(MODULES),
    required=st.booleans(),
    requires=st.lists(st.sampled_from(MODULES), max_size=3, unique=True).map(tuple),
    minutes=st.integers(0, 90),
)
COURSES = st.builds(
    Course,
    slug=st.text("pqr", min_size=1),
    places=st.lists(PLACES, max_size=6, unique_by=lambda one: one.module).map(tuple),
    is_sequential=st.booleans(),
)
WORK = st.dictionaries(st.sampled_from([*MODULES, "elsewhere"]), st.sampled_from(STATUSES))
SATISFIED = ("completed", "waived")


@given(COURSES, WORK)
def test_rule_6_percent_stays_between_0_and_100_and_is_the_floor(path, work):
    percent = percent_of(path, work)
    assert percent == oracle.percent(path, work)
    assert percent is None or 0 <= percent <= 100


@given(COURSES, WORK)
def test_rule_6_percent_is_100_exactly_when_everything_required_is_done(path, work):
    is_all_done = all(work.get(module) in SATISFIED for module in path.required)
    assert (percent_of(path, work) == 100) == (bool(path.required) and is_all_done)
    assert is_complete(path, work) == (percent_of(path, work) == 100)


@given(COURSES, WORK)
def test_rule_6_percent_is_null_exactly_when_nothing_is_required(path, work):
    assert (percent_of(path, work) is None) == (not any(one.required for one in path.places))


@given(COURSES, WORK)
def test_rule_6_percent_is_0_exactly_while_nothing_is_started(path, work):
    touched = any(work.get(one.module, "not_started") != "not_started" for one in path.places)
    assert percent_of(path, work) is None or (percent_of(path, work) == 0) == (not touched)


@given(COURSES, WORK, st.sampled_from(MODULES))
def test_rule_6_doing_one_more_never_lowers_the_percent(path, work, module):
    before, after = percent_of(path, work), percent_of(path, work | done(module))
    assert before is None or after >= before


@given(st.lists(COURSES, max_size=3), WORK)
def test_rule_7_started_work_never_locks_again_whatever_becomes_of_the_paths(paths, work):
    started = {module for module, status in work.items() if status != "not_started"}
    assert started.isdisjoint(locks(paths, work))


@given(st.lists(COURSES, max_size=3), WORK)
def test_rule_7_a_module_is_locked_only_where_every_path_locks_it(paths, work):
    assert set(locks(paths, work)) == oracle.locked(paths, work)


@given(st.lists(COURSES, max_size=3), WORK, COURSES)
def test_rule_7_joining_another_path_locks_nothing_that_was_open_in_mine(paths, work, another):
    standing = {one.module for path in paths for one in path.places}
    newly = set(locks([*paths, another], work)) - set(locks(paths, work))
    assert newly.isdisjoint(standing)


@given(COURSES, WORK)
def test_rule_7_what_blocks_a_module_is_unfinished_and_stands_in_the_path(path, work):
    standing = {one.module for one in path.places}
    for blocked_by in blockers_in(path, work).values():
        assert blocked_by
        assert len(set(blocked_by)) == len(blocked_by)
        assert set(blocked_by) <= standing
        assert not any(work.get(one) in SATISFIED for one in blocked_by)


@given(COURSES, WORK)
def test_what_comes_next_is_open_and_unfinished(path, work):
    locked = locks([path], work)
    found = next_in(path, work, locked)
    waiting = [
        one
        for one in path.places
        if one.module not in locked and work.get(one.module) not in (*SATISFIED, "skipped")
    ]
    assert (found is None) == (not waiting)
    assert found is None or (
        found in waiting and found.required == any(one.required for one in waiting)
    )
