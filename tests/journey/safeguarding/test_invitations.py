"""Invitations to a conference: they reveal nothing, reach nobody under a silence, and say who was invited, who answered, who came."""

from collections.abc import Callable
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from havenline.foundation import moment
from havenline.foundation.clocks.models import Clock
from havenline.foundation.handover import actions as handover
from havenline.foundation.handover import queries as hand_overs
from havenline.foundation.handover.models import HandOver
from havenline.foundation.ledger import queries as ledger
from havenline.foundation.ledger.actors import acting_for
from havenline.foundation.people.acting import acting_as
from havenline.foundation.people.models import Membership, NotPartyToRecord
from havenline.foundation.post.models import Letter
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Record
from havenline.journey.safeguarding import actions, papers
from havenline.journey.safeguarding.actions import ending
from havenline.journey.safeguarding.models import Booking, ChildCase, Invitation, ToldReferral
from havenline.journey.safeguarding.queries import invitations, writing
from tests import factories
from tests.journey.safeguarding.test_findable import found

SignedIn = Callable[[Membership], Client]
CONFERENCE = "initial_child_protection_conference"


@pytest.fixture
def meeting(child_case: ChildCase, social_worker: Membership) -> Booking:
    """A conference, booked for 8 December at two."""
    day = date(2026, 11, 18)
    for step, outcome in (("strategy_discussion", "joint_enquiry"), ("section_47_enquiry", "conference")):
        actions.record_step(child_case=child_case, step=step, outcome=outcome, happened_on=day, by=social_worker)
    return actions.book(child_case=child_case, step=CONFERENCE, booked_for=date(2026, 12, 8), booked_at=time(14), by=social_worker)


@pytest.fixture
def nurse(db: None) -> Membership:
    return factories.member("health_practitioner", factories.agency("health"), "Ola Venn")


@pytest.fixture
def lead(db: None) -> Membership:
    return factories.member("safeguarding_lead", factories.agency("school"), "Hana Brook")


def later(day: date, hour: int = 16):  # type: ignore[no-untyped-def]
    return moment.standing_at(datetime.combine(day, time(hour), tzinfo=moment.LONDON))


def invite(meeting: Booking, by: Membership, **said: Any) -> Invitation:
    return actions.invite(booking=meeting, by=by, **{"place": "Room 2, Town Hall", **said})


def test_an_invited_agency_reads_behind_its_sign_in_and_its_mail_says_nothing(
    meeting: Booking, social_worker: Membership, nurse: Membership, signed_in: SignedIn
) -> None:
    invitation = invite(meeting, social_worker, to_agency=nurse.agency, report_by=date(2026, 12, 4))
    letter = Letter.objects.get(to=nurse.person.email)
    for words in ("Robin", meeting.child_case.reference, "onference", "meeting", "invit", "child"):
        assert words not in letter.subject + letter.body.replace(str(letter.to), "")
    assert invitation.hand_over is not None
    page = signed_in(nurse).get(reverse("handover:show", args=[invitation.hand_over.reference])).content.decode()
    for words in ("Robin Vale", "Initial child protection conference", "Tuesday 8 December 2026", "14:00", "Room 2, Town Hall"):
        assert words in page
    assert "Friday 4 December 2026" in page
    assert "Take it up" not in page


def test_whoever_is_invited_sees_the_invitation_and_not_the_case(
    meeting: Booking, social_worker: Membership, nurse: Membership, signed_in: SignedIn
) -> None:
    invite(meeting, social_worker, to_agency=nurse.agency)
    assert not Record.objects.visible_to(nurse).filter(pk=meeting.child_case.record.pk).exists()
    assert signed_in(nurse).get(reverse("safeguarding:child_case", args=[meeting.child_case.reference])).status_code == 404


def test_they_answer_on_the_page_and_the_case_knows(
    meeting: Booking, social_worker: Membership, nurse: Membership, signed_in: SignedIn
) -> None:
    invitation = invite(meeting, social_worker, to_agency=nurse.agency)
    assert invitation.hand_over is not None
    address = reverse("handover:show", args=[invitation.hand_over.reference])
    browser = signed_in(nurse)
    assert "We cannot come" in browser.get(address).content.decode()
    browser.post(address, {"act": "answer", "answer-outcome": "coming", "answer-words": "Ola Venn comes."})
    [row] = invitations.of_booking(meeting.child_case, meeting)
    assert (row.answer, row.words) == ("Is coming", "Ola Venn comes.")


