"""What to do now, over all the paths that I follow."""

import pytest

from ..actions import do, join


@pytest.fixture
def paths(api, alice, make):
    """Alice on two paths that share a module."""
    make.path("python", ["variables", "loops"], order_policy="sequential")
    make.path("snakes", [{"slug": "trivia", "required": False}, "loops", "rings"])
    return {slug: join(api, alice, slug) for slug in ("snakes", "python")}


def next_of(api, who):
    return {entry["path"]: entry["module"] for entry in api.as_(who).get("/users/me/next")}


def test_every_active_path_has_one_entry(api, alice, paths):
    do(api, alice, "variables", "in_progress")
    first, second = api.as_(alice).get("/users/me/next")
    assert first == {
        "path": "python",
        "module": "variables",
        "required": True,
        "state": "in_progress",
        "estimated_minutes": 30,
        "path_percent": 1,
    }
    assert (second["path"], second["module"]) == ("snakes", "loops")  # required comes first


def test_what_is_done_in_one_path_moves_the_others_on(api, alice, paths):
    answer = do(api, alice, "loops")
    assert next_of(api, alice) == {"python": "variables", "snakes": "rings"}
    assert answer["next"]["module"] == "variables"  # of the first path with this module


def test_a_locked_module_is_not_next(api, alice, make):
    make.path("python", [{"slug": "loops", "requires": ["variables"]}, "variables"])
    join(api, alice, "python")
    assert next_of(api, alice) == {"python": "variables"}
    assert do(api, alice, "variables")["next"]["module"] == "loops"


def test_after_what_is_required_come_the_optional_ones(api, alice, paths):
    for module in ("variables", "loops"):
        do(api, alice, module)
    assert next_of(api, alice) == {"snakes": "rings"}  # python is complete
    assert do(api, alice, "trivia")["next"]["module"] == "rings"


def test_what_was_waived_or_left_out_is_not_next(api, ada, alice, paths):
    api.as_(ada).post(f"/users/{alice.id}/progress/loops/waive", {"reason": "Knows it."})
    api.as_(alice).post("/users/me/progress/trivia/skip")
    assert next_of(api, alice) == {"python": "variables", "snakes": "rings"}


def test_a_path_that_i_left_or_completed_has_no_entry(api, alice, paths):
    api.as_(alice).delete(f"/enrollments/{paths['python']['id']}")
    assert next_of(api, alice) == {"snakes": "loops"}
    for module in ("loops", "rings"):
        do(api, alice, module)
    assert next_of(api, alice) == {}


def test_whoever_follows_nothing_has_nothing_to_do(api, alice, ada):
    assert api.as_(alice).get("/users/me/next") == []
    problem = api.as_(ada).get("/users/999999/next", expect=404)
    assert problem["type"] == "/problems/user-not-found"
