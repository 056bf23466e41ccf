"""Due dates over all editions, 1999 to 2030, beside a second implementation that counts days one by one (written_rules.py)."""

import random
from datetime import date, timedelta

import pytest
from tests.engines.procedure.written_rules import ADDED, BEGINS, HELD, MOVED, due_by_hand, is_working_day, limits_of

from havenline.engines.procedure import edition

# Where counting goes wrong: the days before one-off bank holidays, before Christmas and Easter, month ends, leap days.
HARD = [
    *(date(*parts) - timedelta(days=before) for parts in (*ADDED, *MOVED) for before in (1, 3, 10, 20)),
    *(date(year, month, day) for year in range(2000, 2031) for month, day in ((12, 23), (12, 31), (2, 28), (8, 31), (11, 30))),
    *(date(year, 2, 29) for year in range(2000, 2031, 4)),
]


def starts(name: str) -> list[date]:
    """Forty days of the edition's own time: the hard ones of it, and others by chance, the same at every run."""
    first = BEGINS[name]
    last = min([begins for begins in BEGINS.values() if begins > first], default=date(2030, 12, 31)) - timedelta(days=1)
    chance = random.Random(name)
    hard = [day for day in HARD if first <= day <= last]
    by_chance = [first + timedelta(days=chance.randrange((last - first).days + 1)) for _ in range(24)]
    return sorted({first, last, *chance.sample(hard, min(len(hard), 16)), *by_chance})


TABLE = [
    (name, step, amount, unit, started) for name in HELD for step, (amount, unit) in limits_of(name).items() for started in starts(name)
]


def test_the_table_is_long_enough_to_be_believed_and_spans_the_years() -> None:
    assert len(TABLE) >= 4_000
    assert {row[4].year for row in TABLE} >= set(range(2000, 2031))


@pytest.mark.parametrize("name", HELD)
def test_every_date_of_the_table_is_the_one_counted_day_by_day(name: str) -> None:
    for held, step, amount, unit, started in TABLE:
        if held == name:
            assert edition(name).due(step, started=started) == due_by_hand(step, amount, unit, started), (step, started)


@pytest.mark.parametrize("name", HELD)
def test_the_explanation_of_every_date_of_the_table_agrees_with_it(name: str) -> None:
    for held, step, amount, unit, started in TABLE:
        if held != name:
            continue
        told = edition(name).explain(step, started=started)
        assert told.due == edition(name).due(step, started=started)
        assert [day.date for day in told.days] == [started + timedelta(days=n) for n in range((told.due - started).days + 1)]
        if unit == "working days":
            counted = [day.number for day in told.days if day.kind == "counted"]
            assert counted == list(range(amount + 1))
            assert all(is_working_day(day.date) == (day.kind == "counted") for day in told.days[1:])
        assert told.skipped == tuple(day for day in told.days if day.kind == "bank holiday")


def test_a_few_of_the_dates_are_as_they_were_counted_on_a_wall_calendar() -> None:
    """So that the second implementation is not alone in its opinion."""
    assert due_by_hand("single_assessment", 45, "working days", date(2026, 11, 18)) == date(2027, 1, 25)
    assert due_by_hand("first_review", 3, "months", date(2026, 11, 30)) == date(2027, 2, 28)
    assert due_by_hand("emergency_protection_order_ends", 8, "calendar days", date(2026, 11, 20)) == date(2026, 11, 27)
    assert due_by_hand("initial_child_protection_conference", 15, "working days", date(1999, 12, 30)) == date(2000, 1, 24)
