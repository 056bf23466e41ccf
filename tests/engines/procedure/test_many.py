"""Many due dates at once are those that would be found one by one."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engines.procedure.written_rules import HELD, limits_of

from havenline.engines import procedure
from havenline.engines.procedure import EDITIONS, SCOTLAND, Edition, WorkingDays, edition, read_guidance

days = st.lists(st.dates(date(1999, 1, 1), date(2030, 12, 31)), max_size=40)


def array(found: list[date]) -> np.ndarray:
    return np.array(found, dtype="datetime64[D]")


@pytest.mark.parametrize("name", HELD)
def test_every_step_of_every_edition_gives_the_same_dates_one_by_one_and_at_once(name: str) -> None:
    starts = [date(1999, 1, 1) + timedelta(days=number) for number in range(0, 32 * 365, 3)]
    for step in limits_of(name):
        due = edition(name).due_many(step, array(starts))
        assert due.dtype == np.dtype("datetime64[D]")
        assert due.tolist() == [edition(name).due(step, started=started) for started in starts], step


@given(days, st.sampled_from([procedure.ENGLAND, SCOTLAND, WorkingDays(added={date(2026, 11, 25): "Added"})]))
def test_any_days_in_any_order_under_any_calendar_give_the_same_dates(starts: list[date], calendar: WorkingDays) -> None:
    for step in ("single_assessment", "first_review", "police_protection_ends", "emergency_protection_order_ends"):
        due = edition("2026").due_many(step, array(starts), calendar=calendar)
        assert due.tolist() == [edition("2026").due(step, started=started, calendar=calendar) for started in starts]


def test_a_start_that_is_not_known_has_no_date() -> None:
    starts = np.array(["2026-11-19", "NaT"], dtype="datetime64[D]")
    for step in ("initial_child_protection_conference", "first_review", "police_protection_ends"):
        due = edition("2026").due_many(step, starts)
        assert not np.isnat(due[0])
        assert np.isnat(due[1])


def test_moments_count_by_their_day_and_the_shape_stays() -> None:
    starts = np.array([["2026-11-19T23:59", "2026-11-20T00:00"]], dtype="datetime64[m]")
    due = edition("2026").due_many("initial_child_protection_conference", starts)
    assert due.tolist() == [[date(2026, 12, 10), date(2026, 12, 11)]]


def test_no_starts_give_no_dates() -> None:
    assert edition("2026").due_many("single_assessment", array([])).shape == (0,)


def test_what_is_no_array_of_days_is_refused() -> None:
    with pytest.raises(TypeError, match="datetime64"):
        edition("2026").due_many("single_assessment", np.array([20_000]))


@pytest.mark.parametrize("far", ["1066-10-14", "2300-01-01"])
@pytest.mark.parametrize("step", ["single_assessment", "first_review"])
def test_a_year_that_nobody_knows_is_refused_for_one_and_for_many(far: str, step: str) -> None:
    with pytest.raises(procedure.DateOutOfRange, match="Check the year"):
        edition("2026").due_many(step, np.array([far], dtype="datetime64[D]"))
    with pytest.raises(procedure.DateOutOfRange, match="Check the year"):
        edition("2026").due(step, started=date.fromisoformat(far))


def test_a_step_without_a_limit_tells_why() -> None:
    with pytest.raises(procedure.StepHasNoLimit):
        edition("2026").due_many("strategy_discussion", array([date(2026, 11, 19)]))


def test_each_start_counts_by_the_row_that_held_on_its_own_day(coventry: Edition) -> None:
    starts = [date(2010, 4, 30), date(2010, 5, 1), date(2012, 4, 30), date(2012, 5, 1)]
    due = coventry.due_many("initial_assessment", np.array([*starts, None], dtype="datetime64[D]"))
    assert due.tolist() == [*(coventry.due("initial_assessment", started=started) for started in starts), None]
    assert len({(end - start).days for start, end in zip(starts, due.tolist(), strict=False)}) > 1


@pytest.fixture
def coventry(tmp_path: Path) -> Edition:
    (tmp_path / "coventry.toml").write_text(
        """
area = "Coventry"
[[override]]
edition = "2010"
step = "initial_assessment"
from = 2010-05-01
until = 2012-04-30
clock = { amount = 7 }
source = "Local procedure"
verified = "secondary"
"""
    )
    return read_guidance(EDITIONS, tmp_path).edition("2010")
