"""Schools with and without a verified lead, and a notice at each step of its way, made by the real actions."""

from collections.abc import Callable
from typing import Any

import pytest

from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.records.models import Record
from havenline.journey.intake.answers import complete
from havenline.journey.intake.models import Report
from havenline.journey.investigation import actions as investigation
from havenline.journey.investigation.models import Case
from havenline.journey.prevention import actions
from havenline.journey.prevention.models import Campaign, School, SchoolNotice
from tests import factories

WORDS = "Pupils are asked in a game’s chat to move to another app. Please talk with them about it."
ANSWERS = {
    "who": "parent",
    "kind": "contact",
    "happened": "An adult stranger asked to meet my child.",
    "place": {"urls": ["https://chat.example/room/31"], "app": "chat.example", "accounts": ["riverwalk_77"], "conversation": ""},
    "child": {"is_me": False, "name": "Robin Vale", "age": 9, "town": "Northmere", "school": "Alder Road School"},
    "reporter": {"name": "Chris Lark", "contact": "chris@mail.example"},
    "danger": "no",
    "relation": "lives_with",
}


@pytest.fixture(autouse=True)
def _an_ordinary_wednesday(on_wednesday: Any) -> None:
    """Every test here stands on the same working day."""


@pytest.fixture
def alder_road(db: None) -> School:
    """Set up here, with a lead whom nobody has telephoned yet."""
    school = actions.add_school(
        urn=100001,
        name="Alder Road School",
        local_authority="Northmere",
        town="Northmere",
        postcode="NM1 1AA",
        telephone="01632 960101",
        phase="Primary",
        by=INSTALLATION,
    )
    return actions.link_agency(school=school, agency=factories.agency("school", "Alder Road School"), by=INSTALLATION)


@pytest.fixture
def beech_lane(db: None) -> School:
    """In the register only."""
    return actions.add_school(
        urn=100002, name="Beech Lane School", local_authority="Northmere", town="Hallow", telephone="01632 960102", by=INSTALLATION
    )


@pytest.fixture
def lead(alder_road: School) -> Membership:
    assert alder_road.agency is not None
    return factories.member("safeguarding_lead", alder_road.agency, "Hana Brook")


@pytest.fixture
def verified(alder_road: School, lead: Membership, analyst: Membership) -> Membership:
    actions.verify_contact(school=alder_road, membership=lead, spoke_to="Front office", by=analyst)
    return lead


@pytest.fixture
def officer(db: None) -> Membership:
    return factories.member("designated_officer", factories.agency("lado"), "Uma Stone")


@pytest.fixture
def report(hotline: Agency) -> Report:
    return factories.report(hotline, answers=complete(ANSWERS))


@pytest.fixture
def case(report: Report, police: Agency, senior_analyst: Membership, investigator: Membership) -> Case:
    """A police case with the silence that every referral carries."""
    referral = factories.referral_to_police(report, police, senior_analyst)
    return investigation.take_up(hand_over=referral, title="Account on chat.example", kind="contact", by=investigator)


Write = Callable[..., Campaign]


def write(source: Record, by: Membership, **more: Any) -> Campaign:
    said = {"token": "t1", "title": "Asked to move to another app", "words": WORDS, "guidance": "parents", **more}
    return actions.write_notice(sources=said.pop("sources", [source]), by=by, **said)


def answer(campaign: Campaign, school: School, answer: str, by: Membership) -> None:
    actions.choose_schools(campaign=campaign, schools=[school], by=by)
    actions.answer_for_schools(campaign=campaign, answers={campaign.asked.get(school=school).pk: answer}, by=by)


@pytest.fixture
def campaign(report: Report, analyst: Membership) -> Campaign:
    """A draft at the hotline, from a report that no police know of."""
    return write(report.record, analyst)


def send(campaign: Campaign, *schools: School, by: Membership, second: Membership) -> list[SchoolNotice]:
    for school in schools:
        answer(campaign, school, "no", by)
    actions.propose(campaign=campaign, by=by)
    actions.agree_and_send(campaign=campaign, count=len(schools), by=second)
    return [campaign.asked.get(school=school).notice for school in schools]


@pytest.fixture
def notice(campaign: Campaign, alder_road: School, verified: Membership, analyst: Membership, senior_analyst: Membership) -> SchoolNotice:
    """Sent to Alder Road School, whose lead is verified."""
    [sent] = send(campaign, alder_road, by=analyst, second=senior_analyst)
    return sent
