"""`havenline census timeliness`: a council's census in, kept and missed dates out. It needs no installation and keeps nothing."""

import csv
import io
import json
import os
import re
import stat
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast
from xml.etree import ElementTree

import pytest
from benchmarks.census import Maker
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from havenline.cli import app
from havenline.engines.census import CLOCKS, Census, timeliness
from havenline.journey.safeguarding.census_calendar import WorkingTogether
from tests.census_files import assessment, child, enquiry, episode, message, plan

TEXT = message(
    child("A1", episode(assessment("2025-05-01", "2025-09-01"), enquiry("2025-05-02", "2025-05-28"))),
    child("B2", episode(plan("2025-05-23", "2025-08-22"), plan("soon"))),
)


def asked(*arguments: str, given: bytes | None = None) -> Result:
    return CliRunner().invoke(app, ["census", "timeliness", *arguments], input=given)


def answered(text: str, *arguments: str) -> dict[str, Any]:
    result = asked("-", "--json", *arguments, given=text.encode())
    assert result.exit_code == 0, result.stderr
    return cast(dict[str, Any], json.loads(result.stdout))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "cin.xml"
    path.write_text(TEXT, encoding="utf-8")
    return path


# The answer for machines


def test_the_answer_has_children_and_for_each_clock_what_was_due_in_time_late_and_open() -> None:
    said = answered(TEXT)
    assert said["children"] == 2
    assert {clock: {name: said[clock][name] for name in ("due", "in_time", "late", "open")} for clock in CLOCKS} == {
        "assessment_45": {"due": 1, "in_time": 0, "late": 1, "open": 0},
        "conference_15": {"due": 1, "in_time": 0, "late": 1, "open": 0},
        "first_review": {"due": 1, "in_time": 1, "late": 0, "open": 0},
        "later_review": {"due": 1, "in_time": 0, "late": 1, "open": 0},
    }


def test_a_late_case_has_its_child_start_due_date_when_it_happened_and_how_late() -> None:
    said = answered(TEXT)
    assert said["assessment_45"]["late_cases"] == [
        {"child": "A1", "start": "2025-05-01", "due": "2025-07-07", "happened": "2025-09-01", "working_days_late": 39}
    ]
    assert said["conference_15"]["late_cases"] == [  # two bank holidays are passed over
        {"child": "A1", "start": "2025-05-02", "due": "2025-05-27", "happened": "2025-05-28", "working_days_late": 1}
    ]
    assert said["later_review"]["late_cases"] == [
        {"child": "B2", "start": "2025-08-22", "due": "2026-02-22", "happened": None, "working_days_late": 27}
    ]


def test_what_is_not_understood_is_listed_with_child_line_element_and_reason() -> None:
    said = answered(TEXT)
    assert said["not_understood"] == [
        {"child": "B2", "line": 3, "element": "CPPstartDate", "said": "soon", "reason": "is no date (YYYY-MM-DD)"}
    ]
    assert said["not_understood_count"] == 1
    assert said["not_understood_kinds"] == [{"element": "CPPstartDate", "reason": "is no date (YYYY-MM-DD)", "count": 1}]


def test_months_drift_and_days_used_are_told_of_each_clock() -> None:
    said = answered(TEXT)["first_review"]
    assert said["by_month"] == [{"month": "2025-08", "due": 1, "in_time": 1, "late": 0, "open": 0}]
    assert (said["on_the_last_day"], said["in_the_last_days"]) == (1, 1)  # due on Saturday 23 August, done on the Friday
    assert said["days_used"] == [{"days": 91, "in_time": 1, "late": 0}]


# Editions


def test_each_clock_counts_by_the_edition_in_force_when_it_started() -> None:
    started = ("2024-05-01", "2026-03-17", "2026-03-18")
    said = answered(message(child("A1", episode(*(assessment(day, day) for day in started)))))
    assert said["edition"] is None
    assert said["assessment_45"]["editions"] == {"2023": 2, "2026": 1}


