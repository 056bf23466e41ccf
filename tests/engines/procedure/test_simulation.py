from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from havenline.engines import procedure
from havenline.engines.procedure import EDITIONS, Event, Guidance, Situation, StepState, WorkingDays, read_guidance, simulate

REFERRAL = Event("referral", date(2026, 11, 18))
DECISION = Event("decision_on_referral", date(2026, 11, 19), "strategy_discussion_now")
STRATEGY = Event("strategy_discussion", date(2026, 11, 19), "joint_enquiry")
ENQUIRY = Event("section_47_enquiry", date(2026, 11, 19))
ANSWER = Event("answer_to_referrer", date(2026, 11, 19))
CASE = [REFERRAL, DECISION, STRATEGY, ENQUIRY]
TODAY = date(2026, 11, 24)

PLAN = [
    REFERRAL,
    DECISION,
    ANSWER,
    STRATEGY,
    Event("section_47_enquiry", date(2026, 12, 2), "conference"),
    Event("initial_child_protection_conference", date(2026, 12, 9), "plan_neglect"),
    Event("child_protection_plan", date(2026, 12, 9)),
    Event("first_core_group", date(2026, 12, 17)),
    Event("single_assessment", date(2027, 1, 20), "child_protection"),
    Event("first_review", date(2027, 3, 8), "continue"),
    Event("later_review", date(2027, 9, 6), "end"),
    Event("plan_ends", date(2027, 9, 6), "by_review"),
]


def of(situation: Situation, step: str) -> StepState:
    (found,) = [state for state in situation.steps if state.step == step]
    return found


def test_an_empty_case_has_nothing_open_and_is_not_finished() -> None:
    situation = simulate([], TODAY)
    assert (situation.steps, situation.open_clocks, situation.finished) == ((), (), False)
    assert situation.stage == "Nothing recorded"


def test_a_referral_starts_the_clocks_of_decision_answer_and_assessment() -> None:
    situation = simulate([REFERRAL], REFERRAL.on)
    assert [(clock.step, clock.due) for clock in situation.open_clocks] == [
        ("decision_on_referral", date(2026, 11, 19)),
        ("answer_to_referrer", date(2026, 11, 19)),
        ("referrer_chases", date(2026, 11, 23)),
        ("single_assessment", date(2027, 1, 25)),
    ]
    assert situation.edition == "2026"
    assert of(situation, "referral").state == "done"


def test_what_happens_later_than_the_day_asked_for_is_left_out() -> None:
    assert simulate(PLAN, REFERRAL.on) == simulate([REFERRAL], REFERRAL.on)


def test_the_conference_is_due_15_working_days_after_the_discussion_that_began_the_enquiry() -> None:
    conference = of(simulate(CASE, TODAY), "initial_child_protection_conference")
    assert (conference.state, conference.started, conference.due) == ("running", date(2026, 11, 19), date(2026, 12, 10))
    assert (conference.day_number, conference.of, conference.days_left, conference.late) == (3, 15, 12, False)


def test_a_discussion_that_begins_no_enquiry_starts_no_conference_clock_and_a_later_one_that_does_counts() -> None:
    events = [REFERRAL, Event("strategy_discussion", date(2026, 11, 19), "no_section_47"), replace(STRATEGY, on=date(2026, 11, 23))]
    assert of(simulate(events, TODAY), "initial_child_protection_conference").started == date(2026, 11, 23)


def test_a_second_discussion_during_the_enquiry_does_not_move_the_conference() -> None:
    events = [*CASE, replace(STRATEGY, on=date(2026, 11, 23))]
    assert of(simulate(events, TODAY), "initial_child_protection_conference").due == date(2026, 12, 10)


def test_an_answer_never_sent_is_late_by_its_working_days_until_it_is_sent() -> None:
    answer = of(simulate(CASE, TODAY), "answer_to_referrer")
    assert (answer.state, answer.late, answer.late_by, answer.days_left) == ("running", True, 3, -3)
    assert [clock.step for clock in simulate(CASE, TODAY).late] == ["answer_to_referrer", "referrer_chases"]


