"""Every mail under every fault: whoever relies on it has it on a screen, whatever became of the mail."""

import ast
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import havenline
from havenline.foundation import moment
from havenline.foundation.accountability import actions as accountability
from havenline.foundation.accountability.queries import breaches
from havenline.foundation.handover import actions as handover
from havenline.foundation.handover import queries as hand_overs
from havenline.foundation.lists import actions as lists
from havenline.foundation.lists import queries as lists_queries
from havenline.foundation.lists.models import Complaint
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import FileKind
from havenline.foundation.post import queries as post
from havenline.foundation.post.models import Attempt, Letter
from havenline.foundation.records.models import Record
from havenline.foundation.sharing import actions as sharing
from havenline.foundation.work import queue
from havenline.journey.intake import actions as intake
from havenline.journey.prevention import queries as prevention
from havenline.journey.prevention.models import SchoolNotice
from havenline.journey.safeguarding import actions as safeguarding
from havenline.journey.safeguarding.models import ChildCase
from havenline.journey.safeguarding.queries import day, emergency
from havenline.journey.takedown import queries as takedown
from havenline.journey.takedown.models import Notice
from havenline.journey.triage import actions as triage
from havenline.journey.triage import queries as desk
from tests import factories
from tests.foundation.post.mail_server import mail_server, no_mail_server, server_that_hangs_up_after_the_text
from tests.journey.prevention.conftest import alder_road, campaign, lead, notice, report, verified  # noqa: F401
from tests.journey.safeguarding.conftest import child_case, refer, referral  # noqa: F401
from tests.journey.takedown.conftest import contact, decide, drafted, graded, names  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_wednesday")]


@dataclass
class Mail:
    """One letter that is queued, and whether whoever relies on it sees what became of it on a screen of theirs."""

    letter: Letter
    stands_on_a_screen: Callable[[], bool]


def of_a_hand_over(request: pytest.FixtureRequest) -> Mail:
    sender, receiver = request.getfixturevalue("investigator"), request.getfixturevalue("social_worker")
    sent = handover.send(hand_over=factories.hand_over(), by=sender)
    return Mail(Letter.objects.get(), lambda: hand_overs.received(by=receiver).filter(pk=sent.pk).exists())


def of_a_share(request: pytest.FixtureRequest) -> Mail:
    by = request.getfixturevalue("investigator")
    case = factories.record(FileKind.CASE, by.agency, owner=by)
    partner = factories.member("police_supervisor", factories.agency("police", "Southmere Police"))
    until = moment.today() + timedelta(days=7)
    sharing.share(record=case, agency=partner.agency, purpose="Joint enquiry", lawful_basis="DPA 2018 Part 3", until=until, by=by)
    return Mail(Letter.objects.get(), lambda: Record.objects.visible_to(partner).filter(pk=case.pk).exists())


def of_a_breach_whose_hours_end(request: pytest.FixtureRequest) -> Mail:
    manager = request.getfixturevalue("team_manager")
    at = moment.now() - timedelta(hours=60)
    breach = accountability.record_breach(what="A letter went astray.", known_at=at, happened_at=None, by=manager)
    accountability.raise_to_supervisors(this=breach)
    return Mail(Letter.objects.get(), lambda: breaches(by=manager).filter(pk=breach.pk).exists())


def of_an_alarm(request: pytest.FixtureRequest) -> Mail:
    analyst, senior = request.getfixturevalue("analyst"), request.getfixturevalue("senior_analyst")
    at = moment.now()
    triage.add_shift(membership=analyst, since=at - timedelta(hours=1), until=at + timedelta(hours=48), by=senior)
    said = {"who": "parent", "kind": "contact", "happened": "An adult stranger asked to meet my child.", "danger": "now"}
    intake.open_report(report=intake.receive(answers=said).report)
    with moment.standing_at(at + timedelta(minutes=6)):
        [alarm] = triage.raise_alarms()
    letter = Letter.objects.get(to=analyst.person.email)
    return Mail(letter, lambda: desk.open_alarms(analyst).filter(pk=alarm.pk).exists())


def of_a_notice_to_a_school(request: pytest.FixtureRequest) -> Mail:
    sent: SchoolNotice = request.getfixturevalue("notice")
    sender = request.getfixturevalue("analyst")
    return Mail(Letter.objects.get(), lambda: sent in [one.notice for one in prevention.to_telephone(by=sender)])


