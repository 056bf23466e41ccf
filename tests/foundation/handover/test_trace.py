"""The trace: the ledger read for one report, by each as far as they may see."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from havenline.foundation import moment
from havenline.foundation.handover import actions as handover
from havenline.foundation.handover.models import HandOver
from havenline.foundation.handover.purposes import CONCERN_FROM_SCHOOL, REFERRAL_TO_POLICE
from havenline.foundation.handover.trace import Trace, span, trace_for, trace_of
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import REPORTER
from havenline.foundation.people.models import Membership, NotPartyToRecord
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Record, Silence
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_wednesday")]
SignedIn = Callable[[Membership], Client]


class Path:
    """A report, its referral to police, a case, a referral to social care and a child's case, an hour apart."""

    report: Record
    to_police: HandOver
    case: Record
    to_care: HandOver
    child: Record


@pytest.fixture
def path(oversight: object, analyst: Membership, investigator: Membership, social_worker: Membership, team_manager: Membership) -> Path:
    made, start = Path(), moment.now() - timedelta(days=20)
    with moment.standing_at(start), transaction.atomic():
        made.report = factories.record("report", analyst.agency)
        ledger.record(REPORTER, "received a report", made.report, station="received")
    with moment.standing_at(start + timedelta(hours=13, minutes=30)):
        owed = factories.hand_over(purpose=REFERRAL_TO_POLICE, of=analyst.agency, source=made.report)
        made.to_police = handover.send(hand_over=owed, by=analyst)
    with moment.standing_at(start + timedelta(days=1)), transaction.atomic():
        handover.accept(hand_over=made.to_police, by=investigator)
        made.case = factories.record("case", investigator.agency, owner=investigator, arose_from=made.to_police.record)
        ledger.record(investigator, "opened a case", made.case, station="Case opened")
    with moment.standing_at(start + timedelta(days=2)):
        made.to_care = handover.send(hand_over=factories.hand_over(source=made.case), by=investigator)
    with moment.standing_at(start + timedelta(days=8)), transaction.atomic():
        handover.accept(hand_over=made.to_care, by=social_worker)
        made.child = factories.record("child_case", social_worker.agency, owner=social_worker, arose_from=made.to_care.record)
        ledger.record(social_worker, "recorded a step", made.child, station="Strategy discussion")
    ledger.append_committed()
    return made


def stations(trace: Trace) -> list[str]:
    return [step.station for step in trace.steps if step.station and step.state == "happened"]


WHOLE = ["Report received", "Referral received", "Case opened", "Referral received", "Strategy discussion"]


def test_everything_is_read_from_any_record_of_the_path(path: Path) -> None:
    for record in (path.report, path.case, path.child, path.to_care.record):
        trace = trace_of(record)
        assert stations(trace) == WHOLE
        assert trace.reference == path.report.reference
        assert not trace.elsewhere


def test_oversight_sees_every_step(path: Path, auditor: Membership) -> None:
    assert stations(trace_for(path.report, by=auditor)) == WHOLE


def test_the_hotline_sees_its_report_and_what_it_sent_and_of_the_rest_one_undated_line(path: Path, analyst: Membership) -> None:
    trace = trace_for(path.report, by=analyst)
    assert stations(trace) == WHOLE[:2]
    assert trace.elsewhere
    assert {step.reference for step in trace.steps} == {path.report.reference, path.to_police.reference}


def test_police_see_what_came_and_what_they_sent(path: Path, investigator: Membership) -> None:
    trace = trace_for(path.case, by=investigator)
    assert stations(trace) == ["Referral received", "Case opened", "Referral received"]
    assert path.report.reference not in {step.reference for step in trace.steps}
    assert trace.elsewhere


def test_social_care_sees_what_came_and_its_own(path: Path, team_manager: Membership) -> None:
    assert stations(trace_for(path.child, by=team_manager)) == ["Referral received", "Strategy discussion"]


def test_nobody_opens_a_trace_from_a_record_that_is_not_theirs(path: Path, analyst: Membership, administrator: Membership) -> None:
    for who in (analyst, administrator):
        with pytest.raises(NotPartyToRecord):
            trace_for(path.case, by=who)


def test_what_arrived_stands_in_the_lane_of_whom_it_reached(path: Path) -> None:
    received = [step for step in trace_of(path.report).steps if step.station == "Referral received"]
    assert [step.party for step in received] == ["police", "social_care"]
    assert trace_of(path.report).parties == ["reporter", "police", "social_care"]


def test_it_says_how_long_each_way_took(path: Path) -> None:
    took = {one.label: one.value for one in trace_of(path.report).between}
    assert took["Report to police"] == "13 h 30 min"
    assert took["Report to strategy discussion"] == "8 d 0 h"


