"""The rules of a path: locks, percent and what comes next (rules 6 and 7)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnpath.progress.rules.events import STATUSES
from learnpath.progress.rules.paths import (
    PathModule,
    PathOutline,
    is_complete,
    locked_modules,
    minutes_left,
    missing_prerequisites,
    next_module,
    percent_of,
)

from . import oracle


def outline(*modules, slug="path", sequential=False):
    """Make a path; "a" is required, "a?" optional, "b<a" requires a, "c<a,b" both."""
    return PathOutline(
        slug=slug, is_sequential=sequential, modules=tuple(map(path_module, modules))
    )


def path_module(written, minutes=10):
    name, _, needs = written.partition("<")
    return PathModule(
        module=name.rstrip("?"),
        required=not name.endswith("?"),
        requires=tuple(needs.split(",")) if needs else (),
        minutes=minutes,
    )


def done(*modules):
    return dict.fromkeys(modules, "completed")


# examples


@pytest.mark.parametrize(
    ("modules", "statuses", "percent"),
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
def test_rule_6_the_percent_of_a_path_is_floored(modules, statuses, percent):
    assert percent_of(outline(*modules), statuses) == percent


def test_rule_7_a_module_waits_for_what_it_requires():
    assert locked_modules([outline("a", "b<a")], {}) == {"b": ["a"]}
    assert locked_modules([outline("a", "b<a")], {"a": "in_progress"}) == {"b": ["a"]}


@pytest.mark.parametrize("status", ["completed", "waived"])
def test_rule_7_what_is_done_or_waived_opens_the_next(status):
    assert locked_modules([outline("a", "b<a")], {"a": status}) == {}


@pytest.mark.parametrize("status", ["in_progress", "completed", "skipped", "waived"])
def test_rule_7_started_work_never_locks_again(status):
    assert locked_modules([outline("a", "b<a")], {"b": status}) == {}


def test_rule_7_what_has_left_the_path_is_not_waited_for():
    assert locked_modules([outline("b<gone")], {}) == {}


def test_rule_7_in_a_sequential_path_a_required_module_waits_for_the_required_one_before():
    sequential = outline("a", "extra?", "b", "c", sequential=True)
    assert locked_modules([sequential], done("a")) == {"c": ["b"]}
    assert locked_modules([sequential], {}) == {"b": ["a"], "c": ["b"]}


def test_rule_7_a_module_is_open_when_one_of_my_paths_leaves_it_open():
    strict, easy = outline("a", "b<a"), outline("b", slug="easy")
    assert locked_modules([strict], {}) == {"b": ["a"]}
    assert locked_modules([strict, easy], {}) == {}


def test_rule_7_every_reason_of_every_path_is_told_once():
    one, other = outline("a", "b<a"), outline("a", "c", "b<a,c", slug="other")
    assert locked_modules([one, other], {}) == {"b": ["a", "c"]}


def test_the_next_module_is_the_first_open_required_one_then_an_optional_one():
    path = outline("a", "extra?", "b<a", "c")
    assert next_module(path, {}, locked_modules([path], {})).module == "a"
    assert next_module(path, {"a": "in_progress"}, {"b": ["a"]}).module == "a"
    assert next_module(path, done("a"), {}).module == "b"
    assert next_module(path, done("a", "b", "c"), {}).module == "extra"
    assert next_module(path, done("a", "b", "c") | {"extra": "skipped"}, {}) is None


def test_the_minutes_left_are_those_of_the_required_modules_that_are_not_done():
    assert minutes_left(outline("a", "b", "c", "extra?"), {"a": "waived", "b": "in_progress"}) == 20


# properties

MODULES = [f"m{number}" for number in range(6)]
PATH_MODULES = st.builds(
    PathModule,
    module=st.sampled_from(MODULES),
    required=st.booleans(),
    requires=st.lists(st.sampled_from(MODULES), max_size=3, unique=True).map(tuple),
    minutes=st.integers(0, 90),
)
OUTLINES = st.builds(
    PathOutline,
    slug=st.text("pqr", min_size=1),
    modules=st.lists(PATH_MODULES, max_size=6, unique_by=lambda one: one.module).map(tuple),
    is_sequential=st.booleans(),
)
MODULE_STATUSES = st.dictionaries(
    st.sampled_from([*MODULES, "elsewhere"]), st.sampled_from(STATUSES)
)
SATISFIED = ("completed", "waived")


@given(OUTLINES, MODULE_STATUSES)
def test_rule_6_percent_stays_between_0_and_100_and_is_the_floor(path, statuses):
    percent = percent_of(path, statuses)
    assert percent == oracle.percent(path, statuses)
    assert percent is None or 0 <= percent <= 100


@given(OUTLINES, MODULE_STATUSES)
def test_rule_6_percent_is_100_exactly_when_everything_required_is_done(path, statuses):
    is_all_done = all(statuses.get(module) in SATISFIED for module in path.required)
    assert (percent_of(path, statuses) == 100) == (bool(path.required) and is_all_done)
    assert is_complete(path, statuses) == (percent_of(path, statuses) == 100)


@given(OUTLINES, MODULE_STATUSES)
def test_rule_6_percent_is_null_exactly_when_nothing_is_required(path, statuses):
    assert (percent_of(path, statuses) is None) == (not any(one.required for one in path.modules))


@given(OUTLINES, MODULE_STATUSES)
def test_rule_6_percent_is_0_exactly_while_nothing_is_started(path, statuses):
    touched = any(statuses.get(one.module, "not_started") != "not_started" for one in path.modules)
    assert percent_of(path, statuses) is None or (percent_of(path, statuses) == 0) == (not touched)


@given(OUTLINES, MODULE_STATUSES, st.sampled_from(MODULES))
def test_rule_6_doing_one_more_never_lowers_the_percent(path, statuses, module):
    before, after = percent_of(path, statuses), percent_of(path, statuses | done(module))
    assert before is None or after >= before


@given(st.lists(OUTLINES, max_size=3), MODULE_STATUSES)
def test_rule_7_started_work_never_locks_again_whatever_becomes_of_the_paths(paths, statuses):
    started = {module for module, status in statuses.items() if status != "not_started"}
    assert started.isdisjoint(locked_modules(paths, statuses))


@given(st.lists(OUTLINES, max_size=3), MODULE_STATUSES)
def test_rule_7_a_module_is_locked_only_where_every_path_locks_it(paths, statuses):
    assert set(locked_modules(paths, statuses)) == oracle.locked(paths, statuses)


@given(st.lists(OUTLINES, max_size=3), MODULE_STATUSES, OUTLINES)
def test_rule_7_joining_another_path_locks_nothing_that_was_open_in_mine(paths, statuses, another):
    present = {one.module for path in paths for one in path.modules}
    newly = set(locked_modules([*paths, another], statuses)) - set(locked_modules(paths, statuses))
    assert newly.isdisjoint(present)


@given(OUTLINES, MODULE_STATUSES)
def test_rule_7_what_blocks_a_module_is_unfinished_and_stands_in_the_path(path, statuses):
    present = {one.module for one in path.modules}
    for blocked_by in missing_prerequisites(path, statuses).values():
        assert blocked_by
        assert len(set(blocked_by)) == len(blocked_by)
        assert set(blocked_by) <= present
        assert not any(statuses.get(one) in SATISFIED for one in blocked_by)


@given(OUTLINES, MODULE_STATUSES)
def test_what_comes_next_is_open_and_unfinished(path, statuses):
    locked = locked_modules([path], statuses)
    found = next_module(path, statuses, locked)
    waiting = [
        one
        for one in path.modules
        if one.module not in locked and statuses.get(one.module) not in (*SATISFIED, "skipped")
    ]
    assert (found is None) == (not waiting)
    assert found is None or (
        found in waiting and found.required == any(one.required for one in waiting)
    )
