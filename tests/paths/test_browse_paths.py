"""Browsing the paths: finding one, paging through them, seeing what stands in one."""

import json

import pytest

HIDDEN = ("draft", "archived")


def slugs(answer):
    return [path["slug"] for path in answer]


def walk(client, url):
    """Follow the `next` links and return each page's items."""
    pages = []
    while url:
        pages.append(client.get(url.removeprefix("/api/v1")))
        links = client.last.headers["Link"].split(", ")
        url = next((link[1:].partition(">")[0] for link in links if 'rel="next"' in link), None)
    return pages


def test_anyone_reads_a_published_path(api, make):
    make.path(
        "python",
        [
            {"slug": "loops", "estimated_minutes": 30},
            {"slug": "classes", "estimated_minutes": 45},
            {"slug": "extras", "estimated_minutes": 600, "required": False},
        ],
        title="Python",
        description="From the first prompt.",
        tags=["testing", "basics"],
    )
    path = api.get("/paths/python")
    assert path.pop("created_at") <= path.pop("updated_at")
    assert path.pop("published_at").endswith("Z")
    assert path == {
        "slug": "python",
        "title": "Python",
        "description": "From the first prompt.",
        "level": "beginner",
        "tags": ["basics", "testing"],
        "language": "en",
        "estimated_minutes": 75,
        "status": "published",
        "order_policy": "free",
        "version": 1,
        "authors": [],
        "module_count": 3,
    }


def test_the_list_shows_the_same_as_the_path_itself(api, make):
    make.path("python", ["loops", "classes"], tags=["basics"])
    assert api.get("/paths") == [api.get("/paths/python")]


def test_an_empty_catalogue_is_an_empty_list(api):
    assert api.get("/paths") == []
    assert json.loads(api.last.headers["X-Pagination"]) == {"page_size": 50, "next_cursor": None}


def test_a_path_shows_its_modules_in_its_own_order(api, make):
    make.path(
        "python",
        [
            "variables",
            {"slug": "loops", "requires": ["variables"]},
            {"slug": "art", "required": False},
        ],
    )
    places = api.get("/paths/python/modules")
    assert [
        (place["position"], place["module"]["slug"], place["required"], place["requires"])
        for place in places
    ] == [
        (1, "variables", True, []),
        (2, "loops", True, ["variables"]),
        (3, "art", False, []),
    ]
    assert places[1]["module"] == api.get("/modules/loops")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=PYTHON", ["python"]),
        ("q=the%20web", ["flask"]),
        ("q=100%25", ["flask"]),
        ("q=o_t", []),
        ("q=%25", ["flask"]),
        ("q=%20python%20", ["python"]),
        ("level=advanced", ["flask"]),
        ("level=intermediate", []),
        ("tag=web", ["flask"]),
        ("tag=basics", ["flask", "python"]),
        ("tag=basic", []),
        ("tag=basics&level=beginner&q=prompt", ["python"]),
        ("tag=basics&level=beginner&q=web", []),
        ("color=blue", ["flask", "python"]),
    ],
)
def test_i_narrow_the_list(api, make, query, found):
    make.path("python", ["a"], title="Learn Python", description="First prompt", tags=["basics"])
    make.path(
        "flask",
        ["a"],
        title="Flask",
        description="The web, 100%",
        level="advanced",
        tags=["web", "basics"],
    )
    assert slugs(api.get(f"/paths?{query}")) == found


@pytest.mark.parametrize(
    "query",
    ["q=", "q=%00", "q=" + "a" * 101, "level=expert", "level=", "tag=", "tag=" + "a" * 41],
)
def test_a_bad_filter_is_refused(api, query):
    problem = api.get(f"/paths?{query}", expect=422)
    assert list(problem["errors"]) == [query.partition("=")[0]]


@pytest.mark.exhaustive
@pytest.mark.parametrize("url", ["/paths", "/paths/python/modules", "/modules"])
@pytest.mark.parametrize(
    "query",
    ["page_size=0", "page_size=101", "page_size=-1", "page_size=1.5", "page_size=",
     "page_size=%D9%A1", "page_size=99999999999999999999", "count=1", "cursor=tampered",
     "cursor=%00", "cursor=" + "a" * 1001],
)  # fmt: skip
def test_a_bad_page_is_refused(api, make, url, query):
    make.path("python", ["loops"])
    problem = api.get(f"{url}?{query}", expect=422)
    assert list(problem["errors"]) == [query.partition("=")[0]]