def test_an_answer_that_is_none_of_the_offered_is_refused(meeting: Booking, social_worker: Membership, nurse: Membership) -> None:
    invitation = invite(meeting, social_worker, to_agency=nurse.agency)
    assert invitation.hand_over is not None
    with pytest.raises(handover.ReasonMissing):
        handover.answer(hand_over=invitation.hand_over, outcome="acted", words="Yes.", by=nurse)


@pytest.mark.parametrize(
    ("audience", "agency"),
    [
        *(("household", "family"), ("subject", "family"), ("school", "education"), ("household", "other")),
        *(("reporter", "family"), ("reporter", "education"), ("reporter", "other")),
    ],
)
def test_nobody_under_a_silence_is_invited_and_the_refusal_names_who_can_lift_it(
    audience: str, agency: str, meeting: Booking, social_worker: Membership, investigator: Membership
) -> None:
    source = meeting.child_case.referral.source
    records.keep_silent(record=source, audience=audience, reason="Before arrest.", by=investigator, actor=investigator)
    with pytest.raises(records.Silenced, match="Police supervisor"):
        invite(meeting, social_worker, agency=agency, name="Alex Vale")
    assert not Invitation.objects.exists()
    assert invite(meeting, social_worker, agency="health", name="Dr Lane").pk


@pytest.mark.parametrize(("source", "agency"), [("health", "health"), ("police", "police"), ("another_area", "social_care")])
def test_whoever_referred_is_neither_invited_nor_told_under_a_silence_towards_the_reporter(
    source: str, agency: str, meeting: Booking, social_worker: Membership
) -> None:
    case = meeting.child_case
    records.keep_silent(record=case.record, audience="reporter", reason="Not yet.", by=social_worker, actor=social_worker)
    assert invite(meeting, social_worker, agency=agency, name="Ola Venn").pk
    actions.call_off(invitation=Invitation.objects.get(), words="Telephoned.", by=social_worker)
    ToldReferral.objects.create(
        hand_over=case.referral,
        submission="form 1",
        number=1,
        source=source,
        channel="telephone",
        recorded_at=moment.now(),
        recorded_by=social_worker,
    )
    with pytest.raises(records.Silenced):
        invite(meeting, social_worker, agency=agency, name="Ola Venn")
    if agency != "social_care":
        with pytest.raises(records.Silenced):
            actions.tell(child_case=case, whom=agency, words="One page.", happened_on=date(2026, 11, 18), by=social_worker)


@pytest.mark.parametrize("whom", ["household", "school"])
def test_nobody_who_may_have_reported_it_is_told_under_a_silence_towards_the_reporter(
    whom: str, child_case: ChildCase, social_worker: Membership
) -> None:
    records.keep_silent(record=child_case.record, audience="reporter", reason="Not yet.", by=social_worker, actor=social_worker)
    with pytest.raises(records.Silenced):
        actions.tell(child_case=child_case, whom=whom, words="One page.", happened_on=date(2026, 11, 18), by=social_worker)


def test_a_school_under_a_silence_gets_neither_mail_nor_page(
    meeting: Booking, social_worker: Membership, lead: Membership, investigator: Membership
) -> None:
    source = meeting.child_case.referral.source
    records.keep_silent(record=source, audience="school", reason="A colleague.", by=investigator, actor=investigator)
    with pytest.raises(records.Silenced):
        invite(meeting, social_worker, to_agency=lead.agency)
    assert not hand_overs.received(by=lead).exists()
    assert not Letter.objects.filter(to=lead.person.email).exists()


