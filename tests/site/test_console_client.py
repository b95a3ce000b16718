"""The console as a client of the API: tokens, refreshing, waiting."""

import pytest

from .console import log_in, visit

pytestmark = pytest.mark.browser

# What goes out is counted, and answered by `window.answer` instead where that returns something.
SPY = """
    const real = window.fetch;
    window.sent = [];
    window.fetch = (address, options) => {
        window.sent.push(`${options.method} ${address}`);
        const answer = window.answer?.(address, options);
        return answer ? Promise.resolve(answer) : real(address, options);
    };
"""
EXPIRED = """
    window.answer = (address, options) => {
        if (address.endsWith("/refresh")) window.isFresh = true;
        else if (!window.isFresh) options.headers.Authorization = "Bearer expired";
    };
"""
BUSY_ONCE = """
    const busy = new Set();
    window.answer = (address, options) => {
        const call = options.method + address;
        if (busy.has(call)) return null;
        busy.add(call);
        const body = JSON.stringify({ detail: "Try again in a moment." });
        return new Response(body, { status: 503, headers: { "Retry-After": "0" } });
    };
"""


@pytest.fixture
def spied(browser, stage):
    """Alice is logged in, and what her browser sends is noted."""
    log_in(browser, stage.alice)
    browser.driver.execute_script(SPY)
    return lambda: browser.driver.execute_script("return window.sent")


def test_an_expired_access_token_is_refreshed_once_for_all_who_wait(browser, spied):
    browser.driver.execute_script(EXPIRED)
    visit(browser, "/")
    browser.read("h1", "Hello, Alice")
    assert spied().count("POST /api/v1/auth/refresh") == 1
    assert spied().count("GET /api/v1/users/me/enrollments?page_size=100") == 2
    complaints = browser.console_errors()
    assert complaints
    assert all("401" in complaint for complaint in complaints)


def test_a_reload_keeps_me_logged_in_and_a_new_tab_does_not(browser, stage):
    log_in(browser, stage.alice)
    browser.driver.refresh()
    browser.read("h1", "Hello, Alice")
    assert browser.driver.execute_script("return Object.keys(localStorage)") == []
    assert "learnpath" not in browser.driver.execute_script("return document.cookie")


def test_a_session_that_was_ended_elsewhere_leads_to_the_door(browser, stage):
    log_in(browser, stage.mallory)
    stage.api.as_(stage.mallory).post("/auth/logout-all", expect=204)
    visit(browser, "/")
    browser.read("h1", "Log in")
    assert browser.driver.execute_script("return sessionStorage.length") == 0
    assert all("401" in complaint for complaint in browser.console_errors())


def test_a_read_waits_as_long_as_it_is_asked_to(browser, spied):
    browser.driver.execute_script(BUSY_ONCE)
    visit(browser, "/transcript")
    browser.read("h1", "Transcript")
    assert spied() == ["GET /api/v1/users/me/transcript"] * 2


def test_what_may_not_be_repeated_is_told_instead(browser, spied):
    visit(browser, "/paths/trees")
    browser.see(".map")
    browser.driver.execute_script(BUSY_ONCE)
    browser.driver.execute_script("window.sent = []")
    browser.press("Log out")
    browser.read("h1", "Log in")
    assert spied() == ["POST /api/v1/auth/logout"]


def test_i_change_my_profile_and_delete_it_all(browser, stage):
    someone = stage.make.user("someone")
    log_in(browser, someone)
    visit(browser, "/profile")
    browser.fill(current_password=someone.password, password="staple battery horse")
    browser.press("Change the password")
    browser.read(".notice", "Your other devices have been logged out.")
    browser.choose("timezone", "Europe/Athens")
    browser.see("[name=name]").clear()
    browser.fill(name="Somebody Else")
    browser.press("Save")
    browser.read("#self", "Somebody Else")
    me = stage.api.as_(stage.ada).get(f"/users/{someone.id}")
    assert (me["name"], me["timezone"]) == ("Somebody Else", "Europe/Athens")
    browser.press("Delete my account")
    browser.click("dialog .danger")
    browser.read("h1", "Log in")
    stage.api.as_(stage.ada).get(f"/users/{someone.id}", expect=404)
