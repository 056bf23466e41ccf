"""A case goes to another area: what runs goes on running, and what is known goes with it."""

from datetime import date, datetime, time, timedelta

import pytest

from havenline.foundation import moment
from havenline.foundation.clocks.models import Clock
from havenline.foundation.handover import actions as handover
from havenline.foundation.handover.models import HandOver
from havenline.foundation.ledger.actors import acting_for
from havenline.foundation.people.acting import acting_as
from havenline.foundation.people.models import Membership
from havenline.journey.safeguarding import actions
from havenline.journey.safeguarding.models import ChildCase
from havenline.journey.safeguarding.queries import emergency, same_child
from tests import factories

FRIDAY, SATURDAY = date(2026, 11, 20), date(2026, 11, 21)
RUNS_OUT = datetime(2026, 11, 23, 14, 0, tzinfo=moment.LONDON)
RULE = "police_protection_ends"


def on(day: date, hour: int, minute: int = 0):  # type: ignore[no-untyped-def]
    return moment.standing_at(datetime.combine(day, time(hour, minute), tzinfo=moment.LONDON))


def protect(child_case: ChildCase, by: Membership) -> None:
    with on(FRIDAY, 15):
        actions.act_in_emergency(child_case=child_case, outcome="police_protection", happened_on=FRIDAY, happened_at=time(14), by=by)


def telephoned(child_case: ChildCase, to: Membership, by: Membership) -> HandOver:
    return actions.transfer(
        child_case=child_case,
        to=to.agency,
        reason="They are there now.",
        urgent=True,
        called_at=moment.now(),
        called_name=to.name,
        by=by,
    )


def running(child_case: ChildCase) -> list[datetime]:
    return list(Clock.objects.running().filter(record=child_case.record, rule=RULE).values_list("due_at", flat=True))


def test_police_protection_runs_on_in_the_area_that_takes_the_case_over(
    child_case: ChildCase, social_worker: Membership, elsewhere: Membership
) -> None:
    protect(child_case, social_worker)
    with on(SATURDAY, 10):
        hand_over = telephoned(child_case, elsewhere, social_worker)
        assert running(child_case) == [RUNS_OUT]
        theirs = actions.take_up(hand_over=hand_over, by=elsewhere)
        assert (running(child_case), running(theirs)) == ([], [RUNS_OUT])
        shown = emergency.last(theirs, by=elsewhere)
    assert shown is not None
    assert (shown.what, shown.when) == ("Police protection", "Fri 20 Nov, 14:00")


def test_the_receiving_areas_people_are_told_of_the_emergency_at_once(
    child_case: ChildCase, social_worker: Membership, elsewhere: Membership
) -> None:
    theirs_too = factories.member("social_worker", elsewhere.agency, "Noor Hale")
    protect(child_case, social_worker)
    with on(SATURDAY, 10):
        theirs = actions.take_up(hand_over=telephoned(child_case, elsewhere, social_worker), by=elsewhere, owner=theirs_too)
        assert [one["told"].child_case for one in emergency.waiting_for(theirs_too)] == [theirs]


def test_an_emergency_that_began_after_the_transfer_was_sent_is_carried_too(
    child_case: ChildCase, social_worker: Membership, elsewhere: Membership
) -> None:
    hand_over = actions.transfer(child_case=child_case, to=elsewhere.agency, reason="They move.", by=social_worker)
    protect(child_case, social_worker)
    with on(SATURDAY, 10):
        assert running(actions.take_up(hand_over=hand_over, by=elsewhere)) == [RUNS_OUT]


def test_a_transfer_that_is_accepted_and_not_taken_up_yet_leaves_the_emergencys_clock_where_it_runs(
    child_case: ChildCase, social_worker: Membership, elsewhere: Membership
) -> None:
    protect(child_case, social_worker)
    with on(SATURDAY, 10):
        hand_over = telephoned(child_case, elsewhere, social_worker)
        handover.accept(hand_over=hand_over, by=elsewhere)
        assert running(child_case) == [RUNS_OUT]
        theirs = actions.take_up(hand_over=hand_over, by=elsewhere)
        assert (running(child_case), running(theirs)) == ([], [RUNS_OUT])


