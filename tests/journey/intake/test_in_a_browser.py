"""The public form in a real browser: without JavaScript, narrow and wide, looked at by axe, photographed."""

import re
from typing import Any

import pytest

from tests import factories
from tests.browser import click_through, found_by_axe, picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Reader:
    """One window that photographs and checks every page it comes to."""

    def __init__(self, page: Any, width: int, *, checks: bool) -> None:
        self.page, self.width, self.checks, self.seen = page, width, checks, 0

    def look(self, name: str) -> None:
        self.seen += 1
        picture(self.page, f"intake-{self.width}-{self.seen:02d}-{name}")
        assert not self.page.context.cookies()
        if self.checks:
            assert self.page.evaluate("document.documentElement.scrollWidth") <= self.width, f"{name} scrolls sideways"
            assert found_by_axe(self.page) == [], name

    def on(self, name: str) -> None:
        click_through(self.page.locator("button[name=go][value=on]").last)
        self.look(name)


@pytest.mark.parametrize(("width", "javascript"), [(1280, True), (360, True), (320, True), (320, False)])
def test_a_child_reports_a_picture_and_comes_back(live_server: Any, browser: Any, width: int, javascript: bool) -> None:
    factories.agency("hotline")
    context = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=javascript)
    page = context.new_page()
    reader = Reader(page, width, checks=javascript)
    page.goto(f"{live_server.url}/")
    reader.look("home")
    click_through(page.get_by_role("button", name="I’m under 18"))
    reader.look("what")
    reader.on("what-error")
    assert page.title() == "Error: Form"
    page.get_by_label("A picture of me").check()
    reader.on("removal")
    reader.on("danger")
    page.get_by_label("Yes, right now").check()
    reader.on("call")
    reader.on("where")
    page.get_by_label("In a game").check()
    reader.on("place")
    page.get_by_label("Names of accounts").fill("riverwalk_77")
    reader.on("happened")
    click_through(page.get_by_role("button", name="Back"))
    assert page.get_by_label("Names of accounts").input_value() == "riverwalk_77"
    reader.on("happened-again")
    reader.on("child")
    reader.on("contact")
    reader.on("check")
    click_through(page.get_by_role("button", name="Send my report"))
    reader.look("receipt")
    digits = re.sub(r"\D", "", page.locator(".receipt-digits").inner_text())
    page.goto(f"{live_server.url}/")
    page.get_by_label("16-digit receipt").fill(digits)
    click_through(page.get_by_role("button", name="Open my report"))
    page.get_by_label("Add to your report").fill("It was last week.")
    click_through(page.get_by_role("button", name="Send"))
    reader.look("dialogue")
    assert "It was last week." not in page.content()
    click_through(page.get_by_role("button", name="Close my report"))
    reader.look("closed")
    context.close()
