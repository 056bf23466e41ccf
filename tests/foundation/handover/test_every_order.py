"""Whatever both sides do with a hand-over, in whatever order: it moves only as it may, and is never nobody's."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from django.db.models import QuerySet
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from havenline.foundation import moment
from havenline.foundation.clocks.models import Clock, Escalation
from havenline.foundation.handover import actions as handover
from havenline.foundation.handover import queries, tasks
from havenline.foundation.handover.models import HandOver
from havenline.foundation.handover.purposes import DANGER_NOW, PURPOSES, Purpose
from havenline.foundation.ledger.models import Entry
from havenline.foundation.people.models import Membership, NotPartyToRecord, NotYourRole, Person
from havenline.foundation.people.roles import ROLES_OF, SUPERVISORS
from havenline.foundation.post.models import Letter
from havenline.foundation.records.models import Party
from tests import factories
from tests.conftest import WEDNESDAY

REFUSALS = (handover.NotThatMove, handover.NotYoursToMove, handover.ReasonMissing, handover.CallMissing, NotPartyToRecord, NotYourRole)

# Said again here in the test's own words: it must not ask the room's table what the room may do.
MAY_BECOME = {
    "owed": {"sent", "withdrawn"},
    "sent": {"delivered", "accepted", "returned", "withdrawn"},
    "delivered": {"accepted", "returned", "withdrawn"},
    "accepted": {"answered", "returned"},
    "returned": {"sent", "withdrawn"},
    "withdrawn": set(),
    "answered": set(),
}
BECOMES = {"send": "sent", "accept": "accepted", "give_back": "returned", "withdraw": "withdrawn", "answer": "answered"}
SENDERS_MOVES, RECEIVERS_MOVES = ("send", "withdraw", "call"), ("accept", "give_back", "answer")
NEED_WORDS = ("give_back", "withdraw", "answer", "call")
UNACCEPTED = ("owed", "sent", "delivered", "returned")
ENDED = ("answered", "withdrawn")


class World:
    """One obligation between two agencies, two people on each side, one who is on neither, and all that they may try."""

    def __init__(self, purpose: Purpose) -> None:
        self.purpose, self.at = purpose, WEDNESDAY
        here, there = factories.agency("hotline", "Northmere Hotline"), factories.agency(purpose.to, "The receiver")
        takes_it = [role for role in purpose.received_by if role in ROLES_OF[purpose.to]]
        self.senders = [factories.member("analyst", here), factories.member("senior_analyst", here)]
        self.receivers = [factories.member(takes_it[0], there), factories.member(takes_it[-1], there)]
        self.strangers = [
            factories.member("safeguarding_lead", factories.agency("school")),
            factories.member("administrator", factories.agency("installation")),
        ]
        if purpose.to == "social_care":
            self.strangers.append(factories.member("conference_chair", there))
        self.answer = purpose.answers[0][0] if purpose.answers else "acted"
        self.source = factories.record("report", here)
        self.owe()

    @property
    def now(self) -> HandOver:
        return HandOver.objects.get(pk=self.hand_over.pk)

    def owe(self) -> None:
        """Owe it (again). Every later act gets this row as it was then: a page that stood open meanwhile."""
        self.hand_over = factories.hand_over(
            purpose=self.purpose, of=self.senders[0].agency, to=self.receivers[0].agency, source=self.source
        )

    def sides_of(self, by: Membership) -> set[str]:
        return {side for side, people in (("sender", self.senders), ("receiver", self.receivers)) if by in people}

    def somebody_is_there(self) -> bool:
        return any(Person.objects.get(pk=one.person_id).is_active for one in self.receivers)

    def everybody_leaves(self) -> None:
        Person.objects.filter(pk__in=[one.person_id for one in self.receivers]).update(is_active=False)

    def everybody_comes_back(self) -> None:
        Person.objects.filter(pk__in=[one.person_id for one in self.receivers]).update(is_active=True)

    def a_day_passes(self) -> None:
        self.at += timedelta(days=1)

    def rounds(self) -> None:
        tasks.deliver_what_reached_nobody()
        tasks.raise_late_hand_overs()

    def move(self, verb: str, by: Membership, words: str) -> Callable[[], HandOver]:
        it = self.hand_over
        moves: dict[str, Callable[[], HandOver]] = {
            "send": lambda: handover.send(hand_over=it, by=by, words=words),
            "withdraw": lambda: handover.withdraw(hand_over=it, words=words, by=by),
            "call": lambda: handover.record_call(hand_over=it, called_at=moment.now(), name=words, by=by),
            "accept": lambda: handover.accept(hand_over=it, by=by),
            "give_back": lambda: handover.give_back(hand_over=it, reason="more_needed", words=words, by=by),
            "answer": lambda: handover.answer(hand_over=it, outcome=self.answer, words=words, by=by),
        }
        return moves[verb]

    def may(self, verb: str, by: Membership, words: str) -> bool:
        side = "sender" if verb in SENDERS_MOVES else "receiver"
        state = self.now.state
        possible = BECOMES[verb] in MAY_BECOME[state] if verb in BECOMES else state not in ENDED
        if verb == "answer" and self.purpose.answers:  # it only asks: whoever answers takes nothing up before
            possible = state in ("sent", "delivered", "accepted")
        return side in self.sides_of(by) and possible and bool(words.strip() or verb not in NEED_WORDS)

    def everything(self) -> dict[str, Any]:
        """All that an act here could change."""
        return {
            "hand-overs": list(HandOver.objects.order_by("pk").values()),
            "steps": self.steps(),
            "clocks": list(Clock.objects.order_by("pk").values()),
            "raised": Escalation.objects.count(),
            "parties": Party.objects.count(),
            "letters": Letter.objects.count(),
            "ledger": Entry.objects.count(),
        }

    def steps(self) -> list[str]:
        return list(self.hand_over.steps.order_by("pk").values_list("state", flat=True))


def moved_only_as_it_may(world: World) -> None:
    steps = world.steps()
    assert steps[0] == "owed"
    for before, after in pairwise(steps):
        assert after in MAY_BECOME[before], f"{before} became {after}"
    assert steps[-1] == world.now.state


def there_is_one(world: World) -> None:
    standing = HandOver.objects.filter(source=world.source).exclude(state="withdrawn")
    assert list(standing) == ([] if world.now.state == "withdrawn" else [world.hand_over])


def stands_in(screen: QuerySet[HandOver], it: HandOver) -> bool:
    return screen.filter(pk=it.pk).exists()


def the_sender_keeps_the_duty_until_acceptance(world: World) -> None:
    it = world.now
    if it.state in UNACCEPTED:
        assert it.ended_at is None
        assert it.state == "returned" or (it.accepted_at, it.accepted_by) == (None, None)
        sender = world.senders[len(world.steps()) % 2]
        waits = queries.to_do_for_sender(by=sender) if it.state in ("owed", "returned") else queries.sent(by=sender)
        assert stands_in(waits, it)
        assert "withdraw" in queries.moves(it, by=sender)
        assert it.is_open
    elif it.state == "accepted":
        assert it.accepted_by in world.receivers
        assert "withdraw" not in queries.moves(it, by=world.senders[0])
        assert all(stands_in(queries.received(by=receiver), it) for receiver in world.receivers)
    else:
        assert it.ended_at is not None


def it_is_never_nobodys(world: World) -> None:
    it, by = world.now, world.senders[1]
    running = {clock.rule: clock for clock in Clock.objects.running().filter(record=it.record)}
    answered_within = it.what_for.answered_within
    if it.state in ("owed", "returned"):
        assert stands_in(queries.to_do_for_sender(by=by), it)
        assert not running
    elif it.state in ("sent", "delivered"):
        assert running["hand_over_accepted"].agency == it.to_agency
        assert it.state == "delivered" or stands_in(queries.undelivered(by=by), it)
    if it.state in ("sent", "delivered", "accepted"):
        assert answered_within is None or answered_within.code in running
    if it.state == "accepted":
        assert "hand_over_accepted" not in running
    if it.state in ENDED:
        assert not running


def what_came_round_reached_somebody(world: World) -> None:
    """After the rounds: where nobody is, the sender and the administrator see it; what ran late, both sides' supervisors do."""
    it = world.now
    if it.state in ("sent", "delivered", "accepted"):
        with_nobody = not world.somebody_is_there()
        assert stands_in(queries.undelivered(by=world.senders[0]), it) is with_nobody
        assert (it.to_agency in queries.agencies_with_nobody()) is with_nobody
        assert it.state != "sent" or with_nobody
    for clock in Clock.objects.late().filter(record=it.record):
        raised = clock.escalations.select_related("agency")
        assert {one.agency for one in raised} == {it.from_agency, it.to_agency}
        assert next(one for one in raised if one.agency == it.from_agency).reached == 1
        there = SUPERVISORS.get(it.to_agency.kind) in {one.role for one in world.receivers} and world.somebody_is_there()
        assert not there or next(one for one in raised if one.agency == it.to_agency).reached > 0


