"""Whatever stands in an address, a query or a header: a clear refusal, or no effect at all."""

import pytest

from .cast import PASSWORD

pytestmark = pytest.mark.exhaustive

REPORT = {"module_id": "loops", "completed": True}
HUGE_NUMBERS = {
    "2^31": str(2**31),
    "2^63": str(2**63),
    "10^400": str(10**400),
    "of 4,400 digits": "9" * 4400,
}

IDS_OF_NOBODY = {
    "zero": "0",
    "a leading zero": "01",
    "negative": "-1",
    "with a sign": "+1",
    "a blank": "%201",
    "NUL": "1%00",
    "a line break": "1%0a",
    "a line break after me": "me%0a",
    "another case": "ME",
    "a fraction": "1.0",
    "an exponent": "1e0",
    "Arabic digits": "%D9%A1",
    "full-width digits": "%EF%BC%91",
    "hexadecimal": "0x1",
    "bad UTF-8": "%ff",
    "a surrogate": "%ed%a0%80",
    "SQL": "1%20OR%201=1",
    "a dot segment": "1%2F..%2F2",
    **HUGE_NUMBERS,
}


@pytest.mark.parametrize("spelling", IDS_OF_NOBODY.values(), ids=IDS_OF_NOBODY)
def test_another_spelling_of_an_id_is_nobody(api, ada, spelling):
    api.as_(ada).get(f"/users/{spelling}", expect=404)
    api.as_(ada).put(f"/users/{spelling}", {"name": "Eve"}, expect=404)
    api.as_(ada).delete(f"/users/{spelling}", expect=404)
    api.as_(ada).post(f"/users/{spelling}/progress", REPORT, expect=404)


SLUGS_OF_NOTHING = [
    "%00",
    "loops%00",
    "loops%0a",
    "%ff",
    "%ed%a0%80",
    "..%2F..%2Fetc%2Fpasswd",
    "a" * 101,
    "x" * 5000,
    "'%20OR%20'1'='1",
    "%E2%84%AA",
    "-loops",
    "loops%20",
]


@pytest.mark.parametrize("slug", SLUGS_OF_NOTHING)
def test_another_spelling_of_a_slug_is_nothing(api, make, slug):
    make.path("loops", ["loops"])
    for url in (f"/modules/{slug}", f"/paths/{slug}", f"/paths/{slug}/modules"):
        api.get(url, expect=404)


BAD_QUERIES = {
    "page_size": ["0", "101", "-1", "+5", "5.0", " 5", "\u0661", "", "5\x00", "ten"],
    "count": ["1", "yes", "True", "", "\x00"],
    "cursor": ["x", "WzFd.x", "\x00", "\ud7ff", "' OR 1=1 --", "a" * 1001],
    "q": ["", " ", "\x00", "a" * 101],
    "role": ["owner", "", "ADMIN", "admin'--", "\x00"],
    "status": ["gone", "", "active\x00"],
}
BAD_QUERIES["page_size"] += HUGE_NUMBERS.values()
BAD_QUERY_ROWS = [(name, value) for name, values in BAD_QUERIES.items() for value in values]


@pytest.mark.parametrize(("name", "value"), BAD_QUERY_ROWS, ids=lambda text: ascii(text)[:20])
def test_a_bad_query_is_refused_by_name(api, ada, name, value):
    problem = api.as_(ada).get("/users/", query_string={name: value}, expect=422)
    assert set(problem["errors"]) == {name}


@pytest.mark.parametrize("query", ["q=%ff", "q=%ed%a0%80", "%00=1", "%ff=%ff", "&&&==&", "page=9"])
def test_a_query_that_nobody_can_read_is_no_fault_of_ours(api, query):
    api.get(f"/paths?{query}")


LOOKS_LIKE_SQL = [
    "' OR '1'='1",
    "admin'--",
    "'; DROP TABLE users; --",
    '" OR ""="',
    "1; SELECT pg_sleep(5)",
    "' UNION SELECT password_hash FROM users --",
    "%' AND 1=randomblob(1000000000) --",
    "\\",
]


