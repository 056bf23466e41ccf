"""The screens of safeguarding in Chromium: axe, narrow screens, both themes. Pictures go to `HAVENLINE_PICTURES`."""

import os
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse

from havenline.engines import procedure
from havenline.foundation import moment
from havenline.foundation.people.models import Membership
from havenline.journey.safeguarding import actions
from havenline.journey.safeguarding.models import ChildCase
from tests.journey.safeguarding.conftest import Refer

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AXE = (Path(__file__).parents[2] / "vendor" / "axe.min.js").read_text()
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    # Playwright keeps an event loop in this thread; Django's guard against calls from coroutines would take it for one.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=ARGUMENTS)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def days_ago(count: int, hour: int, minute: int = 0) -> Any:
    """Stand that many working days before today: the server's own clock is the real one."""
    day: date = moment.today()
    while count:
        day -= timedelta(days=1)
        count -= procedure.is_working_day(day)
    return moment.standing_at(datetime.combine(day, time(hour, minute), tzinfo=moment.LONDON))


@pytest.fixture
def drawn(
    transactional_db: None, refer: Refer, social_worker: Membership, team_manager: Membership, conference_chair: Membership
) -> ChildCase:
    """The case as it is drawn: enquiry open, the answer to police never sent."""
    with days_ago(5, 10, 6):
        child_case = actions.take_up(hand_over=refer(), by=social_worker, manager=team_manager)
    with days_ago(4, 9, 40):
        actions.decide(child_case=child_case, outcome="strategy_discussion_now", reason="An adult is near the child.", by=team_manager)
    with days_ago(4, 14, 50):
        today = moment.today()
        actions.record_step(
            child_case=child_case,
            step="strategy_discussion",
            outcome="joint_enquiry",
            happened_on=today,
            happened_at=time(14),
            by=team_manager,
        )
        actions.record_step(child_case=child_case, step="section_47_enquiry", happened_on=today, by=social_worker)
    with days_ago(3, 15, 30):
        today = moment.today()
        actions.record_seen(
            child_case=child_case, happened_on=today, happened_at=time(15, 30), view="Wants to stay at the same school.", by=social_worker
        )
        actions.tell(child_case=child_case, whom="school", words="One page.", happened_on=today, happened_at=time(11, 10), by=social_worker)
        actions.add_relationship(
            child_case=child_case,
            name="Alex Vale",
            relation="parent",
            said_by="the school",
            lives_with=True,
            cares_for=True,
            by=social_worker,
        )
        actions.change_child(
            child_case=child_case, name="Robin Vale", age_as_told=9, school="Alder Road School", language="English", by=social_worker
        )
        actions.name_people(child_case=child_case, chair=conference_chair, by=social_worker)
    with days_ago(1, 9, 0):
        refer(name="Kim Brook", age=6, school="", household="")
    return child_case


@pytest.fixture
def opened(browser: Any, live_server: Any, signed_in: Any) -> Iterator[Any]:
    contexts = []

    def open_at(path: str, by: Membership, width: int, **options: Any) -> Any:
        client = signed_in(by)
        context = browser.new_context(viewport={"width": width, "height": 900}, locale="en-GB", **options)
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value, "url": live_server.url}]
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{live_server.url}{path}")
        page.evaluate("document.fonts.ready")
        return page

    yield open_at
    for context in contexts:
        context.close()


def picture(page: Any, name: str) -> None:
    if folder := os.environ.get("HAVENLINE_PICTURES"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def screens(child_case: ChildCase) -> dict[str, str]:
    on_case = {
        name: reverse(f"safeguarding:{name}", args=[child_case.reference])
        for name in ("child_case", "record", "decide", "answer", "household", "tell", "transfer", "close", "people", "print")
    }
    return on_case | {
        "clocks": reverse("safeguarding:clocks"),
        "cases": reverse("safeguarding:cases"),
        "record_step": reverse("safeguarding:record_step", args=[child_case.reference, "section_47_enquiry"]),
        "book": reverse("safeguarding:book", args=[child_case.reference, "initial_child_protection_conference"]),
        "take_up": reverse(
            "safeguarding:take_up", args=[child_case.referral.__class__.objects.exclude(pk=child_case.referral_id).get().reference]
        ),
    }


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_any_screen(theme: str, drawn: ChildCase, team_manager: Membership, opened: Any) -> None:
    told = []
    for name, path in screens(drawn).items():
        if theme == "dark" and name not in ("child_case", "clocks", "decide"):
            continue  # the colours are tokens: three screens show every component that this room uses
        page = opened(path, team_manager, 1280, color_scheme=theme)
        picture(page, f"safeguarding-{name}-{theme}-1280")
        page.evaluate(AXE)
        found = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']})")
        told += [f"{name} {rule['id']}: {[node['target'] for node in rule['nodes']][:4]}" for rule in found["violations"]]
    assert not told


def test_no_screen_needs_sideways_scrolling_at_320(drawn: ChildCase, team_manager: Membership, opened: Any) -> None:
    wide = []
    for name, path in screens(drawn).items():
        page = opened(path, team_manager, 320)
        picture(page, f"safeguarding-{name}-320")
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            wide.append(name)
    assert not wide
