"""A person sees a record through one membership, in an agency that is party to it now, in a role that may."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from havenline.foundation import moment
from havenline.foundation.handover import actions as handover
from havenline.foundation.handover.models import HandOver
from havenline.foundation.handover.purposes import CONCERN_FROM_SCHOOL
from havenline.foundation.people.models import Membership, NotPartyToRecord
from havenline.foundation.people.roles import MAY_SEE, ROLES_OF, AgencyKind, FileKind
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Party, Record, Silence
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_wednesday")]
SignedIn = Callable[[Membership], Client]


def sees(who: Membership, record: Record) -> bool:
    return Record.objects.visible_to(who).filter(pk=record.pk).exists()


@pytest.mark.parametrize(("kind", "role"), [(kind, role) for kind, roles in ROLES_OF.items() for role in roles])
def test_each_role_sees_its_kinds_of_file_and_no_other(kind: AgencyKind, role: str) -> None:
    who = factories.member(role, factories.agency(kind))
    for file_kind in FileKind.values:
        assert sees(who, factories.record(file_kind, who.agency)) == (file_kind in MAY_SEE[role])


def test_an_agency_sees_until_its_sight_ends(investigator: Membership) -> None:
    other = factories.member("investigator", factories.agency("police", "Sundale Police"))
    case = factories.record("case", investigator.agency)
    assert not sees(other, case)
    records.make_party(record=case, agency=other.agency, purpose="joint enquiry")
    assert sees(other, case)
    records.end_party(record=case, agency=other.agency, reason="Enquiry ended.", by=investigator)
    assert not sees(other, case)
    assert Party.objects.filter(record=case, agency=other.agency).count() == 1


def test_a_party_that_begins_tomorrow_sees_nothing_today(investigator: Membership) -> None:
    other = factories.member("investigator", factories.agency("police", "Sundale Police"))
    case = factories.record("case", investigator.agency)
    Party.objects.create(record=case, agency=other.agency, purpose="x", since=moment.now() + timedelta(days=1))
    assert not sees(other, case)
    with moment.standing_at(moment.now() + timedelta(days=2)):
        assert sees(other, case)


def test_an_erased_record_is_seen_by_nobody(investigator: Membership, auditor: Membership) -> None:
    case = factories.record("case", investigator.agency)
    Record.objects.filter(pk=case.pk).update(erased_at=moment.now())
    assert not sees(investigator, case)
    assert not sees(auditor, case)


def test_only_the_owner_ends_sight_and_never_its_own(investigator: Membership, social_worker: Membership) -> None:
    sent = handover.send(hand_over=factories.hand_over(), by=investigator)
    with pytest.raises(records.NotOfThisAgency):
        records.end_party(record=sent.record, agency=investigator.agency, reason="x", by=social_worker)
    with pytest.raises(records.NotOfThisAgency):
        records.end_party(record=sent.record, agency=investigator.agency, reason="x", by=investigator)


def test_the_owning_agency_names_its_own_people(investigator: Membership, police_supervisor: Membership, analyst: Membership) -> None:
    case = factories.record("case", investigator.agency)
    assert records.assign(record=case, owner=investigator, cover=police_supervisor, by=investigator).owner == investigator
    with pytest.raises(records.NotOfThisAgency):
        records.assign(record=case, owner=analyst, by=investigator)
    with pytest.raises(NotPartyToRecord):
        records.assign(record=case, owner=analyst, by=analyst)


# Silences


@pytest.fixture
def silent(investigator: Membership, analyst: Membership) -> tuple[Record, Record, Silence]:
    report = factories.record("report", analyst.agency)
    case = factories.record("case", investigator.agency, arose_from=report)
    silence = records.keep_silent(
        record=case, audience=Silence.Audience.REPORTER, reason="Before arrest.", by=investigator, actor=investigator
    )
    return report, case, silence


def test_a_silence_holds_on_the_whole_path_and_says_who_can_lift_it(silent: tuple[Record, Record, Silence]) -> None:
    report, case, _silence = silent
    for record in (report, case):
        with pytest.raises(records.Silenced, match=r"Police supervisor, Northmere Police"):
            records.must_not_be_silent(record, Silence.Audience.REPORTER)
        records.must_not_be_silent(record, Silence.Audience.HOST)


def test_only_a_supervisor_of_the_agency_that_agreed_lifts_it_with_a_reason(
    silent: tuple[Record, Record, Silence], investigator: Membership, senior_analyst: Membership, police_supervisor: Membership
) -> None:
    report, _case, silence = silent
    for who in (investigator, senior_analyst):
        with pytest.raises(records.NotYoursToLift):
            records.lift_silence(silence=silence, reason="Arrested.", by=who)
    with pytest.raises(records.ReasonMissing):
        records.lift_silence(silence=silence, reason=" ", by=police_supervisor)
    records.lift_silence(silence=silence, reason="Arrested.", by=police_supervisor)
    records.must_not_be_silent(report, Silence.Audience.REPORTER)


def test_saying_a_silence_twice_gives_one(silent: tuple[Record, Record, Silence], investigator: Membership) -> None:
    _report, case, silence = silent
    again = records.keep_silent(record=case, audience=Silence.Audience.REPORTER, reason="Again.", by=investigator, actor=investigator)
    assert again == silence


# The sidebar


def test_the_sidebar_shows_parties_silences_and_numbers_and_acts(
    signed_in: SignedIn, investigator: Membership, police_supervisor: Membership, social_worker: Membership
) -> None:
    sent = handover.send(hand_over=factories.hand_over(), by=investigator)
    page = reverse("handover:show", args=[sent.reference])
    act = lambda what: reverse("records:act", args=[sent.reference, what])  # noqa: E731
    client = signed_in(police_supervisor)
    client.post(act("keep-silent"), {"audience": "school", "reason": "Before arrest.", "back": page})
    client.post(act("number"), {"system": "Crime number", "number": "NM1", "back": page})
    answer = client.post(act("holders"), {"owner": investigator.pk, "back": page})
    assert answer["Location"] == page
    shown = client.get(page).content.decode()
    for words in ("Before arrest.", "NM1", "Dana Amara", "Northmere social care"):
        assert words in shown
    silence = sent.record.silences.get()
    client.post(act("lift"), {"silence": silence.pk, "reason": "Arrested.", "back": "https://elsewhere.example/"})
    silence.refresh_from_db()
    assert silence.lifted_at is not None
    assert "Say why" in client.post(act("keep-silent"), {"audience": "school", "back": page}, follow=True).content.decode()


def test_nobody_acts_on_a_cover_that_is_not_theirs(signed_in: SignedIn, investigator: Membership, analyst: Membership) -> None:
    case = factories.record("case", investigator.agency)
    url = reverse("records:act", args=[case.reference, "number"])
    assert signed_in(analyst).post(url, {"system": "x", "number": "1"}).status_code == 404


@pytest.fixture
def concern(social_worker: Membership, team_manager: Membership) -> tuple[Membership, HandOver, Silence]:
    """A school's concern that social care took up, and a silence towards that very school."""
    lead = factories.member("safeguarding_lead", factories.agency("school"))
    sent = factories.hand_over(purpose=CONCERN_FROM_SCHOOL, of=lead.agency, source=factories.record("concern", lead.agency))
    handover.send(hand_over=sent, by=lead)
    silence = records.keep_silent(
        record=sent.record, audience=Silence.Audience.SCHOOL, reason="He teaches there.", by=team_manager, actor=team_manager
    )
    return lead, sent, silence


