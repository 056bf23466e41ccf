"""A flood of reports: a small sum for a browser, a short wait without JavaScript; and nothing at all while there is none."""

import hashlib
import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from havenline.foundation import moment
from havenline.foundation.people.models import Agency
from havenline.journey.intake import flood
from havenline.journey.intake.models import Report
from tests import factories
from tests.browser import picture
from tests.journey.intake.test_form import Visitor, to_check, visitor  # noqa: F401

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three reports in a minute are a flood, and a sum takes a few hundred tries."""
    monkeypatch.setattr(flood, "A_MINUTE", 3)
    monkeypatch.setattr(flood, "BITS", 8)


def arrive(hotline: Agency, count: int = 3) -> None:
    for _report in range(count):
        factories.report(hotline)


def solved(sum_: str, bits: int) -> str:
    """As the browser does it, with the standard library's SHA-256."""
    return next(str(n) for n in range(10**7) if int.from_bytes(hashlib.sha256(f"{sum_}:{n}".encode()).digest()) >> (256 - bits) == 0)


@pytest.mark.django_db
def test_while_there_is_no_flood_nobody_is_asked_for_anything(visitor: Visitor, hotline: Agency, few: None) -> None:  # noqa: F811
    arrive(hotline, 2)
    to_check(visitor)
    assert "data-work" not in visitor.page
    assert visitor.send(go="send").receipt


@pytest.mark.django_db
def test_in_a_flood_a_browser_does_a_sum_and_sends_at_once(visitor: Visitor, hotline: Agency, few: None) -> None:  # noqa: F811
    arrive(hotline)
    to_check(visitor)
    asked = re.search(r'data-work="(\w+)" data-bits="(\d+)"', visitor.page)
    assert asked
    assert visitor.send(go="send", work=solved(asked[1], int(asked[2]))).receipt


@pytest.mark.django_db
def test_without_javascript_a_short_wait_does_instead_and_nothing_is_lost(visitor: Visitor, hotline: Agency, few: None) -> None:  # noqa: F811
    arrive(hotline)
    to_check(visitor).send(go="send")
    assert visitor.status == 429
    assert "wait 20 seconds" in visitor.page
    assert "An adult stranger asked to meet my child." in visitor.page
    with moment.standing_at(moment.now() + timedelta(seconds=flood.WAIT + 1)):
        assert visitor.send(go="send").receipt


@pytest.mark.django_db
def test_a_flood_that_begins_after_the_page_was_shown_asks_too(visitor: Visitor, hotline: Agency, few: None) -> None:  # noqa: F811
    to_check(visitor)
    arrive(hotline)
    assert visitor.send(go="send").status == 429
    asked = re.search(r'data-work="(\w+)" data-bits="(\d+)"', visitor.page)
    assert asked
    assert visitor.send(go="send", work=solved(asked[1], int(asked[2]))).receipt


@pytest.mark.django_db
def test_one_submissions_sum_is_no_others_and_a_wrong_one_is_none(few: None) -> None:
    answer = solved(flood.sum_for("one"), 8)
    assert flood.is_done("one", answer)
    assert not flood.is_done("another", answer)
    assert not any(flood.is_done("one", wrong) for wrong in ("", "-1", "x" * 1000, "\ud800"))


@pytest.mark.django_db
def test_a_flood_is_over_a_minute_after_the_last(hotline: Agency, few: None) -> None:
    arrive(hotline)
    assert flood.is_here()
    with moment.standing_at(moment.now() + timedelta(seconds=61)):
        assert not flood.is_here()


@pytest.mark.django_db
def test_what_arrived_while_the_clock_stood_a_day_ahead_is_no_flood_once_it_is_right(hotline: Agency, few: None) -> None:
    with moment.standing_at(moment.now() + timedelta(days=1)):
        arrive(hotline)
        assert flood.is_here()
    assert not flood.is_here()


def test_a_wait_that_began_while_the_clock_stood_a_day_ahead_is_over_once_it_is_right() -> None:
    carried: dict[str, object] = {}
    with moment.standing_at(moment.now() + timedelta(days=1)):
        flood.begin_waiting(carried)
        assert not flood.has_waited(carried)
    assert flood.has_waited(carried)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_chromium_does_the_sum_beside_the_page_and_sends(opened: Callable[..., "Page"], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flood, "A_MINUTE", 3)
    hotline = factories.agency("hotline")
    arrive(hotline)
    page = opened(reverse("intake:report"))
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    for field, value in (("who", "adult"), ("kind", "web_page"), ("danger", "no")):
        page.locator(f"main [name={field}][value={value}]").check()
        page.locator("main button[name=go][value=on]").last.click()
    page.locator("main [name=urls]").fill("https://page.example/room")
    for _question in range(8):
        if page.locator("[data-work]").count():
            break
        if page.locator("main input[type=radio][value=no]").count():
            page.locator("main input[type=radio][value=no]").first.check()
        page.locator("main button[name=go][value=on]").last.click()
    page.wait_for_load_state()  # pressed before the page's script is there, the form goes without the sum, as without JavaScript
    picture(page, "flood")
    began = time.perf_counter()
    page.get_by_role("button", name="Send my report").click()
    page.locator(".receipt-digits").first.wait_for()
    print(f"sent {time.perf_counter() - began:.2f} s after the press")
    assert said == []
    assert Report.objects.count() == 4
