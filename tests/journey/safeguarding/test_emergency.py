"""Emergency action: a button at every stage, a clock in hours, and its people told at once."""

from collections.abc import Callable
from datetime import date, datetime, time

import pytest
from django.test import Client
from django.urls import reverse

from havenline.foundation import moment
from havenline.foundation.clocks.models import Clock
from havenline.foundation.handover.models import HandOver
from havenline.foundation.people.models import Agency, Membership, NotPartyToRecord
from havenline.foundation.post.models import Letter
from havenline.foundation.sharing import actions as sharing
from havenline.journey.safeguarding import actions
from havenline.journey.safeguarding.models import CaseEvent, ChildCase
from havenline.journey.safeguarding.queries import emergency
from tests import factories

SignedIn = Callable[[Membership], Client]
DAY = date(2026, 11, 18)


def london(day: date, hour: int, minute: int = 0):  # type: ignore[no-untyped-def]
    return moment.standing_at(datetime.combine(day, time(hour, minute), tzinfo=moment.LONDON))


def protect(child_case: ChildCase, by: Membership, outcome: str = "police_protection", at: time = time(10, 0)) -> CaseEvent:
    return actions.act_in_emergency(child_case=child_case, outcome=outcome, happened_on=DAY, happened_at=at, note="With a nurse.", by=by)


def test_its_clock_runs_out_seventy_two_hours_after_its_own_hour(child_case: ChildCase, social_worker: Membership) -> None:
    protect(child_case, social_worker, at=time(9, 20))
    clock = Clock.objects.running().get(record=child_case.record, rule="police_protection_ends")
    assert clock.due_at == datetime(2026, 11, 21, 9, 20, tzinfo=moment.LONDON)


def test_an_order_runs_eight_days_and_its_one_extension_seven(child_case: ChildCase, social_worker: Membership) -> None:
    protect(child_case, social_worker, "emergency_protection_order")
    [order] = Clock.objects.running().filter(record=child_case.record, rule="emergency_protection_order_ends")
    assert moment.day_of(order.due_at) == date(2026, 11, 25)  # beginning with the day of the order
    with london(date(2026, 11, 25), 12):
        actions.record_step(
            child_case=child_case,
            step="emergency_protection_order_ends",
            outcome="extended",
            happened_on=date(2026, 11, 25),
            by=social_worker,
        )
    [extension] = Clock.objects.running().filter(record=child_case.record, rule="emergency_protection_order_extension_ends")
    assert moment.day_of(extension.due_at) == date(2026, 12, 2)


def test_it_needs_its_hour(child_case: ChildCase, social_worker: Membership) -> None:
    with pytest.raises(actions.TimeMissing, match="hours are counted"):
        actions.act_in_emergency(child_case=child_case, outcome="police_protection", happened_on=DAY, by=social_worker)
    assert not child_case.events.filter(step="emergency_action").exists()


def test_holder_and_manager_are_told_at_once_by_a_letter_that_says_nothing(
    child_case: ChildCase, social_worker: Membership, team_manager: Membership, social_care: Agency
) -> None:
    duty = factories.member("social_worker", social_care, "Gwen Abara", team="emergency_duty")
    event = protect(child_case, duty)
    assert {(row.person, row.why) for row in event.told_at_once.all()} == {(social_worker, "holder"), (team_manager, "manager")}
    letters = Letter.objects.filter(to__in=[social_worker.person.email, team_manager.person.email])
    assert letters.count() == 2
    for letter in letters:
        assert not any(words in letter.subject + letter.body for words in (child_case.reference, "Robin", "mergency", "olice", "protect"))


def test_out_of_hours_the_emergency_duty_team_is_told_too(
    child_case: ChildCase, social_worker: Membership, team_manager: Membership, social_care: Agency
) -> None:
    duty = factories.member("social_worker", social_care, "Gwen Abara", team="emergency_duty")
    social_care.opens, social_care.closes = time(9), time(17)
    social_care.save()
    child_case.record.agency.refresh_from_db()
    assert duty not in [person for person, _why in actions.to_tell(child_case, besides=social_worker)]
    with london(DAY, 23):
        assert dict(actions.to_tell(child_case, besides=social_worker))[duty] == "duty"


def test_of_a_restricted_case_only_who_may_see_it_is_told(
    child_case: ChildCase, social_worker: Membership, team_manager: Membership, social_care: Agency
) -> None:
    factories.member("social_worker", social_care, "Gwen Abara", team="emergency_duty")
    sharing.restrict(record=child_case.record, reason="The parent works here.", by=team_manager)
    social_care.opens, social_care.closes = time(9), time(10)
    social_care.save()
    child_case.record.agency.refresh_from_db()
    assert {person for person, _why in actions.to_tell(child_case, besides=social_worker)} == {team_manager}


