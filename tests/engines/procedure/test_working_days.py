from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from havenline.engines import procedure
from havenline.engines.procedure import ENGLAND, WorkingDays

ADDED = [(1999, 12, 31), (2002, 6, 3), (2011, 4, 29), (2012, 6, 5), (2022, 6, 3), (2022, 9, 19), (2023, 5, 8)]
MOVED = {(2002, 6, 4): (2002, 5, 27), (2012, 6, 4): (2012, 5, 28), (2022, 6, 2): (2022, 5, 30), (2020, 5, 8): (2020, 5, 4)}
days = st.dates(date(1999, 1, 1), date(2030, 12, 31))


def easter_sunday(year: int) -> date:
    """The anonymous Gregorian algorithm."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    month, day = divmod(h + weekday - 7 * ((a + 11 * h + 22 * weekday) // 451) + 114, 31)
    return date(year, month, day + 1)


def bank_holidays_by_rule(year: int) -> set[date]:
    """A second implementation: the rules and the one-offs as written in the guidance's facts, without the package."""

    def monday(start: date, step: int = 1) -> date:
        while start.weekday() != 0:
            start += timedelta(days=step)
        return start

    found = {easter_sunday(year) - timedelta(days=2), easter_sunday(year) + timedelta(days=1)}
    found |= {monday(date(year, 5, 1)), monday(date(year, 5, 31), -1), monday(date(year, 8, 31), -1)}
    new_year = date(year, 1, 1)
    found.add(new_year if new_year.weekday() < 5 else monday(new_year))
    for day in (25, 26):
        free = date(year, 12, day)
        while free.weekday() >= 5 or free in found:
            free += timedelta(days=1)
        found.add(free)
    found |= {date(*parts) for parts in ADDED if parts[0] == year}
    for to, away in MOVED.items():
        if to[0] == year:
            found = (found - {date(*away)}) | {date(*to)}
    return found


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
