"""An analyst in a real browser: the meter beside the queue, a break, their own limits, a check-in; and a supervisor who sees load alone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser import found_by_axe, sideways
from tests.e2e.conftest import Demo
from tests.e2e.people import Visitor

pytestmark = pytest.mark.browser


class AtTheDesk(Visitor):
    def signs_in(self, role: str, *, nth: int = 0) -> None:
        account = self.demo.account(role, nth=nth)
        self.go("/sign-in/")
        self.page.fill("[name=login]", account["email"])
        self.page.fill("[name=password]", account["password"])
        self.page.click("main button[type=submit]")
        self.page.wait_for_url("**/desk/**")


def test_an_analyst_is_looked_after_and_only_their_load_is_seen(
    demo: Demo, new_page: Callable[[], Page], request: pytest.FixtureRequest
) -> None:
    analyst = AtTheDesk(new_page(), demo)
    analyst.signs_in("Analyst", nth=2)
    analyst.go("/desk/queue/")
    analyst.sees("Items looked at")
    analyst.press("Take a break now")
    analyst.sees("On a break since")
    analyst.press("End the break")
    analyst.go("/desk/wellbeing/")
    analyst.fill("looks", "12")
    analyst.press("Save your limits")
    analyst.sees("of 12")
    analyst.choose("mood", "4")
    analyst.fill("words", "Tea by the harbour.")
    analyst.press("Keep it")
    analyst.sees("Tea by the harbour.")
    for width in (1280, 320):
        analyst.page.set_viewport_size({"width": width, "height": 900})
        assert sideways(analyst.page) == []
        if request.node.callspec.params["new_page"]:  # axe is a script itself: without JavaScript it would be waited for, for ever
            assert found_by_axe(analyst.page) == []
    senior = AtTheDesk(new_page(), demo)
    senior.signs_in("Senior analyst")
    senior.go("/desk/wellbeing/team/")
    senior.sees("0 of 40")
    assert "harbour" not in (senior.page.text_content("main") or "")
    analyst.press("Erase all of them")
    assert "harbour" not in (analyst.page.text_content("main") or "")
