from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engines.procedure.written_rules import ADDED, MOVED, bank_holidays_by_rule

from havenline.engines import procedure
from havenline.engines.procedure import ENGLAND, WorkingDays

days = st.dates(date(1999, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize("year", range(1999, 2031))
def test_every_day_of_the_year_is_a_working_day_exactly_if_the_written_rules_say_so(year: int) -> None:
    holidays, day = bank_holidays_by_rule(year), date(year, 1, 1)
    while day.year == year:
        assert ENGLAND.is_working_day(day) == (day.weekday() < 5 and day not in holidays), day
        day += timedelta(days=1)


@pytest.mark.parametrize("parts", ADDED)
def test_a_bank_holiday_of_one_year_only_is_no_working_day(parts: tuple[int, int, int]) -> None:
    assert not procedure.is_working_day(date(*parts))
    assert ENGLAND.bank_holiday(date(*parts))


@pytest.mark.parametrize(("to", "away"), MOVED.items())
def test_a_moved_bank_holiday_frees_the_day_that_it_left(to: tuple[int, int, int], away: tuple[int, int, int]) -> None:
    assert not procedure.is_working_day(date(*to))
    assert procedure.is_working_day(date(*away))


def test_15_june_2026_is_a_bank_holiday_in_scotland_only() -> None:
    assert procedure.is_working_day(date(2026, 6, 15))


def test_boxing_day_on_a_saturday_is_given_on_the_monday_and_says_so() -> None:
    assert ENGLAND.bank_holiday(date(2026, 12, 28)) == "Boxing Day (substitute day)"


def test_the_next_working_day_after_christmas_eve_2026_is_the_29th() -> None:
    assert procedure.next_working_day(date(2026, 12, 24)) == date(2026, 12, 29)


def test_the_last_working_day_of_a_saturday_is_its_friday_and_of_a_working_day_itself() -> None:
    assert ENGLAND.last_working_day(date(2026, 11, 28)) == date(2026, 11, 27)
    assert ENGLAND.last_working_day(date(2026, 11, 27)) == date(2026, 11, 27)


def test_working_days_between_are_signed_and_do_not_count_the_day_they_start_from() -> None:
    assert procedure.working_days_between(date(2026, 11, 19), date(2026, 11, 24)) == 3
    assert procedure.working_days_between(date(2026, 11, 24), date(2026, 11, 19)) == -3
    assert procedure.working_days_between(date(2026, 11, 24), date(2026, 12, 10)) == 12
    assert procedure.working_days_between(date(2026, 11, 27), date(2026, 11, 29)) == 0


def test_a_bank_holiday_that_the_package_does_not_know_yet_can_be_added() -> None:
    calendar = WorkingDays(added={date(2026, 11, 25): "Day of thanks"})
    assert not calendar.is_working_day(date(2026, 11, 25))
    assert calendar.bank_holiday(date(2026, 11, 25)) == "Day of thanks"


@pytest.mark.parametrize("year", [1, 1950, 2500, 9999])
@pytest.mark.parametrize("ask", [ENGLAND.is_working_day, ENGLAND.next_working_day, ENGLAND.last_working_day])
def test_a_year_whose_bank_holidays_nobody_knows_is_refused(ask: Callable[[date], object], year: int) -> None:
    with pytest.raises(procedure.DateOutOfRange, match="Check the year"):
        ask(date(year, 6, 1))


@given(days, st.integers(1, 300))
def test_the_nth_working_day_is_found_as_by_counting_day_by_day(started: date, amount: int) -> None:
    day, left = started, amount
    while left:
        day += timedelta(days=1)
        left -= ENGLAND.is_working_day(day)
    assert ENGLAND.add(started, amount) == day
    assert ENGLAND.between(started, day) == amount
