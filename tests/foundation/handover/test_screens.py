"""The tray and the page of one hand-over."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from havenline.foundation import moment
from havenline.foundation.clocks import actions as clocks
from havenline.foundation.clocks.models import Clock
from havenline.foundation.clocks.rules import Policy
from havenline.foundation.handover import actions as handover
from havenline.foundation.handover.models import HandOver, State
from havenline.foundation.handover.purposes import ENQUIRY, PURPOSES
from havenline.foundation.handover.reading import laid_out
from havenline.foundation.ledger import queries as ledger_queries
from havenline.foundation.ledger.actors import CLOCK
from havenline.foundation.people import actions as people
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import ROLES_OF, FileKind
from havenline.foundation.records.pages import page_of
from havenline.foundation.sealing import actions as sealing
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_wednesday")]
SignedIn = Callable[[Membership], Client]
TRAY = "/desk/referrals/"


@pytest.fixture
def sent(investigator: Membership, social_worker: Membership) -> HandOver:
    """An enquiry: nobody's own room takes it up, so that the generic page does all of it."""
    return handover.send(hand_over=factories.hand_over(purpose=ENQUIRY), by=investigator)


def url(hand_over: HandOver) -> str:
    return reverse("handover:show", args=[hand_over.reference])


def text_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_what_was_sent_stands_in_both_trays(
    sent: HandOver, signed_in: SignedIn, investigator: Membership, social_worker: Membership
) -> None:
    assert sent.reference in text_of(signed_in(social_worker), TRAY).split("Arrived, not taken up")[1]
    assert sent.reference in text_of(signed_in(investigator), TRAY).split("Sent by us")[1]


def test_another_agencys_tray_and_page_do_not_know_it(sent: HandOver, signed_in: SignedIn, analyst: Membership) -> None:
    client = signed_in(analyst)
    assert sent.reference not in text_of(client, TRAY)
    assert client.get(url(sent)).status_code == client.get(url(sent).replace(sent.reference, "HO-2222-2222")).status_code == 404
    assert client.post(url(sent), {"act": "accept"}).status_code == 404


def test_neither_auditor_nor_administrator_reads_a_package(
    sent: HandOver, signed_in: SignedIn, auditor: Membership, administrator: Membership
) -> None:
    for who in (auditor, administrator):
        assert signed_in(who).get(url(sent)).status_code == 404
        assert signed_in(who).get(TRAY).status_code == 404


def test_the_page_is_read_taken_up_and_answered(sent: HandOver, signed_in: SignedIn, social_worker: Membership) -> None:
    client = signed_in(social_worker)
    assert "An adult stranger asked to meet the child." in text_of(client, url(sent))
    assert client.post(url(sent), {"act": "accept"}, follow=True).status_code == 200
    client.post(url(sent), {"act": "answer", "answer-outcome": "acted", "answer-words": "A visit is arranged."})
    sent.refresh_from_db()
    assert (sent.state, sent.answer) == (State.ANSWERED, "acted")
    page = text_of(client, url(sent))
    assert "A visit is arranged." in page
    assert "What you can do" not in page


def test_looking_is_on_the_ledger_and_moves_nothing(sent: HandOver, signed_in: SignedIn, social_worker: Membership) -> None:
    text_of(signed_in(social_worker), url(sent))
    looks = [said for said in ledger_queries.of_records([sent.reference], looks=True) if said.look]
    assert [said.actor for said in looks] == [social_worker.ledger_name]
    sent.refresh_from_db()
    assert sent.state == State.DELIVERED


def test_a_stale_form_says_what_happened_and_keeps_the_words(
    sent: HandOver, signed_in: SignedIn, investigator: Membership, social_worker: Membership
) -> None:
    client = signed_in(social_worker)
    text_of(client, url(sent))
    handover.withdraw(hand_over=sent, words="Sent in error.", by=investigator)
    page = client.post(
        url(sent), {"act": "return", "return-reason": "not_our_area", "return-words": "This is Sundale’s to do."}
    ).content.decode()
    assert "withdrawn by now" in page
    assert "This is Sundale’s to do." in page
    sent.refresh_from_db()
    assert sent.state == State.WITHDRAWN


