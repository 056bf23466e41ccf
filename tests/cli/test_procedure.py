"""`havenline procedure`: editions compared, files of them checked, dates counted. It needs no installation."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from havenline.cli import app
from havenline.engines import procedure

AREA = """
area = "Coventry"
[[override]]
edition = "2010"
step = "initial_assessment"
from = 2010-05-01
clock = { amount = 7 }
source = "Local procedure"
verified = "secondary"
"""


def asked(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["procedure", *arguments])


def words(result: Result) -> str:
    return " ".join(result.output.split())


def test_a_person_reads_what_changed_from_1999_to_2026_and_how_far_it_was_checked() -> None:
    result = asked("diff", "1999", "2026")
    assert result.exit_code == 0
    assert "Working Together to Safeguard Children 1999, in force from December 1999, day not known (remembered)" in words(result)
    assert "Initial assessment gone limit 7 working days from the referral (secondary)" in words(result)
    assert "instead Single assessment: 45 working days from the referral (remembered)" in words(result)
    assert "outcome Advice or other services → Advice, early help or family help" in words(result)
    assert "16 steps differ; 16 are the same in both." in words(result)


def test_a_machine_reads_the_same_changes() -> None:
    result = asked("diff", "2006", "2010", "--json")
    told = json.loads(result.stdout)
    (assessment,) = [change for change in told["changes"] if change["kind"] == "changed"]
    assert assessment["step"] == "initial_assessment"
    assert assessment["differences"] == [
        {"part": "limit", "before": "7 working days from the referral", "after": "10 working days from the referral"}
    ]
    assert assessment["after"]["source"] == "Working Together to Safeguard Children 2010"


def test_an_unknown_edition_is_not_understood_and_the_held_ones_are_named() -> None:
    result = asked("diff", "1999", "1989")
    assert result.exit_code == 2
    assert "No edition '1989' is held. Held: 1999, 2006" in words(result).replace("│ ", "")


def test_an_added_edition_is_compared_like_those_that_come_with_the_package(tmp_path: Path) -> None:
    (tmp_path / "2031.toml").write_text(
        """
name = "2031"
title = "Working Together 2031"
in_force_from = 2031-01-06
source = "Made up"
verified = "remembered"
[[step]]
code = "referral"
title = "Referral"
role = "anybody"
status = "guidance"
source = "Made up"
verified = "remembered"
no_limit = "None"
at_any_time = true
ends = true
"""
    )
    told = json.loads(asked("diff", "2026", "2031", "--also", str(tmp_path), "--json").stdout)
    assert {change["kind"] for change in told["changes"]} == {"gone", "changed"}


def test_a_folder_in_order_is_told_with_its_local_rules(tmp_path: Path) -> None:
    (tmp_path / "coventry.toml").write_text(AREA)
    result = asked("check", str(tmp_path))
    assert result.exit_code == 0
    assert "2010 in force from March 2010, day not known (secondary): 28 steps; local rules: 1 (Coventry)" in words(result)


@pytest.mark.parametrize("machine", [False, True])
def test_a_wrong_file_is_told_with_its_line_and_the_code_of_what_is_not_well(tmp_path: Path, machine: bool) -> None:
    (tmp_path / "coventry.toml").write_text(AREA.replace("initial_assessment", "assessment"))
    result = asked("check", str(tmp_path), *(["--json"] if machine else []))
    assert result.exit_code == 1
    problems = json.loads(result.stdout)["problems"] if machine else [result.stdout.strip()]
    assert problems[0].startswith("coventry.toml, line 5, override 'assessment', key 'step': edition '2010' has no step 'assessment'")


def test_a_date_is_told_with_how_it_was_counted() -> None:
    result = asked("due", "single_assessment", "2026-11-28")
    assert result.exit_code == 0
    assert "Single assessment: due Wednesday 3 February 2027" in words(result)
    assert "Not counted: Monday 28 December 2026, Boxing Day (substitute day)." in words(result)
    assert "Working Together to Safeguard Children 2026 (limit as 2023, ch. 3) (remembered)" in words(result)


def test_a_date_takes_the_edition_in_force_on_its_day_unless_another_is_named_and_the_nations_days() -> None:
    assert json.loads(asked("due", "initial_assessment", "2012-03-01", "--json").stdout)["due"] == "2012-03-15"
    assert json.loads(asked("due", "initial_assessment", "2012-03-01", "--edition", "1999", "--json").stdout)["due"] == "2012-03-12"
    scotland = asked("due", "decision_on_referral", "2026-06-12", "--nation", "scotland", "--json")
    assert json.loads(scotland.stdout)["due"] == "2026-06-16"


def test_an_areas_own_rule_counts_where_its_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "coventry.toml").write_text(AREA)
    told = json.loads(asked("due", "initial_assessment", "2012-03-01", "--also", str(tmp_path), "--json").stdout)
    assert (told["due"], told["source"]) == ("2012-03-12", "Local procedure")


@pytest.mark.parametrize(
    "arguments",
    [
        ("due", "single_assessment", "tomorrow"),
        ("due", "strategy_discussion", "2026-11-19"),
        ("due", "strategy_meeting", "2026-11-19"),
        ("due", "single_assessment", "1066-10-14"),
        ("due", "single_assessment", "2026-11-19", "--nation", "france"),
        ("check", "/nowhere/at/all"),
        ("diff", "1999", "2026", "--also", "/nowhere/at/all"),
    ],
)
def test_what_cannot_be_answered_is_not_understood_and_never_a_traceback(arguments: tuple[str, ...]) -> None:
    result = asked(*arguments)
    assert result.exit_code == 2
    assert "Error" in result.output
    assert isinstance(result.exception, SystemExit)


def test_a_bank_holiday_of_a_folder_is_told_and_counts(tmp_path: Path) -> None:
    (tmp_path / "proclaimed.toml").write_text(
        '[[bank_holiday]]\nday = 2026-12-18\nname = "Day of national mourning"\nsource = "Proclamation"\n'
    )
    try:
        assert "Bank holiday Friday 18 December 2026: Day of national mourning" in words(asked("check", str(tmp_path)))
        told = asked("due", "initial_child_protection_conference", "2026-12-10", "--also", str(tmp_path))
        assert "due Wednesday 6 January 2027 " in f"{words(told)} "
        assert "Not counted: Friday 18 December 2026, Day of national mourning." in words(told)
    finally:
        procedure.proclaim([])


def test_an_installations_own_rules_count_without_being_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAVENLINE_HOME", str(tmp_path))
    (tmp_path / "guidance").mkdir()
    (tmp_path / "guidance" / "coventry.toml").write_text(AREA)
    assert json.loads(asked("due", "initial_assessment", "2012-03-01", "--json").stdout)["due"] == "2012-03-12"