def test_while_an_emergency_runs_a_transfer_is_telephoned(child_case: ChildCase, social_worker: Membership, elsewhere: Membership) -> None:
    protect(child_case, social_worker)
    with on(SATURDAY, 10), pytest.raises(handover.CallMissing, match="An emergency runs: Police protection ends"):
        actions.transfer(child_case=child_case, to=elsewhere.agency, reason="They move.", by=social_worker)


def test_an_emergency_that_is_given_back_runs_where_it_ran_before(
    child_case: ChildCase, social_worker: Membership, elsewhere: Membership
) -> None:
    protect(child_case, social_worker)
    with on(SATURDAY, 10):
        hand_over = telephoned(child_case, elsewhere, social_worker)
        theirs = actions.take_up(hand_over=hand_over, by=elsewhere)
    with on(SATURDAY, 12):
        hand_over.refresh_from_db()
        handover.give_back(hand_over=hand_over, reason="not_our_area", words="They are at your hospital.", by=elsewhere)
        child_case.refresh_from_db()
        assert (running(child_case), running(theirs)) == ([RUNS_OUT], [])
    with on(SATURDAY, 13):
        child_case.record.refresh_from_db()
        assert actions.take_up(hand_over=telephoned(child_case, elsewhere, social_worker), by=elsewhere) == theirs
        assert running(theirs) == [RUNS_OUT]


def test_an_emergency_that_has_ended_is_not_carried(child_case: ChildCase, social_worker: Membership, elsewhere: Membership) -> None:
    protect(child_case, social_worker)
    with on(SATURDAY, 10):
        actions.record_step(child_case=child_case, step=RULE, outcome="safe", happened_on=SATURDAY, happened_at=time(9), by=social_worker)
        hand_over = actions.transfer(child_case=child_case, to=elsewhere.agency, reason="They move.", by=social_worker)
        theirs = actions.take_up(hand_over=hand_over, by=elsewhere)
    assert not theirs.events.filter(step="emergency_action").exists()


def test_what_is_known_of_the_child_and_who_is_around_it_goes_along(
    child_case: ChildCase, social_worker: Membership, elsewhere: Membership
) -> None:
    known = {
        "name": "Robin Vale",
        "other_names": "Robbie",
        "born_on": date(2017, 3, 2),
        "language": "Welsh",
        "school": "Alder Road School",
        "no_fixed_address": True,
        "found_at": "At an aunt’s.",
    }
    actions.change_child(child_case=child_case, by=social_worker, **known)
    actions.add_number(child_case=child_case, system="nhs", number="943 476 5919", by=social_worker)
    around = {"name": "Alex Vale", "relation": "mother", "is_parent": True, "cares_for": True, "born_on": date(1990, 5, 6)}
    actions.add_relationship(child_case=child_case, said_by="Alex Vale", by=social_worker, **around)
    hand_over = actions.transfer(child_case=child_case, to=elsewhere.agency, reason="They move.", by=social_worker)
    child = actions.take_up(hand_over=hand_over, by=elsewhere).child
    assert {field: getattr(child, field) for field in known} == known
    assert [(one.system, one.number) for one in child.numbers.all()] == [("nhs", "9434765919")]
    one = child.relationships.get()
    assert {field: getattr(one, field) for field in around} == around


def test_a_child_of_whom_only_a_range_or_an_expected_day_is_known_arrives_so(
    child_case: ChildCase, social_worker: Membership, elsewhere: Membership
) -> None:
    known = {"born_about": "summer 2019", "born_earliest": date(2019, 6, 1), "born_latest": date(2019, 8, 31)}
    actions.change_child(child_case=child_case, name="Robin Vale", by=social_worker, **known)
    hand_over = actions.transfer(child_case=child_case, to=elsewhere.agency, reason="They move.", by=social_worker)
    child = actions.take_up(hand_over=hand_over, by=elsewhere).child
    assert {field: getattr(child, field) for field in known} == known


