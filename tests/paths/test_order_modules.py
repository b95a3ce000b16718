"""Putting a path's modules in order: the whole list at once."""

from __future__ import annotations

import pytest

from ..actions import after, arrange, do, draft_path, join, optional, order_of


@pytest.fixture
def python(api, grace, make):
    """A draft of Grace's with three modules."""
    for slug in ("variables", "loops", "classes"):
        make.module(slug)
    return draft_path(api, grace, "python", ["variables", "loops", "classes"])


def test_the_answer_is_the_new_list(api, grace, python):
    answer = arrange(api, grace, python, [after("loops", "classes"), optional("classes")])
    assert [
        (place["position"], place["module"]["slug"], place["required"], place["requires"])
        for place in answer
    ] == [(1, "loops", True, ["classes"]), (2, "classes", False, [])]
    assert api.as_(grace).get("/paths/python/modules") == answer
    assert api.as_(grace).get("/paths/python")["module_count"] == 2


def test_a_path_of_500_modules_is_replaced_at_once(api, app, grace, python):
    from learnpath.db import db
    from learnpath.modules.models import Module

    slugs = [f"module-{number}" for number in range(501)]
    with app.app_context():
        db.session.add_all(Module(slug=slug, title=slug, status="published") for slug in slugs)
        db.session.commit()
    problem = arrange(api, grace, python, slugs, expect=422)
    assert problem["errors"] == {"_schema": ["A path has at most 500 modules."]}
    assert order_of(api, grace, python) == ["variables", "loops", "classes"]
    assert len(arrange(api, grace, python, slugs[:500])) == 500
    assert arrange(api, grace, python, slugs[499::-1])[0]["module"]["slug"] == "module-499"


def test_the_version_grows_with_every_change_and_only_then(api, grace, python):
    versions = []
    for entries in (
        ["variables", "loops", "classes"],  # as it is
        ["loops", "variables", "classes"],
        ["loops", "variables"],
        ["loops", optional("variables")],
        [after("loops", "variables"), optional("variables")],
        [after("loops", "variables", "variables"), optional("variables")],  # the same
    ):
        arrange(api, grace, python, entries)
        versions.append(api.as_(grace).get("/paths/python")["version"])
    assert versions == [2, 3, 4, 5, 6, 6]
    api.as_(grace).patch("/paths/python", {"title": "Snakes"})
    assert api.as_(grace).get("/paths/python")["version"] == 6


@pytest.mark.parametrize(
    ("entries", "errors"),
    [
        (["loops", "snakes"], {"1": {"module": ["There is no such module in the catalogue."]}}),
        (["loops", "loops"], {"1": {"module": ["This module is already in the list."]}}),
        ([after("loops", "classes")], {"0": {"requires": ["Not in this path: classes."]}}),
    ],
)
def test_a_list_that_does_not_fit_is_refused_with_the_place(api, grace, python, entries, errors):
    before = api.as_(grace).get("/paths/python")
    assert arrange(api, grace, python, entries, expect=422)["errors"] == errors
    assert order_of(api, grace, python) == ["variables", "loops", "classes"]
    assert api.as_(grace).get("/paths/python") == before


def test_a_stub_has_to_be_described_before_it_stands_in_a_path(api, alice, grace, python):
    api.as_(alice).post("/users/me/progress", {"module_id": "decorators", "completed": True})
    arrange(api, grace, python, ["decorators"], expect=422)
    assert order_of(api, grace, python) == ["variables", "loops", "classes"]


@pytest.mark.parametrize("entry", [after("secret"), after("loops", "secret")])
def test_a_draft_that_i_do_not_see_is_as_unknown_to_me_as_none_at_all(
    api, grace, make, python, entry
):
    linus = make.user("linus", "instructor")
    api.as_(linus).post("/modules", {"slug": "secret", "title": "Secret"}, expect=201)
    urls = [f"/paths/{python}/modules{query}" for query in ("", "?dry_run=true")]
    hidden = [api.as_(grace).put(url, [entry], expect=422) for url in urls]
    api.as_(linus).delete("/modules/secret")
    assert [api.as_(grace).put(url, [entry], expect=422) for url in urls] == hidden
    assert order_of(api, grace, python) == ["variables", "loops", "classes"]