def test_a_letter_names_no_child_no_case_and_no_purpose(meeting: Booking, social_worker: Membership, signed_in: SignedIn) -> None:
    invitation = invite(meeting, social_worker, agency="family", name="Alex Vale", words="Bring your glasses.")
    address = reverse("safeguarding:invitation_letter", args=[meeting.child_case.reference, invitation.pk])
    answer = signed_in(social_worker).post(address)
    file = PdfReader(BytesIO(answer.content))
    text = "\n".join(page.extract_text() for page in file.pages)
    for words in ("Alex Vale", "Tue 8 Dec, 14:00", "Room 2, Town Hall", "Bring your glasses."):
        assert words in text
    for words in ("Robin", meeting.child_case.reference, "conference", "protection", "Conference"):
        assert words not in text
    assert file.trailer["/Root"]["/MarkInfo"]["/Marked"]  # type: ignore[index]
    invitation.refresh_from_db()
    assert invitation.printed_at is not None


def test_a_silence_that_came_later_keeps_the_letter_from_being_printed(
    meeting: Booking, social_worker: Membership, signed_in: SignedIn
) -> None:
    invitation = invite(meeting, social_worker, agency="family", name="Alex Vale")
    case = meeting.child_case
    records.keep_silent(record=case.record, audience="household", reason="New facts.", by=social_worker, actor=social_worker)
    with pytest.raises(records.Silenced):
        actions.print_letter(invitation=invitation, by=social_worker)
    browser = signed_in(social_worker)
    answer = browser.post(reverse("safeguarding:invitation_letter", args=[case.reference, invitation.pk]), follow=True)
    assert "Silence until it is lifted by" in answer.content.decode()
    assert "must not be told any more" in answer.content.decode()


def test_a_reply_by_telephone_is_written_down_and_can_be_put_right(meeting: Booking, social_worker: Membership) -> None:
    invitation = invite(meeting, social_worker, agency="family", name="Alex Vale")
    actions.note_the_reply(invitation=invitation, answer="coming", by=social_worker)
    actions.note_the_reply(invitation=invitation, answer="not_coming", words="At work.", by=social_worker)
    invitation.refresh_from_db()
    assert (invitation.answer, invitation.answer_words) == ("not_coming", "At work.")


def test_who_came_is_not_said_before_the_meeting(meeting: Booking, social_worker: Membership) -> None:
    invitation = invite(meeting, social_worker, agency="family", name="Alex Vale")
    with pytest.raises(actions.DateNotPossible):
        actions.note_who_came(invitation=invitation, came=True, by=social_worker)
    with later(date(2026, 12, 8)):
        assert actions.note_who_came(invitation=invitation, came=True, by=social_worker).came is True


def test_the_conferences_paper_begins_with_who_was_invited_and_who_came(
    meeting: Booking, social_worker: Membership, nurse: Membership, conference_chair: Membership
) -> None:
    parent = invite(meeting, social_worker, agency="family", name="Alex Vale")
    health = invite(meeting, social_worker, to_agency=nurse.agency, name="Ola Venn")
    assert health.hand_over is not None
    handover.answer(hand_over=health.hand_over, outcome="not_coming", words="On a ward; the report comes.", by=nurse)
    with later(date(2026, 12, 8)):
        actions.note_who_came(invitation=parent, came=True, by=social_worker)
        paper = actions.begin_paper(child_case=meeting.child_case, code="conference", by=conference_chair)
    assert writing.last(paper).content()["took_part"] == [
        {"name": "Alex Vale", "agency": "family", "there": "yes", "why_not": ""},
        {"name": "Ola Venn", "agency": "health", "there": "", "why_not": "On a ward; the report comes."},
    ]


def test_a_moved_meeting_asks_for_its_invitations_again(
    meeting: Booking, social_worker: Membership, nurse: Membership, signed_in: SignedIn
) -> None:
    first = invite(meeting, social_worker, to_agency=nurse.agency)
    moved = actions.book(child_case=meeting.child_case, step=CONFERENCE, booked_for=date(2026, 12, 9), booked_at=time(10), by=social_worker)
    address = reverse("safeguarding:invitations", args=[meeting.child_case.reference, moved.pk])
    browser = signed_in(social_worker)
    assert "The meeting was moved" in browser.get(address).content.decode()
    page = browser.post(address, {"do": "again", "which": first.pk}, follow=True).content.decode()
    assert "The meeting was moved</h2>" not in page
    first.refresh_from_db()
    assert first.hand_over is not None
    assert (first.called_off_at is not None, first.hand_over.state) == (True, "withdrawn")
    again = Invitation.objects.get(booking=moved)
    assert again.hand_over is not None
    contents = again.hand_over.contents()
    assert contents["when"] == "Wednesday 9 December 2026, 10:00"
    assert "takes the place of the invitation for Tuesday 8 December 2026" in contents["words"]


