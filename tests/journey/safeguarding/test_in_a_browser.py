"""The screens of safeguarding in Chromium: axe, narrow screens, both themes. Pictures go to `HAVENLINE_PICTURES`."""

import hashlib
import io
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from benchmarks.census import Maker
from django.urls import reverse

from havenline.engines import procedure
from havenline.foundation import moment
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.people.models import Membership
from havenline.journey.safeguarding import actions
from havenline.journey.safeguarding.models import ChildCase
from tests.browser import click_through, found_by_axe, picture
from tests.journey.safeguarding.conftest import Refer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


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
        other = actions.take_up(hand_over=refer(name="Bob Vale", age=9), by=social_worker, is_another_child=True)
        actions.tell_apart(child_case=child_case, other=other.child, by=social_worker)
        actions.add_number(child_case=child_case, system="NHS", number="943 476 5919", by=social_worker)
        paper = actions.begin_paper(child_case=child_case, code="strategy_discussion", by=social_worker)
        said = {"known": "An adult is near the child.", "took_part": [{"name": "Ash", "agency": "police", "there": "yes", "why_not": ""}]}
        actions.save_paper(paper=paper, content=said, base=1, by=team_manager)
    return child_case


def screens(child_case: ChildCase) -> dict[str, str]:
    on_case = {
        name: reverse(f"safeguarding:{name}", args=[child_case.reference])
        for name in ("child_case", "record", "decide", "answer", "household", "tell", "transfer", "close", "people", "print", "same")
    }
    on_case |= {
        name: reverse(f"safeguarding:{name}", args=[child_case.reference, "strategy_discussion", 1]) for name in ("paper", "versions")
    }
    return on_case | {
        "clocks": reverse("safeguarding:clocks"),
        "cases": reverse("safeguarding:cases"),
        "record_step": reverse("safeguarding:record_step", args=[child_case.reference, "section_47_enquiry"]),
        "book": reverse("safeguarding:book", args=[child_case.reference, "initial_child_protection_conference"]),
        "take_up": reverse("safeguarding:take_up", args=[child_case.referral.__class__.objects.filter(child_cases=None).get().reference]),
    }


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_any_screen(theme: str, drawn: ChildCase, team_manager: Membership, signed_in: Any, opened: Any) -> None:
    told, client = [], signed_in(team_manager)
    for name, path in screens(drawn).items():
        if theme == "dark" and name not in ("child_case", "clocks", "decide"):
            continue  # the colours are tokens: three screens show every component that this room uses
        page = opened(path, client=client, color_scheme=theme)
        picture(page, f"safeguarding-{name}-{theme}-1280")
        told += [f"{name} {flaw}" for flaw in found_by_axe(page)]
    assert not told


def test_no_screen_needs_sideways_scrolling_at_320(drawn: ChildCase, team_manager: Membership, signed_in: Any, opened: Any) -> None:
    wide, client = [], signed_in(team_manager)
    for name, path in screens(drawn).items():
        page = opened(path, 320, client=client)
        picture(page, f"safeguarding-{name}-320")
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            wide.append(name)
    assert not wide


def test_what_is_typed_into_a_paper_is_saved_by_itself_and_stands_there_on_another_device(
    drawn: ChildCase, team_manager: Membership, signed_in: Any, opened: Any
) -> None:
    path = reverse("safeguarding:paper", args=[drawn.reference, "strategy_discussion", 1])
    page = opened(path, client=signed_in(team_manager))
    page.locator("textarea[name=child_said]").fill("I want to stay at my school.")
    page.get_by_text("Saved.", exact=True).wait_for()
    again = opened(path, client=signed_in(team_manager))
    assert again.locator("textarea[name=child_said]").input_value() == "I want to stay at my school."
    page.locator("textarea[name=child_said]").fill("I want to stay at my school, and see Kim.")
    page.goto(page.url.replace("/papers/strategy_discussion/1/", "/"))  # left at once: what was typed goes with the leaving
    page.wait_for_timeout(500)
    third = opened(path, client=signed_in(team_manager))
    assert third.locator("textarea[name=child_said]").input_value() == "I want to stay at my school, and see Kim."


def return_screens() -> dict[str, str]:
    return {
        "return": reverse("safeguarding:return"),
        "return_cases": f"{reverse('safeguarding:return_cases')}?figure=decisions&state=due",
        "return_referrals": f"{reverse('safeguarding:return_cases')}?figure=referrals&state=due",
        "return_nothing": f"{reverse('safeguarding:return_cases')}?figure=later_review&state=late",
    }


@pytest.fixture
def a_years_cases(drawn: ChildCase, team_manager: Membership, tmp_path: Path) -> None:
    """Beside it, eighty children of a census."""
    text = io.StringIO()
    Maker(seed=4).write(text, 80)
    file = tmp_path / "cin.xml"
    file.write_text(text.getvalue())
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    actions.import_census(file=file, digest=digest, agency=team_manager.agency, holder=team_manager, by=INSTALLATION)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_the_statutory_return(
    theme: str, a_years_cases: None, team_manager: Membership, signed_in: Any, opened: Any
) -> None:
    told, client = [], signed_in(team_manager)
    last_year = f"{return_screens()['return']}?period=year-{moment.today().year - 1}-04"
    late = f"{reverse('safeguarding:return_cases')}?figure=assessment_45&state=late&period=year-{moment.today().year - 1}-04"
    for name, address in {**return_screens(), "return_year": last_year, "return_late": late}.items():
        page = opened(address, client=client, color_scheme=theme)
        picture(page, f"safeguarding-{name}-{theme}-1280")
        told += [f"{name} {flaw}" for flaw in found_by_axe(page)]
    assert not told


def test_the_statutory_return_needs_no_sideways_scrolling_at_320(
    a_years_cases: None, team_manager: Membership, signed_in: Any, opened: Any
) -> None:
    wide, client = [], signed_in(team_manager)
    for name, address in return_screens().items():
        page = opened(address, 320, client=client)
        picture(page, f"safeguarding-{name}-320")
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            wide.append(name)
    assert not wide


def test_a_figure_opens_its_cases_without_javascript(a_years_cases: None, team_manager: Membership, signed_in: Any, opened: Any) -> None:
    page = opened(return_screens()["return"], client=signed_in(team_manager), java_script_enabled=False)
    page.get_by_role("combobox").select_option(f"year-{moment.today().year - 1}-04")
    click_through(page.get_by_role("button", name="Show"))
    click_through(page.get_by_role("link", name="Assessment, within 45 working days, Late"))
    assert "Assessment, within 45 working days: late" in page.locator("h1").inner_text()
    click_through(page.locator("a.row-link").first)
    assert "Child LA" in page.locator("h1").inner_text()
