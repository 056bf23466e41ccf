from datetime import date, timedelta

import pytest
from tests.engines.procedure.written_rules import HELD, limits_of

from havenline.engines import procedure
from havenline.engines.procedure import edition, edition_in_force


def test_the_edition_of_2026_is_in_force_from_18_march_2026() -> None:
    assert edition_in_force(date(2026, 3, 18)).name == "2026"
    assert edition_in_force(date(2026, 11, 24)).name == "2026"


def test_the_day_before_a_new_edition_still_has_the_old_one() -> None:
    assert edition_in_force(date(2026, 3, 17)).name == "2023"
    assert edition_in_force(date(2023, 12, 15)).name == "2023"


def test_2026s_limits_are_2023s() -> None:
    def limits(name: str) -> dict[str, object]:
        return {step.code: step.clock for step in edition(name).steps}

    assert limits("2026") == limits("2023")


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("1999", date(1999, 12, 1), date(2006, 3, 31)),
        ("2006", date(2006, 4, 1), date(2010, 2, 28)),
        ("2010", date(2010, 3, 1), date(2013, 4, 14)),
        ("2013", date(2013, 4, 15), date(2015, 2, 28)),
        ("2015", date(2015, 3, 1), date(2018, 7, 3)),
        ("2018", date(2018, 7, 4), date(2023, 12, 14)),
        ("2023", date(2023, 12, 15), date(2026, 3, 17)),
        ("2026", date(2026, 3, 18), None),
    ],
)
def test_each_edition_is_in_force_from_its_first_day_until_the_next_one_comes(name: str, first: date, last: date | None) -> None:
    assert edition_in_force(first).name == name
    assert procedure.guidance().last_day_of(edition(name)) == last
    assert edition_in_force(last or date(2030, 12, 31)).name == name


def test_a_day_before_the_first_edition_is_refused_and_never_answered_with_another_editions_limits() -> None:
    with pytest.raises(procedure.NoEditionInForce, match="Held: 1999, from 01 December 1999 to 31 March 2006; 2006, from"):
        edition_in_force(date(1999, 11, 30))


@pytest.mark.parametrize(
    ("name", "month"), [("1999", "December 1999"), ("2006", "April 2006"), ("2010", "March 2010"), ("2015", "March 2015")]
)
def test_a_date_counted_in_the_month_in_which_an_edition_came_on_an_unknown_day_says_so(name: str, month: str) -> None:
    begins = edition(name).in_force_from
    told = edition(name).explain("first_core_group", begins + timedelta(days=20))
    assert told.doubt.startswith(f"Working Together to Safeguard Children {name} came into force in {month}, on a day that is not known")
    assert not edition(name).explain("first_core_group", begins + timedelta(days=40)).doubt


def test_a_date_under_an_edition_whose_day_is_known_bears_no_doubt() -> None:
    assert not edition("2013").explain("first_core_group", date(2013, 4, 16)).doubt


def test_an_unknown_edition_names_those_that_are_held() -> None:
    with pytest.raises(procedure.EditionUnknown, match="Held: 1999, 2006, 2010, 2013, 2015, 2018, 2023, 2026"):
        edition("1989")


@pytest.mark.parametrize(
    ("name", "step", "started", "due"),
    [
        # A referral on Wednesday 18 November 2026, and the strategy discussion on the Thursday.
        ("2026", "decision_on_referral", date(2026, 11, 18), date(2026, 11, 19)),
        ("2026", "answer_to_referrer", date(2026, 11, 18), date(2026, 11, 19)),
        ("2026", "referrer_chases", date(2026, 11, 18), date(2026, 11, 23)),
        ("2026", "single_assessment", date(2026, 11, 18), date(2027, 1, 25)),
        ("2026", "initial_child_protection_conference", date(2026, 11, 19), date(2026, 12, 10)),
        ("2026", "first_core_group", date(2026, 12, 10), date(2026, 12, 24)),
        ("2026", "first_core_group", date(2026, 12, 11), date(2026, 12, 29)),
        ("2026", "first_review", date(2026, 12, 10), date(2027, 3, 10)),
        ("2026", "later_review", date(2027, 3, 10), date(2027, 9, 10)),
        ("2026", "transfer_in_conference", date(2026, 12, 10), date(2027, 1, 5)),
        ("2026", "lado_told", date(2026, 12, 24), date(2026, 12, 29)),
        ("2026", "serious_incident_notified", date(2026, 11, 20), date(2026, 11, 27)),
        ("2026", "rapid_review", date(2026, 11, 20), date(2026, 12, 11)),
        ("2026", "first_looked_after_review", date(2026, 11, 20), date(2026, 12, 18)),
        ("2026", "second_looked_after_review", date(2026, 12, 18), date(2027, 3, 18)),
        ("2026", "later_looked_after_review", date(2027, 8, 31), date(2028, 2, 29)),
        ("2026", "police_protection_ends", date(2026, 11, 20), date(2026, 11, 23)),
        ("2026", "emergency_protection_order_ends", date(2026, 11, 20), date(2026, 11, 27)),
        ("2026", "emergency_protection_order_extension_ends", date(2026, 11, 27), date(2026, 12, 4)),
        # The Queen's Golden Jubilee: 3 and 4 June 2002 were bank holidays, 27 May was not.
        ("1999", "decision_on_referral", date(2002, 5, 31), date(2002, 6, 5)),
        ("1999", "initial_assessment", date(2002, 5, 24), date(2002, 6, 6)),
        ("1999", "core_assessment", date(2002, 6, 6), date(2002, 7, 25)),
        ("1999", "initial_child_protection_conference", date(1999, 12, 30), date(2000, 1, 24)),
    ],
)
def test_a_step_is_due_on_the_day_counted_by_hand(name: str, step: str, started: date, due: date) -> None:
    assert edition(name).due(step, started=started) == due
    assert edition(name).explain(step, started=started).due == due


