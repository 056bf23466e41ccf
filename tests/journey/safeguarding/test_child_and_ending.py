"""The child and the household, silences, moves and endings."""

from datetime import date, datetime

import pytest

from havenline.foundation import moment
from havenline.foundation.clocks.models import Clock
from havenline.foundation.handover import actions as handover
from havenline.foundation.handover.models import State
from havenline.foundation.people.models import Membership, NotYourRole
from havenline.foundation.records import actions as records
from havenline.foundation.search import queries as search
from havenline.journey.safeguarding import actions, path
from havenline.journey.safeguarding.models import ChildCase


def test_what_is_known_of_the_child_changes_by_a_named_person(child_case: ChildCase, social_worker: Membership) -> None:
    child = actions.change_child(child_case=child_case, name="Robin Vale", born_on=date(2017, 3, 2), language="Welsh", by=social_worker)
    assert (child.age, child.language) == (9, "Welsh")


def test_a_stale_form_of_the_child_is_refused(child_case: ChildCase, social_worker: Membership, team_manager: Membership) -> None:
    read = actions.read_mark(child_case.child)
    actions.change_child(child_case=child_case, name="Robin A. Vale", by=team_manager)
    with pytest.raises(actions.ChangedMeanwhile):
        actions.change_child(child_case=child_case, name="Robin Vale", school="Other", by=social_worker, as_read=read)


def test_a_child_is_not_born_in_the_future(child_case: ChildCase, social_worker: Membership) -> None:
    with pytest.raises(actions.DateNotPossible):
        actions.change_child(child_case=child_case, name="Robin Vale", born_on=date(2027, 1, 1), by=social_worker)


def test_who_lives_with_the_child_names_who_said_so_and_stays_when_it_ends(child_case: ChildCase, social_worker: Membership) -> None:
    with pytest.raises(actions.ReasonMissing):
        actions.add_relationship(child_case=child_case, name="Alex Vale", relation="parent", said_by="", by=social_worker)
    parent = actions.add_relationship(
        child_case=child_case, name="Alex Vale", relation="parent", said_by="the school", lives_with=True, by=social_worker
    )
    actions.end_relationship(child_case=child_case, relationship=parent, said_by="the child", by=social_worker)
    parent.refresh_from_db()
    assert (parent.said_by, parent.ended_on) == ("the school", date(2026, 11, 18))


@pytest.mark.parametrize("audience", ["subject", "household"])
def test_telling_the_household_is_refused_while_the_police_case_is_silent(
    audience: str, child_case: ChildCase, social_worker: Membership, investigator: Membership
) -> None:
    silence = records.keep_silent(
        record=child_case.referral.source, audience=audience, reason="Before arrest.", by=investigator, actor=investigator
    )
    tell = {"child_case": child_case, "whom": "household", "words": "Come.", "happened_on": date(2026, 11, 18), "by": social_worker}
    with pytest.raises(records.Silenced, match="Police supervisor"):
        actions.tell(**tell)
    assert not child_case.notes.exists()
    silence.lifted_at = moment.now()
    silence.save()
    assert actions.tell(**tell).whom == "household"


def test_a_silence_towards_the_school_leaves_health_free(
    child_case: ChildCase, social_worker: Membership, investigator: Membership
) -> None:
    records.keep_silent(record=child_case.record, audience="school", reason="A colleague.", by=social_worker, actor=social_worker)
    with pytest.raises(records.Silenced):
        actions.tell(child_case=child_case, whom="school", words="One page.", happened_on=date(2026, 11, 18), by=social_worker)
    actions.tell(child_case=child_case, whom="health", words="One page.", happened_on=date(2026, 11, 18), by=social_worker)


def test_the_same_note_twice_is_one(child_case: ChildCase, social_worker: Membership) -> None:
    for _twice in range(2):
        actions.record_seen(child_case=child_case, happened_on=date(2026, 11, 18), view="Wants to stay at school.", by=social_worker)
    assert child_case.notes.count() == 1


def test_a_case_with_open_duties_cannot_end_and_says_which(child_case: ChildCase, social_worker: Membership) -> None:
    with pytest.raises(actions.NothingToEnd, match="Decision on the referral"):
        actions.close(child_case=child_case, reason="Done.", by=social_worker)


def test_no_further_action_closes_once_the_referrer_was_told_and_late_facts_stay(child_case: ChildCase, social_worker: Membership) -> None:
    with moment.standing_at(datetime(2026, 11, 24, 9, 0, tzinfo=moment.LONDON)):
        actions.decide(child_case=child_case, outcome="no_further_action", reason="Known and safe.", by=social_worker)
        with pytest.raises(actions.NothingToEnd, match="Answer to the referrer"):
            actions.close(child_case=child_case, reason="Nothing more.", by=social_worker)
        actions.answer_referrer(child_case=child_case, words="No further action.", by=social_worker)
        closed = actions.close(child_case=child_case, reason="Nothing more.", by=social_worker)
        assert actions.close(child_case=child_case, reason="Again.", by=social_worker) == closed
        closed.record.refresh_from_db()
        assert closed.record.closed_at == moment.now()
        assert closed.ended_as == "no_further_action"
        assert not Clock.objects.running().filter(record=closed.record).exists()
        assert {s.step for s in path.situation(closed).steps if s.state == "late-done"} == {"decision_on_referral", "answer_to_referrer"}
        with pytest.raises(actions.CaseClosed):
            actions.add_note(child_case=closed, words="Too late.", by=social_worker)


