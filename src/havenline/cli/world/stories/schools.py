"""Schools are told and answer: one acknowledges, one does not read, one has nobody verified, one is the designated officer's to judge."""

from collections.abc import Iterator

from havenline.cli.world.acts import Stage
from havenline.cli.world.player import Story
from havenline.foundation import moment
from havenline.foundation.handover import actions as handover
from havenline.foundation.identifiers.models import Sighting
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.people.models import Membership
from havenline.foundation.records.models import Record
from havenline.journey.prevention import actions as prevention
from havenline.journey.prevention.actions.conversations import screen_conversation, send_to_hotline
from havenline.journey.prevention.models import Campaign, School, SchoolNotice

REGISTER = (
    (100001, "Alder Road School", "Northmere", "NM1 1AA", "01632 960101", "Primary"),
    (100002, "Beech Lane School", "Hallow", "NM4 2BB", "01632 960102", "Primary"),
    (100003, "Harbour Primary School", "Alder Bay", "NM7 3CC", "01632 960103", "Primary"),
    (100004, "Fernhill College", "Northmere", "NM2 4DD", "01632 960104", "Secondary"),
    (100005, "Mill Street Academy", "Hallow", "NM4 5EE", "01632 960105", "Secondary"),
)
ASKED_TO_MOVE = (
    "Children in Northmere and Hallow are asked in public chat rooms which school they go to, and then to move to another app. "
    "Please talk with pupils about it, and hand parents the guidance."
)
ASKED_TO_MEET = (
    "An adult whom children know only from a chat room asks them to meet. Please tell staff, and ask pupils to tell somebody they trust "
    "before they meet anybody from a chat."
)
SECRETS = "Parents tell us of adults in a chat who ask children to keep secrets from their family. Please talk with pupils about it."
CONVERSATION = "Lamp: which app do you use? let's move there\nMe: why\nLamp: keep this between us"


def schools(stage: Stage) -> Iterator[Story]:
    """The register, a pattern seen by the hotline, a case of the police, and the day of a safeguarding lead."""
    yield from (_register(stage), _pattern(stage), _case(stage), _waits_for_agreement(stage), _lead(stage))


def _register(stage: Stage) -> Story:
    """Five schools; two are set up here; one lead was telephoned."""
    yield stage.calendar.at(36, 9, 10)
    for urn, name, town, postcode, telephone, phase in REGISTER:
        prevention.add_school(
            urn=urn,
            name=name,
            local_authority="Northmere",
            town=town,
            postcode=postcode,
            telephone=telephone,
            phase=phase,
            by=INSTALLATION,
        )
    for urn, key in ((100001, "alder_road"), (100002, "beech_lane")):
        prevention.link_agency(school=School.objects.get(urn=urn), agency=stage.company.agencies[key], by=INSTALLATION)
    yield stage.calendar.at(30, 11, 5)
    alder = School.objects.get(urn=100001)
    prevention.verify_contact(
        school=alder, membership=stage.people.alder_lead, spoke_to="The school office", by=stage.people.senior_analyst
    )


def _pattern(stage: Stage) -> Story:
    """Two reports share an account: the hotline tells two schools. One acknowledges; the other, where nobody is verified, is telephoned."""
    at, by = stage.calendar.at, stage.people.second_analyst
    yield at(24, 11, 20)
    seen = Sighting.objects.filter(identifier__canonical="riverwalk_77 at chat.example", record__kind="report").order_by("seen_at")
    campaign = prevention.write_notice(
        token="demo pattern",  # noqa: S106  (names the form, and is no secret)
        sources=[sighting.record for sighting in seen[:2]],
        title="Pupils asked to move to another app",
        words=ASKED_TO_MOVE,
        guidance="parents",
        by=by,
    )
    _ask(campaign, {100001: "no", 100002: "no"}, by)
    prevention.propose(campaign=campaign, by=by)
    yield at(24, 14, 5)
    prevention.agree_and_send(campaign=campaign, count=2, by=stage.people.senior_analyst)
    yield at(23, 8, 40)
    alder = SchoolNotice.objects.get(asked__campaign=campaign, school__urn=100001)
    prevention.open_message(notice=alder, by=stage.people.alder_lead)
    yield at(23, 15, 30)
    prevention.acknowledge(
        notice=alder, did="told_both", reply="Read in assembly; the sheet went home with each pupil.", by=stage.people.alder_lead
    )
    yield at(22, 10, 15)
    beech = SchoolNotice.objects.get(asked__campaign=campaign, school__urn=100002)
    _call(beech, "lead", "Tom Ferris", "Read out on the telephone; staff will be told on Monday.", by)


