"""Steps are recorded, refused, put right and booked; clocks say what the simulation says."""

from datetime import date, datetime, time

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from havenline.foundation import moment
from havenline.foundation.clocks.models import Clock
from havenline.foundation.people.models import Membership, NotPartyToRecord, NotYourRole
from havenline.journey.safeguarding import actions, path
from havenline.journey.safeguarding.models import ChildCase
from tests.journey.safeguarding.conftest import Refer


def on(day: date, hour: int = 15):  # type: ignore[no-untyped-def]
    return moment.standing_at(datetime.combine(day, time(hour), tzinfo=moment.LONDON))


def clocks_of(child_case: ChildCase) -> list[tuple[str, date, date, bool]]:
    """Running clocks as rows: rule, started, due, late."""
    rows = Clock.objects.running().filter(record=child_case.record)
    return sorted((row.rule, moment.day_of(row.started_at), moment.day_of(row.due_at), row.was_late) for row in rows)


def simulated(child_case: ChildCase) -> list[tuple[str, date | None, date | None, bool]]:
    open_clocks = path.situation(child_case).open_clocks
    return sorted((c.step, c.started, c.due, c.late) for c in open_clocks if c.step not in path.CLOCK_ELSEWHERE)  # type: ignore[type-var]


@pytest.fixture
def enquiry(child_case: ChildCase, social_worker: Membership) -> ChildCase:
    """A strategy discussion on Thursday 19 November began a joint enquiry."""
    with on(date(2026, 11, 19), 9):
        actions.decide(child_case=child_case, outcome="strategy_discussion_now", reason="Near.", answer="Today.", by=social_worker)
    with on(date(2026, 11, 19)):
        actions.record_step(
            child_case=child_case,
            step="strategy_discussion",
            outcome="joint_enquiry",
            happened_on=date(2026, 11, 19),
            happened_at=time(14),
            by=social_worker,
        )
        actions.record_step(child_case=child_case, step="section_47_enquiry", happened_on=date(2026, 11, 19), by=social_worker)
    return child_case


@pytest.fixture
def planned(enquiry: ChildCase, social_worker: Membership, conference_chair: Membership) -> ChildCase:
    """A conference on 8 December made a plan."""
    with on(date(2026, 12, 2)):
        actions.record_step(
            child_case=enquiry, step="section_47_enquiry", outcome="conference", happened_on=date(2026, 12, 2), by=social_worker
        )
    with on(date(2026, 12, 8)):
        actions.record_step(
            child_case=enquiry,
            step="initial_child_protection_conference",
            outcome="plan_sexual_abuse",
            happened_on=date(2026, 12, 8),
            by=conference_chair,
        )
        actions.record_step(child_case=enquiry, step="child_protection_plan", happened_on=date(2026, 12, 8), by=social_worker)
    return enquiry


def test_the_conference_is_due_fifteen_working_days_after_the_discussion(enquiry: ChildCase) -> None:
    clock = Clock.objects.get(record=enquiry.record, rule="initial_child_protection_conference")
    assert (moment.day_of(clock.due_at), clock.edition) == (date(2026, 12, 10), "2026")


def test_clocks_say_what_the_simulation_says_all_the_way(
    planned: ChildCase, social_worker: Membership, conference_chair: Membership
) -> None:
    for day in (date(2026, 12, 8), date(2026, 12, 24), date(2027, 1, 29), date(2027, 3, 9)):
        with on(day):
            assert clocks_of(planned) == simulated(planned) != []
    with on(date(2027, 1, 8)):
        actions.record_step(child_case=planned, step="first_core_group", happened_on=date(2027, 1, 8), by=social_worker)
        row = Clock.objects.get(record=planned.record, rule="first_core_group")
        state = next(s for s in path.situation(planned).steps if s.step == "first_core_group")
    assert row.was_late
    assert state.state == "late-done"
    with on(date(2027, 3, 5)):
        actions.record_step(child_case=planned, step="first_review", outcome="continue", happened_on=date(2027, 3, 5), by=conference_chair)
        assert clocks_of(planned) == simulated(planned)
        assert moment.day_of(Clock.objects.running().get(record=planned.record, rule="later_review").due_at) == date(2027, 9, 5)