def test_a_step_done_late_stays_late_for_ever() -> None:
    events = [*CASE, replace(ANSWER, on=TODAY)]
    answer = of(simulate(events, date(2027, 11, 24)), "answer_to_referrer")
    assert (answer.state, answer.late, answer.late_by, answer.done_on) == ("late-done", True, 3, TODAY)
    assert (answer.day_number, answer.of) == (4, 1)


def test_a_step_done_on_its_due_date_is_in_time() -> None:
    answer = of(simulate([REFERRAL, ANSWER], TODAY), "answer_to_referrer")
    assert (answer.state, answer.late, answer.day_number, answer.of) == ("done", False, 1, 1)


def test_a_late_clock_that_becomes_unneeded_is_still_late() -> None:
    events = [*CASE, Event("section_47_enquiry", date(2026, 12, 14), "not_substantiated")]
    conference = of(simulate(events, date(2027, 1, 4)), "initial_child_protection_conference")
    assert (conference.state, conference.late, conference.late_by, conference.done_on) == ("not needed", True, 2, None)


def test_no_further_action_ends_the_assessment_but_not_the_duty_to_answer() -> None:
    situation = simulate([REFERRAL, Event("decision_on_referral", date(2026, 11, 19), "no_further_action")], TODAY)
    assert of(situation, "single_assessment").state == "not needed"
    assert of(situation, "answer_to_referrer").state == "running"
    assert (situation.stage, situation.finished) == ("No further action", False)
    answered = simulate([REFERRAL, Event("decision_on_referral", date(2026, 11, 19), "no_further_action"), ANSWER], TODAY)
    assert answered.finished


def test_an_enquiry_without_an_outcome_has_begun_and_is_not_done() -> None:
    enquiry = of(simulate(CASE, TODAY), "section_47_enquiry")
    assert (enquiry.state, enquiry.begun, enquiry.due, enquiry.done_on) == ("running", date(2026, 11, 19), None, None)
    assert simulate(CASE, TODAY).stage == "Section 47 enquiry"


def test_a_conference_without_an_outcome_does_not_stop_its_clock() -> None:
    situation = simulate([*CASE, Event("initial_child_protection_conference", date(2026, 12, 9))], date(2026, 12, 14))
    assert of(situation, "initial_child_protection_conference").late


def test_a_step_that_was_led_to_and_has_no_clock_waits() -> None:
    situation = simulate([REFERRAL, DECISION], date(2026, 11, 19))
    assert of(situation, "strategy_discussion").state == "waiting"
    assert "strategy_discussion" in [step.code for step in situation.next_steps]


def test_the_rest_of_the_path_is_told_with_its_rules_before_it_starts() -> None:
    review = of(simulate(CASE, TODAY), "first_review")
    assert (review.state, review.milestone, review.rule) == ("not started", True, "3 months from the conference that made the plan")
    assert review.explain() is None


def test_a_state_explains_its_own_date() -> None:
    explanation = of(simulate(CASE, TODAY), "single_assessment").explain()
    assert explanation is not None
    assert explanation.due == date(2027, 1, 25)
    assert len(explanation.skipped) == 3


def test_a_plan_runs_from_its_conference_through_its_reviews_to_its_end() -> None:
    in_between = simulate(PLAN, date(2027, 4, 1))
    assert of(in_between, "later_review").due == date(2027, 9, 8)
    assert (in_between.stage, in_between.finished) == ("Child protection plan", False)
    end = simulate(PLAN, date(2027, 9, 6))
    assert (end.stage, end.finished, end.open_clocks) == ("Plan ended", True, ())
    assert {state.state for state in end.steps} == {"done", "not needed"}
    assert [state.step for state in end.steps if state.state == "not needed"] == ["referrer_chases"]


def test_each_later_review_counts_from_the_one_before() -> None:
    events = [*PLAN[:10], Event("later_review", date(2027, 8, 2), "continue")]
    reviews = [state for state in simulate(events, date(2027, 8, 3)).steps if state.step == "later_review"]
    assert [(state.state, state.due) for state in reviews] == [("done", date(2027, 9, 8)), ("running", date(2028, 2, 2))]


