"""A referral becomes a case, and cannot become two."""

import pytest

from havenline.foundation.handover.models import State
from havenline.foundation.people.models import NotPartyToRecord
from havenline.foundation.records import actions as records
from havenline.foundation.records.queries import ancestry
from havenline.journey.investigation import actions
from havenline.journey.investigation.models import Case
from tests import factories


def test_taking_up_a_referral_accepts_it_and_opens_a_case_with_its_owner(referral, investigator):
    case = actions.take_up(hand_over=referral, title="Account on chat.example", kind="contact", by=investigator)
    referral.refresh_from_db()
    assert referral.state == State.ACCEPTED
    assert case.record.owner == investigator


def test_the_case_goes_back_to_the_report_through_the_referral(referral, investigator):
    case = actions.take_up(hand_over=referral, title="Account on chat.example", kind="contact", by=investigator)
    assert ancestry(case.record) >= {referral.record_id, referral.source_id}


def test_identifiers_of_the_package_are_seen_in_the_case(image_case):
    assert {s.identifier.shown for s in image_case.record.sightings.all()} == {i["shown"] for i in factories.IDENTIFIERS}


def test_taking_up_twice_gives_the_same_case(referral, investigator, police_supervisor):
    first = actions.take_up(hand_over=referral, title="Account on chat.example", kind="contact", by=investigator)
    again = actions.take_up(hand_over=referral, title="Another title", kind="images", by=police_supervisor)
    assert again == first
    assert Case.objects.count() == 1


def test_a_title_with_a_name_of_the_referral_is_refused(everybody, hotline, police, analyst, investigator):
    report = factories.report(hotline, answers={"kind": "contact", "child": {"name": "Robin Vale"}})
    referral = factories.referral_to_police(report, police, analyst)
    with pytest.raises(actions.NameInTitle):
        actions.take_up(hand_over=referral, title="Contact with Robin", kind="contact", by=investigator)
    referral.refresh_from_db()
    assert referral.state == State.DELIVERED


def test_a_case_from_a_referral_is_silent_to_its_subject(image_case):
    with pytest.raises(records.Silenced):
        records.must_not_be_silent(image_case.record, "subject")


def test_a_referral_joins_a_case_of_this_force(image_case, hotline, police, analyst, investigator):
    second = factories.referral_to_police(factories.report(hotline), police, analyst)
    joined = actions.take_up(hand_over=second, join=image_case, by=investigator)
    assert joined == image_case
    assert second.record_id in ancestry(image_case.record)


def test_a_case_of_another_force_cannot_be_joined(image_case, hotline, analyst):
    elsewhere = factories.agency("police", "Southmere Police")
    outsider = factories.member("investigator", elsewhere)
    second = factories.referral_to_police(factories.report(hotline), elsewhere, analyst)
    with pytest.raises(NotPartyToRecord):
        actions.take_up(hand_over=second, join=image_case, by=outsider)
    second.refresh_from_db()
    assert second.state == State.DELIVERED


def test_no_further_action_answers_the_sender_without_a_case(referral, investigator):
    actions.no_further_action(hand_over=referral, words="Known to be a prank by the sender.", by=investigator)
    referral.refresh_from_db()
    assert (referral.state, referral.answer) == (State.ANSWERED, "no_further_action")
    assert not Case.objects.exists()
