"""Which web pages of other origins may call the API: the listed ones, and no others."""

import pytest

from learnpath import create_app
from learnpath.config import ConfigError

from .apps import SETTINGS

OURS = "https://app.example.org"
LOCAL = "http://localhost:5173"


@pytest.fixture
def listening(make_app):
    """Make an app that allows these origins; return a client of it."""
    return lambda *origins: make_app(CORS_ORIGINS=list(origins)).test_client()


def from_(origin, **headers):
    return {"headers": {"Origin": origin} | headers}


def preflight(origin, method="PUT", headers="authorization, content-type"):
    asked = {
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": headers,
    }
    return from_(origin, **asked)


def test_without_a_list_no_origin_may(api):
    client = api.app.test_client()
    for answer in (
        client.get("/api/v1/paths", **from_(OURS)),
        client.options("/api/v1/users/me", **preflight(OURS)),
    ):
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]


@pytest.mark.parametrize("origin", [OURS, LOCAL])
def test_a_listed_origin_may(listening, origin):
    answer = listening(OURS, LOCAL).get("/api/v1/paths", **from_(origin))
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert "Origin" in answer.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example.org",
        "http://app.example.org",
        "https://app.example.org:8443",
        "https://app.example.org.evil.org",
        "https://app.example.orgevil",
        "https://appXexample.org",
        "https://evil.org/https://app.example.org",
        "null",
        "*",
        "",
    ],
)
def test_an_origin_that_is_not_listed_may_not(listening, origin):
    client = listening(OURS, LOCAL)
    for answer in (
        client.get("/api/v1/paths", **from_(origin)),
        client.options("/api/v1/users/me", **preflight(origin)),
    ):
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_browser_may_ask_first(listening):
    answer = listening(OURS).options("/api/v1/users/me", **preflight(OURS))
    assert answer.status_code == 200
    assert "PUT" in answer.headers["Access-Control-Allow-Methods"]
    allowed = answer.headers["Access-Control-Allow-Headers"].lower()
    assert "authorization" in allowed
    assert "content-type" in allowed


@pytest.mark.parametrize(
    ("method", "url", "status"),
    [("GET", "/users/me", 401), ("GET", "/nothing", 404), ("PUT", "/paths", 405)],
)
def test_a_page_may_read_why_it_was_refused(listening, method, url, status):
    answer = listening(OURS).open(f"/api/v1{url}", method=method, **from_(OURS))
    assert answer.status_code == status
    assert answer.headers["Access-Control-Allow-Origin"] == OURS


def test_a_page_may_read_the_headers_that_matter(listening):
    answer = listening(OURS).get("/api/v1/paths", **from_(OURS))
    exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
    assert {"X-Pagination", "Link", "Retry-After", "X-Request-ID"} <= set(exposed)


@pytest.mark.parametrize("url", ["/", "/docs", "/openapi.json"])
def test_only_the_api_is_open_to_other_origins(listening, url):
    answer = listening(OURS).get(url, **from_(OURS))
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    "origin",
    ["*", "null", "https://*.example.org", "https://app.example.org/", "https://a.org/path",
     "app.example.org", "ftp://example.org", "https://", "https://user@example.org",
     r"https://.*\.example\.org",
     "https://[a-z]+.example.org", "http://[::1]:8080"],
)  # fmt: skip
def test_a_list_with_anything_but_origins_stops_the_start(monkeypatch, origin):
    monkeypatch.setenv("CORS_ORIGINS", f"{OURS},{origin}")
    with pytest.raises(ConfigError, match="CORS_ORIGINS"):
        create_app({**SETTINGS, "DATABASE_URL": "sqlite:///never-opened.db"})


def test_a_list_of_origins_is_read_from_the_environment(monkeypatch, make_app):
    monkeypatch.setenv("CORS_ORIGINS", f"{OURS}, {LOCAL}, http://127.0.0.1:80,")
    other = make_app()
    assert other.config["CORS_ORIGINS"] == [OURS, LOCAL, "http://127.0.0.1:80"]
