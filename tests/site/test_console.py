"""The console in a real browser: what learners do with it, by mouse, by keyboard and by phone."""

import httpx
import pytest
from selenium.common.exceptions import JavascriptException
from selenium.webdriver import ActionChains, Keys

from ..cast import PASSWORD
from .console import HOSTILE, log_in, prefer, visit

pytestmark = pytest.mark.browser


@pytest.fixture
def newcomer(stage):
    """A new user without progress for each test."""
    count = len(stage.api.as_(stage.ada).get("/users?page_size=100"))
    return stage.make.user(f"newcomer{count}")


def test_i_register_follow_a_path_and_see_what_my_report_unlocked(browser):
    browser.open("/app")
    browser.press("Create an account")
    browser.read("h1", "Create an account")
    browser.fill(name="Nina", email="nina@example.org", password=PASSWORD)
    browser.press("Register")
    browser.read("h1", "Hello, Nina")
    browser.press("Open the catalogue")
    browser.click(".path-card")
    browser.press("Follow this path")
    browser.read(".badge", "Following")
    assert browser.see("[data-slug=trunk]").text.split("\n") == ["Trunk", "Locked"]
    assert len(browser.all(".line")) == 3
    browser.click(".place-next a")
    browser.press("Mark as completed")
    browser.read(".report-result", "Done.")
    browser.read(".report-result .unlocked", "Trunk")
    browser.press("Next: Trunk")
    browser.read("h1", "Trunk")


def test_i_report_a_module_in_every_way(browser, stage, newcomer):
    stage.api.as_(newcomer).post("/paths/trees/enrollments", {}, expect=201)
    log_in(browser, newcomer)
    browser.open("/app#/paths/trees/roots")
    browser.press("Start")
    browser.read(".report-result", "Started.")
    browser.see("[name=percent]").clear()
    browser.fill(percent="40")
    browser.press("Save")
    browser.read(".report-result", "Saved: 40 %.")
    browser.press("Mark as completed")
    browser.read(".report-result", "Done.")
    browser.press("Mark as not completed")
    browser.read(".badges", "In progress")
    browser.press("Start over")
    browser.click("dialog .danger")
    browser.read(".report-result", "Started over.")
    browser.open("/app#/paths/trees/birds")
    browser.read("h1", "Birds")
    browser.press("Skip this module")
    browser.read(".report-result", "Skipped.")
    browser.press("Do not skip it")
    browser.read(".badges", "Not started")


def test_a_locked_module_says_what_it_waits_for(browser, newcomer, stage):
    stage.api.as_(newcomer).post("/paths/trees/enrollments", {}, expect=201)
    log_in(browser, newcomer)
    browser.open("/app#/paths/trees/branches")
    browser.read(".notice", "Complete these modules first:")
    browser.read(".notice a", "Trunk")
    assert not browser.all(".reporting button")


def test_i_leave_a_path_and_come_back(browser, newcomer, stage):
    stage.api.as_(newcomer).post("/paths/trees/enrollments", {}, expect=201)
    log_in(browser, newcomer)
    browser.open("/app#/paths/trees")
    browser.press("Leave this path")
    browser.press("Keep it")
    browser.press("Leave this path")
    browser.press("Leave")
    browser.press("Follow this path")
    browser.see(".badge-next")


def test_the_keyboard_is_enough(browser, newcomer, stage):
    stage.api.as_(newcomer).post("/paths/trees/enrollments", {}, expect=201)
    browser.open("/app#/login")
    browser.see("#field-email")
    tab_to(browser, "field-email")
    keys(browser, newcomer.email, Keys.TAB, newcomer.password, Keys.ENTER)
    browser.read("h1", "Hello")
    assert focused(browser).tag_name == "h1"
    tab_to(browser, "Roots")
    keys(browser, Keys.ENTER)
    browser.read("h1", "Roots")
    tab_to(browser, "Mark as completed")
    keys(browser, Keys.ENTER)
    browser.read(".report-result", "Done.")
    assert "report-result" in focused(browser).get_attribute("class")
    tab_to(browser, "Start over")
    keys(browser, Keys.ENTER)
    browser.see("dialog")
    keys(browser, Keys.ESCAPE)
    assert not browser.all("dialog[open]")


def keys(browser, *pressed):
    ActionChains(browser.driver).send_keys(*pressed).perform()


def focused(browser):
    return browser.driver.switch_to.active_element


def tab_to(browser, name):
    """Press Tab until what has the focus is called so, and can be seen to have it."""
    for _ in range(40):
        keys(browser, Keys.TAB)
        element = focused(browser)
        if name in (element.get_attribute("id"), element.text) or name in element.text.split("\n"):
            assert element.value_of_css_property("outline-style") != "none"
            return
    raise AssertionError(f"the keyboard does not reach {name}")


VIEWS = """/ /catalogue /paths/trees /paths/trees/leaves /transcript /profile /teach /teach/trees
    /teach/trees/learners /teach/trees/enroll /people""".split()


def test_a_phone_shows_every_view_without_scrolling_sideways(browser, stage):
    metrics = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    log_in(browser, stage.ada)
    for view in VIEWS:
        visit(browser, view)
        width = browser.driver.execute_script("return document.documentElement.scrollWidth")
        assert width <= 390, view


def test_it_is_dark_where_the_system_is_and_where_i_say_so(browser, stage):
    def brightness():
        colour = browser.see("body").value_of_css_property("background-color")
        return sum(int(part) for part in colour.removeprefix("rgba(").split(",")[:3])

    browser.open("/app#/login")
    assert brightness() > 600
    prefer(browser, "dark")
    assert brightness() < 150
    browser.click(".theme-switch")
    assert brightness() > 600
    browser.driver.refresh()
    assert brightness() > 600


def test_text_of_others_is_never_more_than_text(browser, stage):
    log_in(browser, stage.mallory)
    for view in ("/", "/catalogue", "/paths/trees", "/paths/trees/leaves", "/profile"):
        visit(browser, view)
    browser.press("Log out")
    browser.read("h1", "Log in")
    log_in(browser, stage.ada)
    for view in ("/teach/trees", "/teach/trees/learners", "/people"):
        visit(browser, view)
        seen = browser.see("main").text
        assert HOSTILE in seen, view
        assert not browser.all("img[src=x]")
        assert browser.driver.title != "owned"


def test_no_view_can_make_html_of_text(browser, stage):
    browser.open("/app#/login")
    with pytest.raises(JavascriptException, match="TrustedHTML"):
        browser.driver.execute_script("document.body.innerHTML = '<b>made</b>'")
    assert any("TrustedHTML" in complaint for complaint in browser.console_errors())


def test_a_wrong_password_is_told_and_too_many_say_how_long_to_wait(browser, stage):
    browser.open("/app#/login")
    browser.fill(email="victim@example.org", password="wrong")
    browser.press("Log in")
    browser.read("[role=alert]", "password")
    for _ in range(10):
        login = {"email": "victim@example.org", "password": "wrong"}
        httpx.post(f"{stage.url}/api/v1/users/login", json=login)
    browser.press("Log in")
    browser.read("[role=alert]", "Try again in 15 minutes")
    assert all("401" in output or "429" in output for output in browser.console_errors())


def test_what_is_wrong_with_a_field_stands_at_the_field(browser):
    browser.open("/app#/register")
    browser.fill(name="Nobody", email="nobody", password="short")
    browser.press("Register")
    browser.read("#field-email-hint", "mail")
    assert focused(browser).get_attribute("name") == "email"
    assert browser.see("[name=password]").get_attribute("aria-invalid") == "true"
    assert all("422" in output for output in browser.console_errors())
