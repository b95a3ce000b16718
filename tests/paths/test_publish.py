"""Publishing and archiving paths, and asking what keeps one from being completed."""

import pytest

from ..actions import arrange, do, draft_path, join, name_author, order_of


@pytest.fixture
def python(api, grace, make):
    """A draft of Grace's that could be published; `sketch` and `old` are no published modules."""
    make.module("loops")
    make.module("sketch", status="draft", created_by=grace.id)
    make.module("old", status="archived")
    return draft_path(api, grace, "python", ["loops"])


def test_everybody_sees_a_published_path(api, grace, python):
    api.get("/paths/python", expect=404)
    published = api.as_(grace).post("/paths/python/publish")
    assert published["status"] == "published"
    assert published["published_at"].endswith("Z")
    assert api.get("/paths/python") == published
    assert [path["slug"] for path in api.get("/paths")] == ["python"]


def test_publishing_again_changes_nothing(api, grace, python):
    first = api.as_(grace).post("/paths/python/publish")
    assert api.as_(grace).post("/paths/python/publish") == first


def entry(slug, required=True, requires=()):
    return {"module": slug, "required": required, "requires": list(requires)}


@pytest.mark.parametrize(
    ("entries", "problems"),
    [
        ([], [(None, "requires no published module, so it is never complete")]),
        (
            [entry("loops", required=False)],
            [(None, "requires no published module, so it is never complete")],
        ),
        (
            ["sketch"],
            [
                ("sketch", "is required but draft, so no learner can complete it"),
                (None, "requires no published module, so it is never complete"),
            ],
        ),
        (
            ["loops", "sketch", "old"],
            [
                ("sketch", "is required but draft, so no learner can complete it"),
                ("old", "is required but archived, so no learner can complete it"),
            ],
        ),
    ],
    ids=["empty", "nothing required", "only drafts", "unpublished modules"],
)
def test_a_path_that_nobody_can_complete_is_not_published(api, grace, python, entries, problems):
    arrange(api, grace, python, entries)
    output = [{"module": slug, "reason": reason} for slug, reason in problems]
    output = [{key: value for key, value in one.items() if value is not None} for one in output]
    answer = api.as_(grace).get("/paths/python/validate")
    assert answer == {"completable": False, "problems": output}
    problem = api.as_(grace).post("/paths/python/publish", expect=409)
    assert problem["type"] == "/problems/path-not-completable"
    assert problem["problems"] == output
    api.get("/paths/python", expect=404)


def test_a_circle_in_the_database_is_found(api, app, grace, python):
    """No endpoint lets one in; an older version or a hand in the database could."""
    import sqlalchemy as sa

    from learnpath.db import db
    from learnpath.paths.models import PathModule

    with app.app_context():
        db.session.execute(sa.update(PathModule).values(requires=["loops"]))
        db.session.commit()
    (problem,) = api.as_(grace).get("/paths/python/validate")["problems"]
    assert problem == {"module": "loops", "reason": "is in a circle of prerequisites: loops"}


def test_an_unpublished_optional_module_or_prerequisite_is_no_problem(api, grace, python):
    arrange(api, grace, python, [entry("sketch", required=False), entry("loops", True, ["sketch"])])
    assert api.as_(grace).get("/paths/python/validate") == {"completable": True, "problems": []}
    api.as_(grace).post("/paths/python/publish")


def test_an_archived_path_is_off_the_shelf(api, grace, alice, make, python):
    api.as_(grace).post("/paths/python/publish")
    assert api.as_(grace).post("/paths/python/archive")["status"] == "archived"
    for client in (api, api.as_(alice)):
        client.get("/paths/python", expect=404)
        client.get("/paths/python/modules", expect=404)
        assert client.get("/paths") == []
    other = make.user("hedy", "instructor")
    assert api.as_(other).get("/paths/python")["status"] == "archived"


def test_archiving_again_changes_nothing(api, grace, python):
    first = api.as_(grace).post("/paths/python/archive")
    assert api.as_(grace).post("/paths/python/archive") == first


def test_an_archived_path_takes_nobody_on(api, ada, alice, make):
    make.path("python", ["loops"])
    api.as_(ada).post("/paths/python/archive")
    for who, whom in ((alice, {}), (ada, {"user_id": alice.id})):
        problem = api.as_(who).post("/paths/python/enrollments", whom, expect=409)
        assert problem["type"] == "/problems/path-archived"
    assert api.as_(alice).put("/users/me", {"learning_path": "python"})["learning_path"] == "python"
    assert api.as_(alice).get("/users/me/enrollments") == []


def test_whoever_follows_an_archived_path_goes_on(api, ada, alice, make):
    make.path("python", ["variables", "loops"], order_policy="sequential")
    join(api, alice, "python")
    api.as_(ada).post("/paths/python/archive")
    assert api.as_(alice).get("/users/me/paths/python")["next"]["module"] == "variables"
    problem = api.as_(alice).put(
        "/users/me/progress/loops", {"status": "completed"}, expect=409
    )  # its order still holds
    assert problem["blocked_by"] == ["variables"]
    do(api, alice, "variables")
    assert [entry["module"] for entry in api.as_(alice).get("/users/me/next")] == ["loops"]
    assert do(api, alice, "loops")["completed_paths"] == ["python"]
    (enrollment,) = api.as_(alice).get("/users/me/enrollments")
    assert enrollment["status"] == "completed"


def test_whoever_withdrew_does_not_return_to_an_archived_path(api, ada, alice, make):
    make.path("python", ["loops"])
    enrollment = join(api, alice, "python")
    api.as_(alice).delete(f"/enrollments/{enrollment['id']}")
    api.as_(ada).post("/paths/python/archive")
    api.as_(alice).post("/paths/python/enrollments", {}, expect=409)


def test_the_author_still_edits_an_archived_path(api, ada, grace, make):
    make.path("python", ["variables", "loops"])
    name_author(api, ada, "python", grace)
    api.as_(grace).post("/paths/python/archive")
    api.as_(grace).patch("/paths/python", {"title": "Old snakes"})
    arrange(api, grace, "python", ["loops"])
    assert order_of(api, grace, "python") == ["loops"]


def test_the_first_day_of_publication_stays(api, grace, python):
    first = api.as_(grace).post("/paths/python/publish")["published_at"]
    api.as_(grace).post("/paths/python/archive")
    assert api.as_(grace).post("/paths/python/publish")["published_at"] == first