def one_step(world: World, verb: str, who: str, words: str) -> None:
    if verb.isdigit():
        ways = ONWARD[world.now.state]
        verb = ways[int(verb) % len(ways)]
    if verb in ("everybody_leaves", "everybody_comes_back", "a_day_passes"):
        getattr(world, verb)()
    elif verb == "rounds":
        world.rounds()
        what_came_round_reached_somebody(world)
        came_round = world.everything()
        world.rounds()
        assert world.everything() == came_round
    elif verb == "owe":
        before, was = world.everything(), world.now
        world.owe()
        assert (world.hand_over == was) is (was.state != "withdrawn")
        assert was.state == "withdrawn" or world.everything() == before
    elif verb == "send_by_the_clock":
        tried(
            world,
            lambda: handover.send(hand_over=world.hand_over),
            may=world.purpose == DANGER_NOW and "sent" in MAY_BECOME[world.now.state],
        )
    elif who != "other" or verb in SENDERS_MOVES or world.somebody_is_there():
        mine, theirs = (world.senders, world.receivers) if verb in SENDERS_MOVES else (world.receivers, world.senders)
        by = {
            "first": mine[0],
            "second": mine[1],
            "other": theirs[0],
            "stranger": world.strangers[-1],
            "administrator": world.strangers[1],
        }[who]
        if not Membership.objects.current().filter(pk=by.pk).exists():
            return  # whoever left signs in no more, and on PostgreSQL is shown no row
        act, sent_before = world.move(verb, by, words), world.steps().count("sent")
        done = tried(world, act, may=world.may(verb, by, words))
        if done and verb == "send":
            assert not tried(world, act, may=False)
            assert world.steps().count("sent") == sent_before + 1