def _case(stage: Stage) -> Story:
    """Police tell schools of a case: one does not read it, one has nobody verified, one was told by telephone, one goes to the officer."""
    at, by = stage.calendar.at, stage.people.investigator
    yield at(5, 14, 0)
    source = Record.objects.get(kind="case", case__title="riverwalk_77 at chat.example")
    campaign = prevention.write_notice(
        token="demo case",  # noqa: S106  (made up, of the demo)
        sources=[source],
        title="Pupils asked to meet an adult from a chat",
        words=ASKED_TO_MEET,
        guidance="schools",
        by=by,
    )
    _ask(campaign, {100001: "no", 100002: "no", 100003: "unknown", 100004: "no"}, by)
    prevention.propose(campaign=campaign, by=by)
    yield at(5, 15, 40)
    prevention.agree_and_send(campaign=campaign, count=3, by=stage.people.police_supervisor)
    yield at(4, 9, 50)
    told = campaign.asked.get(school__urn=100003).hand_over
    assert told is not None  # noqa: S101  (a designated officer is set up)
    handover.accept(hand_over=told, by=stage.people.designated_officer)
    yield at(4, 11, 15)
    fernhill = SchoolNotice.objects.get(asked__campaign=campaign, school__urn=100004)
    _call(fernhill, "lead", "The safeguarding lead", "Staff are told today; the guidance is printed.", by)
    yield at(3, 12, 25)
    beech = SchoolNotice.objects.get(asked__campaign=campaign, school__urn=100002)
    _call(beech, "nobody", "", "", by)


def _waits_for_agreement(stage: Stage) -> Story:
    """A notice that waits for a second person."""
    by = stage.people.analyst
    yield stage.calendar.at(1, 15, 15)
    source = Sighting.objects.filter(identifier__canonical="greenlamp at chat.example", record__kind="report").earliest("seen_at").record
    campaign = prevention.write_notice(
        token="demo secrets",  # noqa: S106  (made up, of the demo)
        sources=[source],
        title="Adults who ask for secrets",
        words=SECRETS,
        guidance="children",
        by=by,
    )
    _ask(campaign, {100004: "no", 100005: "no"}, by)
    prevention.propose(campaign=campaign, by=by)


def _lead(stage: Stage) -> Story:
    """A safeguarding lead screens a conversation and sends it to the hotline, and raises a concern about a child."""
    by = stage.people.alder_lead
    yield stage.calendar.at(2, 11, 30)
    found = screen_conversation(CONVERSATION).findings
    send_to_hotline(
        token="0123456789abcdef0123456789abcdef",  # noqa: S106  (made up, of the demo)
        text=CONVERSATION,
        stands=dict.fromkeys(range(len(found)), True),
        words="A pupil showed this to a teacher.",
        danger="no",
        app="chat.example",
        account="lamp_11",
        by=by,
    )
    yield stage.calendar.at(1, 14, 10)
    prevention.raise_concern(
        token="demo concern",  # noqa: S106  (made up, of the demo)
        child={"name": "Kim Reed", "age": 8, "town": "Northmere", "address": "", "household": "Reed, one sister"},
        concern="A pupil said that an adult from a game asked to meet.",
        why="The adult knows where the child goes to school.",
        parents_told="yes",
        by=by,
    )


def _ask(campaign: Campaign, answers: dict[int, str], by: Membership) -> None:
    prevention.choose_schools(campaign=campaign, schools=School.objects.filter(urn__in=answers), by=by)
    rows = {asked.pk: answers[asked.school.urn] for asked in campaign.asked.select_related("school")}
    prevention.answer_for_schools(campaign=campaign, answers=rows, by=by)


def _call(notice: SchoolNotice, reached: str, spoke_to: str, agreed: str, by: Membership) -> None:
    prevention.record_call(notice=notice, called_at=moment.now(), reached=reached, spoke_to=spoke_to, agreed=agreed, by=by)