@pytest.mark.parametrize("name", HELD)
def test_an_edition_has_the_limits_of_the_table_and_no_others(name: str) -> None:
    told = {step.code: (step.clock.amount, step.clock.unit) for step in edition(name).steps if step.clock}
    assert told == limits_of(name)


@pytest.mark.parametrize("name", HELD)
def test_a_conference_is_counted_from_the_discussion_that_began_the_enquiry(name: str) -> None:
    clock = edition(name).step("initial_child_protection_conference").limit()
    assert (clock.anchor, clock.counting) == ("initiating", "day 0")
    assert edition(name).step("later_review").limit().anchor == "last"
    assert edition(name).step("emergency_protection_order_ends").limit().counting == "beginning with"


def test_the_update_of_december_2020_changes_2018s_row_from_that_month_on() -> None:
    def rule(on: date) -> str:
        return edition("2018").step("allegation_against_person_working_with_children", on=on).rule

    assert "unsuitable" not in rule(date(2020, 11, 30))
    assert "unsuitable" in rule(date(2020, 12, 1))
    assert "unsuitable" in edition("2023").step("allegation_against_person_working_with_children").rule


@pytest.mark.parametrize("name", HELD)
def test_a_rule_that_nobody_saw_never_claims_more_than_the_facts_do(name: str) -> None:
    remembered = {"referrer_chases", "transfer_in_conference", "first_core_group", "plan_ends", "emergency_protection_order_ends"}
    assert {edition(name).step(code).verified for code in remembered} == {"remembered"}
    primary = {step.code for step in edition(name).steps if step.verified == "primary"}
    assert primary == ({"rapid_review"} if name == "2023" else set())


def test_1999_has_no_single_assessment_and_2026_no_initial_one() -> None:
    assert not edition("1999").has("single_assessment")
    assert not edition("2026").has("initial_assessment")
    assert not edition("1999").has("lado_told")
    assert edition("2026").instead_of("core_assessment") == "single_assessment"


def test_the_explanation_tells_limit_anchor_source_and_how_far_it_was_checked() -> None:
    explanation = edition("2026").explain("initial_child_protection_conference", started=date(2026, 11, 19))
    assert explanation.title == "Initial child protection conference"
    assert explanation.rule == "15 working days from the strategy discussion that began the enquiry"
    assert explanation.source == "Working Together to Safeguard Children 2026 (limit as 2023, ch. 3)"
    assert explanation.verified == "remembered"


def test_a_rule_counted_beginning_with_says_so() -> None:
    rule = edition("2026").step("emergency_protection_order_ends").rule
    assert rule == "8 calendar days beginning with the day of the order"


def test_a_step_without_a_limit_tells_why_instead_of_a_date() -> None:
    with pytest.raises(procedure.StepHasNoLimit, match="as soon as there is reasonable cause"):
        edition("2026").due("strategy_discussion", started=date(2026, 11, 19))


def test_an_unknown_step_names_the_steps_that_there_are() -> None:
    with pytest.raises(procedure.StepUnknown, match="strategy_discussion"):
        edition("2026").due("strategy_meeting", started=date(2026, 11, 19))


def test_a_joint_enquiry_leads_to_section_47() -> None:
    assert [step.code for step in edition("2026").next_steps("strategy_discussion", "joint_enquiry")] == ["section_47_enquiry"]


def test_no_further_action_leads_to_nothing_more() -> None:
    assert edition("2026").next_steps("decision_on_referral", "no_further_action") == ()


def test_a_step_without_outcomes_leads_on_when_it_is_done() -> None:
    assert [step.code for step in edition("2026").next_steps("referral")] == [
        "decision_on_referral",
        "answer_to_referrer",
        "referrer_chases",
    ]


def test_an_unknown_outcome_names_the_outcomes_that_there_are() -> None:
    with pytest.raises(procedure.OutcomeUnknown, match="joint_enquiry"):
        edition("2026").next_steps("strategy_discussion", "joint")
    with pytest.raises(procedure.OutcomeUnknown, match="Leave the outcome out"):
        edition("2026").next_steps("referral", "received")


@pytest.mark.parametrize("name", HELD)
def test_every_step_tells_who_is_responsible_its_rule_and_its_source(name: str) -> None:
    for step in edition(name).steps:
        assert step.role, step.code
        assert step.rule, step.code
        assert step.source, step.code


def test_no_limit_of_the_2026_edition_itself_claims_to_have_been_seen() -> None:
    own = [step for step in edition("2026").steps if "Working Together" in step.source]
    assert {step.verified for step in own} == {"remembered"}