def test_i_page_through_all_paths_and_meet_each_once(api, make):
    for number in range(7):
        make.path(f"path-{number}", ["loops"], tags=["basics"])
    pages = walk(api, "/api/v1/paths?page_size=3&tag=basics")
    assert [slugs(page) for page in pages] == [
        ["path-0", "path-1", "path-2"],
        ["path-3", "path-4", "path-5"],
        ["path-6"],
    ]


def test_a_full_last_page_has_no_next(api, make):
    make.path("python", ["a", "b", "c", "d"])
    assert [len(page) for page in walk(api, "/api/v1/paths/python/modules?page_size=2")] == [2, 2]


def test_i_may_ask_how_many_there_are(api, make):
    for number in range(3):
        make.path(f"path-{number}", ["loops"], level="advanced" if number else "beginner")
    api.get("/paths?page_size=1&count=true&level=advanced")
    assert json.loads(api.last.headers["X-Pagination"])["total"] == 2
    api.get("/paths?page_size=1&count=false")
    assert "total" not in json.loads(api.last.headers["X-Pagination"])


def test_a_cursor_of_one_list_is_refused_by_another(api, make):
    make.path("python", ["a", "b"])
    make.path("flask", ["a", "b"])
    api.get("/paths/python/modules?page_size=1")
    cursor = json.loads(api.last.headers["X-Pagination"])["next_cursor"]
    api.get(f"/paths/python/modules?cursor={cursor}")
    for elsewhere in ("/paths", "/modules", "/paths/flask/modules"):
        api.get(f"{elsewhere}?cursor={cursor}", expect=422)


@pytest.mark.parametrize("status", HIDDEN)
def test_a_path_that_is_not_published_is_hidden_from_learners(api, alice, make, status):
    make.path("python", ["loops"])
    make.path("secret", ["loops"], status=status)
    for reader in (api, api.as_(alice)):
        assert slugs(reader.get("/paths")) == ["python"]
        hidden = reader.get("/paths/secret", expect=404)
        assert hidden["type"] == "/problems/path-not-found"
        assert hidden["detail"] == reader.get("/paths/no-such", expect=404)["detail"]
        reader.get("/paths/secret/modules", expect=404)


@pytest.mark.parametrize("status", HIDDEN)
def test_an_admin_sees_a_path_that_is_not_published(api, ada, make, status):
    staff = api.as_(ada)
    make.path("secret", ["loops"], status=status)
    assert slugs(staff.get("/paths")) == ["secret"]
    assert staff.get("/paths/secret")["status"] == status
    assert len(staff.get("/paths/secret/modules")) == 1


@pytest.mark.parametrize("status", [*HIDDEN, "uncatalogued"])
def test_a_path_leaves_out_its_hidden_modules_for_learners(api, alice, ada, make, status):
    make.path("python", ["variables", "loops", "classes"])
    make.module("loops", status=status)
    for reader in (api, api.as_(alice)):
        places = reader.get("/paths/python/modules")
        assert [(place["position"], place["module"]["slug"]) for place in places] == [
            (1, "variables"),
            (3, "classes"),
        ]
    assert len(api.as_(ada).get("/paths/python/modules")) == 3


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    "slug",
    ["Python", "PYTHON", "python_", "python-", "-python", "py--thon", "pythön", "%20", "python%0A",
     "python%00", "python'--", "no-such", "p" * 81, "p" * 5000],
)  # fmt: skip
@pytest.mark.parametrize("below", ["", "/modules"])
def test_a_slug_in_another_spelling_is_not_found(api, make, slug, below):
    make.path("python", ["loops"])
    api.get(f"/paths/{slug}{below}", expect=404)


def test_an_address_answers_with_and_without_a_slash_at_its_end(api, make):
    make.path("python", ["loops"])
    for url in ("/paths", "/paths/python", "/paths/python/modules"):
        assert api.get(url) == api.get(f"{url}/")


def test_credentials_that_do_not_hold_are_refused_though_the_page_is_public(api, make):
    make.path("python", ["loops"])
    for url in ("/paths", "/paths/python", "/paths/python/modules"):
        api.get(url, expect=401, headers={"Authorization": "Bearer nonsense"})


@pytest.mark.exhaustive
@pytest.mark.parametrize("url", ["/paths", "/paths/path-0", "/paths/path-0/modules"])
def test_reading_costs_the_same_however_much_there_is(api, make, queries, url):
    def cost():
        queries.clear()
        api.get(url)
        return len(queries)

    make.path("path-0", ["module-0"], tags=["a"])
    cost_of_one = cost()
    for number in range(20):
        make.path(f"path-{number}", [f"module-{i}" for i in range(20)], tags=["a", "b", "c"])
    assert cost() == cost_of_one <= 4
