"""The console for those who teach and administer: funnels, classes, people."""

import pytest

from .console import HOSTILE, log_in, visit

pytestmark = pytest.mark.browser


@pytest.fixture
def someone_done(stage):
    """A learner who has completed the roots."""
    report = {"module_id": "roots", "completed": True}
    stage.api.as_(stage.alice).post("/users/me/progress", report)


def test_an_instructor_sees_where_people_are_on_their_path(browser, stage, someone_done):
    log_in(browser, stage.grace)
    browser.press("Teach")
    browser.click(".path-card")
    browser.read(".figures", "follow it")
    row = browser.see(".funnel tbody tr").text
    assert row.startswith("Roots")
    assert browser.see(".distribution li:nth-child(3) .column-number").text != "0"
    started, completed = browser.all(".funnel tbody tr:first-child .bar span")
    assert 0 < completed.size["width"] <= started.size["width"]


def test_an_instructor_sees_their_learners_and_takes_them_away_as_csv(
    browser, stage, tmp_path, someone_done
):
    behaviour = {"behavior": "allow", "downloadPath": str(tmp_path), "eventsEnabled": True}
    browser.driver.execute_cdp_cmd("Browser.setDownloadBehavior", behaviour)
    log_in(browser, stage.grace)
    visit(browser, "/teach/trees/learners")
    browser.read("tbody", stage.alice.email)
    assert HOSTILE in browser.see("tbody").text
    browser.press("Download all as CSV")
    table = tmp_path / "trees-learners.csv"
    browser.until(lambda: table.exists() and stage.alice.email in table.read_text(), "a table")
    browser.choose("status", "completed")
    browser.until(lambda: browser.all("tbody tr") == [], "nobody who has completed it")


def test_an_instructor_enrolls_a_class_and_sees_what_became_of_each(browser, stage):
    log_in(browser, stage.grace)
    visit(browser, "/teach/trees/enroll")
    browser.fill(emails=f"{stage.alice.email}\nnew@example.org, no-address")
    browser.press("Enroll learners")
    browser.read(".results", "already alice@example.org")
    browser.read(".results", "invited new@example.org")
    browser.read(".results", "refused no-address")


def test_an_admin_looks_people_up(browser, stage):
    log_in(browser, stage.ada)
    browser.press("People")
    browser.read("tbody", stage.grace.email)
    browser.fill(q="alice")
    browser.press("Search")
    browser.read("main > section > [role=status]", "1 person")
    assert [row.text.split("\n")[0] for row in browser.all("tbody tr")] == ["Alice"]


def test_learners_are_offered_neither(browser, stage):
    log_in(browser, stage.alice)
    offered = [link.text for link in browser.all("#places a")]
    assert offered == ["Learn", "Catalogue", "Transcript"]
    visit(browser, "/people")
    browser.read("[role=alert]", "not allowed")
    assert all("403" in complaint for complaint in browser.console_errors())
