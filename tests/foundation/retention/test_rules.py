from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from havenline.foundation.people.roles import FileKind
from havenline.foundation.retention import rules, triggers
from havenline.site import installation

DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2080, 12, 31))


def a_rule(**said: object) -> rules.Rule:
    return rules.Rule(
        **{"code": "r", "kind": "case", "trigger": "closed", "then": "erase", "approval": "person", "basis": "b", "verified": "policy"}
        | said
    )  # type: ignore[arg-type]


RULES = st.builds(
    lambda years, months, days: a_rule(years=years, months=months, days=days), st.integers(0, 100), st.integers(0, 40), st.integers(0, 400)
)


@settings(deadline=None)
@given(RULES, DAYS, DAYS)
def test_what_started_earlier_is_never_due_later(rule: rules.Rule, one: date, other: date) -> None:
    earlier, later = sorted((one, other))
    assert earlier <= rule.due(earlier) <= rule.due(later)


@settings(deadline=None)
@given(RULES, DAYS, DAYS)
def test_the_look_up_of_what_is_due_leaves_out_nothing_that_is(rule: rules.Rule, started: date, today: date) -> None:
    if rule.due(started) <= today:
        assert started <= rule.latest_start(today)


@settings(deadline=None)
@given(st.integers(1, 100), DAYS)
def test_a_period_of_years_ends_on_the_same_day_of_the_year_or_on_the_last_day_of_february(years: int, started: date) -> None:
    due = a_rule(years=years).due(started)
    assert due.year == started.year + years
    assert (due.month, due.day) == (started.month, started.day) or (started.month, started.day, due.month, due.day) == (2, 29, 2, 28)


def test_every_kind_of_record_has_a_rule_that_counts_from_something_a_room_knows() -> None:
    of_kinds = {rule.kind for rule in rules.read().values()}
    assert of_kinds == {*FileKind.values, *rules.REGISTERS}
    assert {(rule.kind, rule.trigger) for rule in rules.in_force().values()} <= triggers.known()


def test_what_an_installation_says_replaces_the_whole_period() -> None:
    said = {"case": {"months": 100, "basis": "Northmere’s schedule of 2026", "verified": "primary"}}
    rule = rules.read(said)["case"]
    assert (rule.years, rule.months, rule.then, rule.basis) == (0, 100, "review", "Northmere’s schedule of 2026")
    assert rule.digest != rules.read()["case"].digest


@pytest.mark.parametrize(
    ("told", "named"),
    [
        ({"case": {"years": 10}}, "say its basis"),
        ({"case": {"period": 10}}, "'period'"),
        ({"case": {"basis": " "}}, "say on what basis"),
        ({"case": {"years": -1, "basis": "b", "verified": "policy"}}, "between nothing"),
        ({"case": {"years": "ten", "basis": "b", "verified": "policy"}}, "whole number"),
        ({"case": {"approval": "nobody"}}, "'nobody'"),
        ({"case": {"approval": "rule"}}, "what a person reviews"),
        ({"case": {"verified": "surely"}}, "'surely'"),
        ({"another": {"kind": "case"}}, "does not say trigger"),
        (
            {"another": {"kind": "case", "trigger": "closed", "then": "erase", "approval": "person", "basis": "b", "verified": "policy"}},
            "from the same trigger",
        ),
    ],
)
def test_a_rule_that_cannot_be_used_stops_the_start_and_is_named(told: dict[str, dict[str, object]], named: str, tmp_path: Path) -> None:
    with pytest.raises(rules.RuleWrong, match=named):
        rules.read(told)
    ((code, said),) = told.items()
    lines = [f"[retention.{code}]", *(f"{key} = {value!r}" for key, value in said.items())]
    (tmp_path / "havenline.toml").write_text("\n".join(lines))
    with pytest.raises(installation.BadConfiguration, match=code):
        installation.load(tmp_path)


def test_a_record_that_started_on_the_29th_of_february_is_due_on_the_28th() -> None:
    assert a_rule(years=1).due(date(2024, 2, 29)) == date(2025, 2, 28)
    assert date(2024, 2, 29) <= a_rule(years=1).latest_start(date(2025, 2, 28)) < date(2025, 2, 28) - timedelta(days=360)
