"""Joining a path, and being put on one by staff."""

import pytest

from ..actions import do, draft_path, join, name_author

DUE = "2030-01-31T12:00:00.000000Z"


@pytest.fixture
def python(api, ada, grace, make):
    """A published path that Grace looks after."""
    make.path("python", ["variables", "loops"])
    name_author(api, ada, "python", grace)
    return "/paths/python/enrollments"


def test_i_join_a_path(api, alice, python):
    made = api.as_(alice).post(python, {}, expect=201)
    assert made.pop("id") > 0
    assert made.pop("enrolled_at").endswith("Z")
    assert made == {
        "user_id": alice.id,
        "path": "python",
        "status": "active",
        "due_at": None,
        "overdue": False,
        "note": None,
        "enrolled_by": alice.id,
        "started_at": None,
        "completed_at": None,
        "completed_path_version": None,
    }


def test_joining_again_answers_the_same(api, alice, python):
    first = api.as_(alice).post(python, {}, expect=201)
    assert api.as_(alice).post(python, {}, expect=200) == first
    assert api.as_(alice).post(python, {"user_id": alice.id}, expect=200) == first
    assert api.as_(alice).get("/users/me/enrollments") == [first]


def test_everybody_has_an_enrollment_of_their_own(api, alice, mallory, python):
    mine, hers = (api.as_(who).post(python, {}, expect=201) for who in (alice, mallory))
    assert mine["id"] != hers["id"]
    assert api.as_(mallory).get("/users/me/enrollments") == [hers]


@pytest.fixture(params=["admin", "instructor", "machine"])
def staff(request, ada, grace, make):
    """A caller who may enroll others in Grace's path."""
    return {"admin": ada, "instructor": grace, "machine": make.key("enrollments:write")}[
        request.param
    ]


@pytest.mark.parametrize("how", ["user_id", "email", "EMAIL"])
def test_staff_enroll_a_learner_by_id_or_address(api, alice, staff, python, how):
    whom = {
        "user_id": {"user_id": alice.id},
        "email": {"email": alice.email},
        "EMAIL": {"email": f" {alice.email.upper()} "},
    }[how]
    made = api.as_(staff).post(python, {**whom, "due_at": DUE, "note": "Welcome!"}, expect=201)
    assert (made["user_id"], made["due_at"], made["note"]) == (alice.id, DUE, "Welcome!")
    assert made["enrolled_by"] == (staff.id if staff.email else None)  # an API key is no user
    assert api.as_(alice).get("/users/me/enrollments") == [made]
    again = {**whom, "due_at": None, "note": "Again!"}
    assert api.as_(staff).post(python, again, expect=200) == made


@pytest.mark.parametrize(
    "wish", [{"due_at": DUE}, {"due_at": None}, {"note": "Mine"}, {"email": "alice@example.org"}]
)
def test_a_learner_only_joins(api, alice, python, wish):
    api.as_(alice).post(python, wish, expect=403)
    assert api.as_(alice).get("/users/me/enrollments") == []


def test_a_learner_enrolls_nobody_else(api, alice, mallory, python):
    for whom in ({"user_id": alice.id}, {"email": alice.email}, {"user_id": 999999}):
        api.as_(mallory).post(python, whom, expect=403)
    assert api.as_(alice).get("/users/me/enrollments") == []


def test_an_instructor_enrolls_others_in_their_own_paths_only(api, alice, grace, make, python):
    make.path("snakes", ["loops"])
    api.as_(grace).post("/paths/snakes/enrollments", {"user_id": alice.id}, expect=403)
    api.as_(grace).post("/paths/snakes/enrollments", {"email": alice.email}, expect=403)
    api.as_(grace).post("/paths/snakes/enrollments", {}, expect=201)  # to learn herself


def test_a_machine_with_another_scope_enrolls_nobody(api, alice, make, python):
    key = make.key("progress:write", "reports:read", "catalogue:write")
    api.as_(key).post(python, {"user_id": alice.id}, expect=403)


def test_a_machine_has_to_say_whom_it_enrolls(api, make, python):
    for body in ({}, {"user_id": None}, {"due_at": "2030-01-01T00:00:00Z"}):
        problem = api.as_(make.key("enrollments:write")).post(python, body, expect=422)
        assert "user_id" in problem["errors"]


def test_a_stranger_joins_nothing(api, python):
    api.post(python, {}, expect=401)


@pytest.mark.parametrize("whom", [{"user_id": 999999}, {"email": "nobody@example.org"}])
def test_somebody_who_is_not_there_is_not_enrolled(api, ada, python, whom):
    problem = api.as_(ada).post(python, whom, expect=404)
    assert problem["type"] == "/problems/user-not-found"