def test_the_end_of_a_plan_at_18_stops_its_reviews() -> None:
    situation = simulate([*PLAN[:9], Event("plan_ends", date(2027, 2, 1), "age_18")], date(2027, 6, 1))
    assert (of(situation, "first_review").state, situation.finished) == ("not needed", True)


def test_emergency_action_at_any_time_opens_its_own_clock_and_an_enquiry() -> None:
    situation = simulate([Event("emergency_action", date(2026, 11, 21), "police_protection")], date(2026, 11, 21))
    assert of(situation, "police_protection_ends").due == date(2026, 11, 24)
    assert of(situation, "section_47_enquiry").state == "waiting"


def test_a_second_referral_on_a_finished_case_starts_its_clocks_again() -> None:
    first = [REFERRAL, Event("decision_on_referral", date(2026, 11, 19), "no_further_action"), ANSWER]
    again = simulate([*first, replace(REFERRAL, on=date(2026, 12, 1))], date(2026, 12, 1))
    assert [clock.due for clock in again.open_clocks if clock.step == "decision_on_referral"] == [date(2026, 12, 2)]
    assert len([state for state in again.steps if state.step == "decision_on_referral"]) == 2


def test_two_decisions_of_one_day_stand_in_the_order_in_which_they_were_recorded() -> None:
    morning, noon = datetime(2026, 11, 19, 9), datetime(2026, 11, 19, 12)
    first = Event("decision_on_referral", date(2026, 11, 19), "strategy_discussion_now", recorded=morning)
    second = Event("decision_on_referral", date(2026, 11, 19), "assessment", recorded=noon)
    assert simulate([REFERRAL, second, first], TODAY).stage == "Assessment"


def test_a_review_and_the_discussion_that_it_asked_for_can_be_on_one_day() -> None:
    day = date(2027, 3, 8)
    events = [*PLAN[:9], Event("first_review", day, "more"), Event("strategy_discussion", day, "no_section_47")]
    assert "strategy_discussion" not in [step.code for step in simulate(events, day).next_steps]


def test_a_case_of_2001_runs_under_1999s_limits() -> None:
    events = [
        Event("referral", date(2001, 3, 1)),
        Event("decision_on_referral", date(2001, 3, 2), "assessment"),
        Event("initial_assessment", date(2001, 3, 12), "core_assessment"),
    ]
    situation = simulate(events, date(2001, 3, 12))
    assert situation.edition == "1999"
    assert of(situation, "initial_assessment").due == date(2001, 3, 12)
    assert of(situation, "initial_assessment").state == "done"
    assert of(situation, "core_assessment").due == date(2001, 5, 2)


def test_the_first_of_1999s_three_starts_of_a_core_assessment_counts() -> None:
    events = [
        Event("referral", date(2001, 3, 1)),
        Event("strategy_discussion", date(2001, 3, 2), "joint_enquiry"),
        Event("initial_assessment", date(2001, 3, 9), "core_assessment"),
        Event("new_information", date(2001, 3, 20)),
    ]
    assert of(simulate(events, date(2001, 3, 20)), "core_assessment").started == date(2001, 3, 2)


def test_an_added_bank_holiday_moves_open_clocks_and_their_explanation() -> None:
    calendar = WorkingDays(added={date(2026, 11, 30): "Added"})
    conference = of(simulate(CASE, TODAY, calendar=calendar), "initial_child_protection_conference")
    assert conference.due == date(2026, 12, 11)
    explanation = conference.explain()
    assert explanation is not None
    assert explanation.due == date(2026, 12, 11)


def test_an_unknown_step_outcome_or_day_is_refused() -> None:
    with pytest.raises(procedure.StepUnknown):
        simulate([Event("strategy_meeting", TODAY)], TODAY)
    with pytest.raises(procedure.OutcomeUnknown):
        simulate([Event("strategy_discussion", TODAY, "perhaps")], TODAY)
    with pytest.raises(procedure.NoEditionInForce):
        simulate([Event("referral", date(1989, 1, 9))], TODAY)


