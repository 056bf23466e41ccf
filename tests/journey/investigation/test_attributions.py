"""An identifier belongs to a person: said by one, reviewed by another, taken back from everybody who was told."""

import pytest

from havenline.foundation.handover.models import HandOver
from havenline.journey.investigation import actions
from havenline.journey.investigation.gate import what_blocks


def propose(subject, by):
    identifier = subject.case.record.sightings.first().identifier
    return actions.propose_attribution(subject=subject, identifier=identifier, evidence="The provider named the holder.", by=by)


def test_a_subject_has_no_name_before_a_reviewed_attribution(subject, investigator):
    propose(subject, investigator)
    with pytest.raises(actions.NotIdentified):
        actions.name_subject(subject=subject, name="Jordan Vale", by=investigator)


def test_a_subject_has_no_register_check_before_a_reviewed_attribution(subject, investigator, on_wednesday):
    with pytest.raises(actions.NotIdentified):
        actions.record_register_check(subject=subject, on_register="no", checked_on=on_wednesday.date(), by=investigator)


def test_a_recorded_emergency_lets_a_name_stand_earlier(subject, investigator):
    actions.record_emergency(subject=subject, reason="A child is alone with the person now.", by=investigator)
    named = actions.name_subject(subject=subject, name="Jordan Vale", by=investigator)
    assert named.name == "Jordan Vale"


def test_an_owed_referral_is_not_sent_before_a_reviewed_attribution(subject, child_within_reach, investigator):
    child_within_reach(subject)
    actions.record_access_to_children(subject=subject, finding="found", rationale="Lives with a child.", by=investigator)
    with pytest.raises(actions.NotIdentified):
        actions.send_obliged(obligation=subject.obligations.get(), by=investigator)


def test_who_proposed_an_attribution_does_not_review_it(subject, investigator):
    proposed = propose(subject, investigator)
    with pytest.raises(actions.AnotherPersonNeeded):
        actions.review_attribution(attribution=proposed, agrees=True, words="", by=investigator)


def test_proposing_twice_proposes_once(subject, investigator):
    assert propose(subject, investigator) == propose(subject, investigator)


def test_an_ip_address_needs_the_exact_time_of_use(subject, investigator):
    seen = actions.see_identifier(case=subject.case, kind="ip", raw="192.0.2.7", source="provider", by=investigator)
    with pytest.raises(actions.SourceMissing):
        actions.propose_attribution(subject=subject, identifier=seen.identifier, evidence="Logged in from it.", by=investigator)


def test_a_retraction_takes_the_name_back(identified, investigator):
    actions.name_subject(subject=identified, name="Jordan Vale", by=investigator)
    actions.retract_attribution(attribution=identified.attributions.get(), reason="The provider corrected itself.", by=investigator)
    identified.refresh_from_db()
    assert (identified.name, identified.identified_at) == ("", None)


def test_a_retraction_reaches_everybody_who_was_told(identified, child_within_reach, investigator, social_care):
    child_within_reach(identified)
    actions.record_access_to_children(subject=identified, finding="found", rationale="Visit.", by=investigator, send=True)
    told = HandOver.objects.get(purpose="referral_to_social_care")
    actions.retract_attribution(attribution=identified.attributions.get(), reason="The provider corrected itself.", by=investigator)
    correction = HandOver.objects.get(purpose="correction")
    assert (correction.to_agency, correction.state) == (social_care, "delivered")
    assert correction.contents()["corrects"] == told.reference
    assert correction.contents()["why"] == "The provider corrected itself."


def test_a_correction_blocks_the_case_until_it_is_taken_up(identified, child_within_reach, investigator, social_worker, gate):
    from havenline.foundation.handover import actions as handover

    child_within_reach(identified)
    actions.record_access_to_children(subject=identified, finding="found", rationale="Visit.", by=investigator, send=True)
    gate.have_answered(HandOver.objects.get(purpose="referral_to_social_care"))
    actions.retract_attribution(attribution=identified.attributions.get(), reason="The provider corrected itself.", by=investigator)
    correction = HandOver.objects.get(purpose="correction")
    assert any(correction.reference in block.text for block in what_blocks(identified.case))
    handover.accept(hand_over=correction, by=social_worker)
    assert not any(correction.reference in block.text for block in what_blocks(identified.case))


def test_nobody_who_was_not_told_gets_a_correction(identified, investigator):
    actions.retract_attribution(attribution=identified.attributions.get(), reason="The provider corrected itself.", by=investigator)
    assert not HandOver.objects.filter(purpose="correction").exists()


def test_no_other_page_sends_what_is_owed_before_a_reviewed_attribution(subject, child_within_reach, investigator):
    from havenline.foundation.handover import actions as handover

    child_within_reach(subject)
    actions.record_access_to_children(subject=subject, finding="found", rationale="Lives with a child.", by=investigator)
    owed = subject.obligations.get().hand_over
    with pytest.raises(handover.NotYoursToMove):
        handover.send(hand_over=owed, by=investigator)
    owed.refresh_from_db()
    assert owed.state == "owed"


def test_whichever_page_sends_it_the_package_says_what_is_known_now(subject, child_within_reach, investigator, police_supervisor):
    from havenline.foundation.handover import actions as handover
    from tests.journey.investigation.conftest import identify

    child_within_reach(subject)
    actions.record_access_to_children(subject=subject, finding="found", rationale="Lives with a child.", by=investigator)
    identify(subject, investigator, police_supervisor)
    actions.name_subject(subject=subject, name="Jordan Vale", by=investigator)
    sent = handover.send(hand_over=subject.obligations.get().hand_over, by=investigator)
    assert sent.contents()["subject"]["name"] == "Jordan Vale"