@pytest.mark.parametrize("text", LOOKS_LIKE_SQL)
def test_sql_is_only_text(api, alice, ada, text):
    api.post("/users/login", {"email": text, "password": text}, 401)
    api.post("/users/login", {"email": alice.email, "password": text}, 401)
    assert api.as_(alice).put("/users/me", {"name": text})["name"] == text
    assert api.as_(alice).put("/users/me", {"learning_path": text})["learning_path"] == text
    api.as_(alice).post("/users/me/progress", {**REPORT, "module_id": text}, 422)
    found = api.as_(ada).get("/users/", query_string={"q": text})
    assert [user["id"] for user in found] == [alice.id]
    assert api.get("/paths", query_string={"q": text}) == []
    assert api.get("/modules", query_string={"q": text}) == []


@pytest.mark.parametrize("wildcard", ["%", "_", "%%", "a_ice"])
def test_a_wildcard_is_only_a_character(api, ada, alice, wildcard):
    assert api.as_(ada).get("/users/", query_string={"q": wildcard}) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"X-HTTP-Method-Override": "DELETE"},
        {"X-HTTP-Method": "DELETE"},
        {"X-Method-Override": "PUT"},
        {"X-Original-URL": "/api/v1/users/"},
        {"X-Rewrite-URL": "/api/v1/users/"},
        {"X-Forwarded-Prefix": "/admin"},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_a_header_changes_neither_the_verb_nor_the_address(api, alice, headers):
    assert api.as_(alice).get("/users/me?_method=DELETE", headers=headers)["id"] == alice.id
    assert api.as_(alice).get("/users/me")["id"] == alice.id


@pytest.mark.parametrize("name", ["Host", "X-Forwarded-Host", "Forwarded", "X-Forwarded-For"])
def test_a_forged_host_stands_in_no_answer(api, alice, ada, name):
    headers = {name: "evil.example"}
    api.as_(ada).get("/users/?page_size=1", headers=headers)
    page = api.as_(ada)
    page.get("/users/?page_size=1", headers=headers)
    assert 'rel="next"' in page.last.headers["Link"]
    assert "evil" not in str(page.last.headers) + page.last.text
    api.get("/users/me", headers=headers, expect=401)
    assert "evil" not in str(api.last.headers) + api.last.text


@pytest.mark.parametrize("host", ["", "[::", "é.example", "a b"])
def test_the_service_answers_under_any_host_name(api, alice, host):
    assert api.as_(alice).get("/users/me", headers={"Host": host})["id"] == alice.id


@pytest.mark.parametrize("host", ["a..b", "a" * 64 + ".example"])
def test_a_host_name_that_cannot_exist_is_a_bad_request(api, alice, host):
    problem = api.as_(alice).get("/users/me", headers={"Host": host}, expect=400)
    assert problem["type"] == "/problems/bad-request"


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_slash_at_the_end_makes_no_difference(api, alice, ada, slash):
    bob = {"name": "Bob", "email": "bob@example.org", "password": PASSWORD}
    assert len(api.as_(ada).get(f"/users{slash}")) == 2
    assert api.as_(ada).post(f"/users{slash}", bob, 201)["name"] == "Bob"
    assert api.as_(alice).get(f"/users/me{slash}")["id"] == alice.id
    api.as_(alice).post(f"/users/me/progress{slash}", REPORT)
    api.post(f"/users/register{slash}", {**bob, "email": "bea@example.org"}, 201)
    api.post(f"/users/login{slash}", {"email": bob["email"], "password": PASSWORD})


@pytest.mark.parametrize("path", ["//", "//users/me", "/users//me", "/users/me//", "/users/./me"])
def test_a_slash_too_many_is_another_address(app, ada, path):
    answer = app.test_client().get(
        "/",
        environ_overrides={"PATH_INFO": f"/api/v1{path}"},
        headers={"Authorization": f"Bearer {ada.token}"},
    )
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"
