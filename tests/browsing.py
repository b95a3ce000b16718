"""A headless Chromium that reaches no machine but this one, and how a test uses it."""

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
    """What somebody does with a browser."""

    def __init__(self, driver: Chrome, url: str) -> None:
        self.driver = driver
        self.url = url

    def open(self, page):
        self.driver.get(self.url + page)

    def see(self, selector):
        """Return the element as soon as it is there to be seen."""
        there = visibility_of_element_located((By.CSS_SELECTOR, selector))
        return WebDriverWait(self.driver, 15, 0.1).until(there, f"{selector} is not to be seen")

    def all(self, selector):
        """Return the elements that are there now."""
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def until(self, is_so, what):
        """Wait until something is so; what is being drawn anew is looked at again."""
        waiting = WebDriverWait(self.driver, 15, 0.1, [StaleElementReferenceException])
        waiting.until(lambda _: is_so(), f"there is not: {what}")

    def read(self, selector, text):
        """Wait until an element says this."""
        self.until(lambda: any(text in found.text for found in self.all(selector)), text)

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
        """Click the button or link that says this."""
        words = f"normalize-space()='{label}'"
        found = WebDriverWait(self.driver, 15, 0.1).until(
            visibility_of_element_located((By.XPATH, f"//*[self::a or self::button][{words}]")),
            f"there is no {label!r} to be pressed",
        )
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", found)
        found.click()

    def complaints(self):
        """Return what the pages have complained about since the last look."""
        log = self.driver.get_log("browser")
        return [entry["message"] for entry in log if entry["level"] in BAD]

    def hosts_asked(self):
        messages = [
            json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")
        ]
        urls = [
            urlsplit(message["params"]["request"]["url"])
            for message in messages
            if message["method"] == "Network.requestWillBeSent"
        ]
        return {url.netloc for url in urls if url.scheme not in ("data", "blob", "chrome")}
