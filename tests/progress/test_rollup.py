"""How far I am on a path, module by module."""

import pytest

from ..actions import arrange, do, join

PYTHON = "/users/me/paths/python"


@pytest.fixture
def python(api, alice, make):
    """Alice on a path of three required modules, and an optional one in the middle."""
    modules = [
        {"slug": "variables", "estimated_minutes": 10},
        {"slug": "loops", "estimated_minutes": 20, "requires": ["variables"]},
        {"slug": "extra", "estimated_minutes": 40, "required": False},
        {"slug": "classes", "estimated_minutes": None, "requires": ["loops"]},
    ]
    make.path("python", modules)
    return join(api, alice, "python")


def test_a_path_before_the_first_step(api, alice, python):
    rolled_up = api.as_(alice).get(PYTHON)
    modules = rolled_up.pop("modules")
    assert rolled_up == {
        "path": "python",
        "title": "Python",
        "status": "active",
        "percent": 0,
        "required": 3,
        "required_done": 0,
        "optional": 1,
        "optional_done": 0,
        "has_new_content": False,
        "due_at": None,
        "overdue": False,
        "minutes_left": 30,
        "next": {
            "path": "python",
            "module": "variables",
            "required": True,
            "state": "not_started",
            "estimated_minutes": 10,
            "path_percent": 0,
        },
    }
    assert [place["module"]["slug"] for place in modules] == [
        "variables",
        "loops",
        "extra",
        "classes",
    ]


def test_a_module_of_the_path(api, alice, python):
    do(api, alice, "variables", "in_progress", percent=40)
    first, second, *_ = api.as_(alice).get(PYTHON)["modules"]
    assert first.pop("module") == api.get("/modules/variables")
    assert first == {
        "position": 1,
        "required": True,
        "requires": [],
        "state": "in_progress",
        "percent": 40,
        "locked": False,
        "blocked_by": [],
        "outdated": False,
        "completed_at": None,
    }
    assert (second["requires"], second["locked"], second["blocked_by"]) == (
        ["variables"],
        True,
        ["variables"],
    )
    completed_at = do(api, alice, "variables")["progress"]["completed_at"]
    first, second, *_ = api.as_(alice).get(PYTHON)["modules"]
    assert (first["state"], first["percent"], first["completed_at"]) == (
        "completed",
        100,
        completed_at,
    )
    assert (second["locked"], second["blocked_by"]) == (False, [])


def test_the_percent_is_of_what_is_required_and_rounded_down(api, alice, python):
    def shown():
        rolled_up = api.as_(alice).get(PYTHON)
        names = ("percent", "required_done", "optional_done", "minutes_left")
        return tuple(rolled_up[name] for name in names)

    do(api, alice, "extra", "in_progress", percent=99)
    assert shown() == (1, 0, 0, 30)  # something is begun
    do(api, alice, "extra")
    assert shown() == (1, 0, 1, 30)
    do(api, alice, "variables")
    assert shown() == (33, 1, 1, 20)
    do(api, alice, "loops", "in_progress", percent=99)
    assert shown() == (33, 1, 1, 20)  # half-done does not count half
    do(api, alice, "loops")
    assert shown() == (66, 2, 1, 0)
    do(api, alice, "classes")
    assert shown() == (100, 3, 1, 0)
    do(api, alice, "classes", "in_progress")
    assert shown() == (66, 2, 1, 0)


def test_a_path_is_complete_once_and_for_all(api, ada, alice, make, python):
    for module in ("variables", "loops"):
        assert do(api, alice, module)["completed_paths"] == []
    assert do(api, alice, "classes")["completed_paths"] == ["python"]
    rolled_up = api.as_(alice).get(PYTHON)
    assert (rolled_up["status"], rolled_up["percent"]) == ("completed", 100)
    assert rolled_up["has_new_content"] is False
    do(api, alice, "classes", "in_progress")
    rolled_up = api.as_(alice).get(PYTHON)
    assert (rolled_up["status"], rolled_up["has_new_content"]) == ("completed", True)
    assert do(api, alice, "classes")["completed_paths"] == []  # announced once


