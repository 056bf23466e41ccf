"""The page of `havenline census timeliness --html` in Chromium: axe, wide and narrow, light and dark, on paper."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks.census import Maker
from playwright.sync_api import Browser
from typer.testing import CliRunner

from havenline.cli import app
from tests.browser import found_by_axe, picture, sideways, started

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as browser:
        yield browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder: Path = tmp_path_factory.mktemp("census")
    with (folder / "cin.xml").open("w", encoding="utf-8") as file:
        Maker().write(file, 400)
    text = (folder / "cin.xml").read_text(encoding="utf-8")
    (folder / "cin.xml").write_text(text.replace("<CPPstartDate>2025-1", "<CPPstartDate>soon 2025-1"), encoding="utf-8")
    asked = ["census", "timeliness", str(folder / "cin.xml"), "--html", str(folder / "page.html")]
    assert CliRunner().invoke(app, asked).exit_code == 0
    return f"file://{folder / 'page.html'}"


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_nothing_scrolls_sideways_and_nothing_is_refused(browser: Browser, address: str, width: int, theme: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=theme)  # type: ignore[arg-type]
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(address)
    for fold in page.locator("summary").all():
        fold.click()
    assert found_by_axe(page) + sideways(page) + said == []
    picture(page, f"census-{width}-{theme}")
    page.close()


def test_it_prints_black_on_white(browser: Browser, address: str) -> None:
    page = browser.new_page(color_scheme="dark")
    page.goto(address)
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    page.close()
