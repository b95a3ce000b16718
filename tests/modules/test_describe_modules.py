"""Making, changing and deleting modules."""

import pytest

from learnpath.modules.models import MINUTES_MAX, SUMMARY_MAX, TITLE_MAX

from ..actions import arrange, do, draft_path, join, name_author

NEW = {"slug": "loops", "title": "Loops"}


def test_a_new_module_is_a_draft_that_only_its_maker_sees(api, alice, ada, grace, hedy):
    made = api.as_(grace).post("/modules", NEW, expect=201)
    assert made | {"created_at": 0, "updated_at": 0} == {
        "slug": "loops",
        "title": "Loops",
        "summary": "",
        "goals": [],
        "kind": "lesson",
        "url": None,
        "links": [],
        "estimated_minutes": None,
        "status": "draft",
        "revision": 1,
        "created_at": 0,
        "updated_at": 0,
    }
    for who in (grace, ada):
        assert api.as_(who).get("/modules/loops") == made
    for client in (api, api.as_(alice), api.as_(hedy)):
        client.get("/modules/loops", expect=404)
        assert client.get("/modules") == []


def test_a_module_says_what_was_sent(api, grace):
    about = {
        "title": "Loops, anew",
        "summary": "For and while.\nAnd else.",
        "goals": ["Write one", "Leave one"],
        "kind": "exercise",
        "url": "https://docs.python.org/3/",
        "links": [{"title": "Start", "file": "README.md"}],
        "estimated_minutes": 45,
        "status": "published",
        "revision": 3,
    }
    made = api.as_(grace).post("/modules", {"slug": "loops", **about}, expect=201)
    assert made == {**made, **about}
    assert api.get("/modules/loops") == made


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "t" * (TITLE_MAX + 1)),
        ("title", None),
        ("summary", "s" * (SUMMARY_MAX + 1)),
        ("summary", None),
        ("goals", ["g" * 201]),
        ("goals", ["g"] * 21),
        ("goals", "many"),
        ("kind", "song"),
        ("url", "javascript:alert(1)"),
        ("url", "not a url"),
        ("links", [{"title": "Nowhere"}]),
        ("links", [{"title": "Two", "url": "https://example.org", "file": "README.md"}]),
        ("links", [{"title": "Bad", "url": "javascript:alert(1)"}]),
        ("estimated_minutes", 0),
        ("estimated_minutes", MINUTES_MAX + 1),
        ("estimated_minutes", "45"),
        ("estimated_minutes", True),
        ("status", "uncatalogued"),
        ("status", None),
        ("revision", 0),
        ("revision", 1.0),
        ("created_by", 1),
        ("reported_by", 1),
    ],
)
def test_a_module_is_neither_made_nor_changed_by_nonsense(api, grace, field, value):
    problem = api.as_(grace).post("/modules", NEW | {field: value}, expect=422)
    assert list(problem["errors"]) == [field]
    before = api.as_(grace).post("/modules", NEW, expect=201)
    problem = api.as_(grace).patch("/modules/loops", {field: value}, expect=422)
    assert list(problem["errors"]) == [field]
    assert api.as_(grace).get("/modules/loops") == before


@pytest.mark.parametrize("slug", ["", "-loops", "a" * 101, "a b", "events", "é", 7, None])
def test_a_bad_module_id_is_refused(api, grace, slug):
    problem = api.as_(grace).post("/modules", NEW | {"slug": slug}, expect=422)
    assert list(problem["errors"]) == ["slug"]


def test_a_module_id_is_taken_once_and_never_changes(api, grace, hedy):
    before = api.as_(grace).post("/modules", NEW, expect=201)
    problem = api.as_(hedy).post("/modules", NEW | {"title": "Mine"}, expect=409)
    assert problem["type"] == "/problems/slug-taken"
    api.as_(grace).patch("/modules/loops", {"slug": "rings"}, expect=422)
    assert api.as_(grace).get("/modules/loops") == before


def test_what_is_not_sent_stays(api, grace):
    api.as_(grace).post("/modules", NEW | {"summary": "For and while."}, expect=201)
    before = api.as_(grace).patch("/modules/loops", {"estimated_minutes": 45})
    after = api.as_(grace).patch("/modules/loops", {"title": "Rings", "estimated_minutes": None})
    assert after["updated_at"] > before["updated_at"]
    changes = {"title": "Rings", "estimated_minutes": None, "updated_at": after["updated_at"]}
    assert after == before | changes


def test_a_revision_never_goes_back(api, grace):
    api.as_(grace).post("/modules", NEW | {"revision": 3}, expect=201)
    problem = api.as_(grace).patch("/modules/loops", {"revision": 2}, expect=422)
    assert problem["errors"] == {"revision": ["A revision never goes back."]}
    for revision in (3, 4):
        answer = api.as_(grace).patch("/modules/loops", {"revision": revision})
        assert answer["revision"] == revision


def test_learners_and_strangers_describe_nothing(api, alice, make):
    make.module("loops")
    for client, refused in ((api.as_(alice), 403), (api, 401)):
        client.post("/modules", NEW | {"slug": "rings"}, expect=refused)
        client.patch("/modules/loops", {"title": "Mine"}, expect=refused)
        client.delete("/modules/loops", expect=refused)
    assert [module["title"] for module in api.get("/modules")] == ["Loops"]