def test_only_what_may_follow_can_be_recorded(child_case: ChildCase, conference_chair: Membership, social_worker: Membership) -> None:
    with pytest.raises(actions.StepNotNext, match="Decision on the referral"):
        actions.record_step(
            child_case=child_case,
            step="initial_child_protection_conference",
            outcome="no_plan",
            happened_on=date(2026, 11, 18),
            by=conference_chair,
        )
    with pytest.raises(actions.StepNotNext):
        actions.record_step(child_case=child_case, step="section_47_enquiry", happened_on=date(2026, 11, 18), by=social_worker)


def test_a_referral_or_its_answer_is_never_recorded_by_hand(child_case: ChildCase, social_worker: Membership) -> None:
    for step in ("referral", "answer_to_referrer", "referrer_chases"):
        with pytest.raises(actions.StepNotNext):
            actions.record_step(child_case=child_case, step=step, happened_on=date(2026, 11, 18), by=social_worker)


def test_a_plan_cannot_end_where_none_was_made(child_case: ChildCase) -> None:
    assert "plan_ends" not in {offer.step.code for offer in path.offers(path.situation(child_case))}


def test_a_plan_can_end_once_it_was_made(planned: ChildCase) -> None:
    with on(date(2026, 12, 8)):
        assert "plan_ends" in {offer.step.code for offer in path.offers(path.situation(planned))}


def test_a_conference_is_recorded_by_its_chair(enquiry: ChildCase, social_worker: Membership) -> None:
    with on(date(2026, 12, 2)):
        actions.record_step(
            child_case=enquiry, step="section_47_enquiry", outcome="conference", happened_on=date(2026, 12, 2), by=social_worker
        )
        with pytest.raises(NotYourRole, match="Conference chair"):
            actions.record_step(
                child_case=enquiry,
                step="initial_child_protection_conference",
                outcome="no_plan",
                happened_on=date(2026, 12, 2),
                by=social_worker,
            )


def test_a_step_without_its_outcome_is_refused_unless_it_lasts(child_case: ChildCase, social_worker: Membership) -> None:
    with pytest.raises(actions.OutcomeMissing, match="Strategy discussion"):
        actions.record_step(child_case=child_case, step="strategy_discussion", happened_on=date(2026, 11, 18), by=social_worker)


def test_no_step_is_in_the_future_or_before_the_referral(child_case: ChildCase, social_worker: Membership) -> None:
    for day in (date(2026, 11, 19), date(2026, 11, 17)):
        with pytest.raises(actions.DateNotPossible):
            actions.record_step(
                child_case=child_case, step="strategy_discussion", outcome="joint_enquiry", happened_on=day, by=social_worker
            )
    with pytest.raises(actions.DateNotPossible):
        actions.record_step(
            child_case=child_case,
            step="strategy_discussion",
            outcome="joint_enquiry",
            happened_on=date(2026, 11, 18),
            happened_at=time(10, 30),
            by=social_worker,
        )


def test_no_step_happened_before_what_led_to_it(enquiry: ChildCase, social_worker: Membership) -> None:
    with on(date(2026, 11, 24)), pytest.raises(actions.DateNotPossible, match="nothing had led"):
        actions.record_step(
            child_case=enquiry, step="section_47_enquiry", outcome="conference", happened_on=date(2026, 11, 18), by=social_worker
        )


def test_a_conference_on_a_saturday_is_asked_about(enquiry: ChildCase, social_worker: Membership, conference_chair: Membership) -> None:
    with on(date(2026, 12, 7)):
        actions.record_step(
            child_case=enquiry, step="section_47_enquiry", outcome="conference", happened_on=date(2026, 12, 2), by=social_worker
        )
        asked = {
            "child_case": enquiry,
            "step": "initial_child_protection_conference",
            "outcome": "no_plan",
            "happened_on": date(2026, 12, 5),
            "by": conference_chair,
        }
        with pytest.raises(actions.OnAWeekend):
            actions.record_step(**asked)
        assert actions.record_step(**asked, weekend_confirmed=True).happened_on == date(2026, 12, 5)