def tried(world: World, act: Callable[[], HandOver], *, may: bool) -> bool:
    """Whether it was done: exactly if it may be. A refusal is one of those that a screen can show, and changes nothing."""
    entries, before = Entry.objects.count(), None if may else world.everything()
    refused: Exception | None = None
    try:
        act()
    except REFUSALS as refusal:
        refused = refusal
    assert (refused is None) is may, f"refused: {refused!r}" if refused else "done, and should have been refused"
    if refused is None:
        assert Entry.objects.count() > entries
    else:
        assert str(refused)
        assert world.everything() == before
    return refused is None


# What leads on from each state, so that every state is met often; anything may come between.
ONWARD = {
    "owed": ["send", "send", "send", "withdraw"],
    "sent": ["accept", "give_back", "withdraw", "everybody_comes_back"],
    "delivered": ["accept", "accept", "give_back", "withdraw"],
    "accepted": ["answer", "give_back"],
    "returned": ["send", "send", "withdraw"],
    "withdrawn": ["owe"],
    "answered": ["rounds"],
}
AROUND = ["owe", "rounds", "send_by_the_clock", "a_day_passes", "everybody_leaves", "everybody_comes_back"]
onward = st.tuples(st.sampled_from([str(way) for way in range(12)]), st.sampled_from(["first", "second"]), st.just("As before."))
any_act = st.tuples(
    st.sampled_from([*SENDERS_MOVES, *RECEIVERS_MOVES, *AROUND]),
    st.sampled_from(["first", "second", "other", "stranger", "administrator"]),
    st.sampled_from(["Which school?", "As before.", "  ", ""]),
)


@pytest.mark.django_db
@pytest.mark.slow
# no shrinking: each step is a dozen writes, and the first sequence found tells enough
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, phases=[Phase.generate])
@given(st.sampled_from(list(PURPOSES.values())), st.lists(st.one_of(onward, onward, any_act), min_size=5, max_size=10))
def test_in_every_order_it_moves_only_as_it_may_and_is_never_nobodys(purpose: Purpose, work: list[tuple[str, str, str]]) -> None:
    with moment.standing_at(WEDNESDAY), transaction.atomic():
        world = World(purpose)
        for verb, who, words in work:
            with moment.standing_at(world.at):
                one_step(world, verb, who, words)
                moved_only_as_it_may(world)
                there_is_one(world)
                the_sender_keeps_the_duty_until_acceptance(world)
                it_is_never_nobodys(world)
        transaction.set_rollback(True)