def test_a_draft_that_stands_in_my_path_already_may_stay(api, ada, grace, make, python):
    make.module("secret", status="draft")
    arrange(api, ada, python, ["variables", "secret"])
    arrange(api, grace, python, ["secret", "variables"])
    assert order_of(api, grace, python) == ["secret", "variables"]


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"module": "a b"},
        {"module": None},
        {"module": "loops", "required": 1},
        {"module": "loops", "required": "true"},
        {"module": "loops", "requires": "variables"},
        {"module": "loops", "requires": ["a b"]},
        {"module": "loops", "requires": [None]},
        {"module": "loops", "requires": [f"m{number}" for number in range(21)]},
        {"module": "loops", "position": 1},
        "loops",
        None,
    ],
)
def test_a_bad_entry_is_refused(api, grace, python, entry):
    api.as_(grace).put("/paths/python/modules", [entry], expect=422)
    assert order_of(api, grace, python) == ["variables", "loops", "classes"]


def test_a_list_is_a_list(api, grace, python):
    for body in ({}, {"modules": []}, "loops", 7):
        api.as_(grace).put("/paths/python/modules", body, expect=422)


@pytest.mark.parametrize(
    ("policy", "entries"),
    [
        ("free", [after("loops", "loops")]),
        ("free", [after("loops", "classes"), after("classes", "loops")]),
        (
            "free",
            [after("loops", "classes"), after("classes", "variables"), after("variables", "loops")],
        ),
        ("sequential", [after("loops", "classes"), "classes"]),
        ("sequential", [after("loops", "variables"), optional("variables", "classes"), "classes"]),
    ],
)
def test_modules_never_require_each_other_in_a_circle(api, grace, python, policy, entries):
    before = api.as_(grace).patch("/paths/python", {"order_policy": policy})
    problem = arrange(api, grace, python, entries, expect=422)
    assert "loops" in problem["errors"]["requires"][0]
    assert order_of(api, grace, python) == ["variables", "loops", "classes"]
    assert api.as_(grace).get("/paths/python") == before


def test_a_free_path_does_not_become_a_sequential_circle(api, grace, python):
    arrange(api, grace, python, [after("loops", "classes"), "classes"])
    problem = api.as_(grace).patch("/paths/python", {"order_policy": "sequential"}, expect=422)
    assert list(problem["errors"]) == ["requires"]
    assert api.as_(grace).get("/paths/python")["order_policy"] == "free"


@pytest.mark.parametrize(
    "entries",
    [[], [optional("loops")], ["loops", "sketch"]],
    ids=["nothing", "nothing required", "a draft is required"],
)
def test_a_published_path_always_can_be_completed(api, ada, make, course, entries):
    make.module("sketch", status="draft")
    before = api.get("/paths/python")
    problem = arrange(api, ada, course, entries, expect=409)
    assert problem["type"] == "/problems/path-not-completable"
    assert problem["path"] == "python"
    assert problem["problems"]
    assert order_of(api, ada, course) == ["variables", "loops", "classes"]
    assert api.get("/paths/python") == before


def test_an_optional_draft_may_wait_in_a_published_path(api, ada, alice, make, course):
    make.module("sketch", status="draft")
    arrange(api, ada, course, ["loops", optional("sketch")])
    assert order_of(api, alice, course) == ["loops"]
    assert order_of(api, ada, course) == ["loops", "sketch"]


def test_reordering_and_removing_leave_all_progress_alone(api, ada, alice, course):
    join(api, alice, course)
    do(api, alice, "variables", score=80)
    do(api, alice, "loops", "in_progress", percent=40)
    before = api.as_(alice).get("/users/me/progress")
    arrange(api, ada, course, ["classes", "loops"])
    arrange(api, ada, course, ["loops", optional("variables"), "classes"])
    assert api.as_(alice).get("/users/me/progress") == before
    assert api.as_(alice).get("/users/me")["progress"] == {"variables": True, "loops": False}


def test_whoever_now_has_everything_completes_the_path(api, ada, alice, mallory, course):
    for who in (alice, mallory):
        join(api, who, course)
        do(api, who, "variables")
    do(api, alice, "loops")
    arrange(api, ada, course, ["variables", "loops"])
    version = api.get("/paths/python")["version"]
    (mine,) = api.as_(alice).get("/users/me/enrollments")
    assert (mine["status"], mine["completed_path_version"]) == ("completed", version)
    (hers,) = api.as_(mallory).get("/users/me/enrollments")
    assert (hers["status"], hers["completed_at"]) == ("active", None)


def test_adding_a_module_takes_no_completion_away(api, ada, alice, course):
    join(api, alice, course)
    for slug in ("variables", "loops", "classes"):
        do(api, alice, slug)
    before = api.as_(alice).get("/users/me/enrollments")
    arrange(api, ada, course, ["variables", "loops", "classes", "extra"])
    assert api.as_(alice).get("/users/me/enrollments") == before
    assert api.as_(alice).get("/users/me/paths/python")["has_new_content"] is True