def test_an_edition_that_is_named_counts_every_clock() -> None:
    said = answered(TEXT, "--edition", "2026")
    assert said["edition"] == "2026"
    assert said["assessment_45"]["editions"] == {"2026": 1}


def test_an_edition_that_is_not_held_is_refused_with_those_that_are() -> None:
    result = asked("-", "--edition", "1066", given=TEXT.encode())
    assert result.exit_code == 2
    assert "2026" in result.stderr


def test_under_an_edition_without_the_step_its_clock_is_listed_and_not_counted() -> None:
    said = answered(TEXT, "--edition", "1999")
    assert said["assessment_45"]["due"] == 0
    assert said["conference_15"]["due"] == 1
    assert ("A1", "AssessmentActualStartDate") in {(note["child"], note["element"]) for note in said["not_understood"]}


def test_a_clock_from_before_every_edition_is_listed_and_counts_where_one_is_named() -> None:
    text = message(child("A1", episode(enquiry("1998-05-01", "1998-05-12"))))
    said = answered(text)
    assert said["conference_15"]["due"] == 0
    assert said["not_understood"][0]["said"] == "1998-05-01"
    assert answered(text, "--edition", "2026")["conference_15"]["in_time"] == 1


def test_from_the_referral_the_first_assessment_counts_from_it() -> None:
    text = message(child("A1", episode(assessment("2025-05-01", "2025-06-30"), referral="2025-04-01")))
    assert answered(text)["assessment_45"]["in_time"] == 1
    (late,) = answered(text, "--from-referral")["assessment_45"]["late_cases"]
    assert late["start"] == "2025-04-01"


# Against a second counting, day by day

BANK_HOLIDAYS = {
    date.fromisoformat(day)
    for day in """
        2023-12-25 2023-12-26
        2024-01-01 2024-03-29 2024-04-01 2024-05-06 2024-05-27 2024-08-26 2024-12-25 2024-12-26
        2025-01-01 2025-04-18 2025-04-21 2025-05-05 2025-05-26 2025-08-25 2025-12-25 2025-12-26
        2026-01-01 2026-04-03 2026-04-06 2026-05-04 2026-05-25 2026-08-31 2026-12-25 2026-12-28
        2027-01-01 2027-03-26 2027-03-29 2027-05-03 2027-05-31 2027-08-30 2027-12-27 2027-12-28
        2028-01-03 2028-04-14 2028-04-17 2028-05-01 2028-05-29 2028-08-28 2028-12-25 2028-12-26
    """.split()  # noqa: SIM905 - a line for each year
}
REFERENCE = date(2026, 3, 31)


def works(day: date) -> bool:
    return day.weekday() < 5 and day not in BANK_HOLIDAYS


def after_working_days(day: date, left: int) -> date:
    while left:
        day += timedelta(days=1)
        left -= works(day)
    return day


def after_months(day: date, months: int) -> date:
    """Month by month; a day that does not exist is the last of its month."""
    year, month = day.year, day.month
    for _each in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    for number in range(day.day, 0, -1):
        try:
            return date(year, month, number)
        except ValueError:
            continue
    raise AssertionError


def slowly(day: date, until: date) -> int:
    count = 0
    while day < until:
        day += timedelta(days=1)
        count += works(day)
    return count


