"""The pages in a real Chromium that reaches no machine but this one."""

import json
import shutil
from urllib.parse import urlsplit

import pytest
from flask_migrate import upgrade
from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.by import By
from selenium.webdriver.support.expected_conditions import visibility_of_element_located
from selenium.webdriver.support.wait import WebDriverWait

from learnpath import create_app
from learnpath.extensions import db

from .conftest import SETTINGS
from .live import Server
from .make import Make

pytestmark = pytest.mark.browser

CHROMIUM_OPTIONS = """
    --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync
    --disable-background-networking --disable-component-update --disable-dev-shm-usage
    --window-size=1280,1400
""".split()
BAD = ("WARNING", "SEVERE")
ONLY_THIS_MACHINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"

# page → something that stands there once it is whole
PAGES = {
    "/": "main h1",
    "/docs": "#operations-users-get_me",
    "/redoc": "#auth",
    "/problems": "dt a",
    "/problems/email-taken": "main h1",
}


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    app = create_app(
        {**SETTINGS, "DATABASE_URL": f"sqlite:///{tmp_path_factory.mktemp('browser') / 'test.db'}"}
    )
    with app.app_context():
        upgrade()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module")
def alice(database):
    return Make(database).user("alice")


@pytest.fixture(scope="module")
def server(database, tmp_path_factory):
    log = tmp_path_factory.mktemp("server") / "gunicorn.log"
    server = Server(str(database.config["DATABASE_URL"]), log)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    options = ChromeOptions()
    options.binary_location = shutil.which("chromium")
    profile = f"--user-data-dir={tmp_path_factory.mktemp('profile')}"
    for option in (*CHROMIUM_OPTIONS, ONLY_THIS_MACHINE, profile):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = Chrome(options, ChromeService(shutil.which("chromedriver")))
    yield driver
    driver.quit()


@pytest.fixture
def browser(chromium, server):
    """A browser that fails the test where a page complained or asked another machine."""
    yield Browser(chromium, server.url)
    log = chromium.get_log("browser")
    assert [entry["message"] for entry in log if entry["level"] in BAD] == []
    assert hosts_asked(chromium) == {urlsplit(server.url).netloc}


class Browser:
    def __init__(self, driver, url):
        self.driver = driver
        self.url = url

    def open(self, page):
        self.driver.get(self.url + page)

    def see(self, selector):
        """Return the element as soon as it is there to be seen."""
        there = visibility_of_element_located((By.CSS_SELECTOR, selector))
        return WebDriverWait(self.driver, 15).until(there, f"{selector} is not to be seen")

    def click(self, selector):
        element = self.see(selector)
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()


def hosts_asked(driver):
    messages = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    urls = [
        urlsplit(message["params"]["request"]["url"])
        for message in messages
        if message["method"] == "Network.requestWillBeSent"
    ]
    return {url.netloc for url in urls if url.scheme not in ("data", "blob", "chrome")}


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
    answer = execute(browser, "users", "get_me")
    assert answer[0].startswith("200")
    assert alice.email in answer[1]


def test_on_the_docs_page_an_example_is_executed_as_it_stands(browser, alice):
    log_in(browser, alice)
    report = execute(browser, "progress", "post_progress_collection")
    assert report[0].startswith("200")
    assert "run-the-service" in report[1]
    progress = execute(browser, "progress", "get_progress_resource")
    assert progress[0].startswith("200")
    assert "completed" in progress[1]


def log_in(browser, person):
    """Use the Authorize button."""
    browser.open("/docs")
    browser.click(".auth-wrapper button.authorize")
    browser.see("#oauth_username").send_keys(person.email)
    browser.see("#oauth_password").send_keys(person.password)
    browser.click(".auth-container:has(#oauth_username) button.authorize")
    browser.see(".auth-container button[aria-label='Remove authorization']")
    browser.click(".auth-container .btn-done")


def execute(browser, tag, operation):
    """Try an operation out; return the status and the body that the page shows."""
    block = f"#operations-{tag}-{operation}"
    browser.click(f"{block} .opblock-summary-control")
    browser.click(f"{block} .try-out__btn")
    browser.click(f"{block} .execute")
    answer = f"{block} .live-responses-table .response"
    status = browser.see(f"{answer} .response-col_status").text
    return status, browser.see(f"{answer} .highlight-code").text