def test_a_return_without_a_reason_says_what_to_do(sent: HandOver, signed_in: SignedIn, social_worker: Membership) -> None:
    client = signed_in(social_worker)
    assert "Choose the reason" in client.post(url(sent), {"act": "return", "return-words": "Because."}).content.decode()
    page = client.post(url(sent), {"act": "return", "return-reason": "more_needed", "return-words": " "}).content.decode()
    assert "Say why" in page


def test_a_returned_one_is_work_for_the_sender_with_its_reason(
    sent: HandOver, signed_in: SignedIn, investigator: Membership, social_worker: Membership
) -> None:
    handover.give_back(hand_over=sent, reason="more_needed", words="Which school?", by=social_worker)
    client = signed_in(investigator)
    assert sent.reference in text_of(client, TRAY).split("For us to send")[1].split("Arrived")[0]
    page = text_of(client, url(sent))
    assert "Which school?" in page
    assert "Send it again" in page
    client.post(url(sent), {"act": "send", "send-words": "Alder Road School."})
    sent.refresh_from_db()
    assert sent.state == State.DELIVERED


def test_one_that_reached_nobody_leads_the_senders_tray(investigator: Membership, administrator: Membership, signed_in: SignedIn) -> None:
    lost = handover.send(hand_over=factories.hand_over(), by=investigator)
    page = text_of(signed_in(investigator), TRAY)
    assert "it reached nobody" in page.split(lost.reference)[0]
    admin = text_of(signed_in(administrator), reverse("handover:unreached"))
    assert "Northmere social care" in admin
    assert lost.reference not in admin


def test_an_urgent_one_asks_for_the_call(signed_in: SignedIn, investigator: Membership, social_worker: Membership) -> None:
    urgent = handover.send(hand_over=factories.hand_over(urgent=True), by=investigator)
    client = signed_in(investigator)
    assert "Call not recorded" in text_of(client, TRAY)
    wrong = client.post(url(urgent), {"act": "call", "call-name": "Kit Ndiaye", "call-called_at": "2026-11-19T10:00"})
    assert "a time that is now or earlier" in wrong.content.decode()
    client.post(url(urgent), {"act": "call", "call-name": "Kit Ndiaye", "call-called_at": "2026-11-18T10:01"})
    urgent.refresh_from_db()
    assert urgent.called_at is not None
    assert urgent.called_at.astimezone(moment.LONDON).hour == 10


def test_what_was_raised_stays_on_the_supervisors_screen(
    sent: HandOver, signed_in: SignedIn, police_supervisor: Membership, team_manager: Membership, social_worker: Membership
) -> None:
    with moment.standing_at(moment.now() + timedelta(days=3)):
        for clock in Clock.objects.late():
            clocks.escalate(clock=clock, to=[sent.from_agency, sent.to_agency])
        for who in (police_supervisor, team_manager):
            client = signed_in(who)
            for _look in range(2):
                assert "Raised to you" in text_of(client, TRAY)
                text_of(client, url(sent))
        assert "Raised to you" not in text_of(signed_in(social_worker), TRAY)


def test_what_was_raised_about_a_case_leads_to_the_case(police_supervisor: Membership, signed_in: SignedIn) -> None:
    case = factories.record(FileKind.CASE, police_supervisor.agency)
    clock = clocks.start(
        record=case, rule=Policy("find_out", "Find out", 1, "working days", "from the answer"), agency=case.agency, by=CLOCK
    )
    with moment.standing_at(moment.now() + timedelta(days=7)):
        clocks.escalate(clock=clock, to=[case.agency])
        assert f'href="{page_of(case)}"' in signed_in(police_supervisor).get(TRAY).content.decode()


