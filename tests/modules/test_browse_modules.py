"""Browsing the modules, and for staff also the uncatalogued ones."""

import json

import pytest

UNPUBLISHED = ("draft", "archived", "uncatalogued")


def slugs(answer):
    return [module["slug"] for module in answer]


def test_anyone_reads_a_published_module(api, make):
    about = {
        "slug": "loops",
        "title": "Loops",
        "summary": "Again and again.",
        "goals": ["Write a loop"],
        "kind": "exercise",
        "url": "https://docs.python.org/3/",
        "links": [{"title": "Tutorial", "url": "https://docs.python.org/3/tutorial/"}],
        "estimated_minutes": 30,
    }
    make.path("python", [about])
    module = api.get("/modules/loops")
    assert module.pop("created_at") <= module.pop("updated_at")
    assert module == {**about, "status": "published", "revision": 1}
    assert slugs(api.get("/modules")) == ["loops"]


def test_a_module_in_two_paths_is_listed_once(api, make):
    make.path("python", ["loops"])
    make.path("flask", ["loops"])
    assert slugs(api.get("/modules")) == ["loops"]


def test_modules_come_in_the_order_of_their_slugs_letter_by_letter(api, make):
    for slug in ("b", "a.1", "a", "B", "a-1", "1", "a:1"):
        make.module(slug)
    assert slugs(api.get("/modules")) == ["1", "B", "a", "a-1", "a.1", "a:1", "b"]


def test_i_page_through_all_modules_and_meet_each_once(api, make):
    make.path("python", [f"module-{number}" for number in range(5)])
    found, cursor = [], ""
    while cursor is not None:
        found += slugs(api.get(f"/modules?page_size=2{cursor and f'&cursor={cursor}'}"))
        cursor = json.loads(api.last.headers["X-Pagination"])["next_cursor"]
    assert found == [f"module-{number}" for number in range(5)]


@pytest.mark.parametrize(
    ("q", "found"),
    [("LOOP", ["loops"]), ("again", ["loops"]), ("100%", ["percent"]), ("1_0", []), ("\\", [])],
)
def test_i_search_in_titles_and_summaries(api, make, q, found):
    make.module("loops", title="Loops", summary="Again and again")
    make.module("percent", title="100% coverage", summary="")
    assert slugs(api.get("/modules", query_string={"q": q})) == found


@pytest.mark.parametrize("status", UNPUBLISHED)
def test_a_module_that_is_not_published_is_hidden_from_learners(api, alice, make, status):
    make.module("secret", status=status)
    for reader in (api, api.as_(alice)):
        assert reader.get("/modules") == []
        hidden = reader.get("/modules/secret", expect=404)
        assert hidden["type"] == "/problems/module-not-found"
        assert hidden["detail"] == reader.get("/modules/no-such", expect=404)["detail"]


@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("ada", "draft"),
        ("ada", "archived"),
        ("ada", "uncatalogued"),
        ("grace", "archived"),
        ("grace", "uncatalogued"),
    ],
)
def test_staff_see_a_module_that_is_not_published(api, make, request, person, status):
    staff = api.as_(request.getfixturevalue(person))
    make.module("secret", status=status)
    make.module("loops")
    assert slugs(staff.get("/modules")) == ["loops", "secret"]
    assert slugs(staff.get(f"/modules?status={status}")) == ["secret"]
    assert staff.get("/modules/secret")["status"] == status


def test_an_instructor_sees_drafts_of_their_own_only(api, grace, make):
    make.module("mine", status="draft", created_by=grace.id)
    make.module("anothers", status="draft")
    assert slugs(api.as_(grace).get("/modules?status=draft")) == ["mine"]
    api.as_(grace).get("/modules/anothers", expect=404)


@pytest.mark.parametrize("status", UNPUBLISHED)
def test_only_staff_may_ask_for_what_is_not_published(api, alice, make, status):
    api.get(f"/modules?status={status}", expect=401)
    api.as_(alice).get(f"/modules?status={status}", expect=403)


def test_staff_find_the_module_that_a_learner_reported_first(api, alice, grace):
    api.as_(alice).post("/users/me/progress", {"module_id": "loops", "completed": True})
    stub = api.as_(grace).get("/modules?status=uncatalogued")[0]
    assert (stub["slug"], stub["title"], stub["status"]) == ("loops", "loops", "uncatalogued")
    api.as_(alice).get("/modules/loops", expect=404)


def test_anyone_may_ask_for_what_is_published(api, alice, make):
    make.module("loops")
    assert slugs(api.get("/modules?status=published")) == ["loops"]
    assert slugs(api.as_(alice).get("/modules?status=published")) == ["loops"]


@pytest.mark.parametrize("query", ["status=", "status=secret", "status=Draft", "q=", "q=%0A"])
def test_a_bad_question_is_refused(api, ada, query):
    problem = api.as_(ada).get(f"/modules?{query}", expect=422)
    assert list(problem["errors"]) == [query.partition("=")[0]]


@pytest.mark.parametrize(
    "slug", ["Loops", "LOOPS", "loops%0A", "loops%00", "-loops", "l%20oops", "lööps", "l" * 101]
)
def test_a_slug_in_another_spelling_is_not_found(api, make, slug):
    make.module("loops")
    api.get(f"/modules/{slug}", expect=404)


@pytest.mark.parametrize("slug", ["a", "A", "1", "a.b", "a:b", "a_b-c", "a" * 100])
def test_every_spelling_that_may_be_reported_has_an_address(api, make, slug):
    make.module(slug)
    assert api.get(f"/modules/{slug}")["slug"] == slug


@pytest.mark.parametrize("url", ["/modules", "/modules/module-0"])
def test_reading_costs_the_same_however_much_there_is(api, make, queries, url):
    def cost():
        queries.clear()
        api.get(url)
        return len(queries)

    make.path("path-0", ["module-0"])
    cost_of_one = cost()
    for number in range(5):
        make.path(f"path-{number}", [f"module-{i}" for i in range(20)])
    assert cost() == cost_of_one <= 2