def test_a_late_acceptance_stays_on_it_for_ever(path: Path, team_manager: Membership) -> None:
    trace = trace_for(path.child, by=team_manager)
    accepted = next(step for step in trace.steps if step.text.startswith("Accepted a hand-over"))
    assert accepted.chip is not None
    assert accepted.chip.kind == "done late"
    assert trace.is_late


def test_it_says_who_holds_it_now(path: Path) -> None:
    held = {(holder.agency, holder.person) for holder in trace_of(path.report).holders}
    assert held == {
        ("Northmere Hotline", ""),
        ("Northmere Police", "D. Amara"),
        ("Northmere social care", "S. Lindqvist"),
    }


def test_a_hand_over_on_its_way_is_still_its_senders(analyst: Membership, investigator: Membership) -> None:
    owed = factories.hand_over(purpose=REFERRAL_TO_POLICE, of=analyst.agency, source=factories.record("report", analyst.agency))
    sent = handover.send(hand_over=owed, by=analyst)
    assert {holder.agency for holder in trace_of(sent.record).holders} == {"Northmere Hotline"}


def test_looks_and_the_ticking_of_clocks_are_no_steps(path: Path, analyst: Membership) -> None:
    before = len(trace_of(path.report).steps)
    ledger.looked(analyst, path.report, reason="assigned")
    steps = trace_of(path.report).steps
    assert len(steps) == before
    assert not [step for step in steps if "clock" in step.text and "late" not in step.text]


@pytest.fixture
def from_school(team_manager: Membership, social_worker: Membership) -> tuple[Membership, HandOver]:
    lead = factories.member("safeguarding_lead", factories.agency("school"))
    concern = factories.hand_over(purpose=CONCERN_FROM_SCHOOL, of=lead.agency, source=factories.record("hand_over", lead.agency))
    handover.send(hand_over=concern, by=lead)
    handover.accept(hand_over=concern, by=social_worker)
    child = factories.record("child_case", social_worker.agency, arose_from=concern.record)
    with transaction.atomic():
        ledger.record(social_worker, "recorded a step", child, station="Strategy discussion")
    return lead, concern


def test_a_school_sees_released_stations_only(from_school: tuple[Membership, HandOver]) -> None:
    lead, concern = from_school
    trace = trace_for(concern.record, by=lead)
    assert stations(trace) == ["Concern received"]
    assert (trace.holders, trace.between, trace.elsewhere) == ([], [], True)


def test_under_a_silence_a_schools_trace_stands_still_and_does_not_empty(
    from_school: tuple[Membership, HandOver], team_manager: Membership, social_worker: Membership
) -> None:
    lead, concern = from_school
    records.keep_silent(
        record=concern.record, audience=Silence.Audience.SCHOOL, reason="Before arrest.", by=team_manager, actor=team_manager
    )
    with moment.standing_at(moment.now() + timedelta(minutes=1)), transaction.atomic():
        ledger.record(social_worker, "answered a hand-over", concern, station="Answered")
    assert stations(trace_for(concern.record, by=lead)) == ["Concern received"]


def test_the_page_shows_list_drawing_and_sums(path: Path, signed_in: SignedIn, auditor: Membership) -> None:
    client = signed_in(auditor)
    page = client.get(reverse("handover:trace", args=[path.case.reference])).content.decode()
    for words in (path.report.reference, 'role="img"', "13 h 30 min", "Strategy discussion", "D. Amara", "You see every step"):
        assert words in page
    more = client.get(reverse("handover:trace", args=[path.case.reference]) + "?steps=all").content.decode()
    assert more.count("trace-step ") > page.count("trace-step ")
    assert "Continues elsewhere" not in page


def test_the_page_of_somebody_elses_record_does_not_exist(path: Path, signed_in: SignedIn, analyst: Membership) -> None:
    client = signed_in(analyst)
    assert client.get(reverse("handover:trace", args=[path.case.reference])).status_code == 404
    assert client.get(reverse("handover:trace", args=["C-2222-2222"])).status_code == 404
    assert "Continues elsewhere" in client.get(reverse("handover:trace", args=[path.report.reference])).content.decode()


def test_the_auditor_finds_a_trace_by_any_reference_however_typed(path: Path, signed_in: SignedIn, auditor: Membership) -> None:
    client = signed_in(auditor)
    typed = path.child.reference.lower().replace("-", " ")
    answer = client.get(reverse("handover:traces"), {"reference": typed})
    assert answer["Location"] == reverse("handover:trace", args=[path.child.reference])
    assert "It looks like HL-7K2M-94QD" in client.get(reverse("handover:traces"), {"reference": "x"}).content.decode()
    assert path.report.reference in client.get(reverse("handover:traces")).content.decode()


@pytest.mark.parametrize(
    ("length", "said"),
    [(timedelta(minutes=4), "4 min"), (timedelta(hours=13, minutes=30), "13 h 30 min"), (timedelta(days=6, hours=18), "6 d 18 h")],
)
def test_a_span_is_said_in_two_units_at_most(length: timedelta, said: str) -> None:
    assert span(length) == said
