"""Which children can this person reach, and what the answer obliges."""

from datetime import datetime, timedelta

import pytest

from havenline.foundation import moment
from havenline.foundation.clocks.models import Clock
from havenline.foundation.handover.actions import CallMissing
from havenline.foundation.handover.models import HandOver, State
from havenline.foundation.records.actions import Silenced
from havenline.journey.investigation import actions
from havenline.journey.investigation.models import Obligation, Obliged
from havenline.journey.investigation.tasks import owe_overdue
from tests.conftest import WEDNESDAY
from tests.journey.investigation.conftest import YESTERDAY, with_answers


def one_answer(question: str, answer: str) -> dict[str, actions.Answer]:
    known = answer != "not_yet_known"
    return {question: actions.Answer(answer, "Visit by local officer" if known else "", YESTERDAY if known else None)}


def test_a_known_answer_needs_a_source_and_a_date(subject, investigator):
    with pytest.raises(actions.SourceMissing):
        actions.record_access_answers(subject=subject, answers={"own_children": actions.Answer("yes")}, by=investigator)


def test_an_answer_that_stands_is_not_written_twice(subject, investigator):
    for _press in range(2):
        actions.record_access_answers(subject=subject, answers=one_answer("own_children", "no"), by=investigator)
    assert subject.access_answers.count() == 1


def test_a_changed_answer_keeps_the_earlier(subject, investigator):
    actions.record_access_answers(subject=subject, answers=one_answer("own_children", "no"), by=investigator)
    actions.record_access_answers(subject=subject, answers=one_answer("own_children", "yes"), by=investigator)
    assert [a.answer for a in subject.access_answers.all()] == ["no", "yes"]


def test_a_stale_form_overwrites_nobody(subject, investigator, police_supervisor):
    actions.record_access_answers(subject=subject, answers=one_answer("own_children", "no"), by=investigator, seen=0)
    with pytest.raises(actions.ChangedMeanwhile):
        actions.record_access_answers(subject=subject, answers=one_answer("own_children", "yes"), by=police_supervisor, seen=0)
    assert subject.access_answers.count() == 1


def test_not_yet_known_starts_a_clock_of_five_working_days_and_an_answer_stops_it(subject, investigator):
    actions.record_access_answers(subject=subject, answers=one_answer("own_children", "not_yet_known"), by=investigator)
    clock = Clock.objects.running().get(rule="access_not_yet_known")
    assert moment.day_of(clock.due_at) == (WEDNESDAY + timedelta(days=7)).date()
    actions.record_access_answers(subject=subject, answers=one_answer("own_children", "no"), by=investigator)
    assert not Clock.objects.running().filter(rule="access_not_yet_known").exists()


def test_saying_not_yet_known_again_resets_no_clock(subject, investigator, standing_at):
    actions.record_access_answers(subject=subject, answers=one_answer("own_children", "not_yet_known"), by=investigator)
    due = Clock.objects.get(rule="access_not_yet_known").due_at
    with standing_at(WEDNESDAY + timedelta(days=3)):
        again = {"own_children": actions.Answer("not_yet_known", note="Asked again.")}
        actions.record_access_answers(subject=subject, answers=again, by=investigator)
    assert Clock.objects.get(rule="access_not_yet_known").due_at == due


def test_access_found_owes_a_referral_for_each_child(identified, child_within_reach, investigator):
    child_within_reach(identified)
    actions.note_child_within_reach(subject=identified, details={"household": "H-2"}, how="children_elsewhere", by=investigator)
    actions.record_access_to_children(subject=identified, finding="found", rationale="Lives with a child.", by=investigator)
    owed = HandOver.objects.filter(purpose="referral_to_social_care")
    assert [h.state for h in owed] == ["owed", "owed"]
    assert {h.contents()["child"]["household"] for h in owed} == {"H-1", "H-2"}


