"""Making, changing and deleting paths."""

import pytest

from learnpath.modules.models import TITLE_MAX
from learnpath.paths.models import DESCRIPTION_MAX

from ..actions import draft_path, join, name_author

NEW = {"slug": "python", "title": "Python"}


def test_an_instructor_makes_a_path_and_is_its_author(api, grace):
    made = api.as_(grace).post("/paths", NEW, expect=201)
    output = {name: made.pop(name) for name in ("created_at", "updated_at")}
    assert all(time.endswith("Z") for time in output.values())
    assert made == {
        "slug": "python",
        "title": "Python",
        "description": "",
        "level": "beginner",
        "tags": [],
        "language": "en",
        "estimated_minutes": 0,
        "status": "draft",
        "order_policy": "free",
        "version": 1,
        "authors": [grace.id],
        "module_count": 0,
        "published_at": None,
    }


def test_a_path_says_of_itself_what_its_author_sent(api, grace):
    about = {
        "title": "Python, anew",
        "description": "From the first prompt.\nTo the last.",
        "level": "advanced",
        "tags": ["web", "basics", "web"],
        "language": "el",
        "order_policy": "sequential",
    }
    made = api.as_(grace).post("/paths", {"slug": "python", **about}, expect=201)
    assert made | about == {**made, **about}
    assert made["tags"] == ["basics", "web"]
    assert api.as_(grace).get("/paths/python") == made


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    "slug", ["", "Python", "py_thon", "-py", "py-", "py--thon", "é", "py\n", "a" * 81, 7, None]
)
def test_a_bad_slug_is_refused(api, grace, slug):
    problem = api.as_(grace).post("/paths", {"slug": slug, "title": "Python"}, expect=422)
    assert list(problem["errors"]) == ["slug"]


@pytest.mark.parametrize("slug", ["a", "7", "py-3", "a" * 80])
def test_a_good_slug_is_taken(api, grace, slug):
    assert api.as_(grace).post("/paths", {**NEW, "slug": slug}, expect=201)["slug"] == slug


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", " "),
        ("title", "t" * (TITLE_MAX + 1)),
        ("title", "two\nlines"),
        ("title", None),
        ("description", "d" * (DESCRIPTION_MAX + 1)),
        ("description", "\x00"),
        ("level", "expert"),
        ("tags", ["Web"]),
        ("tags", ["a" * 41]),
        ("tags", ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"]),
        ("tags", "web"),
        ("language", ""),
        ("language", "e" * 36),
        ("order_policy", "strict"),
        ("authors", "me"),
        ("authors", [0]),
        ("authors", ["1"]),
        ("authors", [True]),
        ("status", "published"),
        ("version", 7),
        ("published_at", "2026-01-01T00:00:00Z"),
    ],
)
def test_a_path_is_neither_made_nor_changed_by_nonsense(api, ada, field, value):
    problem = api.as_(ada).post("/paths", NEW | {field: value}, expect=422)
    assert list(problem["errors"]) == [field]
    before = api.as_(ada).post("/paths", NEW, expect=201)
    problem = api.as_(ada).patch("/paths/python", {field: value}, expect=422)
    assert list(problem["errors"]) == [field]
    assert api.as_(ada).get("/paths/python") == before


def test_the_slug_of_a_path_never_changes(api, grace):
    draft_path(api, grace, "python")
    problem = api.as_(grace).patch("/paths/python", {"slug": "snakes"}, expect=422)
    assert list(problem["errors"]) == ["slug"]


def test_a_slug_is_taken_once_also_by_a_draft_that_i_cannot_see(api, grace, ada):
    draft_path(api, ada, "python")
    problem = api.as_(grace).post("/paths", NEW, expect=409)
    assert problem["type"] == "/problems/slug-taken"
    assert api.as_(ada).get("/paths/python")["authors"] == [ada.id]


def test_an_author_changes_what_a_path_says_and_the_rest_stays(api, grace):
    draft_path(api, grace, "python")
    before = api.as_(grace).patch("/paths/python", {"tags": ["web"], "description": "Long."})
    after = api.as_(grace).patch("/paths/python", {"title": "Snakes"})
    assert after["updated_at"] > before["updated_at"]
    assert after == {**before, "title": "Snakes", "updated_at": after["updated_at"]}
    assert api.as_(grace).get("/paths/python") == after


