"""Take the screenshots of docs/screenshots from a running service: `make screenshots`.

Chromium opens the pages as a visitor, a learner and an instructor with demonstration data. Fonts
differ between machines: with the font Inter, the pictures look as in the repository.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from tools.demo_data import Demonstration, demonstration

TARGET = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
DESK, WIDE, TALL = (1280, 800), (1280, 700), (1280, 1180)
PATH = "python-developer"

# name → page, and an element that is there once the page is complete
VISITOR = {"docs": ("/docs", ".opblock-summary")}
LEARNER = {"learner": ("/app#/", ".tiles")}
MAP = {"map-wide": (f"/app#/paths/{PATH}", ".place-next")}
INSTRUCTOR = {"funnel": (f"/app#/teach/{PATH}", ".funnel")}


@contextmanager
def browser(size: tuple[int, int]) -> Iterator[Chrome]:
    """Open a Chromium with a page of exactly this size."""
    options = ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for option in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"):
        options.add_argument(option)
    driver = Chrome(options, ChromeService(shutil.which("chromedriver") or ""))
    width, height = size
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    features = [
        {"name": "prefers-color-scheme", "value": "light"},
        {"name": "prefers-reduced-motion", "value": "reduce"},
    ]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    yield driver
    driver.quit()


def log_in(driver: Chrome, service: Demonstration, role: str) -> None:
    """Log in on the console."""
    open_page(driver, service.url + "/app#/login", "#field-email")
    driver.find_element(By.ID, "field-email").send_keys(f"{role}@example.org")
    driver.find_element(By.ID, "field-password").send_keys(service.passwords[role])
    driver.find_element(By.CSS_SELECTOR, "form button").click()
    wait_for(driver, "#places a")


def open_page(driver: Chrome, url: str, landmark: str) -> None:
    """Open a page and wait until it is complete."""
    driver.get(url)
    wait_for(driver, landmark)


def wait_for(driver: Chrome, landmark: str) -> None:
    """Wait until the page has an element."""
    found = (By.CSS_SELECTOR, landmark)
    WebDriverWait(driver, 20).until(lambda _: driver.find_elements(*found), f"no {landmark}")


def shoot(driver: Chrome, service: Demonstration, pages: dict[str, tuple[str, str]]) -> None:
    """Take a screenshot of each page."""
    for name, (address, landmark) in pages.items():
        open_page(driver, service.url + address, landmark)
        if landmark == ".place-next":
            driver.execute_script(f"document.querySelector('{landmark}').scrollIntoView()")
            driver.execute_script("scrollBy(0, -480)")
        shoot_here(driver, name)


def shoot_here(driver: Chrome, name: str) -> None:
    """Take a screenshot of the page, without mouse pointer and focus."""
    driver.execute_script("document.activeElement.blur()")
    away = {"type": "mouseMoved", "x": 0, "y": 0}
    driver.execute_cdp_cmd("Input.dispatchMouseEvent", away)
    driver.save_screenshot(str(TARGET / f"{name}.png"))


def report_next(driver: Chrome) -> None:
    """Complete the next module."""
    wait_for(driver, ".next-card")
    driver.find_element(By.CSS_SELECTOR, ".next-card").click()
    wait_for(driver, ".reporting .primary")
    driver.find_element(By.CSS_SELECTOR, ".reporting .primary").click()
    wait_for(driver, ".report-result")


def main() -> None:
    """Take all screenshots."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with demonstration() as service:
        with browser(DESK) as driver:
            shoot(driver, service, VISITOR)
            log_in(driver, service, "learner")
            shoot(driver, service, LEARNER)
        with browser(TALL) as driver:
            log_in(driver, service, "instructor")
            shoot(driver, service, INSTRUCTOR)
        with browser(WIDE) as driver:
            log_in(driver, service, "learner")
            shoot(driver, service, MAP)
        with browser(DESK) as driver:
            log_in(driver, service, "learner")
            report_next(driver)
            shoot_here(driver, "moment")


if __name__ == "__main__":
    main()