def test_new_content_is_told_and_can_be_done(api, ada, alice, make, python):
    for module in ("variables", "loops", "classes"):
        do(api, alice, module)
    make.module("more", estimated_minutes=7)
    arrange(api, ada, "python", ["variables", "loops", "classes", "more"])
    rolled_up = api.as_(alice).get(PYTHON)
    assert (rolled_up["status"], rolled_up["percent"]) == ("completed", 75)
    assert (rolled_up["has_new_content"], rolled_up["minutes_left"]) == (True, 7)
    assert rolled_up["next"]["module"] == "more"
    do(api, alice, "more")
    rolled_up = api.as_(alice).get(PYTHON)
    assert (rolled_up["percent"], rolled_up["has_new_content"]) == (100, False)


def test_the_completion_remembers_the_version_of_the_path(api, ada, alice, python):
    arrange(api, ada, "python", ["variables", "loops"])
    for module in ("variables", "loops"):
        do(api, alice, module)
    (enrollment,) = api.as_(alice).get("/users/me/enrollments")
    assert enrollment["completed_path_version"] == 2
    arrange(api, ada, "python", ["variables"])
    assert api.as_(alice).get("/users/me/enrollments") == [enrollment]


def test_one_module_counts_in_every_path_and_may_complete_several(api, alice, make, python):
    make.path("snakes", ["variables"])
    make.path("boas", ["variables"])
    for slug in ("snakes", "boas"):
        join(api, alice, slug)
    assert do(api, alice, "variables")["completed_paths"] == ["boas", "snakes"]
    assert api.as_(alice).get(PYTHON)["percent"] == 33


def test_i_look_at_a_path_that_i_do_not_follow(api, mallory, python):
    do(api, mallory, "variables")
    rolled_up = api.as_(mallory).get(PYTHON)
    assert (rolled_up["status"], rolled_up["percent"]) == ("not_enrolled", 33)
    assert rolled_up["next"]["module"] == "loops"
    assert not any(place["locked"] for place in rolled_up["modules"])
    assert (rolled_up["has_new_content"], rolled_up["overdue"]) == (False, False)


def test_a_path_that_i_left_still_shows_how_far_i_came(api, alice, python):
    do(api, alice, "variables")
    api.as_(alice).delete(f"/enrollments/{python['id']}")
    rolled_up = api.as_(alice).get(PYTHON)
    assert (rolled_up["status"], rolled_up["percent"]) == ("withdrawn", 33)
    assert not any(place["locked"] for place in rolled_up["modules"])


def test_what_is_not_published_is_not_counted(api, ada, alice, make, python):
    make.module("sketch", status="draft")
    optional = {"module": "sketch", "required": False}
    arrange(api, ada, "python", ["variables", optional, "loops"])
    rolled_up = api.as_(alice).get(PYTHON)
    assert (rolled_up["required"], rolled_up["optional"]) == (2, 0)
    assert [place["position"] for place in rolled_up["modules"]] == [1, 3]


def test_a_path_that_requires_nothing_has_no_percent(api, ada, alice, python):
    api.as_(ada).post("/paths/python/archive")  # only so can it come to require nothing
    arrange(api, ada, "python", [{"module": "variables", "required": False}])
    do(api, alice, "variables")
    rolled_up = api.as_(alice).get(PYTHON)
    assert (rolled_up["percent"], rolled_up["status"]) == (None, "active")
    assert (rolled_up["required"], rolled_up["minutes_left"]) == (0, 0)


@pytest.mark.parametrize("slug", ["sketch", "nowhere", "shelf"])
def test_a_path_that_i_cannot_see_has_no_roll_up(api, ada, alice, make, slug):
    make.path("sketch", ["loops"], status="draft")
    make.path("shelf", ["loops"], status="archived")
    for url in (f"/users/me/paths/{slug}", f"/users/{alice.id}/paths/{slug}"):
        problem = api.as_(alice).get(url, expect=404)
        assert problem["type"] == "/problems/path-not-found"


def test_a_learner_who_is_not_there_has_no_roll_up(api, ada, python):
    problem = api.as_(ada).get("/users/999999/paths/python", expect=404)
    assert problem["type"] == "/problems/user-not-found"