def test_nobody_joins_a_path_that_is_not_there_or_a_draft(api, alice, grace, make, python):
    make.module("loops")
    draft_path(api, grace, "sketch", ["loops"])
    for slug in ("sketch", "nowhere"):
        for who, whom in ((alice, {}), (grace, {})):
            problem = api.as_(who).post(f"/paths/{slug}/enrollments", whom, expect=404)
            assert problem["type"] == "/problems/path-not-found"
    api.as_(grace).post("/paths/sketch/enrollments", {"user_id": alice.id}, expect=404)


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("user_id", 0),
        ("user_id", "1"),
        ("user_id", True),
        ("user_id", None),
        ("email", ""),
        ("email", 7),
        ("email", "a" * 400),
        ("due_at", "2030-01-31"),
        ("due_at", "2030-01-31T12:00:00"),
        ("due_at", "2030-02-31T12:00:00Z"),
        ("due_at", 7),
        ("note", "n" * 501),
        ("note", "\x00"),
        ("note", ""),
        ("status", "completed"),
        ("enrolled_by", 1),
    ],
)
def test_a_bad_wish_is_refused(api, ada, python, field, value):
    problem = api.as_(ada).post(python, {field: value}, expect=422)
    assert list(problem["errors"]) == [field]
    assert api.as_(ada).get(python) == []


def test_one_person_is_named_in_one_way(api, ada, alice, python):
    both = {"user_id": alice.id, "email": alice.email}
    assert list(api.as_(ada).post(python, both, expect=422)["errors"]) == ["email"]


def test_whoever_has_done_everything_already_completes_the_path_by_joining(api, alice, python):
    for module in ("variables", "loops"):
        do(api, alice, module)
    made = api.as_(alice).post(python, {}, expect=201)
    assert (made["status"], made["completed_path_version"]) == ("completed", 1)
    assert made["started_at"] is not None
    assert made["completed_at"] is not None


def test_the_first_step_starts_the_path_once(api, alice, python):
    enrollment = api.as_(alice).post(python, {}, expect=201)
    do(api, alice, "variables", "in_progress")
    started = api.as_(alice).get(f"/enrollments/{enrollment['id']}")["started_at"]
    assert started > enrollment["enrolled_at"]
    do(api, alice, "variables")
    assert api.as_(alice).get(f"/enrollments/{enrollment['id']}")["started_at"] == started


def test_naming_a_published_path_as_ones_own_enrolls(api, alice, python):
    user = api.as_(alice).put("/users/me", {"learning_path": "python"})
    assert user["learning_path"] == "python"
    (made,) = api.as_(alice).get("/users/me/enrollments")
    assert (made["path"], made["status"], made["enrolled_by"]) == ("python", "active", alice.id)
    api.as_(alice).put("/users/me", {"learning_path": "python"})
    assert api.as_(alice).get("/users/me/enrollments") == [made]


def test_an_admin_who_names_my_path_enrolls_me(api, alice, ada, python):
    api.as_(ada).put(f"/users/{alice.id}", {"learning_path": "python"})
    (made,) = api.as_(alice).get("/users/me/enrollments")
    assert (made["user_id"], made["enrolled_by"]) == (alice.id, ada.id)


@pytest.mark.parametrize("label", ["Backend, some day", "sketch", "Python", None])
def test_any_other_words_enroll_and_withdraw_nothing(api, alice, make, python, label):
    make.path("sketch", ["loops"], status="draft")
    mine = join(api, alice, "python")
    user = api.as_(alice).put("/users/me", {"learning_path": label})
    assert user["learning_path"] == label
    assert api.as_(alice).get("/users/me/enrollments") == [mine]


def test_another_change_of_my_profile_enrolls_nothing(api, alice, python):
    api.as_(alice).put("/users/me", {"learning_path": "python"})
    (made,) = api.as_(alice).get("/users/me/enrollments")
    api.as_(alice).delete(f"/enrollments/{made['id']}")
    api.as_(alice).put("/users/me", {"name": "Alice B."})
    (still,) = api.as_(alice).get("/users/me/enrollments")
    assert still["status"] == "withdrawn"


def test_a_strict_catalogue_knows_published_paths_only(api, alice, settings, python):
    settings(STRICT_CATALOGUE=True)
    problem = api.as_(alice).put("/users/me", {"learning_path": "Some day"}, expect=422)
    assert list(problem["errors"]) == ["learning_path"]
    api.as_(alice).put("/users/me", {"learning_path": "python"})
    assert len(api.as_(alice).get("/users/me/enrollments")) == 1
