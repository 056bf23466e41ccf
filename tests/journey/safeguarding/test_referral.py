"""A referral is taken up, decided, and its referrer told."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from havenline.engines import procedure
from havenline.foundation import moment
from havenline.foundation.clocks.models import Clock
from havenline.foundation.handover import actions as handover
from havenline.foundation.handover.models import HandOver, State
from havenline.foundation.ledger import queries as ledger
from havenline.foundation.people.models import Membership, NotPartyToRecord, NotYourRole
from havenline.foundation.records.queries import ancestry
from havenline.journey.safeguarding import actions, path
from havenline.journey.safeguarding.models import Child, ChildCase, ProposedDecision
from tests.journey.safeguarding.conftest import Refer


def test_taking_up_accepts_the_referral_and_opens_the_childs_case(
    referral: HandOver, social_worker: Membership, team_manager: Membership
) -> None:
    child_case = actions.take_up(hand_over=referral, by=social_worker)
    referral.refresh_from_db()
    assert referral.state == State.ACCEPTED
    assert (child_case.child.name, child_case.child.age, child_case.child.school) == ("Robin Vale", 9, "Alder Road School")
    assert child_case.child.household is not None
    assert (child_case.record.owner, child_case.manager) == (social_worker, team_manager)
    assert child_case.reference.startswith("SC-")
    assert referral.record_id in ancestry(child_case.record)


def test_the_decision_has_one_working_day_from_the_receipt_and_the_answer_stays_with_the_hand_over(child_case: ChildCase) -> None:
    decision = Clock.objects.get(record=child_case.record, rule="decision_on_referral")
    answer = Clock.objects.get(record=child_case.referral.record, rule="answer_to_referrer")
    assert moment.day_of(decision.due_at) == moment.day_of(answer.due_at) == date(2026, 11, 19)
    assert not Clock.objects.filter(record=child_case.record, rule="answer_to_referrer").exists()
    assert (decision.edition, decision.owner) == ("2026", child_case.record.owner)


def test_taking_up_twice_gives_the_same_case(child_case: ChildCase, social_worker: Membership, team_manager: Membership) -> None:
    assert actions.take_up(hand_over=child_case.referral, by=team_manager) == child_case
    assert ChildCase.objects.count() == 1


def test_another_council_cannot_take_it_up(referral: HandOver, elsewhere: Membership) -> None:
    with pytest.raises(NotPartyToRecord):
        actions.take_up(hand_over=referral, by=elsewhere)


def test_a_conference_chair_takes_up_no_referral(referral: HandOver, conference_chair: Membership) -> None:
    with pytest.raises(NotYourRole):
        actions.take_up(hand_over=referral, by=conference_chair)


def test_a_child_with_the_same_name_is_offered_and_never_merged_silently(
    child_case: ChildCase, refer: Refer, social_worker: Membership
) -> None:
    second = refer(name="robin vale", age=10)
    with pytest.raises(actions.ChildMayBeKnown) as offered:
        actions.take_up(hand_over=second, by=social_worker)
    assert [one.child for one in offered.value.candidates] == [child_case.child]
    second.refresh_from_db()
    assert second.state == State.DELIVERED  # nothing was done
    assert actions.take_up(hand_over=second, by=social_worker, child=child_case.child).child == child_case.child


def test_a_child_whom_a_person_calls_another_one_becomes_another_one(
    child_case: ChildCase, refer: Refer, social_worker: Membership
) -> None:
    other = actions.take_up(hand_over=refer(), by=social_worker, is_another_child=True)
    assert other.child != child_case.child
    assert Child.objects.filter(name="Robin Vale").count() == 2


def test_a_child_of_quite_another_age_is_not_offered(child_case: ChildCase, refer: Refer, social_worker: Membership) -> None:
    assert actions.take_up(hand_over=refer(age=16), by=social_worker).child != child_case.child


def test_the_household_at_the_same_address_is_offered(
    on_wednesday: datetime, refer: Refer, social_worker: Membership, team_manager: Membership
) -> None:
    first = actions.take_up(hand_over=refer(address="1 Harbour Row"), by=social_worker)
    sibling = refer(name="Kim Vale", age=4, address="1 harbour row")
    with pytest.raises(actions.ChildMayBeKnown):
        actions.take_up(hand_over=sibling, by=social_worker)
    taken = actions.take_up(hand_over=sibling, by=social_worker, is_another_child=True, household=first.child.household)
    assert taken.child.household == first.child.household


def test_another_areas_children_are_not_offered(child_case: ChildCase, elsewhere: Membership) -> None:
    from havenline.journey.safeguarding.queries import same_child

    assert same_child.children_alike({"name": "Robin Vale", "age": 9}, by=elsewhere) == []


def test_a_referral_on_saturday_is_decided_by_monday(refer: Refer, social_worker: Membership, team_manager: Membership) -> None:
    with moment.standing_at(datetime(2026, 11, 21, 23, 10, tzinfo=moment.LONDON)):
        child_case = actions.take_up(hand_over=refer(), by=social_worker)
        assert moment.day_of(Clock.objects.get(record=child_case.record, rule="decision_on_referral").due_at) == date(2026, 11, 23)


def test_a_referral_on_christmas_eve_waits_for_the_bank_holidays(refer: Refer, social_worker: Membership, team_manager: Membership) -> None:
    with moment.standing_at(datetime(2026, 12, 24, 15, 0, tzinfo=moment.LONDON)):
        child_case = actions.take_up(hand_over=refer(), by=social_worker)
        assert moment.day_of(Clock.objects.get(record=child_case.record, rule="decision_on_referral").due_at) == date(2026, 12, 29)


def test_deciding_can_answer_the_referrer_in_the_same_act(child_case: ChildCase, social_worker: Membership) -> None:
    actions.decide(
        child_case=child_case,
        outcome="strategy_discussion_now",
        reason="A stranger is near.",
        answer="We meet with you today.",
        by=social_worker,
    )
    child_case.referral.refresh_from_db()
    assert (child_case.referral.state, child_case.referral.answer) == (State.ANSWERED, "strategy_discussion_now")
    steps = {state.step: state.state for state in path.situation(child_case).steps}
    assert (steps["decision_on_referral"], steps["answer_to_referrer"]) == ("done", "done")


def test_an_answer_that_is_its_own_act_and_late_stays_late(child_case: ChildCase, social_worker: Membership) -> None:
    actions.decide(child_case=child_case, outcome="assessment", reason="More must be known.", by=social_worker)
    with moment.standing_at(datetime(2026, 11, 24, 10, 0, tzinfo=UTC)):
        before = {state.step: state for state in path.situation(child_case).steps}["answer_to_referrer"]
        assert (before.late, before.late_by) == (True, 3)
        actions.answer_referrer(child_case=child_case, words="We assess the family.", by=social_worker)
        answer = {state.step: state for state in path.situation(child_case).steps}["answer_to_referrer"]
    assert (answer.state, answer.late_by) == ("late-done", 3)
    assert Clock.objects.get(record=child_case.referral.record, rule="answer_to_referrer").was_late


def test_an_answer_given_on_the_referrals_own_page_reaches_the_case(child_case: ChildCase, social_worker: Membership) -> None:
    actions.decide(child_case=child_case, outcome="assessment", reason="More must be known.", by=social_worker)
    handover.answer(hand_over=child_case.referral, outcome="assessment", words="We assess.", by=social_worker)
    assert child_case.events.filter(step="answer_to_referrer").count() == 1


def test_nothing_is_answered_before_it_is_decided(child_case: ChildCase, social_worker: Membership) -> None:
    with pytest.raises(actions.DecisionMissing):
        actions.answer_referrer(child_case=child_case, words="We look at it.", by=social_worker)


def test_a_decision_needs_its_reason_and_an_outcome_of_the_edition(child_case: ChildCase, social_worker: Membership) -> None:
    with pytest.raises(actions.ReasonMissing):
        actions.decide(child_case=child_case, outcome="assessment", reason=" ", by=social_worker)
    with pytest.raises(procedure.OutcomeUnknown):
        actions.decide(child_case=child_case, outcome="perhaps", reason="Because.", by=social_worker)
    assert not child_case.events.filter(step="decision_on_referral").exists()


def test_the_same_decision_form_twice_decides_once(child_case: ChildCase, social_worker: Membership) -> None:
    seen = child_case.events.count()
    first = actions.decide(child_case=child_case, outcome="assessment", reason="Because.", answer="We assess.", by=social_worker, seen=seen)
    again = actions.decide(child_case=child_case, outcome="assessment", reason="Because.", answer="We assess.", by=social_worker, seen=seen)
    assert first == again
    assert child_case.events.filter(step="decision_on_referral").count() == 1


def test_a_decision_on_a_page_that_is_out_of_date_is_refused_and_says_who_decided(
    child_case: ChildCase, social_worker: Membership, team_manager: Membership
) -> None:
    seen = child_case.events.count()
    actions.decide(child_case=child_case, outcome="assessment", reason="Because.", by=team_manager)
    with pytest.raises(actions.ChangedMeanwhile, match=r"K\. Ndiaye"):
        actions.decide(child_case=child_case, outcome="no_further_action", reason="Because.", by=social_worker, seen=seen)


@pytest.fixture
def signed_off_here(settings: Any) -> None:
    settings.DEPLOYMENT = replace(settings.DEPLOYMENT, manager_signs_off_decisions=True)


def test_where_it_is_local_a_decision_waits_for_a_managers_sign_off(
    signed_off_here: None, child_case: ChildCase, social_worker: Membership, team_manager: Membership
) -> None:
    proposal = actions.decide(
        child_case=child_case, outcome="no_further_action", reason="Known and safe.", answer="No further action.", by=social_worker
    )
    assert isinstance(proposal, ProposedDecision)
    assert not child_case.events.filter(step="decision_on_referral").exists()
    event = actions.sign_off(proposal=proposal, agree=True, by=team_manager)
    assert event is not None
    assert (event.by, event.agreed_by, event.note) == (social_worker, team_manager, "Known and safe.")
    child_case.referral.refresh_from_db()
    assert child_case.referral.state == State.ANSWERED


def test_a_decision_given_back_is_not_made_and_can_be_proposed_again(
    signed_off_here: None, child_case: ChildCase, social_worker: Membership, team_manager: Membership
) -> None:
    proposal = actions.decide(child_case=child_case, outcome="no_further_action", reason="Known.", by=social_worker)
    assert isinstance(proposal, ProposedDecision)
    with pytest.raises(actions.ReasonMissing):
        actions.sign_off(proposal=proposal, agree=False, by=team_manager)
    actions.sign_off(proposal=proposal, agree=False, words="See the child first.", by=team_manager)
    assert not child_case.events.filter(step="decision_on_referral").exists()
    second = actions.decide(child_case=child_case, outcome="assessment", reason="Known.", by=social_worker)
    assert second != proposal


def test_the_trace_has_the_stations_of_the_referral(child_case: ChildCase, social_worker: Membership) -> None:
    actions.decide(child_case=child_case, outcome="assessment", reason="Because.", by=social_worker)
    stations = [entry.station for entry in ledger.of_records([child_case.reference]) if entry.station]
    assert stations == ["Referral taken up", "Decision on the referral"]


def test_the_referrals_hour_and_sender_stand_on_the_case(child_case: ChildCase, investigator: Membership) -> None:
    event = child_case.events.get(step="referral")
    assert (event.by, event.happened_at) == (investigator, time(10, 6))


def test_a_referral_that_is_given_back_ends_its_case_and_taken_up_again_goes_on_with_new_clocks(
    child_case: ChildCase, social_worker: Membership, investigator: Membership
) -> None:
    handover.give_back(hand_over=child_case.referral, reason="not_enough", words="Which child?", by=social_worker)
    child_case.refresh_from_db()
    assert (child_case.ended_as, child_case.record.closed_at is not None) == ("returned", True)
    assert not Clock.objects.running().filter(record=child_case.record).exists()
    with moment.standing_at(datetime(2026, 11, 23, 9, 0, tzinfo=moment.LONDON)):
        handover.send(hand_over=child_case.referral, by=investigator)
        again = actions.take_up(hand_over=child_case.referral, by=social_worker)
        decision = Clock.objects.running().get(record=again.record, rule="decision_on_referral")
    assert (again, again.record.closed_at) == (child_case, None)
    assert moment.day_of(decision.due_at) == date(2026, 11, 24)


def test_a_referral_that_was_decided_is_answered_and_not_given_back(child_case: ChildCase, social_worker: Membership) -> None:
    actions.decide(child_case=child_case, outcome="assessment", reason="Because.", by=social_worker)
    with pytest.raises(handover.NotThatMove, match="decide on the referral and answer"):
        handover.give_back(hand_over=child_case.referral, reason="not_ours", words="Not ours.", by=social_worker)
    child_case.referral.refresh_from_db()
    assert child_case.referral.state == State.ACCEPTED