def test_calling_off_needs_words_and_nothing_more_is_done_with_it(meeting: Booking, social_worker: Membership) -> None:
    invitation = invite(meeting, social_worker, agency="family", name="Alex Vale")
    with pytest.raises(actions.ReasonMissing):
        actions.call_off(invitation=invitation, words=" ", by=social_worker)
    actions.call_off(invitation=invitation, words="Telephoned: they need not come.", by=social_worker)
    with pytest.raises(actions.NotOfThisCase):
        actions.print_letter(invitation=invitation, by=social_worker)
    assert invite(meeting, social_worker, agency="family", name="Alex Vale").pk != invitation.pk


def test_an_agency_that_is_invited_to_a_cancelled_meeting_learns_of_it_and_nobody_waits_for_its_answer(
    meeting: Booking, social_worker: Membership, nurse: Membership, lead: Membership
) -> None:
    unanswered = invite(meeting, social_worker, to_agency=nurse.agency)
    answered = invite(meeting, social_worker, to_agency=lead.agency)
    assert answered.hand_over is not None
    assert unanswered.hand_over is not None
    handover.answer(hand_over=answered.hand_over, outcome="coming", words="We come.", by=lead)
    actions.cancel_booking(booking=meeting, reason="The enquiry ended.", by=social_worker)
    for one, by in ((unanswered, nurse), (answered, lead)):
        one.refresh_from_db()
        assert one.called_off_at is not None
        [told] = [each for each in hand_overs.received(by=by) if each.purpose == "correction"]
        assert told.contents()["meeting"] == "Initial child protection conference"
        assert "does not take place" in told.contents()["words"]
    assert not Clock.objects.running().filter(record=unanswered.hand_over.record).exists()


def test_the_end_of_a_case_calls_its_invitations_off(meeting: Booking, nurse: Membership, social_worker: Membership) -> None:
    invitation = invite(meeting, social_worker, to_agency=nurse.agency)
    ending.end(meeting.child_case, as_="enquiry_ended", reason="Nothing was found.", by=social_worker)
    invitation.refresh_from_db()
    assert invitation.hand_over is not None
    assert (invitation.hand_over.state, invitation.called_off_at is not None) == ("withdrawn", True)
    assert not Clock.objects.running().filter(record=invitation.hand_over.record).exists()


def test_a_case_that_another_area_takes_over_leaves_nobody_invited(
    meeting: Booking, nurse: Membership, social_worker: Membership, elsewhere: Membership
) -> None:
    invitation = invite(meeting, social_worker, to_agency=nurse.agency)
    moved = actions.transfer(child_case=meeting.child_case, to=elsewhere.agency, reason="They move.", by=social_worker)
    actions.take_up(hand_over=moved, by=elsewhere)
    invitation.refresh_from_db()
    assert invitation.hand_over is not None
    assert invitation.hand_over.state == "withdrawn"
    owed = HandOver.objects.get(source=meeting.child_case.record, purpose="correction")
    assert (owed.state, owed.from_agency) == ("owed", social_worker.agency)  # a person of that area sends it
    handover.send(hand_over=owed, by=social_worker)
    assert owed in hand_overs.received(by=nurse)


def test_a_school_that_must_not_learn_of_it_any_more_is_told_nothing(
    meeting: Booking, lead: Membership, social_worker: Membership, investigator: Membership
) -> None:
    invite(meeting, social_worker, to_agency=lead.agency)
    assert meeting.child_case.referral is not None
    records.keep_silent(
        record=meeting.child_case.referral.source, audience="school", reason="The subject works there.", by=investigator, actor=investigator
    )
    actions.cancel_booking(booking=meeting, reason="The enquiry ended.", by=social_worker)
    assert not HandOver.objects.filter(source=meeting.child_case.record, purpose="correction").exists()


