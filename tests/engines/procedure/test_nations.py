"""Working days of the other nations; what is counted under them is the guidance of England all the same."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from tests.engines.procedure.written_rules import ADDED, MOVED, easter_sunday

from havenline.engines import procedure
from havenline.engines.procedure import ENGLAND, NORTHERN_IRELAND, SCOTLAND, edition, working_days_of


def first_monday(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)


def substitute(days: list[date]) -> set[date]:
    """Days kept where they fall, or on the next free weekday."""
    found: set[date] = set()
    for day in days:
        while day.weekday() >= 5 or day in found:
            day += timedelta(days=1)
        found.add(day)
    return found


def mays_and_spring(year: int) -> set[date]:
    last_of_may = date(year, 5, 31) - timedelta(days=date(year, 5, 31).weekday())
    found = {first_monday(date(year, 5, 1)), last_of_may}
    for to, away in MOVED.items():
        if to[0] == year:
            found = (found - {date(*away)}) | {date(*to)}
    return found | {date(*parts) for parts in ADDED if parts[0] == year}


def of_scotland(year: int) -> set[date]:
    found = substitute([date(year, 1, 1), date(year, 1, 2)]) | substitute([date(year, 12, 25), date(year, 12, 26)])
    found |= mays_and_spring(year) | {easter_sunday(year) - timedelta(days=2), first_monday(date(year, 8, 1))}
    if year >= 2007:  # St Andrew's Day Bank Holiday (Scotland) Act 2007
        found |= substitute([date(year, 11, 30)])
    return found | ({date(2026, 6, 15)} if year == 2026 else set())


def of_northern_ireland(year: int) -> set[date]:
    easter = easter_sunday(year)
    august = date(year, 8, 31) - timedelta(days=date(year, 8, 31).weekday())
    found = substitute([date(year, 1, 1)]) | substitute([date(year, 12, 25), date(year, 12, 26)])
    found |= substitute([date(year, 3, 17)]) | substitute([date(year, 7, 12)])
    return found | mays_and_spring(year) | {easter - timedelta(days=2), easter + timedelta(days=1), august}


def weekdays(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        if day.weekday() < 5:
            yield day
        day += timedelta(days=1)


@pytest.mark.parametrize("year", range(1999, 2031))
def test_scotlands_working_days_are_those_of_its_written_rules(year: int) -> None:
    assert {day for day in weekdays(year) if not SCOTLAND.is_working_day(day)} == of_scotland(year)


@pytest.mark.parametrize("year", range(1999, 2031))
def test_northern_irelands_working_days_are_those_of_its_written_rules(year: int) -> None:
    assert {day for day in weekdays(year) if not NORTHERN_IRELAND.is_working_day(day)} == of_northern_ireland(year)


def test_wales_has_englands_working_days() -> None:
    assert working_days_of("wales") is working_days_of("england") is ENGLAND


@pytest.mark.parametrize(
    ("nation", "due"),
    [("england", date(2026, 7, 20)), ("scotland", date(2026, 7, 20)), ("northern-ireland", date(2026, 7, 21))],
)
def test_a_date_is_counted_by_the_nations_own_days(nation: str, due: date) -> None:
    """12 July 2026 is a Sunday: the Monday after is a bank holiday in Northern Ireland only."""
    calendar = working_days_of(nation)
    told = edition("2026").explain("first_core_group", started=date(2026, 7, 6), calendar=calendar)
    assert told.due == due
    assert [day.name for day in told.skipped] == (["Battle of the Boyne (substitute day)"] if nation == "northern-ireland" else [])


def test_scotlands_day_for_the_world_cup_moves_no_english_date() -> None:
    assert edition("2026").due("decision_on_referral", started=date(2026, 6, 12)) == date(2026, 6, 15)
    assert edition("2026").due("decision_on_referral", started=date(2026, 6, 12), calendar=SCOTLAND) == date(2026, 6, 16)


def test_an_unknown_nation_names_those_that_there_are() -> None:
    with pytest.raises(procedure.NationUnknown, match="england, wales, scotland, northern-ireland"):
        working_days_of("france")
