"""A headless Chromium that can reach only this machine, and what tests do with it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.by import By
from selenium.webdriver.support.expected_conditions import visibility_of_element_located
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

CHROMIUM_OPTIONS = """
    --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync
    --disable-background-networking --disable-component-update --disable-dev-shm-usage
    --window-size=1280,1400
""".split()
BAD = ("WARNING", "SEVERE")
ONLY_THIS_MACHINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"


@contextmanager
def open_chromium(profile: Path) -> Iterator[Chrome]:
    options = ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for option in (*CHROMIUM_OPTIONS, ONLY_THIS_MACHINE, f"--user-data-dir={profile}"):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = Chrome(options, ChromeService(shutil.which("chromedriver")))
    yield driver
    driver.quit()


class Browser:
    """A browser, with the actions of a user."""

    def __init__(self, driver: Chrome, url: str) -> None:
        self.driver = driver
        self.url = url

    def open(self, page):
        self.driver.get(self.url + page)

    def see(self, selector):
        """Return the element as soon as it is visible."""
        is_visible = visibility_of_element_located((By.CSS_SELECTOR, selector))
        return WebDriverWait(self.driver, 15, 0.1).until(is_visible, f"{selector} is not visible")

    def all(self, selector):
        """Return the elements that exist now."""
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def until(self, condition, what):
        """Wait until a condition holds; it is checked again if an element has been replaced."""
        waiting = WebDriverWait(self.driver, 15, 0.1, [StaleElementReferenceException])
        waiting.until(lambda _: condition(), f"not found: {what}")

    def read(self, selector, text):
        """Wait until an element contains this text."""
        self.until(lambda: any(text in element.text for element in self.all(selector)), text)

    def choose(self, name, value):
        Select(self.see(f"[name={name}]")).select_by_value(value)

    def click(self, selector):
        element = self.see(selector)
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    def fill(self, **values):
        """Type into the fields of these names."""
        for name, value in values.items():
            self.see(f"[name={name}]").send_keys(value)

    def press(self, label):
        """Click the button or link with this label."""
        has_label = f"normalize-space()='{label}'"
        element = WebDriverWait(self.driver, 15, 0.1).until(
            visibility_of_element_located((By.XPATH, f"//*[self::a or self::button][{has_label}]")),
            f"no button or link {label!r}",
        )
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    def console_errors(self):
        """Return the warnings and errors of the pages since the last call."""
        log = self.driver.get_log("browser")
        return [entry["message"] for entry in log if entry["level"] in BAD]

    def requested_hosts(self):
        messages = [
            json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")
        ]
        urls = [
            urlsplit(message["params"]["request"]["url"])
            for message in messages
            if message["method"] == "Network.requestWillBeSent"
        ]
        return {url.netloc for url in urls if url.scheme not in ("data", "blob", "chrome")}