def test_a_school_does_not_read_that_the_school_must_not_learn_of_it(
    signed_in: SignedIn, concern: tuple[Membership, HandOver, Silence], team_manager: Membership
) -> None:
    lead, sent, silence = concern
    page = reverse("handover:show", args=[sent.reference])
    assert "He teaches there." in signed_in(team_manager).get(page).content.decode()
    browser = signed_in(lead)
    shown = browser.get(page).content.decode()
    assert "He teaches there." not in shown
    assert team_manager.name not in shown
    lift = reverse("records:act", args=[sent.reference, "lift"])
    there, not_there = (browser.post(lift, {"silence": pk, "reason": "x"}).status_code for pk in (silence.pk, silence.pk + 999))
    assert there == not_there == 404


def test_a_school_agrees_no_silence_on_a_record_of_others(concern: tuple[Membership, HandOver, Silence], analyst: Membership) -> None:
    lead, _sent, _silence = concern
    told = factories.record("school_notice", analyst.agency)
    records.make_party(record=told, agency=lead.agency, purpose="receives")
    with pytest.raises(records.NotOfThisAgency):
        records.keep_silent(record=told, audience=Silence.Audience.HOST, reason="Stop it.", by=lead, actor=lead)
    records.must_not_be_silent(told, Silence.Audience.HOST)
