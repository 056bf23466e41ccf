"""No case ends with something missing."""

import pytest

from havenline.foundation.handover import actions as handover
from havenline.foundation.identifiers import actions as identifiers
from havenline.journey.investigation import actions
from havenline.journey.investigation.gate import what_blocks
from havenline.journey.investigation.models import Case, Obligation
from havenline.journey.triage.models import ChildDuty
from tests import factories
from tests.journey.investigation.conftest import YESTERDAY


def close(case: Case, by, ending: str | None = None) -> Case:
    return actions.close_case(case=case, reason="Enquiries are finished.", by=by, ending=ending)


def missing(case: Case) -> set[str]:
    return {block.about for block in what_blocks(case)}


@pytest.fixture
def ready(identified, gate, referral):
    """A subject's case with everything done, and no child within reach."""
    gate.assess(identified)
    gate.ask_about_contact_abuse(identified)
    gate.answer_sender(identified.case, referral)
    return identified.case


def test_a_case_with_access_unknown_cannot_close(image_case, subject, investigator):
    actions.record_access_to_children(subject=subject, finding="not_yet_known", rationale="Address not yet known", by=investigator)
    with pytest.raises(actions.ReferralUnanswered):
        close(image_case, investigator)


def test_a_case_with_everything_done_closes(ready, investigator):
    closed = close(ready, investigator)
    assert closed.ending == "subject"
    assert closed.record.closed_at is not None


def test_closing_twice_changes_nothing(ready, investigator, police_supervisor):
    first = close(ready, investigator)
    again = actions.close_case(case=ready, reason="Another reason.", by=police_supervisor)
    assert (again.closed_by, again.reason) == (investigator, first.reason)


def test_a_closed_case_takes_nothing_more(ready, investigator):
    close(ready, investigator)
    with pytest.raises(actions.CaseIsClosed):
        actions.open_subject(case=ready, by=investigator)


def test_a_case_without_an_assessment_cannot_close(identified, investigator):
    assert "assessment" in missing(identified.case)
    with pytest.raises(actions.CaseNotThroughTheGate):
        close(identified.case, investigator)


def test_an_assessment_that_only_its_author_read_blocks(identified, investigator):
    actions.record_access_to_children(subject=identified, finding="found", rationale="Visit.", by=investigator)
    assert "review" in missing(identified.case)


def test_a_reviewer_who_sends_it_back_blocks(identified, investigator, police_supervisor):
    assessment = actions.record_access_to_children(subject=identified, finding="found", rationale="Visit.", by=investigator)
    actions.review_access(assessment=assessment, agrees=False, words="Ask the school.", by=police_supervisor)
    assert "review" in missing(identified.case)


def test_an_image_case_without_a_finding_on_contact_abuse_cannot_close(identified, gate, referral, investigator):
    gate.assess(identified)
    gate.answer_sender(identified.case, referral)
    assert missing(identified.case) == {"contact_abuse"}
    with pytest.raises(actions.CaseNotThroughTheGate):
        close(identified.case, investigator)


def test_a_sender_who_waits_for_an_answer_blocks(identified, gate):
    gate.assess(identified)
    gate.ask_about_contact_abuse(identified)
    assert missing(identified.case) == {"answer"}


@pytest.fixture
def owed(identified, child_within_reach, gate, referral) -> Obligation:
    """Everything is done but the referral of one child."""
    child_within_reach(identified)
    gate.assess(identified, "found", own_children="yes")
    gate.ask_about_contact_abuse(identified)
    gate.answer_sender(identified.case, referral)
    return identified.obligations.get()


def test_an_owed_referral_blocks(owed, investigator):
    with pytest.raises(actions.ReferralUnanswered):
        close(owed.subject.case, investigator)


def test_a_sent_referral_blocks_until_it_is_answered(owed, gate, investigator):
    sent = actions.send_obliged(obligation=owed, by=investigator)
    with pytest.raises(actions.ReferralUnanswered):
        close(owed.subject.case, investigator)
    gate.have_answered(sent)
    assert close(owed.subject.case, investigator).ending == "subject"


def test_a_returned_referral_blocks(owed, social_worker, investigator):
    sent = actions.send_obliged(obligation=owed, by=investigator)
    handover.give_back(hand_over=sent, reason="wrong_area", words="Another area’s.", by=social_worker)
    with pytest.raises(actions.ReferralUnanswered):
        close(owed.subject.case, investigator)


def test_a_withdrawn_referral_blocks_until_a_supervisor_settles_it_with_a_reason(owed, investigator, police_supervisor):
    handover.withdraw(hand_over=owed.hand_over, words="Entered by mistake.", by=investigator)
    with pytest.raises(actions.ReferralUnanswered):
        close(owed.subject.case, investigator)
    actions.settle_obligation(obligation=owed, reason="The child lives abroad and is referred there.", by=police_supervisor)
    assert close(owed.subject.case, investigator).ending == "subject"


def test_only_a_supervisor_settles_and_only_with_a_reason(owed, investigator, police_supervisor):
    from havenline.foundation.people.models import NotYourRole

    with pytest.raises(NotYourRole):
        actions.settle_obligation(obligation=owed, reason="No need.", by=investigator)
    with pytest.raises(actions.RationaleMissing):
        actions.settle_obligation(obligation=owed, reason=" ", by=police_supervisor)


