"""The actions of a user in the console."""

HOSTILE = "<img src=x onerror=\"document.title='owned'\">"


def prefer(browser, scheme):
    """Let the system prefer light or dark, and no motion."""
    features = [
        {"name": "prefers-color-scheme", "value": scheme},
        {"name": "prefers-reduced-motion", "value": "reduce"},
    ]
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def log_in(browser, person):
    """Log in with the form."""
    browser.open("/app#/login")
    browser.fill(email=person.email, password=person.password)
    browser.press("Log in")
    browser.read("h1", "Hello")


def visit(browser, view):
    """Go to a view, or to the same one again, and wait until it is there."""
    script = """
        document.getElementById("view").replaceChildren();
        if (location.hash === arguments[0]) dispatchEvent(new HashChangeEvent("hashchange"));
        else location.hash = arguments[0];
    """
    browser.driver.execute_script(script, f"#{view}")
    browser.see("main h1")