NEW = """
name = "2027"
title = "Working Together to Safeguard Children 2027, made up"
in_force_from = 2027-01-04
source = "A made-up edition"
verified = "remembered"

[[step]]
code = "referral"
title = "Referral"
role = "referrer"
status = "guidance"
source = "A made-up edition"
verified = "remembered"
no_limit = "None"
at_any_time = true
leads_to = ["decision_on_referral"]

[[step]]
code = "decision_on_referral"
title = "Decision"
role = "social worker"
status = "guidance"
source = "A made-up edition"
verified = "remembered"
clock = { amount = 2, unit = "calendar days", words = "the referral", starts = [{ step = "referral" }] }
outcome = [{ code = "assessment", title = "Assessment", leads_to = ["family_assessment"] }]

[[step]]
code = "family_assessment"
title = "Family assessment"
role = "social worker"
status = "guidance"
source = "A made-up edition"
verified = "remembered"
clock = { amount = 30, unit = "working days", words = "the decision", starts = [{ step = "decision_on_referral" }] }
ends = true

[[step]]
code = "family_review"
title = "Family review"
role = "chair"
status = "guidance"
source = "A made-up edition"
verified = "remembered"
no_limit = "None"
at_any_time = true
ends = true

[[step]]
code = "contact"
title = "Contact"
role = "social worker"
status = "guidance"
source = "A made-up edition"
verified = "remembered"
no_limit = "None"
at_any_time = true
leads_to = ["visit"]

[[step]]
code = "visit"
title = "Visit"
role = "social worker"
status = "guidance"
source = "A made-up edition"
verified = "remembered"
clock = { amount = 5, unit = "calendar days", words = "the last contact", anchor = "last", starts = [{ step = "contact" }] }
ends = true

[[transition]]
step = "later_review"
becomes = "family_review"
source = "A made-up edition"
verified = "remembered"

[[transition]]
step = "single_assessment"
becomes = "family_assessment"
source = "A made-up edition"
verified = "remembered"
"""


@pytest.fixture(scope="module")
def with_2027(tmp_path_factory: pytest.TempPathFactory) -> Guidance:
    folder: Path = tmp_path_factory.mktemp("editions")
    (folder / "2027.toml").write_text(NEW, encoding="utf-8")
    return read_guidance(EDITIONS, folder)


def test_a_clock_that_runs_when_a_new_edition_comes_keeps_its_limit_and_can_be_finished_under_it(with_2027: Guidance) -> None:
    later = date(2027, 1, 20)
    running = of(simulate(CASE, later, guidance=with_2027), "single_assessment")
    assert (running.edition, running.due) == ("2026", date(2027, 1, 25))
    finished = simulate([*CASE, Event("single_assessment", later, "child_in_need")], later, guidance=with_2027)
    assert of(finished, "single_assessment").state == "done"


def test_a_case_that_began_before_18_march_2026_keeps_2023s_edition_for_its_clocks() -> None:
    events = [Event("referral", date(2026, 3, 17)), Event("strategy_discussion", date(2026, 3, 18), "joint_enquiry")]
    situation = simulate(events, date(2026, 3, 18))
    assert situation.edition == "2023"
    assert of(situation, "single_assessment").edition == "2023"
    assert of(situation, "initial_child_protection_conference").edition == "2026"


def test_a_step_that_begins_after_a_new_edition_came_runs_under_the_new_one(with_2027: Guidance) -> None:
    events = [Event("referral", date(2027, 1, 4)), Event("decision_on_referral", date(2027, 1, 5), "assessment")]
    assessment = of(simulate(events, date(2027, 1, 5), guidance=with_2027), "family_assessment")
    assert (assessment.edition, assessment.due) == ("2027", date(2027, 2, 16))


def test_a_step_under_way_is_not_doubled_by_the_step_that_takes_its_place(with_2027: Guidance) -> None:
    events = [REFERRAL, Event("decision_on_referral", date(2027, 1, 5), "assessment")]
    situation = simulate(events, date(2027, 1, 5), guidance=with_2027)
    assert [clock.step for clock in situation.open_clocks if "assessment" in clock.step] == ["single_assessment"]