def test_a_case_does_not_close_while_somebody_invited_by_letter_was_not_told(meeting: Booking, social_worker: Membership) -> None:
    invitation = invite(meeting, social_worker, agency="family", name="Alex Vale")
    actions.cancel_booking(booking=meeting, reason="The enquiry ended.", by=social_worker)
    said = "Alex Vale was invited by letter to a meeting: tell them that it does not take place"
    assert said in actions.left_to_do(meeting.child_case)
    actions.call_off(invitation=invitation, words="Telephoned.", by=social_worker)
    assert said not in actions.left_to_do(meeting.child_case)


def test_nobody_is_invited_again_to_the_meeting_that_they_are_invited_to(meeting: Booking, social_worker: Membership) -> None:
    invitation = invite(meeting, social_worker, agency="family", name="Alex Vale")
    with pytest.raises(actions.NotOfThisCase, match="invited to this meeting already"):
        actions.invite_again(invitation=invitation, booking=meeting, by=social_worker)
    invitation.refresh_from_db()
    assert invitation.called_off_at is None


def test_the_same_twice_is_one_invitation(meeting: Booking, social_worker: Membership, nurse: Membership) -> None:
    assert invite(meeting, social_worker, to_agency=nurse.agency) == invite(meeting, social_worker, to_agency=nurse.agency)
    assert hand_overs.received(by=nurse).count() == 1


def test_ones_own_agency_and_another_agencys_person_do_not_invite(
    meeting: Booking, social_worker: Membership, elsewhere: Membership
) -> None:
    with pytest.raises(actions.NotOfThisCase):
        invite(meeting, social_worker, to_agency=social_worker.agency)
    with pytest.raises(NotPartyToRecord):
        invite(meeting, elsewhere, agency="family", name="Alex Vale")


def test_an_invitation_on_the_page_loses_nothing_when_it_is_refused(
    meeting: Booking, social_worker: Membership, signed_in: SignedIn
) -> None:
    address = reverse("safeguarding:invitations", args=[meeting.child_case.reference, meeting.pk])
    browser = signed_in(social_worker)
    answer = browser.post(address, {"agency": "family", "name": "", "place": "Room 2", "words": "Come early."})
    assert answer.status_code == 422
    assert "Enter who is invited" in answer.content.decode()
    assert "Come early." in answer.content.decode()
    assert browser.post(address, {"agency": "family", "name": "Alex Vale", "place": "", "words": ""}).url == address  # type: ignore[attr-defined]


# What the papers ask


def whole(code: str, **more: Any) -> dict[str, Any]:
    form = papers.form(code)
    three = [{"name": "x", "agency": one, "there": "yes", "why_not": ""} for one in ("social_care", "police", "health")]
    said = {field.name: "said" for field in form.fields if field.needed} | {"took_part": three}
    return said | more


def test_reports_were_shared_with_the_parents_on_a_day_and_by_somebody_or_it_says_why_not() -> None:
    form = papers.form("conference")
    assert form.missing(whole("conference")) == {}
    neither = {"reports_shared": "", "reports_shared_by": ""}
    assert set(form.missing(whole("conference", **neither))) == {"reports_shared", "reports_shared_by"}
    assert form.missing(whole("conference", **neither, not_shared_why="Silence.")) == {}


def test_a_visit_says_why_a_child_was_not_seen_alone_or_where_they_sleep_was_not() -> None:
    form = papers.form("visit")
    seen = {"child_seen": "yes", "seen_alone": "yes", "bedroom": "yes", "not_why": "", "bedroom_why": ""}
    assert form.missing(whole("visit", **seen)) == {}
    assert set(form.missing(whole("visit", **{**seen, "seen_alone": "no"}))) == {"not_why"}
    assert set(form.missing(whole("visit", **{**seen, "bedroom": "no"}))) == {"bedroom_why"}


def test_a_finished_visit_at_which_the_child_was_seen_says_so_on_the_case(child_case: ChildCase, social_worker: Membership) -> None:
    paper = actions.begin_paper(child_case=child_case, code="visit", by=social_worker)
    said = {
        "on": "2026-11-18",
        "child_seen": "yes",
        "seen_alone": "yes",
        "bedroom": "yes",
        "home": "Calm.",
        "child_said": "I like it.",
    }
    number = actions.save_paper(paper=paper, content=said, base=1, by=social_worker).version.number
    actions.finish_paper(paper=paper, by=social_worker, seen=number)
    [note] = child_case.notes.filter(kind="child_seen")
    assert (note.happened_on, note.words) == (date(2026, 11, 18), "I like it.")


