"""Chromium for the tests that look at pages: how it is started, what axe finds, where pictures go."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright

# Debian's shell of Chromium has no windows to draw for: the same pages take it a third less time.
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium-headless-shell") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
RULES = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']"


@contextmanager
def started(*flags: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *flags])
        yield browser
        browser.close()


def click_through(locator: Locator) -> None:
    """Click what leads to another page, and wait until that has come: an action of Playwright does not."""
    with locator.page.expect_navigation():
        locator.click()


def found_by_axe(page: Page) -> list[str]:
    """Each rule that the page breaks, with the first places where it does."""
    if not page.evaluate("'axe' in window"):  # half a megabyte to read
        page.evaluate(AXE)
    # What passes is not gathered: it is most of what axe has to say.
    found = page.evaluate(f"axe.run({{runOnly: {RULES}, resultTypes: ['violations']}}).then(found => found.violations)")
    return [f"{rule['id']}: {[node['target'] for node in rule['nodes']][:4]}" for rule in found]


def sideways(page: Page) -> list[str]:
    width = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    return [f"scrolls sideways, {width[0]} px in {width[1]}"] if width[0] > width[1] else []


def wrong_on_each(paths: dict[str, str], opened: Callable[[str], Page], pictured: str) -> list[str]:
    """What axe finds on each of these pages, and where one scrolls sideways; a picture of each, named after it."""
    wrong = []
    for name, path in paths.items():
        page = opened(path)
        wrong += [f"{name}: {found}" for found in (*found_by_axe(page), *sideways(page))]
        picture(page, pictured.format(name))
        page.context.close()
    return wrong


def picture(page: Page, name: str) -> None:
    """A picture of the whole page into `HAVENLINE_PICTURES`, where it is set."""
    if folder := os.environ.get("HAVENLINE_PICTURES"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
