from datetime import date
from pathlib import Path

import pytest

from havenline.engines import procedure
from havenline.engines.procedure import EDITIONS, EditionRefused, Event, read_edition, read_guidance

HEAD = """
name = "2031"
title = "Working Together to Safeguard Children 2031"
in_force_from = 2031-01-06
source = "A made-up edition"
verified = "remembered"
"""


def step(code: str, more: str = "ends = true", *, limit: str = 'no_limit = "None"', begins: bool = False) -> str:
    return f"""
[[step]]
code = "{code}"
title = "{code.capitalize()}"
role = "social worker"
status = "guidance"
source = "A made-up edition"
verified = "remembered"
at_any_time = {str(begins).lower()}
{limit}
{more}
"""


REFERRAL = step("referral", 'leads_to = ["decision"]', begins=True)
CLOCK = 'clock = { amount = 2, unit = "working days", words = "the referral", starts = [{ step = "referral" }] }'
DECISION = step("decision", limit=CLOCK)


def problems(folder: Path, text: str) -> str:
    path = folder / "2031.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(EditionRefused) as refused:
        read_edition(path)
    return str(refused.value)


def test_an_edition_is_added_by_adding_a_file(tmp_path: Path) -> None:
    (tmp_path / "2031.toml").write_text(HEAD + REFERRAL + DECISION, encoding="utf-8")
    guidance = read_guidance(EDITIONS, tmp_path)
    assert [edition.name for edition in guidance.editions] == ["1999", "2006", "2010", "2013", "2015", "2018", "2023", "2026", "2031"]
    assert guidance.in_force(date(2031, 1, 5)).name == "2026"
    assert guidance.in_force(date(2031, 1, 6)).due("decision", started=date(2031, 1, 6)) == date(2031, 1, 8)
    situation = procedure.simulate([Event("referral", date(2031, 1, 6))], date(2031, 1, 7), guidance=guidance)
    assert [(clock.step, clock.due) for clock in situation.open_clocks] == [("decision", date(2031, 1, 8))]


def test_an_unknown_step_is_refused_with_file_line_step_and_key(tmp_path: Path) -> None:
    text = HEAD + step("referral", 'leads_to = ["decide"]', begins=True) + DECISION
    line = text.splitlines().index('leads_to = ["decide"]') + 1
    assert f"2031.toml, line {line}, step 'referral', key 'leads_to': unknown step 'decide'" in problems(tmp_path, text)


def test_a_clock_without_a_start_is_refused(tmp_path: Path) -> None:
    clock = 'clock = { amount = 2, unit = "working days", words = "the referral", starts = [] }'
    assert "step 'decision', key 'clock.starts': a clock without a start" in problems(
        tmp_path, HEAD + REFERRAL + step("decision", limit=clock)
    )


def test_a_clock_that_an_unknown_step_starts_is_refused(tmp_path: Path) -> None:
    text = HEAD + REFERRAL + step("decision", limit=CLOCK.replace('step = "referral"', 'step = "call"'))
    assert "step 'decision', key 'clock.starts': unknown step 'call'" in problems(tmp_path, text)


def test_a_clock_that_an_unknown_outcome_starts_is_refused(tmp_path: Path) -> None:
    text = HEAD + REFERRAL + step("decision", limit=CLOCK.replace('step = "referral"', 'step = "referral", outcomes = ["urgent"]'))
    assert "step 'referral' has no outcome 'urgent'" in problems(tmp_path, text)


def test_an_initiating_anchor_without_its_outcomes_is_refused(tmp_path: Path) -> None:
    text = HEAD + REFERRAL + step("decision", limit=CLOCK.replace("starts =", 'anchor = "initiating", starts ='))
    assert "anchor 'initiating' needs the outcomes" in problems(tmp_path, text)


def test_an_outcome_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    text = HEAD + REFERRAL + step("decision", 'outcome = [{ code = "yes", title = "Yes" }]', limit=CLOCK)
    assert "step 'decision', key 'leads_to': outcome 'yes' leads nowhere" in problems(tmp_path, text)


def test_a_step_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    assert "the step leads nowhere" in problems(tmp_path, HEAD + REFERRAL + step("decision", "", limit=CLOCK))