def test_the_same_form_twice_makes_one_emergency_and_tells_once(
    child_case: ChildCase, social_worker: Membership, team_manager: Membership
) -> None:
    seen = child_case.events.count()
    said = {"outcome": "police_protection", "happened_on": DAY, "happened_at": time(10, 0), "seen": seen}
    first = actions.act_in_emergency(child_case=child_case, by=social_worker, **said)
    assert actions.act_in_emergency(child_case=child_case, by=social_worker, **said) == first
    assert first.told_at_once.count() == 1


def test_who_was_told_says_that_they_have_it_and_nobody_else_says_it_for_them(
    child_case: ChildCase, social_worker: Membership, team_manager: Membership
) -> None:
    row = protect(child_case, social_worker).told_at_once.get()
    with pytest.raises(actions.NotOfThisCase):
        actions.say_i_have_it(told=row, by=social_worker)
    assert [one["told"] for one in emergency.waiting_for(team_manager)] == [row]
    with london(DAY, 10, 30):
        actions.say_i_have_it(told=row, by=team_manager)
        shown = emergency.last(child_case, by=team_manager)
    assert shown is not None
    assert [(one.name, one.said) for one in shown.told if one.row] == [(team_manager.short_name, "has it since Wed 18 Nov, 10:30")]
    assert emergency.waiting_for(team_manager) == []


def test_a_letter_that_did_not_arrive_is_said_where_the_emergency_stands(
    child_case: ChildCase, social_worker: Membership, team_manager: Membership
) -> None:
    row = protect(child_case, social_worker).told_at_once.get()
    assert row.letter is not None
    row.letter.state = Letter.State.FAILED
    row.letter.save()
    shown = emergency.last(child_case, by=social_worker)
    assert shown is not None
    assert [one.said for one in shown.told if one.row] == ["the letter did not arrive: telephone"]


def test_where_there_is_nobody_to_tell_the_page_says_so(
    child_case: ChildCase, team_manager: Membership, social_worker: Membership, signed_in: SignedIn
) -> None:
    Membership.objects.filter(pk=team_manager.pk).update(until=moment.now())
    protect(child_case, social_worker)
    page = signed_in(social_worker).get(reverse("safeguarding:child_case", args=[child_case.reference])).content.decode()
    assert "Nobody was told" in page


def test_it_ends_with_what_followed(child_case: ChildCase, social_worker: Membership, team_manager: Membership) -> None:
    row = protect(child_case, social_worker).told_at_once.get()
    actions.say_i_have_it(told=row, by=team_manager)
    with london(date(2026, 11, 20), 16):
        actions.record_step(
            child_case=child_case,
            step="police_protection_ends",
            outcome="safe",
            happened_on=date(2026, 11, 20),
            happened_at=time(15, 0),
            by=social_worker,
        )
        clock = Clock.objects.get(record=child_case.record, rule="police_protection_ends")
        assert (clock.is_running, clock.was_late) == (False, False)
        assert emergency.last(child_case, by=social_worker) is None


def test_an_hour_too_late_is_late_though_the_day_is_right(child_case: ChildCase, social_worker: Membership) -> None:
    protect(child_case, social_worker, at=time(9, 0))
    with london(date(2026, 11, 21), 11):
        actions.record_step(
            child_case=child_case,
            step="police_protection_ends",
            outcome="safe",
            happened_on=date(2026, 11, 21),
            happened_at=time(10, 0),
            by=social_worker,
        )
    assert Clock.objects.get(record=child_case.record, rule="police_protection_ends").was_late


@pytest.mark.parametrize("stage", ["referral", "decision", "enquiry", "plan"])
def test_the_button_stands_on_the_case_at_every_stage_and_the_step_is_always_possible(
    stage: str, child_case: ChildCase, social_worker: Membership, conference_chair: Membership, signed_in: SignedIn
) -> None:
    steps = {
        "referral": [],
        "decision": [("decision_on_referral", "assessment")],
        "enquiry": [("strategy_discussion", "joint_enquiry")],
        "plan": [
            ("strategy_discussion", "joint_enquiry"),
            ("section_47_enquiry", "conference"),
            ("initial_child_protection_conference", "plan_neglect"),
        ],
    }
    for step, outcome in steps[stage]:
        by = conference_chair if "conference" in step else social_worker
        actions.record_step(child_case=child_case, step=step, outcome=outcome, happened_on=DAY, by=by)
    browser = signed_in(social_worker)
    address = reverse("safeguarding:emergency", args=[child_case.reference])
    assert f'href="{address}"' in browser.get(reverse("safeguarding:child_case", args=[child_case.reference])).content.decode()
    form = {"outcome": "police_protection", "happened_on": "2026-11-18", "happened_at": "10:00", "note": "", "seen": ""}
    assert browser.post(address, form).status_code == 302
    assert child_case.events.filter(step="emergency_action").count() == 1


def test_a_form_without_its_hour_is_shown_again_with_what_was_typed(
    child_case: ChildCase, social_worker: Membership, signed_in: SignedIn
) -> None:
    address = reverse("safeguarding:emergency", args=[child_case.reference])
    answer = signed_in(social_worker).post(
        address, {"outcome": "police_protection", "happened_on": "2026-11-18", "note": "With a nurse.", "happened_at": ""}
    )
    assert answer.status_code == 422
    assert "Enter the time" in answer.content.decode()
    assert "With a nurse." in answer.content.decode()


