"""A supervisor opens one record that they are not party to: with a reason, for an hour, to read; told at once, and reviewed."""

from datetime import timedelta

import pytest

from havenline.foundation import moment
from havenline.foundation.clocks.models import Clock
from havenline.foundation.ledger import queries as ledger
from havenline.foundation.ledger.models import Entry
from havenline.foundation.people.models import Agency, Membership, NotPartyToRecord, NotYourRole
from havenline.foundation.people.roles import FileKind
from havenline.foundation.post.models import Letter
from havenline.foundation.records.models import BrokenGlass, Record
from havenline.foundation.sharing import actions, queries
from havenline.journey.safeguarding import actions as safeguarding
from tests import factories
from tests.journey.safeguarding.conftest import package

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_wednesday", "oversight")]
WHY = "A child may be with this person tonight."


@pytest.fixture
def case(oversight: Agency, police: Agency, investigator: Membership, police_supervisor: Membership) -> Record:
    return factories.record(FileKind.CASE, police, owner=investigator)


@pytest.fixture
def other() -> Membership:
    return factories.member("police_supervisor", factories.agency("police", "Southmere Police"), "Ines Hart")


def broken(case: Record, by: Membership) -> BrokenGlass:
    return actions.break_glass(reference=case.reference, reason=WHY, by=by)


def sees(by: Membership, record: Record) -> bool:
    return Record.objects.visible_to(by).filter(pk=record.pk).exists()


def test_it_opens_one_record_to_one_person_for_one_hour(case, police, other, standing_at):
    second = factories.record(FileKind.CASE, police)
    colleague = factories.member("police_supervisor", other.agency)
    broken(case, other)
    assert (sees(other, case), sees(other, second), sees(colleague, case)) == (True, False, False)
    with standing_at(moment.now() + timedelta(minutes=59)):
        assert sees(other, case)
    with standing_at(moment.now() + timedelta(minutes=60)):
        assert not sees(other, case)


def test_it_lets_them_read_and_do_nothing(case, other):
    broken(case, other)
    with pytest.raises(NotPartyToRecord):
        other.must_be_party_to(case)
    with pytest.raises(NotPartyToRecord):
        actions.restrict(record=case, reason="To keep others out.", by=other)


def test_nothing_of_a_childs_case_is_printed_or_changed_by_who_broke_its_glass(social_worker, signed_in):
    sent = factories.hand_over(package=package("Kim Vale"))
    from havenline.foundation.handover import actions as handover

    sent = handover.send(hand_over=sent, by=factories.member("investigator", sent.from_agency))
    child_case = safeguarding.take_up(hand_over=sent, by=social_worker)
    elsewhere = factories.member("team_manager", factories.agency("social_care", "Southmere social care"))
    broken(child_case.record, elsewhere)
    browser = signed_in(elsewhere)
    page = browser.get(f"/desk/children/{child_case.reference}/")
    assert (page.status_code, "Open to you by break-glass" in page.content.decode()) == (200, True)
    assert "Print case" not in page.content.decode()
    assert browser.get(f"/desk/children/{child_case.reference}/print/").status_code == 404
    assert browser.post(f"/desk/children/{child_case.reference}/note/", {"words": "I was here."}).status_code == 404
    [look] = [said for said in ledger.of_records([child_case.reference], looks=True) if said.look]
    assert look.reason == "break_glass"


def test_who_holds_it_and_their_supervisors_are_told_at_once_by_a_letter_that_names_no_case(case, investigator, police_supervisor, other):
    broken(case, other)
    letters = Letter.objects.filter(to__in=[investigator.person.email, police_supervisor.person.email])
    assert letters.count() == 2
    assert all(case.reference not in letter.body for letter in letters)


def test_it_stands_on_each_page_of_the_holders_supervisor_until_they_noted_it(case, police_supervisor, other, signed_in):
    glass = broken(case, other)
    browser = signed_in(police_supervisor)
    assert "opened by break-glass" in browser.get("/desk/account/").content.decode()
    page = browser.get("/desk/break-glass/").content.decode()
    assert WHY in page
    assert "Ines Hart" in page
    browser.post(f"/desk/break-glass/{glass.pk}/seen/")
    assert "opened by break-glass" not in browser.get("/desk/account/").content.decode()


def test_oversight_reviews_it_on_a_clock(case, oversight, auditor, police_supervisor, other):
    glass = broken(case, other)
    clock = Clock.objects.get(rule="break_glass_review")
    assert (clock.agency, moment.day_of(clock.due_at).isoformat()) == (oversight, "2026-11-20")
    Letter.objects.all().delete()
    actions.review_glass(glass=glass, in_order=False, words="The duty sergeant could have been asked.", by=auditor)
    clock.refresh_from_db()
    assert clock.stopped_at is not None
    assert {letter.to for letter in Letter.objects.all()} == {other.person.email, police_supervisor.person.email}
    with pytest.raises(actions.NotWaiting):
        actions.review_glass(glass=glass, in_order=True, words="Once more.", by=auditor)


def test_only_oversight_reviews(case, police_supervisor, other):
    glass = broken(case, other)
    with pytest.raises(NotYourRole):
        actions.review_glass(glass=glass, in_order=True, words="It was fine.", by=police_supervisor)


def test_supervisors_of_police_and_of_social_care_break_it_and_nobody_else(case, senior_analyst, investigator, auditor, administrator):
    for one in (senior_analyst, investigator, auditor, administrator):
        with pytest.raises(NotYourRole):
            broken(case, one)


