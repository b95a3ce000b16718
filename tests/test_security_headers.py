"""The headers of every answer, and what stays shut."""

import pytest

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
PAGES = ["/", "/docs", "/redoc", "/problems", "/problems/not-found"]
FILES = ["/openapi.json", "/viewers/swagger_bundle.js", "/viewers/redoc.js", "/static/docs.js"]
REFUSED = [
    ("GET", "/nothing", 404),
    ("POST", "/docs", 405),
    ("GET", "/api/v1/users/me", 401),
    ("GET", "/api/v1/nothing", 404),
    ("PUT", "/api/v1/users/login", 405),
    ("POST", "/api/v1/users/login", 400),
]


@pytest.mark.parametrize(
    ("method", "url", "status"),
    [*(("GET", url, 200) for url in PAGES + FILES), *REFUSED, ("OPTIONS", "/api/v1/paths", 200)],
)
def test_every_answer_tells_a_browser_to_be_careful(app, method, url, status):
    answer = app.test_client().open(url, method=method)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    policy = dict(
        part.strip().partition(" ")[::2]
        for part in answer.headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "Set-Cookie" not in answer.headers
    answer.close()


@pytest.mark.parametrize("url", PAGES)
def test_a_page_loads_nothing_from_elsewhere(app, url):
    answer = app.test_client().get(url, headers={"Accept": "text/html"})
    policy = answer.headers["Content-Security-Policy"]
    assert "http" not in policy
    assert "*" not in policy
    assert "unsafe-eval" not in policy
    assert "script-src 'unsafe" not in policy
    for place in ('src="http', 'href="http', 'src="//', 'href="//', "@import"):
        assert place not in answer.get_data(as_text=True)


@pytest.mark.parametrize(("method", "url"), [(method, url) for method, url, _ in REFUSED[2:]])
def test_no_refusal_of_the_api_is_stored_on_the_way(app, method, url):
    assert app.test_client().open(url, method=method).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("url", ["/api/v1/users/me", "//api/v1/users/me", "///api/v1/users/me"])
def test_a_personal_answer_is_never_stored_however_it_is_addressed(app, alice, url):
    asked = {"Authorization": f"Bearer {alice.token}"}
    answer = app.test_client().get("/", headers=asked, environ_overrides={"PATH_INFO": url})
    assert answer.json["id"] == alice.id
    assert answer.headers["Cache-Control"] == "no-store"


def test_nothing_with_a_token_in_it_is_stored_on_the_way(api, alice, ada):
    tokens = api.post("/users/login", {"email": alice.email, "password": alice.password})
    assert api.last.headers["Cache-Control"] == "no-store"
    api.post("/auth/refresh", {"refresh_token": tokens["refresh_token"]})
    assert api.last.headers["Cache-Control"] == "no-store"
    asking = api.as_(ada)
    asking.post("/api-keys", {"name": "robot", "scopes": ["users:read"]}, expect=201)
    assert asking.last.headers["Cache-Control"] == "no-store"
    asking.get("/users/me")
    assert asking.last.headers["Cache-Control"] == "no-store"


@pytest.mark.exhaustive
@pytest.mark.parametrize("url", ["/", "/docs", "/api/v1/users/me", "/api/v1/paths", "/nothing"])
@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "DEBUG", "PROPFIND"])
def test_a_method_that_tells_too_much_is_refused(app, method, url):
    answer = app.test_client().open(url, method=method, headers={"X-Probe": "echoed"})
    assert answer.status_code in (404, 405)
    assert "echoed" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "url",
    ["/.env", "/.git/config", "/.git/HEAD", "/.flaskenv", "/setup.cfg", "/wsgi.py", "/learnpath.db",
     "/console", "/?__debugger__=yes&cmd=resource&f=debugger.js", "/static/../config.py",
     "/static/%2e%2e/config.py", "/static/..%2f..%2fconfig.py", "/viewers/../__init__.py",
     "/viewers/..%2f..%2f__init__.py", "/server-status", "/metrics", "/admin"],
)  # fmt: skip
@pytest.mark.exhaustive
def test_no_file_of_the_service_and_no_debugger_is_served(app, url):
    answer = app.test_client().get(url)
    body = answer.get_data(as_text=True)
    assert answer.status_code == (200 if url.startswith("/?") else 404)
    for secret in ("SECRET_KEY", "[core]", "import", "debugger"):
        assert secret not in body
    answer.close()


@pytest.mark.parametrize(
    "headers",
    [
        {"X-HTTP-Method-Override": "DELETE"},
        {"X-Method-Override": "DELETE"},
        {"X-Forwarded-Prefix": "/evil"},
        {"X-Forwarded-Host": "evil.org"},
        {"X-Original-URL": "/api/v1/api-keys"},
        {"X-Rewrite-URL": "/api/v1/api-keys"},
        {"Forwarded": "for=127.0.0.1;host=evil.org"},
        {"Host": "evil.org"},
    ],
)
def test_a_header_changes_neither_what_is_done_nor_where_links_point(api, alice, headers):
    asking = api.as_(alice)
    assert asking.get("/users/me", headers=headers)["id"] == alice.id
    for url in ("/auth/sessions?page_size=1", "/paths"):
        asking.get(url, headers=headers)
        assert "evil" not in str(asking.last.headers)
    assert asking.get("/users/me")["id"] == alice.id