def test_who_reads_by_broken_glass_records_no_emergency_and_says_nothing(
    child_case: ChildCase,
    social_worker: Membership,
    team_manager: Membership,
    elsewhere: Membership,
    oversight: Agency,
    signed_in: SignedIn,
) -> None:
    row = protect(child_case, social_worker).told_at_once.get()
    with pytest.raises(NotPartyToRecord):
        protect(child_case, elsewhere)
    sharing.break_glass(reference=child_case.reference, reason="They are at our door.", by=elsewhere)
    browser = signed_in(elsewhere)
    form = {"outcome": "police_protection", "happened_on": "2026-11-18", "happened_at": "10:00"}
    assert browser.post(reverse("safeguarding:emergency", args=[child_case.reference]), form).status_code == 404
    assert browser.post(reverse("safeguarding:i_have_it", args=[child_case.reference, row.pk])).status_code == 404


def test_an_hour_that_is_put_right_moves_the_clock(child_case: ChildCase, social_worker: Membership) -> None:
    event = protect(child_case, social_worker, at=time(9, 20))
    said = {"outcome": "police_protection", "reason": "Two hours earlier.", "by": social_worker}
    right = actions.correct(event=event, happened_at=time(7, 20), **said)
    clocks = Clock.objects.filter(record=child_case.record, rule="police_protection_ends")
    assert clocks.running().get().due_at == datetime(2026, 11, 21, 7, 20, tzinfo=moment.LONDON)
    assert clocks.get(voided_at__isnull=False).due_at == datetime(2026, 11, 21, 9, 20, tzinfo=moment.LONDON)
    actions.correct(event=right, happened_at=time(8, 0), **said)
    assert clocks.running().get().due_at == datetime(2026, 11, 21, 8, 0, tzinfo=moment.LONDON)


def test_an_hour_that_is_put_right_after_it_ended_says_whether_it_was_late(child_case: ChildCase, social_worker: Membership) -> None:
    event = protect(child_case, social_worker, at=time(9, 20))
    day = date(2026, 11, 21)
    with london(day, 10):
        actions.record_step(
            child_case=child_case, step="police_protection_ends", outcome="safe", happened_on=day, happened_at=time(9), by=social_worker
        )
        clocks = Clock.objects.filter(record=child_case.record, rule="police_protection_ends", voided_at=None)
        assert not clocks.get().was_late
        actions.correct(event=event, outcome="police_protection", happened_at=time(7), reason="Earlier.", by=social_worker)
        assert clocks.get().was_late


def test_a_correction_of_an_emergency_needs_its_hour_and_none_to_come(child_case: ChildCase, social_worker: Membership) -> None:
    event = protect(child_case, social_worker)
    said = {"event": event, "outcome": "police_protection", "reason": "Wrong hour.", "by": social_worker}
    with pytest.raises(actions.TimeMissing):
        actions.correct(**said)
    with pytest.raises(actions.DateNotPossible, match="not in the future"):
        actions.correct(happened_at=time(23, 30), **said)
    assert not child_case.events.filter(corrects=event).exists()


def test_who_was_told_and_has_it_stays_so_when_the_emergency_is_put_right(
    child_case: ChildCase, social_worker: Membership, team_manager: Membership
) -> None:
    event = protect(child_case, social_worker)
    actions.say_i_have_it(told=event.told_at_once.get(), by=team_manager)
    actions.correct(event=event, outcome="police_protection", happened_at=time(9), reason="An hour earlier.", by=social_worker)
    shown = emergency.last(child_case, by=social_worker)
    assert shown is not None
    assert ([one.name for one in shown.told if one.row], shown.nobody_knows) == ([team_manager.short_name], False)


def test_an_emergency_that_did_not_happen_waits_on_no_desk(
    child_case: ChildCase, social_worker: Membership, team_manager: Membership
) -> None:
    event = protect(child_case, social_worker)
    right = actions.correct(event=event, outcome="police_protection", happened_at=time(9), reason="Earlier.", by=social_worker)
    assert len(emergency.waiting_for(team_manager)) == 1
    actions.correct(event=right, did_not_happen=True, reason="Another child.", by=social_worker)
    assert emergency.waiting_for(team_manager) == []
    assert emergency.last(child_case, by=social_worker) is None


def test_before_there_is_a_case_one_press_takes_it_up_and_leads_to_the_emergency(
    referral: HandOver, social_worker: Membership, signed_in: SignedIn
) -> None:
    browser = signed_in(social_worker)
    address = reverse("safeguarding:take_up", args=[referral.reference])
    page = browser.get(address).content.decode()
    assert "telephone 999 first" in page
    assert "Take it up, and record an emergency action" in page
    answer = browser.post(address, {"asked": "1", "emergency": "1"})
    child_case = ChildCase.objects.get(referral=referral)
    assert (answer.status_code, answer["Location"]) == (302, reverse("safeguarding:emergency", args=[child_case.reference]))