def test_the_same_form_twice_makes_one_event(child_case: ChildCase, social_worker: Membership) -> None:
    form = {
        "child_case": child_case,
        "step": "strategy_discussion",
        "outcome": "joint_enquiry",
        "happened_on": date(2026, 11, 18),
        "by": social_worker,
        "seen": child_case.events.count(),
    }
    assert actions.record_step(**form) == actions.record_step(**form)
    assert child_case.events.filter(step="strategy_discussion").count() == 1


def test_a_form_that_is_out_of_date_is_refused(child_case: ChildCase, social_worker: Membership, team_manager: Membership) -> None:
    seen = child_case.events.count()
    actions.decide(child_case=child_case, outcome="assessment", reason="Because.", by=team_manager)
    with pytest.raises(actions.ChangedMeanwhile, match="Decision on the referral"):
        actions.record_step(
            child_case=child_case,
            step="strategy_discussion",
            outcome="joint_enquiry",
            happened_on=date(2026, 11, 18),
            by=social_worker,
            seen=seen,
        )


def test_another_council_records_nothing(child_case: ChildCase, elsewhere: Membership) -> None:
    with pytest.raises(NotPartyToRecord):
        actions.record_step(
            child_case=child_case, step="strategy_discussion", outcome="joint_enquiry", happened_on=date(2026, 11, 18), by=elsewhere
        )


def test_a_step_put_right_stays_readable_and_its_clock_follows(enquiry: ChildCase, social_worker: Membership) -> None:
    wrong = enquiry.events.get(step="strategy_discussion")
    with on(date(2026, 11, 24)):
        right = actions.correct(
            event=wrong, outcome="joint_enquiry", happened_on=date(2026, 11, 18), reason="It was the day before.", by=social_worker
        )
        assert clocks_of(enquiry) == simulated(enquiry)
        clock = Clock.objects.running().get(record=enquiry.record, rule="initial_child_protection_conference")
    assert moment.day_of(clock.due_at) == date(2026, 12, 9)
    assert enquiry.events.filter(pk=wrong.pk).exists()
    assert wrong not in path.standing_events(enquiry)
    assert right.note == "It was the day before."


def test_a_step_that_never_happened_lets_its_clocks_fall_and_opens_what_it_had_stopped(
    child_case: ChildCase, social_worker: Membership
) -> None:
    decision = actions.decide(child_case=child_case, outcome="no_further_action", reason="Mixed up.", by=social_worker)
    assert "single_assessment" not in {rule for rule, *_rest in clocks_of(child_case)}
    actions.correct(event=decision, reason="Another child’s decision.", did_not_happen=True, by=social_worker)  # type: ignore[arg-type]
    assert clocks_of(child_case) == simulated(child_case)
    assert {"decision_on_referral", "single_assessment"} <= {rule for rule, *_rest in clocks_of(child_case)}


def test_a_correction_needs_a_reason_and_happens_once(enquiry: ChildCase, social_worker: Membership) -> None:
    wrong = enquiry.events.get(step="strategy_discussion")
    with on(date(2026, 11, 24)):
        with pytest.raises(actions.ReasonMissing):
            actions.correct(event=wrong, outcome="emergency", reason="", by=social_worker)
        actions.correct(event=wrong, outcome="emergency", reason="It was more urgent.", by=social_worker)
        with pytest.raises(actions.ChangedMeanwhile):
            actions.correct(event=wrong, outcome="joint_enquiry", reason="Back.", by=social_worker)


def test_a_conference_is_booked_ahead_moved_and_stops_no_clock(enquiry: ChildCase, social_worker: Membership) -> None:
    with on(date(2026, 11, 24)):
        first = actions.book(child_case=enquiry, step="initial_child_protection_conference", booked_for=date(2026, 12, 8), by=social_worker)
        second = actions.book(
            child_case=enquiry, step="initial_child_protection_conference", booked_for=date(2026, 12, 9), by=social_worker
        )
        assert Clock.objects.running().filter(record=enquiry.record, rule="initial_child_protection_conference").exists()
    first.refresh_from_db()
    assert (first.ended_at is None, second.ended_at) == (False, None)