def test_only_an_admin_says_who_the_authors_are(api, ada, grace, make):
    other = make.user("hedy", "instructor")
    api.as_(grace).post("/paths", {**NEW, "authors": [grace.id]}, expect=403)
    draft_path(api, grace, "python")
    api.as_(grace).patch("/paths/python", {"authors": [grace.id, other.id]}, expect=403)
    api.as_(make.key("catalogue:write")).patch("/paths/python", {"authors": [1]}, expect=403)
    authors = [other.id, grace.id, other.id]
    answer = api.as_(ada).patch("/paths/python", {"authors": authors})
    assert answer["authors"] == [grace.id, other.id]
    api.as_(other).patch("/paths/python", {"title": "Ours"})
    name_author(api, ada, "python", other)
    api.as_(grace).patch("/paths/python", {"title": "Mine"}, expect=403)


def test_an_admin_names_the_authors_of_a_new_path(api, ada, grace):
    made = api.as_(ada).post("/paths", {**NEW, "authors": [grace.id]}, expect=201)
    assert made["authors"] == [grace.id]


def test_somebody_who_is_not_there_is_no_author(api, ada, grace):
    problem = api.as_(ada).post("/paths", {**NEW, "authors": [grace.id, 999999]}, expect=422)
    assert problem["errors"] == {"authors": ["There are no users 999999."]}
    api.as_(ada).get("/paths/python", expect=404)


def test_another_instructor_neither_sees_nor_changes_my_draft(api, grace, make):
    other = make.user("hedy", "instructor")
    draft_path(api, grace, "python")
    api.as_(other).get("/paths/python", expect=404)
    api.as_(other).get("/paths/python/modules", expect=404)
    assert api.as_(other).get("/paths") == []
    api.as_(other).patch("/paths/python", {"title": "Mine"}, expect=403)
    api.as_(other).put("/paths/python/modules", [], expect=403)
    api.as_(other).post("/paths/python/publish", expect=403)
    api.as_(other).post("/paths/python/archive", expect=403)
    api.as_(other).get("/paths/python/validate", expect=403)
    api.as_(other).delete("/paths/python", expect=403)
    assert api.as_(grace).get("/paths/python")["title"] == "Python"


def test_whoever_teaches_no_more_edits_no_more(api, ada, grace):
    draft_path(api, grace, "python")
    api.as_(ada).patch(f"/users/{grace.id}/role", {"role": "learner"})
    api.as_(grace).patch("/paths/python", {"title": "Still mine"}, expect=403)


def test_learners_and_strangers_author_nothing(api, alice, ada):
    draft_path(api, ada, "python")
    for client, refused in ((api.as_(alice), 403), (api, 401)):
        client.post("/paths", NEW, expect=refused)
        client.patch("/paths/python", {"title": "Mine"}, expect=refused)
        client.put("/paths/python/modules", [], expect=refused)
        client.post("/paths/python/publish", expect=refused)
        client.post("/paths/python/archive", expect=refused)
        client.get("/paths/python/validate", expect=refused)
        client.delete("/paths/python", expect=refused)
    assert api.as_(ada).get("/paths/python")["title"] == "Python"


def test_an_admin_is_told_of_a_path_that_is_not_there(api, ada, grace):
    for who, status in ((ada, 404), (grace, 403)):
        api.as_(who).patch("/paths/snakes", {"title": "Snakes"}, expect=status)
        api.as_(who).put("/paths/snakes/modules", [], expect=status)
        api.as_(who).delete("/paths/snakes", expect=status)


def test_a_machine_keeps_the_catalogue(api, make):
    key = make.key("catalogue:write")
    assert api.as_(key).post("/paths", NEW, expect=201)["authors"] == []
    assert api.as_(key).get("/paths/python")["status"] == "draft"
    assert api.as_(key).patch("/paths/python", {"title": "Snakes"})["title"] == "Snakes"
    api.as_(key).delete("/paths/python")
    api.as_(key).get("/paths/python", expect=404)


def test_a_machine_with_another_scope_authors_nothing(api, make, grace):
    draft_path(api, grace, "python")
    key = make.key("progress:write", "enrollments:write", "reports:read")
    api.as_(key).post("/paths", {**NEW, "slug": "snakes"}, expect=403)
    api.as_(key).patch("/paths/python", {"title": "Mine"}, expect=403)
    api.as_(key).get("/paths/python", expect=404)


def test_a_path_that_nobody_followed_is_deleted_and_its_modules_stay(api, ada, make):
    make.module("loops")
    draft_path(api, ada, "python", ["loops"])
    api.as_(ada).delete("/paths/python")
    api.as_(ada).get("/paths/python", expect=404)
    assert api.get("/modules/loops")["slug"] == "loops"


def test_a_path_that_somebody_followed_is_not_deleted(api, ada, alice, make):
    make.path("python", ["loops"])
    enrollment = join(api, alice, "python")
    api.as_(alice).delete(f"/enrollments/{enrollment['id']}")
    problem = api.as_(ada).delete("/paths/python", expect=409)
    assert problem["type"] == "/problems/path-in-use"
    assert api.get("/paths/python")["module_count"] == 1