def test_a_reason_is_given_that_another_person_can_judge(case, other):
    with pytest.raises(actions.WordsMissing):
        actions.break_glass(reference=case.reference, reason="Need it", by=other)


def test_one_record_at_a_time(case, police, other):
    glass = broken(case, other)
    second = factories.record(FileKind.CASE, police)
    with pytest.raises(actions.OneAtATime):
        broken(second, other)
    actions.end_glass(glass=glass, by=other)
    assert not sees(other, case)
    broken(second, other)
    assert sees(other, second)


def test_a_reference_of_nothing_and_one_of_a_file_that_their_role_never_sees_answer_alike_and_are_on_the_ledger(hotline, other):
    report = factories.record(FileKind.REPORT, hotline)
    said = []
    for reference in (report.reference, "HL-2222-2222"):
        with pytest.raises(actions.NothingToOpen) as refused:
            actions.break_glass(reference=reference, reason=WHY, by=other)
        said.append(str(refused.value))
    assert said[0] == said[1]
    assert Entry.objects.filter(body__contains="tried to open what is not there").count() == 2


def test_nothing_is_opened_where_nobody_could_review_it(case, oversight, other):
    case.parties.filter(agency=oversight).delete()
    oversight.delete()
    with pytest.raises(actions.NobodyReviews):
        broken(case, other)
    assert not sees(other, case)


def test_the_holders_supervisor_can_end_it(case, police_supervisor, investigator, other):
    glass = broken(case, other)
    with pytest.raises(actions.NotYoursToAnswer):
        actions.end_glass(glass=glass, by=investigator)
    actions.end_glass(glass=glass, by=police_supervisor)
    assert not sees(other, case)


# A restricted record


@pytest.fixture
def restricted(case: Record, investigator: Membership) -> Record:
    return actions.restrict(record=case, reason="The subject is an officer.", by=investigator)


def test_a_restricted_record_opens_after_a_supervisor_of_its_agency_agreed(restricted, police_supervisor, investigator, other):
    glass = broken(restricted, other)
    assert (glass.waits_for_consent, sees(other, restricted)) == (True, False)
    assert Clock.objects.get(rule="break_glass_answer").agency == restricted.agency
    with pytest.raises(actions.NotYoursToAnswer):
        actions.answer_glass(glass=glass, consent=True, by=investigator)
    with pytest.raises(actions.NotYoursToAnswer):
        actions.answer_glass(glass=glass, consent=True, by=other)
    actions.answer_glass(glass=glass, consent=True, by=police_supervisor)
    assert sees(other, restricted)
    assert not Clock.objects.get(rule="break_glass_answer").is_running


def test_a_refusal_opens_nothing_and_is_told(restricted, police_supervisor, other):
    glass = broken(restricted, other)
    Letter.objects.all().delete()
    actions.answer_glass(glass=glass, consent=False, by=police_supervisor)
    assert not sees(other, restricted)
    assert Letter.objects.get().to == other.person.email
    with pytest.raises(actions.NotWaiting):
        actions.answer_glass(glass=glass, consent=True, by=police_supervisor)


def test_nobody_agrees_to_their_own_request(restricted, police, other):
    both = Membership.objects.create(person=other.person, agency=police, role="police_supervisor", since=factories.SINCE)
    glass = broken(restricted, other)
    with pytest.raises(actions.NotYoursToAnswer):
        actions.answer_glass(glass=glass, consent=True, by=both)


def test_a_request_is_taken_back(restricted, police_supervisor, other):
    glass = broken(restricted, other)
    actions.end_glass(glass=glass, by=other)
    with pytest.raises(actions.NotWaiting):
        actions.answer_glass(glass=glass, consent=True, by=police_supervisor)
    broken(restricted, other)


# The screens


def test_the_page_opens_a_record_and_leads_to_it(case, other, signed_in):
    browser = signed_in(other)
    wrong = browser.post("/desk/break-glass/", {"reference": "C-2222-2222", "reason": WHY})
    assert (wrong.status_code, "There is no record of this reference" in wrong.content.decode()) == (422, True)
    opened = browser.post("/desk/break-glass/", {"reference": case.reference.lower().replace("-", " "), "reason": WHY})
    assert (opened.status_code, opened.headers["Location"]) == (302, f"/desk/cases/{case.reference}/")
    assert "Open until" in browser.get("/desk/break-glass/").content.decode()


def test_a_supervisor_who_opens_nothing_reads_what_others_opened(case, senior_analyst, signed_in):
    page = signed_in(senior_analyst).get("/desk/break-glass/").content.decode()
    assert "Nobody opened a record of yours" in page
    assert "Break the glass" not in page


def test_oversights_page_takes_the_finding(case, auditor, other, signed_in):
    glass = broken(case, other)
    browser = signed_in(auditor)
    assert WHY in browser.get("/desk/break-glass/").content.decode()
    browser.post(f"/desk/break-glass/{glass.pk}/review/", {"finding": "in order"})
    glass.refresh_from_db()
    assert glass.reviewed_at is None  # the words were missing
    browser.post(f"/desk/break-glass/{glass.pk}/review/", {"finding": "in order", "reason": "A child was at risk."})
    glass.refresh_from_db()
    assert glass.was_in_order is True
    assert queries.glass_to_review(by=auditor).count() == 0


def test_what_is_not_theirs_does_not_exist(case, other, signed_in):
    glass = broken(case, other)
    stranger = factories.member("police_supervisor", factories.agency("police", "Third Police"))
    assert signed_in(stranger).post(f"/desk/break-glass/{glass.pk}/end/").status_code == 404