def test_a_circle_without_an_end_is_refused(tmp_path: Path) -> None:
    text = HEAD + REFERRAL + step("decision", 'leads_to = ["referral"]', limit=CLOCK)
    assert "step 'decision', key 'leads_to': a circle without an end (decision → referral → decision)" in problems(tmp_path, text)


def test_a_circle_that_an_outcome_leaves_is_fine(tmp_path: Path) -> None:
    outcomes = 'outcome = [{ code = "again", title = "Again", leads_to = ["referral"] }, { code = "stop", title = "Stop", ends = true }]'
    path = tmp_path / "2031.toml"
    path.write_text(HEAD + REFERRAL + step("decision", outcomes, limit=CLOCK), encoding="utf-8")
    assert read_edition(path).next_steps("decision", "again")[0].code == "referral"


def test_a_step_that_nothing_leads_to_is_refused(tmp_path: Path) -> None:
    assert "step 'visit', key 'code': no outcome leads to this step" in problems(tmp_path, HEAD + REFERRAL + DECISION + step("visit"))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("amount = 0", "key 'clock.amount': must be a whole number of at least 1"),
        ("amount = true", "key 'clock.amount': must be a whole number of at least 1"),
        ('amount = 2, speed = "fast"', "key 'clock.speed': unknown key"),
    ],
)
def test_a_clock_with_a_wrong_value_is_refused(tmp_path: Path, wrong: str, told: str) -> None:
    assert told in problems(tmp_path, HEAD + REFERRAL + step("decision", limit=CLOCK.replace("amount = 2", wrong)))


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ('verified = "remembered"', 'verified = "certain"', "key 'verified': must be one of: primary, secondary, remembered"),
        ('unit = "working days"', 'unit = "weeks"', "key 'clock.unit': must be one of"),
        ("in_force_from = 2031-01-06", 'in_force_from = "soon"', "key 'in_force_from': must be a date"),
        ('role = "social worker"', 'role = ""', "key 'role': missing"),
        ("no_limit =", "no_limits =", "key 'no_limits': unknown key"),
        (
            '[[step]]\ncode = "decision"',
            '[[step]]\ncode = "referral"',
            "line 20, step 'referral', key 'code': step 'referral' st",
        ),
        ("at_any_time = true", "at_any_time = false", "no step can begin a case"),
    ],
)
def test_a_wrong_value_is_refused_with_what_would_be_right(tmp_path: Path, right: str, wrong: str, told: str) -> None:
    assert told in problems(tmp_path, (HEAD + REFERRAL + DECISION).replace(right, wrong))


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    text = HEAD + step("referral", 'leads_to = ["decide"]', begins=True) + step("decision", "", limit=CLOCK)
    assert len(problems(tmp_path, text).splitlines()) == 2


def test_a_file_that_is_not_toml_is_refused_by_name(tmp_path: Path) -> None:
    assert problems(tmp_path, "name = ").startswith("2031.toml: not TOML")


def test_two_files_with_the_same_edition_are_refused(tmp_path: Path) -> None:
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(HEAD + REFERRAL + DECISION, encoding="utf-8")
    with pytest.raises(EditionRefused, match=r"b\.toml, line 2, key 'name': .*a\.toml already holds edition '2031'"):
        read_guidance(tmp_path)


def test_a_folder_without_editions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EditionRefused, match="no edition"):
        read_guidance(tmp_path)


def test_the_line_told_is_that_of_the_fault_itself_in_a_value_of_many_lines(tmp_path: Path) -> None:
    outcomes = """outcome = [
    { code = "again", title = "Again", leads_to = ["referral"] },
    { code = "on", title = "On", leads_to = ["nowhere"] },
    { code = "lost", title = "Lost" },
]"""
    text = HEAD + REFERRAL + step("decision", outcomes, limit=CLOCK)
    told = problems(tmp_path, text).splitlines()
    lines = text.splitlines()
    assert [lines[int(one.split("line ")[1].split(",")[0]) - 1].strip() for one in told] == [
        '{ code = "lost", title = "Lost" },',
        '{ code = "on", title = "On", leads_to = ["nowhere"] },',
    ]


def test_a_problem_of_the_edition_itself_names_its_line(tmp_path: Path) -> None:
    assert "2031.toml, line 6, key 'verified': must be one of" in problems(
        tmp_path, HEAD.replace("remembered", "sure") + REFERRAL + DECISION
    )