def of_a_notice_to_a_host(request: pytest.FixtureRequest) -> Mail:
    left: Notice = request.getfixturevalue("drafted")
    analyst = request.getfixturevalue("analyst")
    while not Letter.objects.exists():  # the notice leaves in the background: up to its letter, and no further
        assert queue.drain(limit=1)
    return Mail(Letter.objects.get(), lambda: takedown.lists(analyst)["you"][1].filter(pk=left.pk).exists())


def of_a_case_that_goes_to_somebody_else(request: pytest.FixtureRequest) -> Mail:
    held: ChildCase = request.getfixturevalue("child_case")
    to = factories.member("social_worker", held.record.agency)
    note = safeguarding.reassign(child_case=held, to=to, words="A call on Friday.", by=request.getfixturevalue("team_manager"))
    return Mail(Letter.objects.get(to=to.person.email), lambda: note in day.notes_to_read(by=to))


def of_an_emergency(request: pytest.FixtureRequest) -> Mail:
    by, manager = request.getfixturevalue("social_worker"), request.getfixturevalue("team_manager")
    case = request.getfixturevalue("child_case")
    Letter.objects.all().delete()  # of the referral that it came from
    now = moment.now().astimezone(moment.LONDON)
    safeguarding.act_in_emergency(
        child_case=case, outcome="police_protection", happened_on=now.date(), happened_at=now.time().replace(tzinfo=None), by=by
    )

    def says_so() -> bool:
        shown = emergency.last(case, by=by)
        return shown is not None and [one.said for one in shown.told if one.row] == ["the letter did not arrive: telephone"]

    return Mail(Letter.objects.get(to=manager.person.email), lambda: says_so() and bool(emergency.waiting_for(manager)))


def of_a_complaint_that_was_answered(request: pytest.FixtureRequest) -> Mail:
    analyst = request.getfixturevalue("analyst")
    lists.complain(token="t", address="https://shop.example/", words="It is a shop.", contact="owner@shop.example")
    lists.take_in_complaints()
    complaint = lists.answer_complaint(complaint=Complaint.objects.get(), upheld=False, answer="It stands on no list.", by=analyst)
    return Mail(Letter.objects.get(), lambda: complaint in lists_queries.told_nobody(by=analyst))


MAILS = {
    "handover/actions/moving.py": of_a_hand_over,
    "sharing/actions.py": of_a_share,
    "lists/actions/complaints.py": of_a_complaint_that_was_answered,
    "accountability/actions/answering.py": of_a_breach_whose_hours_end,
    "triage/actions/alarms.py": of_an_alarm,
    "prevention/actions/sending.py": of_a_notice_to_a_school,
    "takedown/actions/links.py": of_a_notice_to_a_host,
    "safeguarding/actions/reassigning.py": of_a_case_that_goes_to_somebody_else,
    "safeguarding/actions/emergency.py": of_an_emergency,
}


@pytest.fixture(params=list(MAILS))
def mail(request: pytest.FixtureRequest) -> Mail:
    return MAILS[request.param](request)


@contextmanager
def a_process_that_dies() -> Iterator[None]:
    """It began to send and is no more; nobody knows how far it came."""
    for letter in Letter.objects.filter(state=Letter.State.QUEUED):
        Letter.objects.filter(pk=letter.pk).update(state=Letter.State.SENDING)
        Attempt.objects.create(letter=letter, at=moment.now())
    with mail_server():
        yield


FAULTS: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "refused for good": lambda: mail_server("550 No such mailbox"),
    "refused for now, for hours": lambda: mail_server("451 Come back later"),
    "no mail server": no_mail_server,
    "the line breaks after the text": server_that_hangs_up_after_the_text,
    "the process dies while sending": a_process_that_dies,
}


@pytest.mark.parametrize("fault", list(FAULTS))
def test_a_mail_that_ends_badly_is_on_the_screens_of_who_relies_on_it_and_of_the_administrator(
    mail: Mail, fault: str, administrator: Membership
) -> None:
    at = moment.now()
    with FAULTS[fault]():
        for hours in range(12):
            with moment.standing_at(at + timedelta(hours=hours)):
                queue.drain()
    mail.letter.refresh_from_db()
    assert mail.letter.state in (Letter.State.FAILED, Letter.State.UNCERTAIN)
    assert mail.letter in post.ended_badly(by=administrator)
    assert mail.letter.last_answer
    with moment.standing_at(at + timedelta(hours=12)):
        assert mail.stands_on_a_screen()


def test_every_place_that_asks_for_a_mail_is_tried_here() -> None:
    package = Path(havenline.__file__).parent
    asks = {
        str(path.relative_to(package)).partition("/")[2]
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"queue_letter", "message_waits"}
        and "foundation/post" not in str(path)
    }
    assert asks == set(MAILS)