def test_when_whoever_took_it_up_left_the_page_says_so(
    sent: HandOver, signed_in: SignedIn, social_worker: Membership, team_manager: Membership, administrator: Membership
) -> None:
    handover.accept(hand_over=sent, by=social_worker)
    people.end_membership(membership=social_worker, by=administrator)
    client = signed_in(team_manager)
    assert "has left" in text_of(client, TRAY)
    assert "Somebody else there must answer" in text_of(client, url(sent))


def test_an_erased_one_says_that_it_was_erased(sent: HandOver, signed_in: SignedIn, social_worker: Membership) -> None:
    sealing.destroy(sent.reference)
    assert "was erased with its record" in text_of(signed_in(social_worker), url(sent))


@pytest.mark.parametrize("code", PURPOSES)
def test_each_purpose_has_a_page_for_those_who_receive_it(code: str, signed_in: SignedIn) -> None:
    purpose = PURPOSES[code]
    receiver = factories.agency(purpose.to, "The receiver")
    role = next(role for role in purpose.received_by if role in ROLES_OF[purpose.to])
    who = factories.member(role, receiver)
    sender = factories.member("analyst", factories.agency("hotline"))
    owed = factories.hand_over(purpose=purpose, of=sender.agency, to=receiver, source=factories.record("report", sender.agency))
    sent = handover.send(hand_over=owed, by=sender)
    assert sent.state == State.DELIVERED
    asked = str(purpose.accepted_within.title) if purpose.answers else "Take it up"
    assert asked in text_of(signed_in(who), url(sent))


def test_an_act_that_is_none_does_not_exist(sent: HandOver, signed_in: SignedIn, social_worker: Membership) -> None:
    assert signed_in(social_worker).post(url(sent), {"act": "delete"}).status_code == 404
    assert signed_in(social_worker).post(url(sent)).status_code == 404


def test_every_part_of_a_package_is_laid_out_known_or_not() -> None:
    package = {
        "report": "HL-7K2M-94QD",
        "danger": "now",
        "assessed": False,
        "answers": {
            "happened": "First line\nsecond",
            "child": {"is_me": True, "age": 9, "town": ""},
            "place": {"urls": ["https://chat.example/"]},
        },
        "items": [{"number": 1, "grade": "A"}, {"number": 2, "sha256": "ab"}],
        "something_new": {"deep": {"deeper": [1, 2]}},
        "empty": [],
    }
    parts = laid_out(package)
    said = {(part.title, fact.label): fact.value for part in parts for fact in part.facts}
    assert said[("What was handed over", "In danger now")] == "Yes, now"
    assert said[("What was handed over", "Assessed")] == "No"
    assert said[("The child", "Age")] == "9"
    assert said[("Where", "Web addresses")] == "https://chat.example/"
    assert said[("Deep", "Deeper")] == "1, 2"
    table = next(part for part in parts if part.rows)
    assert table.rows == [["1", "A", "–"], ["2", "–", "ab"]]


def test_what_was_asked_is_read_before_what_was_answered(investigator: Membership, social_worker: Membership) -> None:
    package = {"why": "A notice was being written.", "asked": "Does anybody work there?", "answered": "Yes", "as_of": "today"}
    [part] = laid_out(factories.hand_over(purpose=ENQUIRY, package=package).contents())
    assert [fact.label for fact in part.facts] == ["As of", "Asked", "Answered", "Why"]


def test_a_hostile_package_is_shown_as_text(signed_in: SignedIn, investigator: Membership, social_worker: Membership) -> None:
    owed = factories.hand_over(purpose=ENQUIRY, package={"concern": "<script>alert(1)</script>", "<b>key</b>": "x"})
    sent = handover.send(hand_over=owed, by=investigator)
    page = text_of(signed_in(social_worker), url(sent))
    assert "<script>alert" not in page
    assert "<b>key" not in page.lower()
