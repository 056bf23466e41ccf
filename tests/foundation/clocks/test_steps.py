from datetime import date, datetime, timedelta

from havenline.foundation import moment
from havenline.foundation.clocks import actions as clocks
from havenline.foundation.clocks.models import Clock
from havenline.foundation.clocks.rules import Policy, Step
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.records.actions import open_record


def start(rule: Policy | Step, agency: Agency, by: Membership) -> Clock:
    record, _key = open_record(kind="child_case", agency=agency)
    return clocks.start(record=record, rule=rule, agency=agency, by=by)


def test_a_steps_clock_is_explained_by_its_edition_with_how_far_the_rule_was_checked(
    on_wednesday: datetime, social_care: Agency, social_worker: Membership
) -> None:
    clock = start(Step("single_assessment"), social_care, social_worker)
    assert moment.day_of(clock.due_at) == date(2027, 1, 25)
    assert clock.explanation.due == date(2027, 1, 25)
    assert clock.explanation.verified == "remembered"


def test_a_step_that_names_its_edition_is_counted_and_explained_by_that_one(
    on_wednesday: datetime, social_care: Agency, social_worker: Membership
) -> None:
    clock = start(Step("initial_assessment", edition="1999"), social_care, social_worker)
    assert (clock.edition, moment.day_of(clock.due_at)) == ("1999", date(2026, 11, 27))
    assert clock.explanation.due == date(2026, 11, 27)
    assert start(Step("core_assessment"), social_care, social_worker).edition == "2010"  # the last that knows it


def test_police_protection_runs_out_at_the_hour_it_began(on_wednesday: datetime, social_care: Agency, social_worker: Membership) -> None:
    clock = start(Step("police_protection_ends"), social_care, social_worker)
    assert clock.due_at == on_wednesday + timedelta(hours=72)
    assert not clock.in_days


def test_a_clock_of_our_own_says_that_it_is_policy(on_wednesday: datetime, social_care: Agency, social_worker: Membership) -> None:
    policy = Policy("answer", "Answer", 5, "working days", "5 working days from the question")
    explanation = start(policy, social_care, social_worker).explanation
    assert (explanation.due, explanation.verified) == (date(2026, 11, 25), "policy")