@pytest.mark.parametrize(
    ("added", "told"),
    [
        ('step = "call"\nbecomes = "visit"', "line 31, transition 'call', key 'becomes': unknown step 'visit'"),
        (
            'step = "referral"\nbecomes = "decision"',
            "line 30, transition 'referral', key 'step': step 'referral' is still one of this edition's",
        ),
    ],
)
def test_a_wrong_transition_is_refused_with_its_line(tmp_path: Path, added: str, told: str) -> None:
    text = HEAD + REFERRAL + DECISION + f'[[transition]]\n{added}\nsource = "Made up"\nverified = "remembered"\n'
    assert told in problems(tmp_path, text)


def test_a_transition_from_a_step_that_no_earlier_edition_has_is_refused(tmp_path: Path) -> None:
    text = HEAD + REFERRAL + DECISION + '[[transition]]\nstep = "call"\nbecomes = "decision"\nsource = "Made up"\nverified = "remembered"\n'
    (tmp_path / "2031.toml").write_text(text, encoding="utf-8")
    with pytest.raises(EditionRefused, match=r"2031\.toml, line 30, transition 'call', key 'step': no earlier edition has a step 'call'"):
        read_guidance(EDITIONS, tmp_path)


def test_two_editions_that_begin_on_one_day_are_refused(tmp_path: Path) -> None:
    (tmp_path / "2031.toml").write_text((HEAD + REFERRAL + DECISION).replace("2031-01-06", "2026-03-18"), encoding="utf-8")
    with pytest.raises(EditionRefused, match=r"2031\.toml, line 4, key 'in_force_from': edition '2026' begins on the same day"):
        read_guidance(EDITIONS, tmp_path)


def test_an_edition_that_would_end_after_the_next_begins_is_refused(tmp_path: Path) -> None:
    (tmp_path / "1989.toml").write_text(
        (HEAD + REFERRAL + DECISION).replace('"2031"', '"1989"').replace("2031-01-06", "1989-01-06\nin_force_until = 2001-01-01"),
        encoding="utf-8",
    )
    with pytest.raises(EditionRefused, match=r"1989\.toml, line 5, key 'in_force_until': edition '1999' begins before this one ends"):
        read_guidance(EDITIONS, tmp_path)


def test_between_two_editions_whose_middle_one_is_not_held_no_edition_answers(tmp_path: Path) -> None:
    (tmp_path / "1989.toml").write_text(
        (HEAD + REFERRAL + DECISION).replace('"2031"', '"1989"').replace("2031-01-06", "1989-01-06\nin_force_until = 1991-10-13"),
        encoding="utf-8",
    )
    guidance = read_guidance(EDITIONS, tmp_path)
    assert guidance.in_force(date(1991, 10, 13)).name == "1989"
    with pytest.raises(procedure.NoEditionInForce, match="1989, from 06 January 1989 to 13 October 1991; 1999, from"):
        guidance.in_force(date(1991, 10, 14))


def test_a_first_day_of_which_only_the_month_is_known_is_the_months_first(tmp_path: Path) -> None:
    wrong = (HEAD + REFERRAL + DECISION).replace("in_force_from = 2031-01-06", 'in_force_from = 2031-01-06\ndated = "month"')
    assert "line 5, key 'dated': where only the month is known, in_force_from is its first day" in problems(tmp_path, wrong)


def test_a_step_with_a_clock_and_a_reason_for_none_is_refused(tmp_path: Path) -> None:
    assert "key 'no_limit': a step has a clock, or says why" in problems(
        tmp_path, HEAD + REFERRAL + step("decision", limit=CLOCK + '\nno_limit = "None"')
    )


def test_a_clock_that_is_no_table_is_refused(tmp_path: Path) -> None:
    assert "line 27, step 'decision', key 'clock': must be a table" in problems(
        tmp_path, HEAD + REFERRAL + step("decision", limit="clock = 2")
    )


@pytest.mark.parametrize("text", ["", HEAD])
def test_a_file_without_a_step_is_refused(tmp_path: Path, text: str) -> None:
    assert "2031.toml, line 1, key 'step': an edition needs at least one step" in problems(tmp_path, text)