def second_counting(text: str) -> dict[str, dict[str, Any]]:
    """By the census's words, over the whole tree, one day at a time."""
    said: dict[str, dict[str, Any]] = {clock: {"due": 0, "in_time": 0, "late": 0, "open": 0, "late_cases": []} for clock in CLOCKS}

    def judge(clock: str, who: str, started: date, due: date, happened: date | None) -> None:
        late = happened > due if happened else due < REFERENCE
        state = "late" if late else "in_time" if happened else "open"
        said[clock]["due"] += 1
        said[clock][state] += 1
        if state == "late":
            days = slowly(due, happened or REFERENCE)
            row = (who, f"{started}", f"{due}", f"{happened}" if happened else None, days)
            said[clock]["late_cases"].append(dict(zip(("child", "start", "due", "happened", "working_days_late"), row, strict=True)))

    def day(element: ElementTree.Element, name: str) -> date | None:
        return date.fromisoformat(found) if (found := element.findtext(name)) else None

    for each in ElementTree.fromstring(text).iter("Child"):  # noqa: S314 - our own text
        who = each.findtext("ChildIdentifiers/LAchildID", "")
        for one in each.iter("Assessments"):
            started = cast(date, day(one, "AssessmentActualStartDate"))
            judge("assessment_45", who, started, after_working_days(started, 45), day(one, "AssessmentAuthorisationDate"))
        for one in each.iter("Section47"):
            if one.findtext("ICPCnotRequired") != "true":
                started = cast(date, day(one, "S47ActualStartDate"))
                judge("conference_15", who, started, after_working_days(started, 15), day(one, "DateOfInitialCPC"))
        for one in each.iter("ChildProtectionPlans"):
            before, clock, months, ended = cast(date, day(one, "CPPstartDate")), "first_review", 3, day(one, "CPPendDate")
            for review in sorted(date.fromisoformat(found.text or "") for found in one.iter("CPPreviewDate")):
                judge(clock, who, before, after_months(before, months), review)
                before, clock, months = review, "later_review", 6
            due = after_months(before, months)
            if ended is None or due <= ended:
                judge(clock, who, before, due, None)
    return said


DAYS = st.dates(date(2023, 12, 15), date(2026, 3, 31))


@st.composite
def ends(draw: st.DrawFn, started: date, longest: int) -> date | None:
    """None, or a day after the start, often near the limit."""
    near = st.integers(max(1, longest - 4), longest + 6) | st.integers(0, 3 * longest)
    return draw(st.none() | near.map(lambda days: started + timedelta(days=days)))


@st.composite
def groups(draw: st.DrawFn) -> str:
    started = draw(DAYS)
    kind = draw(st.sampled_from(["assessment", "enquiry", "plan"]))
    if kind == "assessment":
        return assessment(started, draw(ends(started, 64)))
    if kind == "enquiry":
        return enquiry(started, draw(ends(started, 22)), "false") if draw(st.booleans()) else enquiry(started, not_required="true")
    reviews, day = [], started
    for limit in draw(st.lists(st.sampled_from([90, 182]), max_size=4)):
        day += timedelta(days=draw(st.integers(limit - 6, limit + 6) | st.integers(1, 400)))
        reviews.append(day)
    reviews = [review for review in reviews if review.year <= 2028]  # as far as the table of bank holidays goes
    ended = draw(st.none() | st.integers(0, 200).map(lambda days: day + timedelta(days=days)))
    return plan(started, *draw(st.permutations(reviews)), ended=ended)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.lists(groups(), max_size=5), max_size=4))
def test_every_count_and_every_late_case_is_that_of_a_second_counting(children: list[list[str]]) -> None:
    text = message(*(child(f"A{number}", episode(*each)) for number, each in enumerate(children)))
    found = timeliness(Census(io.BytesIO(text.encode())), WorkingTogether())
    wanted = second_counting(text)
    for clock in CLOCKS:
        count = found.count(clock)
        assert (count.due, count.in_time, count.late, count.open) == tuple(
            wanted[clock][name] for name in ("due", "in_time", "late", "open")
        )
        got = [
            {
                "child": case.child,
                "start": f"{case.started}",
                "due": f"{case.due}",
                "happened": f"{case.happened}" if case.happened else None,
                "working_days_late": case.working_days_late,
            }
            for case in found.late_cases(clock)
        ]
        assert got == wanted[clock]["late_cases"]
    assert not found.not_understood.count


