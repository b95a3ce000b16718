"""The pages in a real Chromium that can reach only this machine."""

from urllib.parse import urlsplit

import pytest

from .apps import open_migrated_app
from .browser import Browser, open_chromium
from .factories import Factory
from .live_server import Server

pytestmark = pytest.mark.browser

# page → an element that is there once the page is complete
PAGES = {
    "/": "main h1",
    "/docs": "#operations-users-getCurrentUser",
    "/redoc": "#auth",
    "/problems": "dt a",
    "/problems/email-taken": "main h1",
}


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    file = tmp_path_factory.mktemp("browser") / "test.db"
    with open_migrated_app(f"sqlite:///{file}") as app:
        yield app


@pytest.fixture(scope="module")
def alice(database):
    return Factory(database).user("alice")


@pytest.fixture(scope="module")
def server(database, tmp_path_factory):
    log = tmp_path_factory.mktemp("server") / "gunicorn.log"
    server = Server(str(database.config["DATABASE_URL"]), log)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    with open_chromium(tmp_path_factory.mktemp("profile")) as driver:
        yield driver


@pytest.fixture
def browser(chromium, server):
    """A browser; a test fails if a page has an error or requests another machine."""
    browser = Browser(chromium, server.url)
    yield browser
    assert browser.console_errors() == []
    assert browser.requested_hosts() == {urlsplit(server.url).netloc}


@pytest.mark.parametrize(("page", "landmark"), PAGES.items(), ids=PAGES)
def test_a_page_is_whole_without_any_other_machine(browser, page, landmark):
    browser.open(page)
    assert browser.see(landmark).text


def test_the_stylesheet_is_applied(browser):
    browser.open("/")
    width = browser.see("main").size["width"]
    assert width < 1000, "the text would run over the whole window"


def test_i_log_in_on_the_docs_page_and_see_who_i_am(browser, alice):
    log_in(browser, alice)
    answer = execute(browser, "users", "getCurrentUser")
    assert answer[0].startswith("200")
    assert alice.email in answer[1]


def test_on_the_docs_page_an_example_is_executed_as_it_stands(browser, alice):
    log_in(browser, alice)
    report = execute(browser, "progress", "reportProgress")
    assert report[0].startswith("200")
    assert "run-the-service" in report[1]
    progress = execute(browser, "progress", "getProgress")
    assert progress[0].startswith("200")
    assert "completed" in progress[1]


def log_in(browser, person):
    """Log in with the Authorize button."""
    browser.open("/docs")
    browser.click(".auth-wrapper button.authorize")
    browser.see("#oauth_username").send_keys(person.email)
    browser.see("#oauth_password").send_keys(person.password)
    browser.click(".auth-container:has(#oauth_username) button.authorize")
    browser.see(".auth-container button[aria-label='Remove authorization']")
    browser.click(".auth-container .btn-done")


def execute(browser, tag, operation):
    """Execute an operation; return the status and the body that the page shows."""
    block = f"#operations-{tag}-{operation}"
    browser.click(f"{block} .opblock-summary-control")
    browser.click(f"{block} .try-out__btn")
    browser.click(f"{block} .execute")
    answer = f"{block} .live-responses-table .response"
    status = browser.see(f"{answer} .response-col_status").text
    return status, browser.see(f"{answer} .highlight-code").text
