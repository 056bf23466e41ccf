"""Cases that began under one edition and go on under another, in real history."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engines.procedure.written_rules import BEGINS, HELD, due_by_hand

from havenline.engines import procedure
from havenline.engines.procedure import Event, Guidance, Situation, StepState, simulate

EDITIONS = procedure.guidance().editions


def of(situation: Situation, step: str) -> StepState:
    (found,) = [state for state in situation.steps if state.step == step]
    return found


UNDER_WAY = [Event("referral", date(2013, 4, 11)), Event("decision_on_referral", date(2013, 4, 12), "assessment")]


def test_an_initial_assessment_under_way_in_april_2013_is_finished_under_its_own_ten_days() -> None:
    assessment = of(simulate(UNDER_WAY, date(2013, 4, 20)), "initial_assessment")
    assert (assessment.edition, assessment.due, assessment.state) == ("2010", date(2013, 4, 25), "running")
    done = simulate([*UNDER_WAY, Event("initial_assessment", date(2013, 4, 25), "child_in_need")])
    assert of(done, "initial_assessment").state == "done"


def test_a_core_assessment_under_way_in_april_2013_keeps_its_35_days() -> None:
    events = [*UNDER_WAY, Event("initial_assessment", date(2013, 4, 12), "core_assessment")]
    core = of(simulate(events, date(2013, 5, 1)), "core_assessment")
    assert (core.edition, core.due) == ("2010", due_by_hand("core_assessment", 35, "working days", date(2013, 4, 12)))


def test_a_core_assessment_that_would_begin_after_it_is_the_single_one_counted_from_the_referral() -> None:
    events = [*UNDER_WAY, Event("initial_assessment", date(2013, 4, 25), "core_assessment")]
    situation = simulate(events)
    single = of(situation, "single_assessment")
    assert "core_assessment" not in [state.step for state in situation.steps]
    assert (single.edition, single.started) == ("2013", date(2013, 4, 11))
    assert single.due == due_by_hand("single_assessment", 45, "working days", date(2013, 4, 11))
    told = single.explain()
    assert told is not None
    assert told.due == single.due


def test_the_latest_referral_counts_where_there_were_two() -> None:
    events = [
        Event("referral", date(2012, 3, 1)),
        Event("decision_on_referral", date(2012, 3, 2), "no_further_action"),
        *UNDER_WAY,
        Event("initial_assessment", date(2013, 4, 25), "core_assessment"),
    ]
    assert of(simulate(events), "single_assessment").started == date(2013, 4, 11)


def test_new_information_after_2013_finds_no_core_assessment_and_begins_the_single_one() -> None:
    events = [Event("referral", date(2014, 3, 3)), Event("new_information", date(2014, 3, 10))]
    assert of(simulate(events), "single_assessment").due == due_by_hand("single_assessment", 45, "working days", date(2014, 3, 3))


@pytest.mark.parametrize("name", HELD)
def test_a_case_is_run_from_referral_to_the_end_of_a_plan_under_every_edition(name: str) -> None:
    day = BEGINS[name] + timedelta(days=40)
    first = "single_assessment" if int(name) >= 2013 else "initial_assessment"
    told = [
        ("referral", 0, None),
        ("decision_on_referral", 1, "strategy_discussion_now"),
        ("answer_to_referrer", 1, None),
        ("strategy_discussion", 2, "joint_enquiry"),
        ("section_47_enquiry", 9, "conference"),
        ("initial_child_protection_conference", 16, "plan_neglect"),
        ("child_protection_plan", 16, None),
        ("first_core_group", 24, None),
        (first, 26, "child_in_need"),
        *([] if int(name) >= 2013 else [("core_assessment", 30, "child_protection")]),
        ("first_review", 100, "continue"),
        ("later_review", 280, "end"),
        ("plan_ends", 280, "by_review"),
    ]
    guidance = Guidance([procedure.edition(name)])
    situation = simulate([Event(step, day + timedelta(days=later), outcome) for step, later, outcome in told], guidance=guidance)
    assert situation.finished, [state.step for state in situation.steps if state.state in ("running", "waiting")]
    assert (situation.stage, situation.edition) == ("Plan ended", name)


def possible(edition: procedure.Edition) -> list[tuple[str, str | None]]:
    return [(step.code, outcome) for step in edition.steps for outcome in [*(o.code for o in step.outcomes), None]]


@st.composite
def histories(draw: st.DrawFn) -> tuple[int, list[Event]]:
    """The place of an edition, and what happened to a case in the year before it came into force."""
    place = draw(st.integers(1, len(EDITIONS) - 1))
    begins = EDITIONS[place].in_force_from
    what = st.sampled_from(possible(EDITIONS[place - 1]))
    made = st.builds(lambda what, ago: Event(what[0], begins - timedelta(days=ago), what[1]), what, st.integers(1, 300))
    return place, draw(st.lists(made, max_size=12))


@given(histories(), st.integers(0, 400))
def test_an_edition_that_came_into_force_changed_neither_a_completed_step_nor_a_running_clock(
    told: tuple[int, list[Event]], later: int
) -> None:
    place, events = told
    at = EDITIONS[place].in_force_from + timedelta(days=later)

    def started(guidance: Guidance) -> list[StepState]:
        return [state for state in simulate(events, at, guidance=guidance).steps if state.state != "not started"]

    assert started(Guidance(EDITIONS[:place])) == started(Guidance(EDITIONS))


@given(histories(), st.lists(st.integers(-300, 400), min_size=1, max_size=6), st.randoms())
def test_a_case_asked_on_any_days_in_any_order_by_any_reader_is_the_same(
    told: tuple[int, list[Event]], asked: list[int], chance: object
) -> None:
    place, events = told
    days = [EDITIONS[place].in_force_from + timedelta(days=day) for day in asked]
    first = {day: simulate(events, day) for day in days}
    chance.shuffle(days)  # type: ignore[attr-defined]
    chance.shuffle(events)  # type: ignore[attr-defined]
    fresh = procedure.read_guidance(procedure.EDITIONS)
    for day in days:
        again = simulate(events, day, guidance=fresh)
        assert again.open_clocks == first[day].open_clocks
        assert again == first[day]


@given(histories(), st.integers(0, 400))
def test_every_clock_that_runs_is_what_its_own_edition_says_of_its_own_start(told: tuple[int, list[Event]], later: int) -> None:
    place, events = told
    for clock in simulate(events, EDITIONS[place].in_force_from + timedelta(days=later)).open_clocks:
        assert clock.started is not None
        assert clock.due == procedure.edition(clock.edition).due(clock.step, started=clock.started)
        if procedure.edition_in_force(clock.started).has(clock.step):
            assert clock.edition == procedure.edition_in_force(clock.started).name


@given(st.sampled_from(EDITIONS), st.dates(date(1999, 1, 1), date(2030, 1, 1)), st.integers(0, 400))
def test_no_step_of_any_edition_is_due_earlier_when_it_starts_later(edition: procedure.Edition, started: date, later: int) -> None:
    for step in edition.steps:
        if step.clock:
            assert edition.due(step.code, started=started) <= edition.due(step.code, started=started + timedelta(days=later))


def test_without_a_day_a_case_is_shown_as_it_stood_after_its_last_event() -> None:
    assert simulate(UNDER_WAY) == simulate(UNDER_WAY, date(2013, 4, 12))
    with pytest.raises(procedure.ProcedureError, match="say on which day"):
        simulate([])