def test_cannot_be_excluded_obliges_like_found(identified, child_within_reach, investigator):
    child_within_reach(identified)
    actions.record_access_to_children(
        subject=identified, finding="cannot_be_excluded", rationale="Not everything is known.", by=investigator
    )
    assert HandOver.objects.filter(purpose="referral_to_social_care").count() == 1


def test_assessing_again_owes_no_second_referral_for_the_same_child(identified, child_within_reach, investigator):
    child_within_reach(identified)
    for why in ("First visit.", "Second visit."):
        actions.record_access_to_children(subject=identified, finding="found", rationale=why, by=investigator)
    assert HandOver.objects.filter(purpose="referral_to_social_care").count() == 1


def test_pressing_save_twice_makes_one_assessment(identified, investigator):
    for _press in range(2):
        actions.record_access_to_children(subject=identified, finding="cannot_be_excluded", rationale="Not known.", by=investigator)
    assert identified.access_assessments.count() == 1


def test_a_child_noted_after_the_finding_is_owed_a_referral_at_once(identified, child_within_reach, investigator):
    actions.record_access_to_children(subject=identified, finding="found", rationale="Lives with a child.", by=investigator)
    child_within_reach(identified)
    assert HandOver.objects.filter(purpose="referral_to_social_care").count() == 1


def test_without_child_household_or_address_a_review_and_an_enquiry_are_owed_and_no_empty_referral(identified, investigator):
    actions.record_access_to_children(subject=identified, finding="cannot_be_excluded", rationale="Address not known.", by=investigator)
    assert {o.what for o in identified.obligations.all()} == {Obliged.SUPERVISOR_REVIEW, Obliged.ENQUIRE}
    assert not HandOver.objects.filter(purpose="referral_to_social_care").exists()


def test_an_attributed_address_is_a_household_to_refer(identified, investigator, police_supervisor):
    seen = actions.see_identifier(case=identified.case, kind="address", raw="1 Harbour Row, Northmere", source="provider", by=investigator)
    proposed = actions.propose_attribution(subject=identified, identifier=seen.identifier, evidence="Billing address.", by=investigator)
    actions.review_attribution(attribution=proposed, agrees=True, words="", by=police_supervisor)
    actions.record_access_to_children(subject=identified, finding="cannot_be_excluded", rationale="Household not known.", by=investigator)
    assert HandOver.objects.get(purpose="referral_to_social_care").contents()["child"]["address"] == "1 Harbour Row, Northmere"


def test_save_and_refer_sends_it_in_the_same_action_with_the_call(identified, child_within_reach, investigator):
    child_within_reach(identified)
    call = actions.Call(at=moment.now(), name="Kit Ndiaye")
    actions.record_access_to_children(
        subject=identified, finding="found", rationale="Lives with a child.", by=investigator, send=True, call=call
    )
    sent = HandOver.objects.get(purpose="referral_to_social_care")
    assert (sent.state, sent.urgent, sent.called_name) == (State.DELIVERED, True, "Kit Ndiaye")


def test_an_urgent_referral_without_the_name_of_the_call_records_nothing(identified, child_within_reach, investigator):
    child_within_reach(identified)
    call = actions.Call(at=moment.now(), name="")
    with pytest.raises(CallMissing):
        actions.record_access_to_children(
            subject=identified, finding="found", rationale="Lives here.", by=investigator, send=True, call=call
        )
    assert not identified.access_assessments.exists()


def test_no_access_found_needs_a_no_to_every_question(identified, investigator):
    actions.record_access_answers(subject=identified, answers=with_answers(online_contact="yes"), by=investigator)
    with pytest.raises(actions.FindingContradictsAnswers):
        actions.record_access_to_children(subject=identified, finding="not_found", rationale="Visit.", by=investigator)


def test_a_review_is_another_persons_even_in_another_role(identified, investigator, police):
    from havenline.foundation.people.models import Membership

    assessment = actions.record_access_to_children(subject=identified, finding="found", rationale="Visit.", by=investigator)
    same_person = Membership.objects.create(person=investigator.person, agency=police, role="police_supervisor")
    with pytest.raises(actions.AnotherPersonNeeded):
        actions.review_access(assessment=assessment, agrees=True, words="", by=same_person)


