"""Everybody can use the pages: no serious finding of axe-core, light or dark."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from .console import log_in, prefer, visit

pytestmark = pytest.mark.browser

GRAVE = ("serious", "critical")
CHECK = """
    const [within, done] = arguments;
    axe.run(within, { resultTypes: ["violations"] }).then(({ violations }) => done(violations));
"""
PAGES = ("/", "/problems", "/problems/email-taken")
VIEWERS = {"/docs": ".opblock-summary", "/redoc": "#auth"}
LEARNING = ("/", "/catalogue", "/paths/trees", "/paths/trees/roots", "/transcript", "/profile")
TEACHING = ("/teach", "/teach/trees", "/teach/trees/learners", "/teach/trees/enroll", "/people")


@pytest.fixture(scope="session")
def axe():
    """The source of axe-core, out of a package that carries it."""
    package = find_spec("axe_playwright_python")
    assert package, "pip install --no-deps --require-hashes -r tests/axe.txt"
    return Path(package.origin).with_name("axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def findings(browser, axe):
    """Look at the page as it is, light and dark: what is serious, and where."""

    def findings(within="html"):
        browser.driver.execute_script(axe)
        return [found for scheme in ("light", "dark") for found in look(scheme, within)]

    def look(scheme, within):
        prefer(browser, scheme)
        violations = browser.driver.execute_async_script(CHECK, within)
        return [
            (scheme, violation["id"], node["target"], node["failureSummary"])
            for violation in violations
            if violation["impact"] in GRAVE
            for node in violation["nodes"]
        ]

    return findings


@pytest.mark.parametrize("page", PAGES)
def test_our_pages(browser, findings, page):
    browser.open(page)
    browser.see("main h1")
    assert findings() == []


@pytest.mark.parametrize(("page", "landmark"), VIEWERS.items(), ids=VIEWERS)
def test_what_is_ours_around_the_viewers(browser, findings, page, landmark):
    """What Swagger UI and ReDoc draw themselves, within #viewer, is theirs to mend."""
    browser.open(page)
    browser.see(landmark)
    assert findings({"exclude": ["#viewer"]}) == []


@pytest.mark.parametrize("door", ["/login", "/register"])
def test_the_doors(browser, findings, door):
    browser.open(f"/app#{door}")
    browser.see("#field-email")
    assert findings() == []


def test_what_a_learner_sees(browser, stage, findings):
    log_in(browser, stage.alice)
    for view in LEARNING:
        visit(browser, view)
        assert findings() == [], view


def test_what_staff_see(browser, stage, findings):
    log_in(browser, stage.ada)
    for view in TEACHING:
        visit(browser, view)
        assert findings() == [], view
