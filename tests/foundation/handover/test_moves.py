"""A hand-over can't vanish: whatever happens to it, it is work on somebody's screen."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest

from havenline.foundation import moment
from havenline.foundation.clocks import actions as clocks
from havenline.foundation.clocks import queries as clock_queries
from havenline.foundation.clocks.models import Clock
from havenline.foundation.handover import actions as handover
from havenline.foundation.handover import queries
from havenline.foundation.handover.models import FOLLOWS, HandOver, HandOverStep, State
from havenline.foundation.handover.purposes import CONCERN_FROM_SCHOOL, DANGER_NOW, REFERRAL_TO_POLICE, TOLD_TO_LADO
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger import queries as ledger_queries
from havenline.foundation.people import actions as people
from havenline.foundation.people.models import Membership, NotPartyToRecord, NotYourRole
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Record, Silence
from havenline.foundation.sealing import actions as sealing
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_wednesday")]


@pytest.fixture
def owed(investigator: Membership, social_worker: Membership) -> HandOver:
    return factories.hand_over()


@pytest.fixture
def sent(owed: HandOver, investigator: Membership) -> HandOver:
    return handover.send(hand_over=owed, by=investigator)


def verbs(hand_over: HandOver) -> list[str]:
    return [said.verb for said in ledger_queries.of_records([hand_over.reference])]


def test_it_goes_from_owed_to_answered(owed: HandOver, investigator: Membership, social_worker: Membership) -> None:
    sent = handover.send(hand_over=owed, by=investigator)
    assert sent.state == State.DELIVERED
    assert handover.accept(hand_over=sent, by=social_worker).state == State.ACCEPTED
    answered = handover.answer(hand_over=sent, outcome="acted", words="A visit is arranged.", by=social_worker)
    assert (answered.state, answered.ended_at) == (State.ANSWERED, moment.now())
    assert not Clock.objects.running().filter(record=sent.record).exists()
    moves = ["owed", "sent", "delivered", "accepted", "answered"]
    assert [said for said in verbs(sent) if "hand-over" in said] == [
        f"{move} a hand-over" if move != "owed" else "owed a hand-over" for move in moves
    ]


def test_owing_twice_gives_one(owed: HandOver) -> None:
    assert factories.hand_over(source=owed.source).pk == owed.pk


def test_sending_twice_sends_once(sent: HandOver, investigator: Membership) -> None:
    with pytest.raises(handover.NotThatMove, match="delivered by now"):
        handover.send(hand_over=sent, by=investigator)
    assert HandOverStep.objects.filter(hand_over=sent, state=State.SENT).count() == 1


def test_only_an_alarm_is_sent_by_the_clock(owed: HandOver, investigator: Membership, hotline: object) -> None:
    with pytest.raises(handover.NotYoursToMove):
        handover.send(hand_over=owed)
    alarm = factories.hand_over(purpose=DANGER_NOW, of=factories.agency("hotline"))
    assert handover.send(hand_over=alarm).state == State.DELIVERED


# What becomes of its source


def test_it_survives_that_its_source_is_closed_and_erased_before_acceptance(sent: HandOver, social_worker: Membership) -> None:
    Record.objects.filter(pk=sent.source_id).update(closed_at=moment.now(), erased_at=moment.now())
    sealing.destroy(sent.source.reference)
    accepted = handover.accept(hand_over=sent, by=social_worker)
    assert accepted.contents()["concern"].startswith("An adult stranger")


# Who is there


def test_when_the_person_who_took_it_up_leaves_the_agency_still_has_it(
    sent: HandOver, social_worker: Membership, team_manager: Membership, administrator: Membership
) -> None:
    handover.accept(hand_over=sent, by=social_worker)
    people.deactivate(person=social_worker.person, by=administrator)
    handover.deliver(hand_over=sent)
    assert queries.received(by=team_manager).get() == sent
    assert not queries.undelivered(by=team_manager).exists()
    assert handover.answer(hand_over=sent, outcome="acted", words="Done.", by=team_manager).state == State.ANSWERED


def test_when_everybody_left_it_is_an_error_for_sender_and_administrator(
    sent: HandOver, investigator: Membership, social_worker: Membership, administrator: Membership
) -> None:
    handover.accept(hand_over=sent, by=social_worker)
    people.deactivate(person=social_worker.person, by=administrator)
    handover.deliver(hand_over=sent)
    assert "has nobody" in queries.undelivered(by=investigator).get().problem
    assert sent.to_agency in queries.agencies_with_nobody()


def test_where_nobody_can_receive_it_the_sender_and_the_administrator_see_an_error(investigator: Membership) -> None:
    sent = handover.send(hand_over=factories.hand_over(), by=investigator)
    assert sent.state == State.SENT
    assert "has nobody in a role" in queries.undelivered(by=investigator).get().problem
    assert queries.agencies_with_nobody() == [sent.to_agency]
    handover.deliver(hand_over=sent)
    assert verbs(sent).count("could not deliver a hand-over") == 1


def test_it_is_delivered_once_somebody_is_there(investigator: Membership) -> None:
    sent = handover.send(hand_over=factories.hand_over(), by=investigator)
    factories.member("social_worker", sent.to_agency)
    delivered = handover.deliver(hand_over=sent)
    assert (delivered.state, delivered.problem) == (State.DELIVERED, "")
    assert not queries.agencies_with_nobody()
    assert handover.deliver(hand_over=sent).steps.filter(state=State.DELIVERED).count() == 1


NIGHT = datetime(2026, 11, 18, 23, 30, tzinfo=moment.LONDON)


@pytest.fixture
def open_by_day() -> object:
    care = factories.agency("social_care")
    care.opens, care.closes = time(9), time(17)
    care.save()
    return care


@pytest.mark.parametrize(
    ("at", "team"),
    [
        (datetime(2026, 11, 18, 16, 59), "front_door"),
        (datetime(2026, 11, 18, 17, 0), "emergency_duty"),
        (datetime(2026, 11, 21, 12, 0), "emergency_duty"),
        (datetime(2026, 12, 25, 12, 0), "emergency_duty"),
    ],
)
def test_out_of_hours_it_goes_to_the_emergency_duty_team(at: datetime, team: str, open_by_day: object, investigator: Membership) -> None:
    care = factories.agency("social_care")
    for one in ("front_door", "emergency_duty"):
        factories.member("social_worker", care, team=one)
    with moment.standing_at(at.replace(tzinfo=moment.LONDON)):
        sent = handover.send(hand_over=factories.hand_over(), by=investigator)
    assert (sent.to_team, sent.state) == (team, State.DELIVERED)


def test_at_night_with_nobody_on_duty_it_says_so_and_goes_to_the_front_door_in_the_morning(
    open_by_day: object, investigator: Membership
) -> None:
    factories.member("social_worker", factories.agency("social_care"), team="front_door")
    with moment.standing_at(NIGHT):
        sent = handover.send(hand_over=factories.hand_over(), by=investigator)
        assert sent.state == State.SENT
        assert "emergency duty team" in sent.problem
    with moment.standing_at(NIGHT + timedelta(hours=10)):
        delivered = handover.deliver(hand_over=sent)
    assert (delivered.state, delivered.to_team) == (State.DELIVERED, "front_door")


# Return, withdrawal, call


def test_a_return_is_work_for_the_sender(sent: HandOver, investigator: Membership, social_worker: Membership) -> None:
    handover.give_back(hand_over=sent, reason="more_needed", words="Which school?", by=social_worker)
    assert queries.to_do_for_sender(by=investigator).get() == sent
    assert not queries.received(by=social_worker).exists()
    assert not Clock.objects.running().filter(record=sent.record).exists()


def test_a_return_can_be_sent_again_and_returned_again(sent: HandOver, investigator: Membership, social_worker: Membership) -> None:
    handover.give_back(hand_over=sent, reason="more_needed", words="Which school?", by=social_worker)
    again = handover.send(hand_over=sent, by=investigator, package={"concern": "As before.", "school": "Alder Road"})
    assert again.contents()["school"] == "Alder Road"
    assert Clock.objects.running().filter(record=sent.record).count() == 2
    returned = handover.give_back(hand_over=again, reason="not_our_area", words="Sundale’s.", by=social_worker)
    assert returned.state == State.RETURNED
    assert [step.words for step in returned.steps.filter(state=State.RETURNED)] == ["Which school?", "Sundale’s."]


def test_sent_again_after_acceptance_nobody_has_accepted_it(sent: HandOver, investigator: Membership, social_worker: Membership) -> None:
    handover.accept(hand_over=sent, by=social_worker)
    handover.give_back(hand_over=sent, reason="not_our_area", words="Moved.", by=social_worker)
    again = handover.send(hand_over=sent, by=investigator)
    assert (again.accepted_at, again.accepted_by) == (None, None)


def test_a_return_can_be_withdrawn_and_then_owed_anew(sent: HandOver, investigator: Membership, social_worker: Membership) -> None:
    handover.give_back(hand_over=sent, reason="already_known", words="With us.", by=social_worker)
    gone = handover.withdraw(hand_over=sent, words="They have it.", by=investigator)
    assert gone.state == State.WITHDRAWN
    assert factories.hand_over(source=sent.source).pk != sent.pk


def test_accepting_after_a_withdrawal_says_what_happened(sent: HandOver, investigator: Membership, social_worker: Membership) -> None:
    handover.withdraw(hand_over=sent, words="Sent in error.", by=investigator)
    with pytest.raises(handover.NotThatMove, match="withdrawn by now"):
        handover.accept(hand_over=sent, by=social_worker)


@pytest.mark.parametrize("words", ["", "   "])
def test_return_withdrawal_and_answer_need_words(sent: HandOver, words: str, investigator: Membership, social_worker: Membership) -> None:
    with pytest.raises(handover.ReasonMissing):
        handover.give_back(hand_over=sent, reason="more_needed", words=words, by=social_worker)
    with pytest.raises(handover.ReasonMissing):
        handover.withdraw(hand_over=sent, words=words, by=investigator)
    handover.accept(hand_over=sent, by=social_worker)
    with pytest.raises(handover.ReasonMissing):
        handover.answer(hand_over=sent, outcome="acted", words=words, by=social_worker)


def test_an_urgent_referral_keeps_the_call(owed: HandOver, investigator: Membership) -> None:
    sent = handover.send(hand_over=owed, by=investigator, urgent=True)
    called = handover.record_call(hand_over=sent, called_at=moment.now() - timedelta(minutes=2), name="Kit Ndiaye", by=investigator)
    assert (called.urgent, called.called_name) == (True, "Kit Ndiaye")
    with pytest.raises(handover.CallMissing):
        handover.record_call(hand_over=sent, called_at=moment.now() + timedelta(minutes=2), name="Kit", by=investigator)
    with pytest.raises(handover.CallMissing):
        handover.record_call(hand_over=sent, called_at=moment.now(), name=" ", by=investigator)


# Clocks


def test_opening_resets_nothing(sent: HandOver, social_worker: Membership) -> None:
    before = list(Clock.objects.filter(record=sent.record).values_list("due_at", "stopped_at"))
    ledger.looked(social_worker, sent, reason="assigned")
    sent.refresh_from_db()
    assert sent.state == State.DELIVERED
    assert list(Clock.objects.filter(record=sent.record).values_list("due_at", "stopped_at")) == before


def test_unanswered_it_is_raised_to_both_sides_supervisors_and_stays(
    sent: HandOver, police_supervisor: Membership, team_manager: Membership, social_worker: Membership
) -> None:
    with moment.standing_at(moment.now() + timedelta(days=3)):
        for clock in [*Clock.objects.late(), *Clock.objects.late()]:
            clocks.escalate(clock=clock, to=[sent.from_agency, sent.to_agency])
        ledger.looked(social_worker, sent, reason="assigned")
        for supervisor in (police_supervisor, team_manager):
            escalation = clock_queries.raised(by=supervisor).filter(clock__rule="hand_over_accepted").get()
            assert (escalation.clock.record, escalation.reached) == (sent.record, 1)
        handover.accept(hand_over=sent, by=social_worker)
        assert not clock_queries.raised(by=team_manager).filter(clock__rule="hand_over_accepted").exists()
        assert Clock.objects.get(record=sent.record, rule="hand_over_accepted").was_late


# Who may


def test_an_agency_that_is_not_party_sees_and_moves_nothing(sent: HandOver, analyst: Membership) -> None:
    assert not HandOver.objects.visible_to(analyst).exists()
    for move in (
        lambda: handover.accept(hand_over=sent, by=analyst),
        lambda: handover.withdraw(hand_over=sent, words="x", by=analyst),
        lambda: handover.give_back(hand_over=sent, reason="x", words="x", by=analyst),
        lambda: handover.record_call(hand_over=sent, called_at=moment.now(), name="x", by=analyst),
    ):
        with pytest.raises(NotPartyToRecord):
            move()


def test_the_receiver_sees_nothing_before_it_is_sent(owed: HandOver, social_worker: Membership) -> None:
    assert not HandOver.objects.visible_to(social_worker).exists()


def test_each_side_moves_only_its_own(sent: HandOver, investigator: Membership, social_worker: Membership) -> None:
    with pytest.raises(handover.NotYoursToMove):
        handover.accept(hand_over=sent, by=investigator)
    with pytest.raises(handover.NotYoursToMove):
        handover.withdraw(hand_over=sent, words="x", by=social_worker)


def test_a_role_that_does_not_receive_cannot_take_it_up(sent: HandOver, conference_chair: Membership) -> None:
    with pytest.raises(NotYourRole):
        handover.accept(hand_over=sent, by=conference_chair)


def test_nothing_goes_to_the_designated_officer_under_a_silence_for_the_employer(investigator: Membership) -> None:
    factories.member("designated_officer", factories.agency("lado"))
    owed = factories.hand_over(purpose=TOLD_TO_LADO)
    records.keep_silent(record=owed.source, audience=Silence.Audience.SCHOOL, reason="Before arrest.", by=investigator, actor=investigator)
    with pytest.raises(records.Silenced):
        handover.send(hand_over=owed, by=investigator)
    owed.refresh_from_db()
    assert owed.state == State.OWED


@pytest.mark.parametrize(
    "tell",
    [
        lambda concern, by: handover.give_back(hand_over=concern, reason="more needed", words="Say who lives there.", by=by),
        lambda concern, by: handover.answer(hand_over=concern, outcome="assessment", words="We assess.", by=by),
    ],
    ids=["returned", "answered"],
)
def test_a_schools_concern_is_neither_returned_nor_answered_under_a_silence_agreed_since(
    social_worker: Membership, team_manager: Membership, tell: Callable[[HandOver, Membership], HandOver]
) -> None:
    lead = factories.member("safeguarding_lead", factories.agency("school"))
    concern = factories.hand_over(purpose=CONCERN_FROM_SCHOOL, of=lead.agency, source=factories.record("concern", lead.agency))
    handover.send(hand_over=concern, by=lead)
    handover.accept(hand_over=concern, by=social_worker)
    records.keep_silent(
        record=concern.record, audience=Silence.Audience.SCHOOL, reason="Before arrest.", by=team_manager, actor=team_manager
    )
    with pytest.raises(records.Silenced, match="Silence until it is lifted by"):
        tell(concern, social_worker)
    concern.refresh_from_db()
    assert concern.state == State.ACCEPTED


# Every move from every state

MOVES: dict[str, tuple[State, Callable[[HandOver, Membership, Membership], HandOver]]] = {
    "send": (State.SENT, lambda it, sender, receiver: handover.send(hand_over=it, by=sender)),
    "accept": (State.ACCEPTED, lambda it, sender, receiver: handover.accept(hand_over=it, by=receiver)),
    "return": (State.RETURNED, lambda it, sender, receiver: handover.give_back(hand_over=it, reason="r", words="w", by=receiver)),
    "withdraw": (State.WITHDRAWN, lambda it, sender, receiver: handover.withdraw(hand_over=it, words="w", by=sender)),
    "answer": (State.ANSWERED, lambda it, sender, receiver: handover.answer(hand_over=it, outcome="o", words="w", by=receiver)),
}
PATHS: dict[State, list[str]] = {
    State.OWED: [],
    State.DELIVERED: ["send"],
    State.ACCEPTED: ["send", "accept"],
    State.RETURNED: ["send", "return"],
    State.WITHDRAWN: ["send", "withdraw"],
    State.ANSWERED: ["send", "accept", "answer"],
}


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("state", PATHS)
def test_what_may_follow_follows_and_nothing_else_does(state: State, move: str, hotline: object, investigator: Membership) -> None:
    sender = factories.member("analyst", factories.agency("hotline"))
    it = factories.hand_over(purpose=REFERRAL_TO_POLICE, of=sender.agency, source=factories.record("report", sender.agency))
    records.make_party(record=it.record, agency=investigator.agency, purpose="test")
    for step in PATHS[state]:
        MOVES[step][1](it, sender, investigator)
    it.refresh_from_db()
    assert it.state == state
    wanted, act = MOVES[move]
    if wanted in FOLLOWS[state]:
        act(it, sender, investigator)
        it.refresh_from_db()
        assert it.state == (State.DELIVERED if wanted == State.SENT else wanted)
    else:
        steps = it.steps.count()
        with pytest.raises(handover.NotThatMove):
            act(it, sender, investigator)
        it.refresh_from_db()
        assert (it.state, it.steps.count()) == (state, steps)
