"""Listing everybody, page by page."""

import json
import re

import pytest

from learnpath.users import services as users


def test_an_admin_sees_everybody_in_the_order_of_their_ids(api, ada, alice, grace, mallory):
    people = api.as_(ada).get("/users/")
    assert [person["id"] for person in people] == [ada.id, alice.id, grace.id, mallory.id]


def test_each_is_shown_as_they_see_themselves(api, ada, alice):
    api.as_(alice).post("/users/me/progress", {"module_id": "loops", "completed": True})
    assert api.as_(ada).get("/users/")[1] == api.as_(alice).get("/users/me")


def test_the_slash_at_the_end_is_optional(api, ada):
    assert api.as_(ada).get("/users") == api.as_(ada).get("/users/")


@pytest.mark.parametrize("query", ["", "?page_size=0", "?cursor=x"])
def test_only_admins_see_the_list(api, alice, grace, query):
    api.as_(alice).get(f"/users/{query}", expect=403)
    api.as_(grace).get(f"/users/{query}", expect=403)
    api.get(f"/users/{query}", expect=401)


def test_a_page_has_fifty_unless_asked_otherwise(api, app, ada):
    add_learners(app, 50)
    assert len(api.as_(ada).get("/users/")) == 50
    assert len(api.as_(ada).get("/users/?page_size=100")) == 51
    assert len(api.as_(ada).get("/users/?page_size=1")) == 1


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    "size", ["0", "101", "-1", "%2B5", "+5", "5+", "١", "1.0", "1e1", "0x5", "", "ten", "9" * 5000]
)
def test_a_bad_page_size_is_refused(api, ada, size):
    problem = api.as_(ada).get(f"/users/?page_size={size}", expect=422)
    assert list(problem["errors"]) == ["page_size"]


def test_the_headers_lead_to_the_next_page_and_to_the_first(api, ada, alice, grace):
    listing = api.as_(ada)
    listing.get("/users/?page_size=2&q=example")
    cursor = pagination(listing)["next_cursor"]
    first = "/api/v1/users/?page_size=2&q=example"
    assert pagination(listing)["page_size"] == 2
    assert links(listing) == {"first": first, "next": f"{first}&cursor={cursor}"}


def test_the_last_page_leads_nowhere_even_when_it_is_full(api, ada, alice, grace, mallory):
    listing = api.as_(ada)
    listing.get("/users/?page_size=4")
    assert pagination(listing) == {"page_size": 4, "next_cursor": None}
    assert "next" not in links(listing)


def test_everything_is_counted_only_when_asked(api, ada, alice, grace, mallory):
    listing = api.as_(ada)
    listing.get("/users/?page_size=1")
    assert "total" not in pagination(listing)
    listing.get("/users/?page_size=1&count=false")
    assert "total" not in pagination(listing)
    listing.get("/users/?page_size=1&count=true")
    assert pagination(listing)["total"] == 4
    listing.get(links(listing)["next"].removeprefix("/api/v1"))
    assert pagination(listing)["total"] == 4
    listing.get("/users/?role=learner&count=true")
    assert pagination(listing)["total"] == 2


@pytest.mark.parametrize("count", ["1", "yes", "True", "TRUE", "", "null"])
def test_a_count_that_is_not_true_or_false_is_refused(api, ada, count):
    assert "count" in api.as_(ada).get(f"/users/?count={count}", expect=422)["errors"]


def test_walking_every_page_meets_each_exactly_once(api, app, ada):
    add_learners(app, 9)
    met = [person["id"] for page in walk(api.as_(ada), "/users/?page_size=3") for person in page]
    assert len(met) == 10
    assert met == sorted(set(met))


def test_nobody_is_missed_or_met_twice_while_people_come_and_go(api, app, ada):
    add_learners(app, 8)
    everybody = [person["id"] for person in api.as_(ada).get("/users/")]
    met = []
    for page in walk(api.as_(ada), "/users/?page_size=2"):
        met += [person["id"] for person in page]
        if len(met) < 9:
            add_learners(app, 1, start=100 + len(met))
        if met[-1] != ada.id:
            api.as_(ada).delete(f"/users/{met[-1]}")  # the one that the cursor names
    assert met[:9] == everybody
    assert met == sorted(set(met))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda cursor: "WzBd." + cursor.partition(".")[2],  # [0] with the signature of another
        lambda cursor: cursor.partition(".")[0] + "." + cursor.partition(".")[2][::-1],
        lambda cursor: cursor.partition(".")[0],
        lambda cursor: "X" + cursor[1:],
        lambda cursor: cursor * 50,
        lambda cursor: "WzFd",
        lambda cursor: "1",
        lambda cursor: "%00",
        lambda cursor: "é.é",
        lambda cursor: "' OR 1=1 --",
    ],
)
def test_a_cursor_that_was_tampered_with_is_refused(api, ada, alice, spoil):
    listing = api.as_(ada)
    listing.get("/users/?page_size=1")
    cursor = pagination(listing)["next_cursor"]
    problem = listing.get(f"/users/?cursor={spoil(cursor)}", expect=422)
    assert list(problem["errors"]) == ["cursor"]