def test_a_machine_describes_modules_within_its_scope(api, make):
    key = make.key("catalogue:write")
    api.as_(key).post("/modules", NEW, expect=201)
    api.as_(key).patch("/modules/loops", {"status": "published"})
    api.as_(make.key("reports:read")).patch("/modules/loops", {"title": "Mine"}, expect=403)
    api.as_(key).delete("/modules/loops")
    api.as_(key).get("/modules/loops", expect=404)


def test_the_maker_and_an_admin_edit_a_module(api, ada, grace, hedy):
    api.as_(grace).post("/modules", NEW, expect=201)
    api.as_(grace).patch("/modules/loops", {"title": "Hers"})
    api.as_(ada).patch("/modules/loops", {"title": "Ada's"})
    api.as_(hedy).patch("/modules/loops", {"title": "Mine"}, expect=403)
    api.as_(hedy).delete("/modules/loops", expect=403)
    assert api.as_(grace).get("/modules/loops")["title"] == "Ada's"


def test_an_author_edits_what_stands_in_their_paths_only(api, ada, grace, hedy, make):
    make.path("python", ["loops"])
    make.path("snakes", ["loops"])
    api.as_(grace).patch("/modules/loops", {"title": "Mine"}, expect=403)
    name_author(api, ada, "python", grace, hedy)
    api.as_(grace).patch("/modules/loops", {"title": "Mine"}, expect=403)  # snakes has it too
    name_author(api, ada, "snakes", grace)
    api.as_(grace).patch("/modules/loops", {"title": "Hers"})
    api.as_(hedy).patch("/modules/loops", {"title": "Mine"}, expect=403)


def test_what_stands_in_no_path_and_was_created_by_nobody_is_for_admins(api, ada, grace, make):
    make.module("loops")
    api.as_(grace).patch("/modules/loops", {"title": "Mine"}, expect=403)
    api.as_(ada).patch("/modules/loops", {"title": "Ada's"})


def test_an_admin_is_told_of_a_module_that_is_not_there(api, ada, grace):
    for who, status in ((ada, 404), (grace, 403)):
        api.as_(who).patch("/modules/loops", {"title": "Loops"}, expect=status)
        api.as_(who).delete("/modules/loops", expect=status)


def test_a_module_that_nobody_uses_is_deleted(api, grace):
    api.as_(grace).post("/modules", NEW, expect=201)
    api.as_(grace).delete("/modules/loops")
    api.as_(grace).get("/modules/loops", expect=404)
    assert api.as_(grace).post("/modules", NEW, expect=201)["title"] == "Loops"


def test_a_module_with_progress_is_not_deleted(api, ada, alice, make):
    make.module("loops")
    do(api, alice, "loops", "in_progress")
    problem = api.as_(ada).delete("/modules/loops", expect=409)
    assert problem["type"] == "/problems/module-in-use"
    assert api.as_(alice).get("/users/me")["progress"] == {"loops": False}


def test_a_module_of_a_path_is_not_deleted(api, grace, make):
    api.as_(grace).post("/modules", NEW, expect=201)
    draft_path(api, grace, "python", ["loops"])
    api.as_(grace).delete("/modules/loops", expect=409)
    assert api.as_(grace).get("/paths/python")["module_count"] == 1


def test_a_required_module_of_a_published_path_stays_published(api, ada, make):
    make.path("python", ["variables", "loops"])
    for status in ("archived", "draft"):
        problem = api.as_(ada).patch("/modules/loops", {"status": status}, expect=409)
        assert problem["type"] == "/problems/path-not-completable"
        assert (problem["path"], problem["problems"][0]["module"]) == ("python", "loops")
    assert api.get("/modules/loops")["status"] == "published"


def test_an_optional_module_or_one_of_a_draft_path_may_go(api, ada, make):
    make.path("python", ["variables", {"slug": "loops", "required": False}])
    make.path("sketch", ["loops"], status="draft")
    assert api.as_(ada).patch("/modules/loops", {"status": "archived"})["status"] == "archived"
    api.get("/modules/loops", expect=404)
    assert [place["position"] for place in api.get("/paths/python/modules")] == [1]


def test_whoever_lacks_only_what_was_archived_completes_the_archived_path(
    api, ada, alice, mallory, make
):
    make.path("python", ["variables", "loops"])
    for who in (alice, mallory):
        join(api, who, "python")
    do(api, alice, "variables")
    api.as_(ada).post("/paths/python/archive")
    api.as_(ada).patch("/modules/loops", {"status": "archived"})
    assert api.as_(alice).get("/users/me/paths/python")["status"] == "completed"
    assert api.as_(mallory).get("/users/me/paths/python")["status"] == "active"


def test_publishing_a_waiting_module_gives_new_content_to_a_path(api, ada, alice, make):
    make.path("python", ["variables"])
    make.module("loops", status="draft")
    join(api, alice, "python")
    do(api, alice, "variables")
    arrange(api, ada, "python", ["variables", {"module": "loops", "required": False}])
    assert len(api.as_(alice).get("/users/me/paths/python")["modules"]) == 1
    api.as_(ada).patch("/modules/loops", {"status": "published"})
    assert len(api.as_(alice).get("/users/me/paths/python")["modules"]) == 2


def test_a_title_never_touches_progress(api, ada, alice, make):
    make.module("loops")
    do(api, alice, "loops")
    before = api.as_(alice).get("/users/me/progress")
    api.as_(ada).patch("/modules/loops", {"title": "Rings", "kind": "video", "url": None})
    assert api.as_(alice).get("/users/me/progress") == before
