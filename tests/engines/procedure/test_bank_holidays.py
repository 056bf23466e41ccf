"""A bank holiday that is proclaimed at short notice: a file, and every period counts by it."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from havenline.engines import procedure
from havenline.engines.procedure import BankHoliday, EditionRefused

MOURNING = """[[bank_holiday]]
day = 2026-12-18
name = "Day of national mourning"
source = "Royal Proclamation"
"""
CONFERENCE = "initial_child_protection_conference"


@pytest.fixture(autouse=True)
def _only_the_packages_afterwards() -> Iterator[None]:
    yield
    procedure.hold_also()


def hold(folder: Path, text: str) -> None:
    (folder / "bank-holidays.toml").write_text(text)
    procedure.hold_also(folder)


def test_a_period_over_it_ends_a_working_day_later_and_its_explanation_names_it(tmp_path: Path) -> None:
    before = procedure.edition("2026").due(CONFERENCE, date(2026, 12, 10))
    hold(tmp_path, MOURNING)
    after = procedure.edition("2026").explain(CONFERENCE, date(2026, 12, 10))
    assert after.due == procedure.next_working_day(before)
    assert "Day of national mourning" in [day.name for day in after.skipped]


def test_many_dates_at_once_count_by_it_too(tmp_path: Path) -> None:
    hold(tmp_path, MOURNING)
    starts = np.arange("2026-11-20", "2027-01-10", dtype="datetime64[D]")
    one_by_one = [procedure.edition("2026").due(CONFERENCE, day.item()) for day in starts]
    assert procedure.edition("2026").due_many(CONFERENCE, starts).tolist() == one_by_one


def test_one_that_moves_frees_the_day_that_it_left(tmp_path: Path) -> None:
    hold(tmp_path, MOURNING + "instead_of = 2026-12-28\n")
    assert not procedure.is_working_day(date(2026, 12, 18))
    assert procedure.is_working_day(date(2026, 12, 28))


def test_it_is_englands_and_of_other_nations_only_where_it_says_so(tmp_path: Path) -> None:
    hold(tmp_path, MOURNING + 'nations = ["scotland"]\n')
    assert procedure.is_working_day(date(2026, 12, 18))
    assert not procedure.working_days_of("scotland").is_working_day(date(2026, 12, 18))


def test_what_is_no_longer_held_no_longer_counts(tmp_path: Path) -> None:
    hold(tmp_path, MOURNING)
    procedure.hold_also()
    assert procedure.is_working_day(date(2026, 12, 18))
    assert procedure.proclaimed() == ()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (MOURNING.replace("2026-12-18", '"soon"'), "line 2, bank_holiday 1, key 'day': must be a date"),
        (MOURNING.replace("2026-12-18", "1066-10-14"), "line 2, bank_holiday 1, key 'day': bank holidays are known for"),
        (MOURNING + 'nations = ["france"]\n', "line 5, bank_holiday 1, key 'nations': no nation 'france'"),
        (MOURNING.replace("source", "sauce"), "bank_holiday 1, key 'source': missing"),
        ('area = "Coventry"\n' + MOURNING, "line 1, key 'area': unknown key"),
        ("bank_holiday = 3", "key 'bank_holiday': must be a list of tables"),
    ],
)
def test_what_is_wrong_in_its_file_is_named_with_its_place_and_changes_nothing(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(EditionRefused) as refused:
        hold(tmp_path, text)
    assert problem in str(refused.value)
    assert procedure.is_working_day(date(2026, 12, 18))


@given(
    started=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    amount=st.integers(1, 60),
    added=st.sets(st.integers(0, 900), max_size=5),
)
def test_adding_bank_holidays_never_makes_a_date_earlier(started: date, amount: int, added: set[int]) -> None:
    before = procedure.due_after(amount, "working days", started)
    days = [date(2026, 1, 1) + timedelta(days=number) for number in added]
    procedure.proclaim(BankHoliday(day, "Another", "Proclamation") for day in days)
    try:
        assert procedure.due_after(amount, "working days", started) >= before
    finally:
        procedure.proclaim([])