def test_a_case_sent_to_another_area_stays_here_until_that_area_accepts(
    child_case: ChildCase, social_worker: Membership, elsewhere: Membership
) -> None:
    with pytest.raises(actions.NotOfThisCase):
        actions.transfer(child_case=child_case, to=social_worker.agency, reason="Moves.", by=social_worker)
    hand_over = actions.transfer(child_case=child_case, to=elsewhere.agency, reason="The family moves.", by=social_worker)
    assert hand_over.state in (State.SENT, State.DELIVERED)
    child_case.record.refresh_from_db()
    assert child_case.record.closed_at is None
    taken = actions.take_up(hand_over=hand_over, by=elsewhere)
    child_case.record.refresh_from_db()
    child_case.refresh_from_db()
    assert (child_case.record.closed_at is not None, child_case.ended_as) == (True, "transferred")
    assert not Clock.objects.running().filter(record=child_case.record).exists()
    assert (taken.child.name, taken.record.agency) == ("Robin Vale", elsewhere.agency)
    assert taken.child != child_case.child


def test_a_transfer_that_is_returned_leaves_the_case_where_it_was(
    child_case: ChildCase, social_worker: Membership, elsewhere: Membership
) -> None:
    hand_over = actions.transfer(child_case=child_case, to=elsewhere.agency, reason="The family moves.", by=social_worker)
    handover.give_back(hand_over=hand_over, reason="not_ours", words="They have not moved.", by=elsewhere)
    child_case.record.refresh_from_db()
    assert child_case.record.closed_at is None
    again = actions.transfer(child_case=child_case, to=elsewhere.agency, reason="Now they have.", by=social_worker)
    assert again.pk == hand_over.pk


def test_a_plan_that_moves_ends_here_by_transfer_and_starts_the_transfer_in_conference_there(
    child_case: ChildCase, social_worker: Membership, conference_chair: Membership, elsewhere: Membership
) -> None:
    day = date(2026, 11, 18)
    with moment.standing_at(datetime(2026, 11, 18, 16, 0, tzinfo=moment.LONDON)):
        for step, outcome, by in (
            ("strategy_discussion", "joint_enquiry", social_worker),
            ("section_47_enquiry", "conference", social_worker),
            ("initial_child_protection_conference", "plan_neglect", conference_chair),
        ):
            actions.record_step(child_case=child_case, step=step, outcome=outcome, happened_on=day, by=by)
        taken = actions.take_up(
            hand_over=actions.transfer(child_case=child_case, to=elsewhere.agency, reason="They moved.", by=social_worker), by=elsewhere
        )
    assert child_case.events.get(step="plan_ends").outcome == "transfer"
    due = Clock.objects.running().get(record=taken.record, rule="transfer_in_conference").due_at
    assert moment.day_of(due) == date(2026, 12, 9)


def test_an_urgent_transfer_is_telephoned(child_case: ChildCase, social_worker: Membership, elsewhere: Membership) -> None:
    with pytest.raises(handover.CallMissing):
        actions.transfer(child_case=child_case, to=elsewhere.agency, reason="Tonight.", urgent=True, by=social_worker)
    hand_over = actions.transfer(
        child_case=child_case,
        to=elsewhere.agency,
        reason="Tonight.",
        urgent=True,
        called_at=moment.now(),
        called_name="Ash Rowan",
        by=social_worker,
    )
    assert hand_over.called_name == "Ash Rowan"


def test_a_chair_who_is_none_cannot_be_named(child_case: ChildCase, social_worker: Membership, team_manager: Membership) -> None:
    with pytest.raises(NotYourRole):
        actions.name_people(child_case=child_case, chair=team_manager, by=social_worker)


def test_a_case_is_found_by_the_childs_name_and_by_whoever_is_around_it_and_only_here(
    child_case: ChildCase, social_worker: Membership, elsewhere: Membership
) -> None:
    actions.add_relationship(child_case=child_case, name="Alex Vale", relation="parent", said_by="the school", by=social_worker)
    for words in ("robin vale", "alex"):
        assert [hit.record for hit in search.find(words, by=social_worker)] == [child_case.record]
        assert search.find(words, by=elsewhere) == []
    actions.change_child(child_case=child_case, name="Robin Brook", by=social_worker)
    assert [hit.record for hit in search.find("brook", by=social_worker)] == [child_case.record]
