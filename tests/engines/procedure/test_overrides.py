"""Dated rows in the place of an edition's own: a revision of it, or an area's rule."""

from datetime import date
from pathlib import Path

import pytest

from havenline.engines.procedure import EDITIONS, EditionRefused, Event, Guidance, read_guidance, simulate

COVENTRY = """
area = "Coventry"

[[override]]
edition = "2010"
step = "initial_assessment"
from = 2010-05-01
until = 2012-04-30
clock = { amount = 7 }
source = "Coventry's local procedure"
verified = "secondary"
"""


def with_area(folder: Path, text: str) -> Guidance:
    (folder / "area.toml").write_text(text, encoding="utf-8")
    return read_guidance(EDITIONS, folder)


def refused(folder: Path, text: str) -> str:
    with pytest.raises(EditionRefused) as found:
        with_area(folder, text)
    return str(found.value)


def test_an_area_keeps_its_own_limit_between_its_days_and_the_editions_before_and_after(tmp_path: Path) -> None:
    edition = with_area(tmp_path, COVENTRY).edition("2010")
    due = {started: edition.due("initial_assessment", started=started) for started in (date(2010, 4, 30), date(2010, 5, 4))}
    assert due == {date(2010, 4, 30): date(2010, 5, 17), date(2010, 5, 4): date(2010, 5, 13)}
    assert edition.due("initial_assessment", started=date(2012, 4, 30)) == date(2012, 5, 10)
    assert edition.due("initial_assessment", started=date(2012, 5, 1)) == date(2012, 5, 16)


def test_an_areas_date_is_explained_by_its_own_source_and_is_local(tmp_path: Path) -> None:
    edition = with_area(tmp_path, COVENTRY).edition("2010")
    told = edition.explain("initial_assessment", started=date(2010, 5, 4))
    assert (told.rule, told.source) == ("7 working days from the referral", "Coventry's local procedure")
    assert edition.step("initial_assessment", on=date(2010, 5, 4)).status == "local"
    assert edition.step("initial_assessment").status == "guidance"
    assert edition.overrides[0].area == "Coventry"


def test_other_editions_and_steps_stay_as_they_are(tmp_path: Path) -> None:
    guidance = with_area(tmp_path, COVENTRY)
    plain = read_guidance(EDITIONS)
    assert [edition for edition in guidance.editions if edition.name != "2010"] == [e for e in plain.editions if e.name != "2010"]
    assert guidance.edition("2010").steps == plain.edition("2010").steps


def test_a_clock_keeps_the_row_that_held_when_it_started(tmp_path: Path) -> None:
    guidance = with_area(tmp_path, COVENTRY)
    for on, due in ((date(2012, 4, 30), date(2012, 5, 10)), (date(2012, 5, 1), date(2012, 5, 16))):
        situation = simulate([Event("referral", on)], date(2012, 5, 20), guidance=guidance)
        (assessment,) = [state for state in situation.steps if state.step == "initial_assessment"]
        assert assessment.due == due
        told = assessment.explain()
        assert told is not None
        assert (told.due, told.rule) == (due, assessment.rule)


def test_an_override_can_change_what_starts_a_clock(tmp_path: Path) -> None:
    guidance = with_area(
        tmp_path,
        COVENTRY.replace("clock = { amount = 7 }", 'clock = { words = "the decision", starts = [{ step = "decision_on_referral" }] }'),
    )
    events = [Event("referral", date(2011, 5, 3)), Event("decision_on_referral", date(2011, 5, 4), "assessment")]
    (assessment,) = [s for s in simulate(events, guidance=guidance).open_clocks if s.step == "initial_assessment"]
    assert (assessment.started, assessment.rule) == (date(2011, 5, 4), "10 working days from the decision")


def test_of_two_overrides_for_one_day_the_later_listed_holds_on_top_of_the_earlier(tmp_path: Path) -> None:
    second = COVENTRY.split("[[override]]")[1].replace("amount = 7", 'unit = "calendar days"').replace("2010-05-01", "2011-01-01")
    edition = with_area(tmp_path, COVENTRY + "[[override]]" + second).edition("2010")
    assert edition.step("initial_assessment", on=date(2010, 12, 31)).rule == "7 working days from the referral"
    assert edition.step("initial_assessment", on=date(2011, 1, 1)).rule == "7 calendar days from the referral"


def test_an_area_cannot_change_a_statutes_limit_but_a_wrong_row_can_be_put_right_with_its_source(tmp_path: Path) -> None:
    text = COVENTRY.replace("initial_assessment", "police_protection_ends").replace("amount = 7", "amount = 96")
    assert "area.toml, line 6, override 'police_protection_ends', key 'step': an area cannot change a statute's limit" in refused(
        tmp_path, text
    )
    right = with_area(tmp_path, text + 'status = "statute"\n').edition("2010")
    assert right.due("police_protection_ends", started=date(2011, 5, 3)) == date(2011, 5, 7)


def test_an_override_can_take_a_limit_away_and_says_why(tmp_path: Path) -> None:
    edition = with_area(tmp_path, COVENTRY.replace("clock = { amount = 7 }", 'no_limit = "As the plan says"')).edition("2010")
    row = edition.step("initial_assessment", on=date(2011, 5, 3))
    assert (row.clock, row.rule) == (None, "As the plan says")


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        (
            'edition = "2010"',
            'edition = "2011"',
            "line 5, override 'initial_assessment', key 'edition': must be one of the editions held: 1999",
        ),
        ('step = "initial_assessment"', 'step = "assessment"', "line 6, override 'assessment', key 'step': edition '2010' has no step"),
        ("from = 2010-05-01", "from = 2013-05-01", "line 8, override 'initial_assessment', key 'until': lies before from"),
        ("from = 2010-05-01\n", "", "key 'from': must be a date"),
        ("amount = 7", "amount = 0", "line 9, override 'initial_assessment', key 'clock.amount': must be a whole number"),
        ("amount = 7", 'starts = [{ step = "call" }]', "line 9, override 'initial_assessment', key 'clock.starts': unknown step 'call'"),
        ("clock = { amount = 7 }\n", "", "key 'step': changes nothing"),
        ("clock = { amount = 7 }", 'clocks = 7\nrole = "x"', "line 9, override 'initial_assessment', key 'clocks': unknown key"),
        ("clock = { amount = 7 }", 'clock = { amount = 7 }\nno_limit = "None"', "key 'no_limit': a step has a clock, or says why"),
        ('area = "Coventry"', "area = 7", "line 2, key 'area': missing, or not a text"),
    ],
)
def test_a_wrong_override_is_refused_with_file_and_line(tmp_path: Path, right: str, wrong: str, told: str) -> None:
    assert told in refused(tmp_path, COVENTRY.replace(right, wrong, 1))


def test_an_override_until_the_last_day_that_there_is_holds(tmp_path: Path) -> None:
    guidance = with_area(tmp_path, COVENTRY.replace("2012-04-30", "9999-12-31"))
    situation = simulate([Event("referral", date(2012, 5, 1))], guidance=guidance)
    assert {clock.step: clock.due for clock in situation.open_clocks}["initial_assessment"] == date(2012, 5, 11)
