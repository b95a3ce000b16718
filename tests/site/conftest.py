"""The stage of the tests of the console: people, a path with locks, and a browser."""

from __future__ import annotations

from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest

from ..apps import open_migrated_app
from ..browser import Browser, open_chromium
from ..client import Api
from ..factories import Factory
from ..live_server import Server
from .console import HOSTILE, prefer

TREES = [
    "roots",
    {"slug": "trunk", "requires": ["roots"]},
    {"slug": "branches", "requires": ["trunk"]},
]
MORE = [
    {"slug": "birds", "required": False},
    {"slug": "leaves", "title": HOSTILE, "requires": ["trunk"]},
]


@pytest.fixture(scope="session")
def stage(tmp_path_factory):
    """A service with alice, who learns, grace, who teaches trees, and ada, who administers."""
    file = tmp_path_factory.mktemp("console") / "test.db"
    with open_migrated_app(f"sqlite:///{file}") as app:
        make, api = Factory(app), Api(app)
        people = {
            "alice": make.user("alice"),
            "mallory": make.user("mallory"),
            "grace": make.user("grace", "instructor"),
            "ada": make.user("ada", "admin"),
        }
        make.path("trees", TREES + MORE, title="Trees", description=HOSTILE)
        api.as_(people["ada"]).patch("/paths/trees", {"authors": [people["grace"].id]})
        for person in ("alice", "mallory"):
            api.as_(people[person]).post("/paths/trees/enrollments", {}, expect=201)
        api.as_(people["mallory"]).put("/users/me", {"name": HOSTILE})
        server = Server(f"sqlite:///{file}", file.with_name("gunicorn.log"))
        yield SimpleNamespace(**people, app=app, api=api, make=make, url=server.url)
        server.stop()


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    with open_chromium(tmp_path_factory.mktemp("profile")) as driver:
        yield driver


@pytest.fixture
def browser(chromium, stage):
    """A browser without a login; a test fails if a page has an error."""
    browser = Browser(chromium, stage.url)
    yield browser
    complaints, hosts = browser.console_errors(), browser.requested_hosts()
    chromium.execute_script("sessionStorage.clear(); localStorage.clear()")
    chromium.get("about:blank")  # or else only the part after # would change in the next test
    chromium.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    prefer(browser, "light")
    assert complaints == []
    assert hosts == {urlsplit(stage.url).netloc}