def test_late_steps_that_were_planted_are_found_exactly(tmp_path: Path) -> None:
    with (tmp_path / "cin.xml").open("w", encoding="utf-8") as file:
        planted = Maker(seed=11).write(file, 1_500)
    said = json.loads(asked(str(tmp_path / "cin.xml"), "--json").stdout)
    assert said["children"] == 1_500
    for clock in CLOCKS:
        assert {name: said[clock][name] for name in ("in_time", "late", "open")} == {
            name: planted.counts[clock][name] for name in ("in_time", "late", "open")
        }
        found = [(case["child"], case["start"], case["due"], case["happened"]) for case in said[clock]["late_cases"]]
        assert found == [
            (who, f"{start}", f"{due}", f"{happened}" if happened else None) for who, start, due, happened in planted.late[clock]
        ]
        assert len(found) > 5


# For a person


def test_a_person_reads_the_counts_the_drift_the_latest_and_what_was_not_understood(file: Path) -> None:
    said = asked(str(file)).stdout
    assert "Local authority 201, up to 31 March 2026: 2 children, 2 episodes." in said
    assert "of 1 in time, 1 (100.0%) were done on the last day" in said
    assert "Assessments, child A1: due on 2025-07-07, done on 2025-09-01, 39 working days late (line 2)" in said
    assert "CPPstartDate is no date (YYYY-MM-DD). The first: line 3, child B2, “soon”" in said


def test_no_words_of_the_file_steer_the_terminal_or_its_markup(file: Path) -> None:
    file.write_text(TEXT.replace("A1", "[red]\u202eA1[/nothing]").replace("soon", "[bold]\u009b2J"), encoding="utf-8")
    said = asked(str(file)).stdout
    assert "[red] A1[/nothing]" in said
    assert "\u202e" not in said
    assert "\x9b" not in said
    file.write_text(TEXT.replace("A1", "[/x]\u202e")[:-400], encoding="utf-8")
    broken = asked(str(file))
    assert broken.exit_code == 3
    assert "\u202e" not in broken.stderr


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (lambda text: text[:-200], "ends too early"),
        (lambda text: "LAchildID,UPN\n", "so it is no census"),
        (lambda text: "", "The file is empty"),
        (lambda text: text.replace("CIN<", "School Census<"), "School Census"),
        (lambda text: "<!DOCTYPE Message>" + text, "DOCTYPE"),
    ],
    ids=["truncated", "csv", "empty", "another collection", "document type"],
)
def test_what_is_no_census_or_not_whole_is_refused_in_one_sentence_and_nothing_is_written(file: Path, changed: Any, words: str) -> None:
    file.write_text(changed(TEXT), encoding="utf-8")
    result = asked(str(file), "--json", "--html", str(file.parent / "out.html"), "--csv", str(file.parent / "out.csv"))
    assert result.exit_code == 3
    assert words in result.stderr
    assert result.stdout == ""
    assert os.listdir(file.parent) == ["cin.xml"]


def test_a_file_that_cannot_be_read_is_said_so_with_exit_code_2(tmp_path: Path) -> None:
    for path in (tmp_path / "none.xml", tmp_path):
        result = asked(str(path))
        assert result.exit_code == 2
        assert "cannot be read" in " ".join(result.stderr.replace("│", "").split())


def test_the_census_itself_is_never_overwritten_nor_a_folder(file: Path) -> None:
    for out in (file, file.parent):
        for option in ("--csv", "--html"):
            assert asked(str(file), option, str(out)).exit_code == 2
    assert asked(str(file), "--csv", str(file.parent / "nowhere" / "out.csv")).exit_code == 2
    assert asked(str(file), "--csv", str(file.parent / "out"), "--html", str(file.parent / "out")).exit_code == 2
    assert file.read_text(encoding="utf-8") == TEXT


def test_progress_of_a_long_file_is_told_on_standard_error_alone(tmp_path: Path) -> None:
    with (tmp_path / "cin.xml").open("w", encoding="utf-8") as long:
        long.write(TEXT.replace("\n</Children>", ("\n" * 2_000 + child("C3")) * 11_000 + "</Children>"))
    result = asked(str(tmp_path / "cin.xml"), "--json")
    assert json.loads(result.stdout)["children"] == 11_002
    assert len(re.findall(r"\d+ of \d+ MB of the census are read", result.stderr)) == 10