def test_who_was_invited_answered_and_came_stands_in_the_printed_case(
    meeting: Booking, social_worker: Membership, signed_in: SignedIn
) -> None:
    invitation = invite(meeting, social_worker, agency="family", name="Alex Vale")
    actions.note_the_reply(invitation=invitation, answer="coming", words="With an interpreter.", by=social_worker)
    with later(date(2026, 12, 8)):
        actions.note_who_came(invitation=invitation, came=False, by=social_worker)
        answer = signed_in(social_worker).get(reverse("safeguarding:case_pdf", args=[meeting.child_case.reference]))
    text = " ".join("\n".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages).split())
    for words in ("Alex Vale, Family, invited", "Is coming. With an interpreter.", "Did not come."):
        assert words in text


def test_what_an_invitation_says_and_what_is_answered_is_found_with_the_case(
    meeting: Booking, social_worker: Membership, nurse: Membership
) -> None:
    by_letter = invite(meeting, social_worker, agency="family", name="Alex Quill", words="Bring your glasses.")
    actions.note_the_reply(invitation=by_letter, answer="coming", words="With an interpreter.", by=social_worker)
    health = invite(meeting, social_worker, to_agency=nurse.agency)
    assert health.hand_over is not None
    handover.answer(hand_over=health.hand_over, outcome="not_coming", words="The paediatrician telephones.", by=nurse)
    actions.call_off(invitation=by_letter, words="Snowed in.", by=social_worker)
    for asked in ("quill", "glasses", "interpreter", "paediatrician", "snowed"):
        assert found(asked, social_worker) == [meeting.child_case.reference], asked


def test_what_they_answer_by_their_own_keys_alone_is_found_beside_what_was_written_before(
    meeting: Booking, social_worker: Membership, nurse: Membership
) -> None:
    actions.add_note(child_case=meeting.child_case, words="A lighthouse keeper telephoned.", by=social_worker)
    health = invite(meeting, social_worker, to_agency=nurse.agency)
    assert health.hand_over is not None
    with acting_as(nurse), acting_for(nurse.agency.holder):
        handover.answer(hand_over=health.hand_over, outcome="not_coming", words="The paediatrician telephones.", by=nurse)
    for asked in ("paediatrician", "lighthouse"):
        assert found(asked, social_worker) == [meeting.child_case.reference], asked


def test_an_invitation_that_is_given_back_is_found_by_what_they_said(
    meeting: Booking, social_worker: Membership, nurse: Membership
) -> None:
    health = invite(meeting, social_worker, to_agency=nurse.agency)
    assert health.hand_over is not None
    handover.give_back(hand_over=health.hand_over, reason="not_our_area", words="The paediatrician moved to Eastmere.", by=nurse)
    assert found("paediatrician", social_worker) == [meeting.child_case.reference]


def test_a_visit_that_is_finished_again_with_other_words_counts_once(
    child_case: ChildCase, social_worker: Membership, team_manager: Membership
) -> None:
    paper = actions.begin_paper(child_case=child_case, code="visit", by=social_worker)
    said = {"on": "2026-11-18", "child_seen": "yes", "seen_alone": "yes", "bedroom": "yes", "home": "Calm.", "child_said": "I like it."}
    number = actions.save_paper(paper=paper, content=said, base=1, by=social_worker).version.number
    actions.finish_paper(paper=paper, by=social_worker, seen=number)
    for words, by in (("I liked it.", social_worker), ("I liked it.", team_manager), ("I did not.", team_manager)):
        actions.reopen_paper(paper=paper, reason="A word.", by=by)
        number = actions.save_paper(paper=paper, content=said | {"child_said": words}, base=number, by=by).version.number
        actions.finish_paper(paper=paper, by=by, seen=number)
    [note] = child_case.notes.filter(kind="child_seen")
    assert note.words == "I did not."
    assert "put right when the child was seen" in [one.verb for one in ledger.of_records([child_case.reference])]