def test_a_position_of_trust_owes_telling_the_designated_officer_within_a_working_day(identified, investigator):
    actions.record_access_answers(subject=identified, answers=one_answer("position_of_trust", "yes"), by=investigator)
    clock = Clock.objects.running().get(rule="lado_told")
    assert moment.day_of(clock.due_at) == (WEDNESDAY + timedelta(days=1)).date()
    assert HandOver.objects.get(purpose="told_to_lado").state == State.OWED


def test_under_a_silence_only_a_supervisor_tells_the_designated_officer(identified, investigator, police_supervisor):
    actions.record_access_answers(subject=identified, answers=one_answer("position_of_trust", "yes"), by=investigator)
    obligation = identified.obligations.get(what=Obliged.TELL_LADO)
    with pytest.raises(Silenced):
        actions.send_obliged(obligation=obligation, by=investigator)
    sent = actions.send_obliged(obligation=obligation, by=police_supervisor)
    assert sent.contents()["must_not_learn"]
    assert not Clock.objects.running().filter(rule="lado_told").exists()


def test_an_overdue_not_yet_known_owes_the_owner_a_referral_which_nobody_has_sent(
    identified, child_within_reach, investigator, standing_at
):
    child_within_reach(identified)
    actions.record_access_answers(subject=identified, answers=one_answer("children_elsewhere", "not_yet_known"), by=investigator)
    owe_overdue()
    assert not Obligation.objects.exists()
    with standing_at(datetime(2026, 11, 26, 0, 1, tzinfo=moment.LONDON)):
        owe_overdue()
        owe_overdue()
    owed = HandOver.objects.get(purpose="referral_to_social_care")
    assert owed.state == State.OWED


def test_an_overdue_not_yet_known_with_nobody_known_owes_a_review_and_an_enquiry(identified, investigator, standing_at):
    actions.record_access_answers(subject=identified, answers=one_answer("children_elsewhere", "not_yet_known"), by=investigator)
    with standing_at(datetime(2026, 11, 26, 0, 1, tzinfo=moment.LONDON)):
        owe_overdue()
        owe_overdue()
    assert {o.what for o in identified.obligations.all()} == {Obliged.SUPERVISOR_REVIEW, Obliged.ENQUIRE}


def test_where_each_known_child_is_referred_an_overdue_answer_owes_an_enquiry(identified, child_within_reach, investigator, standing_at):
    child_within_reach(identified)
    answers = {**one_answer("own_children", "yes"), **one_answer("children_elsewhere", "not_yet_known")}
    actions.record_access_answers(subject=identified, answers=answers, by=investigator)
    with standing_at(datetime(2026, 11, 26, 0, 1, tzinfo=moment.LONDON)):
        owe_overdue()
        owe_overdue()
    assert sorted(o.what for o in identified.obligations.all()) == ["enquire", "refer_child"]


def test_without_an_agency_to_owe_it_to_the_obligation_stands_and_says_so(referral, investigator, police_supervisor, child_within_reach):
    from havenline.foundation.people.models import Agency
    from tests.journey.investigation.conftest import identify

    case = actions.take_up(hand_over=referral, title="Account on chat.example", kind="contact", by=investigator)
    subject = identify(actions.open_subject(case=case, by=investigator), investigator, police_supervisor)
    Agency.objects.filter(kind="social_care").update(kind="health")
    child_within_reach(subject)
    actions.record_access_to_children(subject=subject, finding="found", rationale="Lives with a child.", by=investigator)
    obligation = subject.obligations.get()
    assert obligation.hand_over is None
    assert "administrator" in obligation.problem
    Agency.objects.filter(kind="health").update(kind="social_care")
    assert actions.send_obliged(obligation=obligation, by=investigator).state == State.DELIVERED
