"""The front door, the people around a child and the text of a step in Chromium: axe, narrow screens, both themes, no script."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from havenline.foundation import moment
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import Team
from havenline.journey.safeguarding import actions
from havenline.journey.safeguarding.models import ChildCase, ToldReferral
from tests import factories
from tests.browser import found_by_axe, picture
from tests.journey.safeguarding.conftest import Refer
from tests.journey.safeguarding.test_in_a_browser import days_ago

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def at_the_door(
    transactional_db: None, refer: Refer, social_care: Agency, social_worker: Membership, team_manager: Membership
) -> dict[str, str]:
    """What waits, a case that is told of by telephone, a letter that waits, and people around a child; the paths of the screens."""
    factories.member("social_worker", social_care, "Ira Day", team=Team.FRONT_DOOR)
    elsewhere = factories.agency("social_care", "Eastmere social care")
    factories.member("team_manager", elsewhere, "Ash Rowan")

    def told(token: str, **more: Any) -> Any:
        said = {
            "source": "public",
            "channel": "telephone",
            "received_at": moment.now(),
            "concern": "An adult stranger asked to meet the child.",
            "reporter": "Lee Marsh",
            "contact": "01632 960102",
        }
        return actions.record_told_referral(token=token, by=social_worker, **(said | more))[0]

    with days_ago(3, 10, 6):
        child_case = actions.take_up(hand_over=refer(address="1 Harbour Row"), by=social_worker)
        actions.add_number(child_case=child_case, system="NHS", number="9434765919", by=social_worker)
        actions.decide(child_case=child_case, outcome="strategy_discussion_now", reason="An adult is near.", by=social_worker)
        for person in (
            {"name": "Alex Vale", "relation": "mother", "said_by": "the school", "is_parent": True, "lives_with": True, "cares_for": True},
            {"name": "Jo Fern", "relation": "father", "said_by": "the child", "is_parent": True, "cares_for": True},
            {"name": "Sasha Vale", "relation": "grandmother", "said_by": "the mother", "lives_with": True},
            {"name": "Ash Reed", "relation": "neighbour", "said_by": "the school"},
        ):
            actions.add_relationship(child_case=child_case, by=social_worker, **person)
        wrong = actions.add_relationship(child_case=child_case, name="Bo Reed", relation="uncle", said_by="the school", by=social_worker)
        actions.withdraw_relationship(child_case=child_case, relationship=wrong, why="Another family’s uncle.", by=social_worker)
        kim = refer(name="Kim Vale", age=4, address="1 Harbour Row")
        actions.take_up(hand_over=kim, by=social_worker, is_another_child=True, household=child_case.child.household)
    with days_ago(1, 16, 20):
        posted = actions.take_up(hand_over=told("a", children=[{"name": "Ari Fern", "age": 6}]), by=social_worker)
        actions.decide(child_case=posted, outcome="assessment", reason="More must be known.", by=social_worker)
        actions.tell_referrer(
            child_case=posted, how="letter", whom="Lee Marsh\n1 Harbour Row", words="We assess the child’s needs.", by=social_worker
        )
    children = [{"name": "Robyn Vale", "born_about": "summer 2017", "born_earliest": date(2017, 6, 1), "born_latest": date(2017, 8, 31)}]
    waits = told("b", children=children, address="1 Harbour Row", found_at="With an aunt, Alder Bay", urgent=True)
    actions.ask_another_area(referral=waits, area=elsewhere, by=social_worker)
    undecided = actions.take_up(hand_over=told("c", children=[{"expected_on": moment.today() + timedelta(days=90)}]), by=social_worker)
    event = child_case.events.filter(step="decision_on_referral").get()
    return {
        "front_door": reverse("safeguarding:front_door"),
        "told": reverse("safeguarding:told"),
        "before_taking_up": reverse("safeguarding:take_up", args=[waits.reference]),
        "before_the_decision": reverse("safeguarding:decide", args=[undecided.reference]),
        "letter_waits": reverse("safeguarding:answer", args=[posted.reference]),
        "around": reverse("safeguarding:household", args=[child_case.reference]),
        "copy_step": reverse("safeguarding:copy_step", args=[child_case.reference, event.pk]),
        "case_told": reverse("safeguarding:child_case", args=[posted.reference]),
        "change_child": reverse("safeguarding:change_child", args=[child_case.reference]),
        "numbers": reverse("safeguarding:same", args=[child_case.reference]),
    }


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_any_screen_of_the_front_door(
    theme: str, at_the_door: dict[str, str], team_manager: Membership, signed_in: Any, opened: Any
) -> None:
    told, client = [], signed_in(team_manager)
    for name, path in at_the_door.items():
        page = opened(path, client=client, color_scheme=theme)
        picture(page, f"door-{name}-{theme}-1280")
        told += [f"{name} {flaw}" for flaw in found_by_axe(page)]
    assert not told


def test_no_screen_of_the_front_door_needs_sideways_scrolling_at_320(
    at_the_door: dict[str, str], team_manager: Membership, signed_in: Any, opened: Any
) -> None:
    wide, client = [], signed_in(team_manager)
    for name, path in at_the_door.items():
        page = opened(path, 320, client=client)
        picture(page, f"door-{name}-320")
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            wide.append(name)
    assert not wide


def test_a_referral_is_recorded_from_the_keyboard_without_a_script(
    transactional_db: None, social_worker: Membership, team_manager: Membership, signed_in: Any, opened: Any
) -> None:
    page = opened(reverse("safeguarding:told"), client=signed_in(social_worker), java_script_enabled=False)
    page.get_by_role("button", name="Add another child").press("Enter")
    page.get_by_label("Who referred").select_option("family")
    page.get_by_label("Their name").fill("Lee Marsh")
    page.get_by_label("Telephone").press("Space")
    page.get_by_label("What was said").fill("An adult stranger asked to meet the children.")
    for number, name in ((1, "Robin Vale"), (2, "Kim Vale")):
        page.locator(f"[name=child-{number}-name]").fill(name)
        page.locator(f"[name=child-{number}-age]").fill("9")
    page.get_by_role("button", name="Record the referral").press("Enter")
    page.get_by_text("Recorded: 2 referrals, one for each child.").wait_for()
    assert ToldReferral.objects.count() == 2


def test_the_text_of_a_step_is_copied_in_one_press(
    transactional_db: None, refer: Refer, social_worker: Membership, team_manager: Membership, signed_in: Any, opened: Any
) -> None:
    child_case: ChildCase = actions.take_up(hand_over=refer(), by=social_worker)
    page = opened(reverse("safeguarding:child_case", args=[child_case.reference]), client=signed_in(social_worker))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("[data-copy-link]").first.click()
    page.get_by_text("Copied: Referral", exact=False).wait_for()
    assert child_case.reference in page.evaluate("navigator.clipboard.readText()")
    page.goto(f"{page.url}events/{child_case.events.get().pk}/text/")
    page.get_by_role("button", name="Copy").click()
    page.get_by_text("Copied.", exact=True).wait_for()