def test_it_starts_without_django_and_without_an_installation(tmp_path: Path) -> None:
    program = (
        "import sys; from havenline.cli import app\ntry: app(['census', 'timeliness', '-', '--html', sys.argv[1]])\n"
        "except SystemExit: pass\nprint('django' in sys.modules)"
    )
    environment = {**os.environ, "HAVENLINE_HOME": str(tmp_path / "nowhere")}
    said = [sys.executable, "-c", program, str(tmp_path / "page.html")]
    ran = subprocess.run(said, input=TEXT, capture_output=True, text=True, env=environment)
    assert ran.stdout.splitlines()[-1] == "False"
    assert (tmp_path / "page.html").exists()
    assert not (tmp_path / "nowhere").exists()


# The sheet and the page


def test_the_sheet_has_every_clock_of_every_child(file: Path) -> None:
    out = file.parent / "out.csv"
    assert asked(str(file), "--csv", str(out)).exit_code == 0
    rows = list(csv.DictReader(out.read_text(encoding="utf-8-sig").splitlines()))
    assert [(row["child"], row["clock"], row["state"], row["working_days_late"], row["working_days_left"]) for row in rows] == [
        ("A1", "assessment_45", "late", "39", ""),
        ("A1", "conference_15", "late", "1", ""),
        ("B2", "first_review", "in_time", "0", "0"),
        ("B2", "later_review", "late", "27", ""),
    ]
    assert rows[3]["happened"] == ""
    assert {row["edition"] for row in rows} == {"2023"}


def test_no_identifier_is_a_formula_in_the_sheet(file: Path) -> None:
    file.write_text(TEXT.replace("A1", "=cmd|' /c calc'!A0"), encoding="utf-8")
    asked(str(file), "--csv", str(file.parent / "out.csv"))
    assert "'=cmd" in (file.parent / "out.csv").read_text(encoding="utf-8-sig")


def test_sheet_and_page_are_for_their_owner_alone(file: Path) -> None:
    asked(str(file), "--csv", str(file.parent / "out.csv"), "--html", str(file.parent / "out.html"))
    assert [stat.S_IMODE((file.parent / name).stat().st_mode) for name in ("out.csv", "out.html")] == [0o600, 0o600]


def the_page(file: Path) -> str:
    out = file.parent / "out.html"
    result = asked(str(file), "--html", str(out))
    assert result.exit_code == 0, result.stderr
    return out.read_text(encoding="utf-8")


def test_the_page_asks_nothing_of_any_other_place_and_runs_no_script(file: Path) -> None:
    page = the_page(file)
    assert "<script" not in page
    assert re.findall(r'(?:src|href)="(?!#)[^"]*"', page) == []
    assert set(re.findall(r"url\(\"?(\w+):", page)) == {"data"}
    assert "default-src 'none'" in page


def test_other_peoples_words_stay_words_on_the_page(file: Path) -> None:
    file.write_text(TEXT.replace("A1", "&lt;script&gt;x&lt;/script&gt;").replace("201", "&lt;b&gt;"), encoding="utf-8")
    page = the_page(file)
    assert "&lt;script&gt;x" in page
    assert "<script" not in page
    assert "<b>" not in page


def test_each_chart_of_the_page_has_a_name_a_description_and_a_table(file: Path) -> None:
    page = the_page(file)
    charts = re.findall(r'<svg class="(?:wide|narrow)" role="img" aria-labelledby="(\S+) (\S+)"', page)
    assert len(charts) == 4 * 2 + 3 * 2  # by month for each clock; days used for those with a step that happened
    for name, words in charts:
        assert f'<title id="{name}">' in page
        assert f'<desc id="{words}">' in page
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert page.count("<summary>The same numbers</summary>") == len(charts) / 2


def test_a_page_of_an_empty_census_says_that_none_was_due(file: Path) -> None:
    file.write_text(message(), encoding="utf-8")
    page = the_page(file)
    assert page.count("None was due") == 8
    assert "Everything was understood." in page
