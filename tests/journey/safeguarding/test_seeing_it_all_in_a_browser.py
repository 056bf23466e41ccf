"""The day, the team, the chronology, calendars and what is found, in Chromium: axe, narrow screens, both themes."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from havenline.foundation import moment
from havenline.foundation.clocks.models import Clock
from havenline.foundation.people.models import Membership
from havenline.journey.safeguarding import actions
from havenline.journey.safeguarding.models import ChildCase
from tests import factories
from tests.browser import click_through, found_by_axe, picture, sideways
from tests.journey.safeguarding.conftest import Refer
from tests.journey.safeguarding.test_in_a_browser import days_ago, drawn  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def busy(drawn: ChildCase, refer: Refer, social_worker: Membership, team_manager: Membership) -> ChildCase:  # noqa: F811
    """A team of three: clocks of every band, a note to read, a paper that waits, and somebody who drifts."""
    uma, jo = (factories.member("social_worker", social_worker.agency, name) for name in ("Uma Stone", "Jo Hale"))
    for number, (days, child, holder) in enumerate(
        [(50, "Toni Fern", uma), (30, "Noor Field", jo), (3, "Ash Rook", uma), (1, "Hana Brook", jo)]
    ):
        with days_ago(days, 9, 12):
            hand_over = refer(obligation=f"child {number + 10}", name=child, age=5 + number, school="", household="")
            case = actions.take_up(hand_over=hand_over, by=holder, manager=team_manager)
            actions.decide(child_case=case, outcome="assessment", reason="To understand more.", answer="We assess.", by=team_manager)
    with days_ago(1, 16, 30):
        actions.reassign(
            child_case=case,
            to=social_worker,
            words="The grandmother was promised a call on Friday.\nThe school knows nothing yet.",
            by=team_manager,
        )
        paper = actions.begin_paper(child_case=case, code="visit", by=social_worker)
        paper.state, paper.finished_at, paper.finished_by = "waits", moment.now(), social_worker
        paper.save()
        actions.begin_paper(child_case=drawn, code="visit", by=social_worker)
    _ended(case, uma, "Assessment", (0, 0, 0, 0, 3, -2))
    _ended(case, jo, "Initial child protection conference", (0, 0, 0, 0))
    return drawn


def _ended(case: ChildCase, by: Membership, title: str, left: tuple[int, ...]) -> None:
    for number, days in enumerate(left):
        due = moment.now() - timedelta(days=14 + 7 * number)
        said = {"title": title, "rule": title.lower()[:20], "edition": "2026", "amount": 45, "unit": "working days"}
        began, done = due - timedelta(days=60), due - timedelta(days=days)
        clock = Clock(record=case.record, about=f"{by.pk} {number}", agency=by.agency, owner=by, **said)
        clock.started_at, clock.due_at, clock.stopped_at = began, due, done
        clock.save()


def screens(case: ChildCase) -> dict[str, tuple[str, str]]:
    """By name: whose it is, and its address."""
    return {
        "day": ("social_worker", reverse("safeguarding:day")),
        "team": ("team_manager", reverse("safeguarding:team")),
        "reassign": ("team_manager", reverse("safeguarding:reassign", args=[case.reference])),
        "chronology": ("social_worker", reverse("safeguarding:chronology", args=[case.reference])),
        "calendars": ("team_manager", reverse("safeguarding:calendars")),
        "found": ("social_worker", f"{reverse('search:find')}?q=robbin+vael"),
        "case": ("social_worker", reverse("safeguarding:child_case", args=[case.reference])),
    }


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 1280), ("light", 320), ("dark", 320)])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    theme: str, width: int, busy: ChildCase, social_worker: Membership, team_manager: Membership, signed_in: Any, opened: Any
) -> None:
    who, wrong = {"social_worker": social_worker, "team_manager": team_manager}, []
    actions.make_feed(whose="team", by=team_manager)
    for name, (role, path) in screens(busy).items():
        page = opened(path, width, client=signed_in(who[role]), color_scheme=theme)
        picture(page, f"seeing-{name}-{theme}-{width}")
        wrong += [f"{name} {flaw}" for flaw in (*found_by_axe(page), *sideways(page))]
    assert not wrong


def test_a_case_goes_to_somebody_else_without_javascript_and_the_note_is_read(
    busy: ChildCase, social_worker: Membership, team_manager: Membership, signed_in: Any, opened: Any
) -> None:
    uma = factories.member("social_worker", social_worker.agency, "Lin Ferris")
    page = opened(reverse("safeguarding:team"), client=signed_in(team_manager), java_script_enabled=False)
    click_through(page.locator(f"a[href*='{busy.reference}/reassign/']").first)
    click_through(page.get_by_role("button", name="Hand it over"))
    assert page.get_by_text("Choose who takes it over").first.is_visible()
    page.get_by_label("To whom").select_option(str(uma.pk))
    page.get_by_label("Hand-over note").fill("A call on Friday.")
    click_through(page.get_by_role("button", name="Hand it over"))
    assert page.get_by_text("Handed over.").first.is_visible()
    theirs = opened(reverse("safeguarding:day"), client=signed_in(uma), java_script_enabled=False)
    assert theirs.get_by_text("A call on Friday.").is_visible()
    click_through(theirs.get_by_role("button", name="I have read it"))
    assert theirs.get_by_text("A call on Friday.").count() == 0


def test_keys_go_through_the_day(busy: ChildCase, social_worker: Membership, signed_in: Any, opened: Any) -> None:
    page = opened(reverse("safeguarding:day"), client=signed_in(social_worker))
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.hasAttribute('data-row')")
