"""A second implementation, for tests: the rules and the one-offs as the facts write them, the days counted one by one.

It shares nothing with the engine: no package of holidays, no table, no array, no file of an edition.
"""

from calendar import monthrange
from datetime import date, timedelta
from functools import cache

ADDED = [(1999, 12, 31), (2002, 6, 3), (2011, 4, 29), (2012, 6, 5), (2022, 6, 3), (2022, 9, 19), (2023, 5, 8)]
MOVED = {(2002, 6, 4): (2002, 5, 27), (2012, 6, 4): (2012, 5, 28), (2022, 6, 2): (2022, 5, 30), (2020, 5, 8): (2020, 5, 4)}

HELD = ["1999", "2006", "2010", "2013", "2015", "2018", "2023", "2026"]
BEGINS = dict(
    zip(
        HELD,
        [
            date(1999, 12, 1),
            date(2006, 4, 1),
            date(2010, 3, 1),
            date(2013, 4, 15),
            date(2015, 3, 1),
            date(2018, 7, 4),
            date(2023, 12, 15),
            date(2026, 3, 18),
        ],
        strict=True,
    )
)
# By step: how many of what, and in which editions.
LIMITS: list[tuple[str, int, str, list[str]]] = [
    ("decision_on_referral", 1, "working days", HELD),
    ("answer_to_referrer", 1, "working days", HELD),
    ("referrer_chases", 3, "working days", HELD),
    ("initial_assessment", 7, "working days", ["1999", "2006"]),
    ("initial_assessment", 10, "working days", ["2010"]),
    ("core_assessment", 35, "working days", ["1999", "2006", "2010"]),
    ("single_assessment", 45, "working days", ["2013", "2015", "2018", "2023", "2026"]),
    ("initial_child_protection_conference", 15, "working days", HELD),
    ("transfer_in_conference", 15, "working days", HELD),
    ("first_core_group", 10, "working days", HELD),
    ("first_review", 3, "months", HELD),
    ("later_review", 6, "months", HELD),
    ("lado_told", 1, "working days", HELD[1:]),
    ("serious_incident_notified", 5, "working days", ["2018", "2023", "2026"]),
    ("rapid_review", 15, "working days", ["2018", "2023", "2026"]),
    ("first_looked_after_review", 20, "working days", HELD[2:]),
    ("second_looked_after_review", 3, "months", HELD[2:]),
    ("later_looked_after_review", 6, "months", HELD[2:]),
    ("police_protection_ends", 72, "hours", HELD),
    ("emergency_protection_order_ends", 8, "calendar days", HELD),
    ("emergency_protection_order_extension_ends", 7, "calendar days", HELD),
]
BEGINNING_WITH = {"emergency_protection_order_ends"}  # the day of the order is its first


def limits_of(edition: str) -> dict[str, tuple[int, str]]:
    return {step: (amount, unit) for step, amount, unit, held in LIMITS if edition in held}


def easter_sunday(year: int) -> date:
    """The anonymous Gregorian algorithm."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    month, day = divmod(h + weekday - 7 * ((a + 11 * h + 22 * weekday) // 451) + 114, 31)
    return date(year, month, day + 1)


@cache
def bank_holidays_by_rule(year: int) -> frozenset[date]:
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
    return frozenset(found)


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in bank_holidays_by_rule(day.year)


def due_by_hand(step: str, amount: int, unit: str, started: date) -> date:
    """As somebody with a wall calendar would find it: one day after another."""
    day, left = started, amount
    if unit == "months":
        for _ in range(amount):
            day = day.replace(day=1) + timedelta(days=31)
            day = day.replace(day=1)
        return day.replace(day=min(started.day, monthrange(day.year, day.month)[1]))
    if unit == "hours":
        left = amount // 24
    if step in BEGINNING_WITH:
        left -= 1
    while left:
        day += timedelta(days=1)
        if unit != "working days" or is_working_day(day):
            left -= 1
    return day