def test_what_the_receiver_holds_is_not_settled(owed, investigator, police_supervisor):
    actions.send_obliged(obligation=owed, by=investigator)
    with pytest.raises(actions.StillWithReceiver):
        actions.settle_obligation(obligation=owed, reason="No need.", by=police_supervisor)


def test_a_not_yet_known_blocks_unless_access_cannot_be_excluded(identified, investigator, child_within_reach):
    from tests.journey.investigation.conftest import with_answers

    child_within_reach(identified)
    actions.record_access_answers(subject=identified, answers=with_answers(children_elsewhere="not_yet_known"), by=investigator)
    actions.record_access_to_children(subject=identified, finding="found", rationale="Visit.", by=investigator)
    assert "questions" in missing(identified.case)
    actions.record_access_to_children(subject=identified, finding="cannot_be_excluded", rationale="Visit.", by=investigator)
    assert "questions" not in missing(identified.case)


def test_a_child_of_the_report_without_referral_or_reason_blocks(ready, referral, investigator):
    from havenline.foundation import moment

    report = referral.source.report
    duty = ChildDuty.objects.create(report=report, child_sealed=b"sealed", found_at=moment.now())
    assert missing(ready) == {"duty"}
    duty.reason_against_sealed, duty.settled_at = b"sealed", moment.now()
    duty.save()
    assert missing(ready) == set()


def test_a_case_without_a_subject_needs_steps_and_a_supervisor_who_agrees(image_case, gate, referral, investigator, police_supervisor):
    gate.answer_sender(image_case, referral)
    assert missing(image_case) == {"steps", "agreement"}
    actions.add_identification_step(case=image_case, what="Asked the provider", outcome="No data kept.", done_on=YESTERDAY, by=investigator)
    actions.agree_no_subject(case=image_case, words="Nothing else would tell.", by=police_supervisor)
    with pytest.raises(actions.AnotherPersonNeeded):
        close(image_case, police_supervisor)
    closed = close(image_case, investigator)
    assert closed.ending == "no_subject"
    assert closed.watches.filter(until=None).count() == 2


def test_a_supervisor_agrees_to_nothing_before_a_step_is_listed(image_case, police_supervisor):
    with pytest.raises(actions.CaseNotThroughTheGate):
        actions.agree_no_subject(case=image_case, words="Nothing else would tell.", by=police_supervisor)


@pytest.fixture
def ended_without_subject(image_case, gate, referral, investigator, police_supervisor) -> Case:
    gate.answer_sender(image_case, referral)
    actions.add_identification_step(case=image_case, what="Asked the provider", outcome="No data kept.", done_on=YESTERDAY, by=investigator)
    actions.agree_no_subject(case=image_case, words="Nothing else would tell.", by=police_supervisor)
    return close(image_case, investigator)


def test_a_new_sighting_of_a_watched_identifier_opens_the_case_again_and_tells_its_owner(
    ended_without_subject, hotline, analyst, investigator
):
    new = factories.report(hotline)
    identifiers.see(record=new.record, kind="account", raw="riverwalk_77 at chat.example", source="the form", by=analyst)
    case = Case.objects.get(pk=ended_without_subject.pk)
    assert case.is_open
    assert case.record.closed_at is None
    clock = case.record.clocks.running().get(rule="case_reopened")
    assert clock.owner == investigator


def test_after_opening_again_a_supervisor_must_agree_again(ended_without_subject, hotline, analyst):
    new = factories.report(hotline)
    identifiers.see(record=new.record, kind="account", raw="riverwalk_77 at chat.example", source="the form", by=analyst)
    assert "agreement" in missing(Case.objects.get(pk=ended_without_subject.pk))


def test_the_owner_is_not_told_where_and_the_holder_of_that_record_gets_the_task(ended_without_subject, hotline, analyst):
    from havenline.foundation.identifiers.queries import open_enquiries

    new = factories.report(hotline)
    identifiers.see(record=new.record, kind="account", raw="riverwalk_77 at chat.example", source="the form", by=analyst)
    assert [e.sighting.record for e in open_enquiries(by=analyst)] == [new.record]


def test_a_case_ends_when_another_force_accepts_it_and_opens_again_when_they_give_it_back(image_case, gate, referral, investigator):
    elsewhere = factories.agency("police", "Southmere Police")
    colleague = factories.member("investigator", elsewhere, "Ash Dorne")
    gate.answer_sender(image_case, referral)
    sent = actions.transfer_to_another_force(case=image_case, to=elsewhere, why="The person lives in Southmere.", by=investigator)
    with pytest.raises(actions.CaseNotThroughTheGate):
        close(image_case, investigator, "another_force")
    theirs = actions.take_up(hand_over=sent, title="Account on chat.example", kind="both", by=colleague)
    assert close(image_case, investigator, "another_force").accepted_elsewhere == sent
    assert theirs != image_case
    sent.refresh_from_db()
    handover.give_back(hand_over=sent, reason="wrong_area", words="Not ours after all.", by=colleague)
    assert Case.objects.get(pk=image_case.pk).is_open