def test_a_cursor_of_another_list_is_refused(api, ada, make):
    make.module("loops")
    make.module("classes")
    listing = api.as_(ada)
    listing.get("/modules?page_size=1")
    cursor = pagination(listing)["next_cursor"]
    assert "cursor" in listing.get(f"/users/?cursor={cursor}", expect=422)["errors"]


def test_a_cursor_outlives_a_new_secret(api, ada, alice, settings, app):
    listing = api.as_(ada)
    listing.get("/users/?page_size=1")
    cursor = pagination(listing)["next_cursor"]
    settings(SECRET_KEY="0" * 32, SECRET_KEY_PREVIOUS=[app.config["SECRET_KEY"]])
    assert [person["id"] for person in listing.get(f"/users/?cursor={cursor}")] == [alice.id]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("role=learner", ["Alice", "Mallory"]),
        ("role=instructor", ["Grace"]),
        ("role=admin", ["Ada"]),
        ("status=active", ["Ada", "Alice", "Grace", "Mallory"]),
        ("status=deactivated", []),
        ("q=al", ["Alice", "Mallory"]),
        ("q=ALICE", ["Alice"]),
        ("q=%20alice%20", ["Alice"]),
        ("q=ada@example.org", ["Ada"]),
        ("q=example&role=instructor", ["Grace"]),
        ("q=al&role=admin", []),
        ("q=%25", []),
        ("q=_", []),
        ("q=%5C", []),
        ("q='", []),
        ("unknown=1&page=7", ["Ada", "Alice", "Grace", "Mallory"]),
    ],
)
@pytest.mark.usefixtures("ada", "alice", "grace", "mallory")
def test_the_list_can_be_narrowed(api, ada, query, names):
    assert [person["name"] for person in api.as_(ada).get(f"/users/?{query}")] == names


def test_the_deactivated_can_be_listed(api, app, ada, alice, mallory):
    app.test_cli_runner().invoke(args=["users", "deactivate", mallory.email])
    assert [p["name"] for p in api.as_(ada).get("/users/?status=deactivated")] == ["Mallory"]
    assert [p["name"] for p in api.as_(ada).get("/users/?status=active")] == ["Ada", "Alice"]


def test_the_next_page_is_narrowed_alike(api, ada, alice, grace, mallory):
    pages = walk(api.as_(ada), "/users/?page_size=1&role=learner&q=al")
    assert [[person["name"] for person in page] for page in pages] == [["Alice"], ["Mallory"]]


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("role", "boss"), ("role", "Admin"), ("role", ""), ("status", "dead"), ("status", ""),
        ("q", "x" * 101), ("q", "%00"), ("q", "a%0Ab"), ("q", ""), ("cursor", "x" * 1001),
    ],
)  # fmt: skip
def test_a_bad_filter_is_refused(api, ada, field, value):
    problem = api.as_(ada).get(f"/users/?{field}={value}", expect=422)
    assert list(problem["errors"]) == [field]


def add_learners(app, how_many, start=1):
    """Add `learner1`, `learner2` … quickly, without a way to log in."""
    with app.app_context():
        for number in range(start, start + how_many):
            users.add_account(f"Learner {number}", f"learner{number}@example.org", "no password")
        users.db.session.commit()


def pagination(asked):
    return json.loads(asked.last.headers["X-Pagination"])


def links(asked):
    return {rel: url for url, rel in re.findall('<(.*?)>; rel="(.*?)"', asked.last.headers["Link"])}


def walk(listing, url):
    """Follow the links from page to page, as a client does."""
    visited = set()
    while url:
        assert url not in visited, "the pages go round in a circle"
        visited.add(url)
        yield listing.get(url.removeprefix("/api/v1"))
        url = links(listing).get("next")
