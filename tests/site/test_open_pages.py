"""Opening the pages for people, with nothing but this server."""

import json
import re
from pathlib import Path

import pytest

import learnpath

VIEWERS = ("/docs", "/redoc")
PAGES = ("/", "/app", "/docs", "/redoc", "/problems", "/problems/not-found")
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
STATIC = Path(learnpath.__file__).parent / "site" / "static"
OUR_OWN = sorted(file for file in STATIC.rglob("*") if file.suffix in (".js", ".css"))
PARSES_HTML = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|eval\(|Function\("
)
NAME_OF_SVG = "http://www.w3.org/2000/svg"  # a name that is never requested
ANOTHER_HOST = re.compile(r"https?://\w|['\"(]//[a-z]", re.IGNORECASE)


@pytest.fixture
def browse(app):
    """Open a page as a browser does."""

    def browse(url, expect=200):
        with app.test_client() as client:
            response = client.get(url, headers=BROWSER)
            assert response.status_code == expect, url
            response.get_data()  # reads a file before it is closed
            response.close()
        return response

    return browse


def parts_of(page):
    """Return the addresses that a page makes the browser load or offers to follow."""
    return re.findall(r'(?:src|href|data-document)="([^"]*)"', page.text)


@pytest.mark.parametrize("url", PAGES)
def test_a_page_is_html_that_refers_to_this_server_only(browse, url):
    page = browse(url)
    assert page.mimetype == "text/html"
    assert not ANOTHER_HOST.search(page.text)
    assert len(parts_of(page)) > 1
    assert all(part.startswith(("/", "#")) for part in parts_of(page))


@pytest.mark.parametrize("file", OUR_OWN, ids=lambda file: file.name)
@pytest.mark.exhaustive
def test_our_own_scripts_and_styles_refer_to_this_server_only(browse, file):
    text = browse(f"/static/{file.relative_to(STATIC).as_posix()}").text
    assert not ANOTHER_HOST.search(text.replace(NAME_OF_SVG, ""))


@pytest.mark.parametrize("file", OUR_OWN, ids=lambda file: file.name)
@pytest.mark.exhaustive
def test_our_own_scripts_are_short_say_what_they_are_for_and_parse_no_html(file):
    text = file.read_text()
    assert len(text.splitlines()) <= 250, "split it by what it shows"
    assert re.match(r'/\*|"use strict"|import|body', text)
    assert not PARSES_HTML.search(text)


@pytest.mark.parametrize("url", PAGES)
def test_the_browser_is_told_to_load_from_this_server_only(browse, url):
    policy = dict(
        rule.split(maxsplit=1)
        for rule in browse(url).headers["Content-Security-Policy"].split("; ")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert policy.pop("require-trusted-types-for", "'script'") == "'script'"
    allowed = {source for sources in policy.values() for source in sources.split()}
    more = {"'unsafe-inline'", "data:", "blob:"} if url in VIEWERS else set()
    assert allowed <= {"'none'", "'self'"} | more


@pytest.mark.parametrize("url", PAGES)
def test_a_page_needs_no_script_inside_it(browse, url):
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son[a-z]+=|javascript:", browse(url).text)


@pytest.mark.parametrize("url", [*PAGES, "/openapi.json", "/api/v1/paths", "/no-such-page"])
def test_every_answer_carries_the_headers_that_protect_a_browser(app, url):
    headers = app.test_client().get(url).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_the_api_lets_no_browser_load_anything_and_no_cache_keep_it(app):
    headers = app.test_client().get("/api/v1/paths").headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "self" not in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"


def test_the_front_page_says_what_this_is_and_where_to_look(browse):
    page = browse("/")
    assert "Learning paths and learner progress" in page.text
    assert {"/app", "/docs", "/redoc", "/openapi.json", "/problems"} <= set(parts_of(page))


def test_redoc_is_told_not_to_phone_home(browse):
    assert "disableTelemetry: true" in browse("/static/redoc.js").text


def test_the_document_is_served_as_json(browse):
    answer = browse("/openapi.json")
    assert answer.mimetype == "application/json"
    document = json.loads(answer.text)
    assert document["openapi"].startswith("3.1")
    assert "/api/v1/users/login" in document["paths"]
    assert "servers" not in document


@pytest.mark.parametrize(
    "url", ["/viewers/no-such.js", "/viewers/..%2f__init__.py", "/viewers/__init__.py",
            "/static/../routes.py", "/static/no-such.js", "/no-such-page"],
)  # fmt: skip
def test_an_unknown_page_is_not_found(browse, url):
    assert browse(url, expect=404).mimetype == "application/problem+json"