def test_a_booking_after_the_last_day_needs_a_reason_and_none_is_on_a_weekend(enquiry: ChildCase, social_worker: Membership) -> None:
    with on(date(2026, 11, 24)):
        with pytest.raises(actions.ReasonMissing, match="10 Dec"):
            actions.book(child_case=enquiry, step="initial_child_protection_conference", booked_for=date(2026, 12, 14), by=social_worker)
        with pytest.raises(actions.OnAWeekend):
            actions.book(child_case=enquiry, step="initial_child_protection_conference", booked_for=date(2026, 12, 5), by=social_worker)
        with pytest.raises(actions.DateNotPossible):
            actions.book(child_case=enquiry, step="initial_child_protection_conference", booked_for=date(2026, 11, 20), by=social_worker)


def test_recording_the_conference_ends_its_booking(enquiry: ChildCase, social_worker: Membership, conference_chair: Membership) -> None:
    with on(date(2026, 12, 2)):
        actions.record_step(
            child_case=enquiry, step="section_47_enquiry", outcome="conference", happened_on=date(2026, 12, 2), by=social_worker
        )
        booking = actions.book(
            child_case=enquiry, step="initial_child_protection_conference", booked_for=date(2026, 12, 8), by=social_worker
        )
    with on(date(2026, 12, 8)):
        actions.record_step(
            child_case=enquiry,
            step="initial_child_protection_conference",
            outcome="no_plan",
            happened_on=date(2026, 12, 8),
            by=conference_chair,
        )
    booking.refresh_from_db()
    assert booking.ended_at is not None


def test_a_case_from_before_18_march_2026_keeps_the_edition_of_2023_for_the_clocks_that_ran(
    refer: Refer, social_worker: Membership, team_manager: Membership
) -> None:
    with on(date(2026, 3, 17)):
        child_case = actions.take_up(hand_over=refer(), by=social_worker)
        actions.decide(child_case=child_case, outcome="strategy_discussion_now", reason="Near.", by=social_worker)
    with on(date(2026, 3, 18)):
        actions.record_step(
            child_case=child_case, step="strategy_discussion", outcome="joint_enquiry", happened_on=date(2026, 3, 18), by=social_worker
        )
        editions = dict(Clock.objects.filter(record=child_case.record).values_list("rule", "edition"))
        assert clocks_of(child_case) == simulated(child_case)
    assert editions["single_assessment"] == "2023"
    assert editions["initial_child_protection_conference"] == "2026"


def test_the_chairs_clock_is_the_chairs_once_one_is_named(
    enquiry: ChildCase, social_worker: Membership, conference_chair: Membership
) -> None:
    with on(date(2026, 11, 24)):
        clock = Clock.objects.get(record=enquiry.record, rule="initial_child_protection_conference")
        assert clock.owner == social_worker
        actions.name_people(child_case=enquiry, chair=conference_chair, by=social_worker)
    clock.refresh_from_db()
    assert clock.owner == conference_chair


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(choices=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(0, 25), st.booleans()), max_size=7))
def test_whatever_is_recorded_or_put_right_clocks_and_simulation_agree(
    db: None,
    refer: Refer,
    social_worker: Membership,
    team_manager: Membership,
    conference_chair: Membership,
    choices: list[tuple[int, int, int, bool]],
) -> None:
    with transaction.atomic():
        day = date(2026, 11, 18)
        with on(day):
            child_case = actions.take_up(hand_over=refer(), by=social_worker, is_another_child=True)
        for which, how, later, put_right in choices:
            day = date.fromordinal(day.toordinal() + later)
            with on(day):
                events = [event for event in path.standing_events(child_case) if event.step not in path.OF_THE_HAND_OVER]
                if put_right and events:
                    wrong = events[which % len(events)]
                    actions.correct(event=wrong, reason="Wrong child.", did_not_happen=True, by=team_manager)
                else:
                    offers = path.offers(path.situation(child_case))
                    step = offers[which % len(offers)].step
                    outcomes = [o.code for o in step.outcomes] + ([""] if step.code in path.LASTING or not step.outcomes else [])
                    by = conference_chair if "conference_chair" in path.recorded_by(step) else social_worker
                    actions.record_step(
                        child_case=child_case,
                        step=step.code,
                        outcome=outcomes[how % len(outcomes)],
                        happened_on=day,
                        by=by,
                        weekend_confirmed=True,
                    )
                assert clocks_of(child_case) == simulated(child_case)
        transaction.set_rollback(True)