def test_the_receiving_area_finds_the_child_whom_it_knows_by_the_date_of_birth(
    child_case: ChildCase, social_worker: Membership, elsewhere: Membership
) -> None:
    said = {"born_on": date(2017, 3, 2), "by": social_worker}
    actions.change_child(child_case=child_case, name="Robin Vale", **said)
    first = actions.transfer(child_case=child_case, to=elsewhere.agency, reason="They move.", by=social_worker)
    theirs = actions.take_up(hand_over=first, by=elsewhere)
    [offered] = same_child.children_alike(first.contents()["child"], by=elsewhere)
    assert (offered.child, offered.why) == (theirs.child, "the same name, the same date of birth")


def test_the_sending_areas_case_ends_though_whoever_takes_it_over_does_not_see_it(
    child_case: ChildCase, social_worker: Membership, conference_chair: Membership, elsewhere: Membership
) -> None:
    protect(child_case, social_worker)
    with on(SATURDAY, 10):
        hand_over = telephoned(child_case, elsewhere, social_worker)
        with acting_as(elsewhere):
            theirs = actions.take_up(hand_over=hand_over, by=elsewhere)
        child_case.record.refresh_from_db()
        assert child_case.record.closed_at is not None
        assert (running(child_case), running(theirs)) == ([], [RUNS_OUT])
    with on(SATURDAY, 12):
        hand_over.refresh_from_db()
        with acting_as(elsewhere):
            handover.give_back(hand_over=hand_over, reason="not_our_area", words="They never came.", by=elsewhere)
        child_case.record.refresh_from_db()
        assert child_case.record.closed_at is None
        assert (running(child_case), running(theirs)) == ([RUNS_OUT], [])


def test_whoever_takes_the_case_over_ends_its_invitations_too_though_they_hold_no_key_to_them(
    child_case: ChildCase, social_worker: Membership, elsewhere: Membership
) -> None:
    nurse = factories.member("health_practitioner", factories.agency("health"), "Ola Venn")
    booked = actions.book(
        child_case=child_case, step="strategy_discussion", booked_for=SATURDAY + timedelta(days=2), booked_at=time(14), by=social_worker
    )
    invitation = actions.invite(booking=booked, to_agency=nurse.agency, place="Room 2", by=social_worker)
    protect(child_case, social_worker)
    asked = list(HandOver.objects.filter(purpose="act_with_us", source=child_case.record))
    with on(SATURDAY, 10):
        hand_over = telephoned(child_case, elsewhere, social_worker)
        with acting_as(elsewhere), acting_for(elsewhere.agency.holder):
            actions.take_up(hand_over=hand_over, by=elsewhere)
    assert invitation.hand_over is not None
    states = [HandOver.objects.get(pk=one.pk).state for one in (invitation.hand_over, *asked)]
    assert states == ["withdrawn", "delivered", "delivered"]  # the emergency goes on there, and what was asked of police and health


def test_it_ends_so_by_their_keys_alone_too_whatever_was_written_in_it(
    child_case: ChildCase, social_worker: Membership, conference_chair: Membership, elsewhere: Membership
) -> None:
    actions.add_note(child_case=child_case, words="A word that is theirs alone.", by=social_worker)
    protect(child_case, social_worker)
    with on(SATURDAY, 10):
        hand_over = telephoned(child_case, elsewhere, social_worker)
        with acting_as(elsewhere), acting_for(elsewhere.agency.holder):
            theirs = actions.take_up(hand_over=hand_over, by=elsewhere)
    with on(SATURDAY, 12):
        hand_over.refresh_from_db()
        with acting_as(elsewhere), acting_for(elsewhere.agency.holder):
            handover.give_back(hand_over=hand_over, reason="not_our_area", words="They never came.", by=elsewhere)
    assert (running(child_case), running(theirs)) == ([RUNS_OUT], [])