def test_an_old_outcome_leads_to_the_step_that_the_new_edition_has_in_its_place(with_2027: Guidance) -> None:
    events = [*PLAN[:9], Event("first_review", date(2027, 3, 8), "continue")]
    situation = simulate(events, date(2027, 3, 8), guidance=with_2027)
    assert of(situation, "family_review").state == "waiting"
    assert "later_review" not in [state.step for state in situation.steps]


def test_the_last_start_counts_where_the_rule_says_so_unless_the_step_is_late_already(with_2027: Guidance) -> None:
    contacts = [Event("contact", date(2027, 2, day)) for day in (1, 3, 10)]
    assert of(simulate(contacts, date(2027, 2, 3), guidance=with_2027), "visit").due == date(2027, 2, 8)
    visit = of(simulate(contacts, date(2027, 2, 10), guidance=with_2027), "visit")
    assert (visit.due, visit.late) == (date(2027, 2, 8), True)


def test_a_step_that_the_new_edition_does_not_know_is_finished_under_the_old(with_2027: Guidance) -> None:
    events = [
        *CASE,
        Event("section_47_enquiry", date(2027, 1, 5), "conference"),
        Event("initial_child_protection_conference", date(2027, 1, 6), "plan_neglect"),
    ]
    group = of(simulate(events, date(2027, 1, 6), guidance=with_2027), "first_core_group")
    assert (group.edition, group.due) == ("2026", date(2027, 1, 20))


POSSIBLE = [(step.code, outcome) for step in procedure.edition("2026").steps for outcome in [*(o.code for o in step.outcomes), None]]
event = st.builds(
    lambda what, day: Event(what[0], date(2026, 9, 1) + timedelta(days=day), what[1]), st.sampled_from(POSSIBLE), st.integers(0, 200)
)
histories = st.lists(event, max_size=14)


@given(histories.flatmap(lambda events: st.tuples(st.just(events), st.permutations(events))), st.integers(0, 300))
def test_the_state_depends_on_the_set_of_events_and_not_on_their_order(events: tuple[list[Event], list[Event]], day: int) -> None:
    at = date(2026, 9, 1) + timedelta(days=day)
    given_once, shuffled = events
    assert simulate(given_once, at) == simulate([*shuffled, *shuffled], at)


@given(histories, st.integers(0, 300))
def test_a_new_edition_changes_neither_what_is_done_nor_a_clock_that_runs(with_2027: Guidance, events: list[Event], later: int) -> None:
    before = [event for event in events if event.on < date(2027, 1, 4)]
    at = date(2027, 1, 4) + timedelta(days=later)

    def started(situation: Situation) -> list[StepState]:
        return [state for state in situation.steps if state.state != "not started"]

    assert started(simulate(before, at)) == started(simulate(before, at, guidance=with_2027))


@given(histories, st.integers(0, 200), st.integers(0, 200))
def test_what_has_ended_by_a_day_never_changes_with_what_happens_later(events: list[Event], day: int, more: int) -> None:
    at = date(2026, 9, 1) + timedelta(days=day)
    ended = [state for state in simulate(events, at).steps if state.ended_on]
    later = [state for state in simulate(events, at + timedelta(days=more)).steps if state.ended_on]
    assert later[: len(ended)] == ended


@given(histories, st.integers(0, 300), st.sets(st.integers(0, 300), max_size=4))
def test_an_added_bank_holiday_never_makes_a_step_late(events: list[Event], day: int, offsets: set[int]) -> None:
    at = date(2026, 9, 1) + timedelta(days=day)
    more = WorkingDays(added={date(2026, 9, 1) + timedelta(days=offset): "Added" for offset in offsets})
    late = {(state.step, state.started) for state in simulate(events, at).steps if state.late}
    assert {(state.step, state.started) for state in simulate(events, at, calendar=more).steps if state.late} <= late
