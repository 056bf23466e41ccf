"""Periods: when something that started on a day is due, and how that was counted.

Statutory limits are maxima, never targets. A date on a non-working day stays that date; `Explanation.last_working_day` tells the
last working day before it.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from .working_days import ENGLAND, FIRST_YEAR, LAST_YEAR, WorkingDays, each_day, out_of_range

Unit = Literal["working days", "calendar days", "months", "hours"]
Counting = Literal["day 0", "beginning with"]
"""`day 0`: the day on which the clock starts is not counted. `beginning with`: it is day 1 (Sexual Offences Act 2003, s. 83)."""
Verified = Literal["primary", "secondary", "remembered", "policy"]
"""How far a rule was checked. `policy` is a rule of the installation's own, not of the guidance."""
DayKind = Literal["counted", "weekend", "bank holiday"]

UNITS: tuple[Unit, ...] = ("working days", "calendar days", "months", "hours")
COUNTINGS: tuple[Counting, ...] = ("day 0", "beginning with")


@dataclass(frozen=True, slots=True)
class Day:
    """One cell of a day ribbon. `number` is the day of the count; None where the day isn't counted, or months are.

    The day on which the clock started is always a counted one, on whatever day of the week it fell. `closed` is why an agency is
    closed on that day: it is counted all the same.
    """

    date: date
    kind: DayKind
    number: int | None
    name: str = ""
    closed: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A due date and how it was computed: `rule` is one sentence, `days` every calendar day from start to due.

    `doubt` is one sentence, where something beside the rule is not certain; else empty.
    """

    step: str | None
    title: str
    started: date
    due: date
    amount: int
    unit: Unit
    rule: str
    source: str
    verified: Verified
    days: tuple[Day, ...]
    last_working_day: date
    counting: Counting = "day 0"
    doubt: str = ""
    calendar: WorkingDays = field(default=ENGLAND, repr=False, compare=False)

    def is_working_day(self, day: date) -> bool:
        """By the calendar that the date was counted with: for the days after `due`."""
        return self.calendar.is_working_day(day)

    @property
    def skipped(self) -> tuple[Day, ...]:
        """The bank holidays that the count passed over (those on a weekend are the weekend's)."""
        return tuple(day for day in self.days if day.kind == "bank holiday")

    @property
    def closed(self) -> tuple[Day, ...]:
        """The working days on which the agency is closed. They are counted: an agency's closures never move a statutory date."""
        return tuple(day for day in self.days if day.closed and self.calendar.is_working_day(day.date))

    @property
    def last_open_day(self) -> date:
        """The last working day of the period on which the agency is open; `last_working_day` where it never is."""
        shut = {day.date for day in self.days if day.closed}
        fits = (day.date for day in reversed(self.days) if day.date not in shut and self.calendar.is_working_day(day.date))
        return next(fits, self.last_working_day)

    @property
    def falls_on_working_day(self) -> bool:
        return self.due == self.last_working_day


def due_after(amount: int, unit: Unit, started: date, *, counting: Counting = "day 0", calendar: WorkingDays = ENGLAND) -> date:
    """The last day of a period of `amount` units that started on `started`.

    Months: a date that does not exist is the last day of that month. Hours: the day on which they run out. Raises DateOutOfRange.
    """
    if amount < 1:
        raise ValueError("A period is at least one unit long.")
    if not FIRST_YEAR < started.year < LAST_YEAR:
        raise out_of_range()
    from_day = started - timedelta(days=1) if counting == "beginning with" else started
    match unit:
        case "working days":
            return calendar.add(from_day, amount)
        case "calendar days":
            return from_day + timedelta(days=amount)
        case "hours":
            return started + timedelta(days=days_of(amount))
        case "months":
            due = _months_after(started, amount)
            return due - timedelta(days=1) if counting == "beginning with" else due


def explain_period(
    *,
    amount: int,
    unit: Unit,
    started: date,
    title: str,
    rule: str,
    source: str,
    verified: Verified,
    counting: Counting = "day 0",
    step: str | None = None,
    calendar: WorkingDays = ENGLAND,
    closures: Mapping[date, str] | None = None,
    doubt: str = "",
) -> Explanation:
    """How a due date is counted, for any period: a step's of the guidance, or a clock's of the installation's own policy.

    `closures` are the days on which an agency is closed, by date, each with its reason: shown, and counted all the same.
    """
    due = due_after(amount, unit, started, counting=counting, calendar=calendar)
    return Explanation(
        step=step,
        title=title,
        started=started,
        due=due,
        amount=amount,
        unit=unit,
        rule=rule,
        source=source,
        verified=verified,
        days=_days(started, due, unit, counting, calendar, closures or {}),
        last_working_day=calendar.last_working_day(due),
        counting=counting,
        doubt=doubt,
        calendar=calendar,
    )


def day_number(unit: Unit, started: date, on: date, *, counting: Counting = "day 0", calendar: WorkingDays = ENGLAND) -> int:
    """Which day of its count a clock had reached on `on`; working days for a clock of working days, else calendar days."""
    from_day = started - timedelta(days=1) if counting == "beginning with" else started
    return calendar.between(from_day, on) if unit == "working days" else (on - from_day).days


def in_words(amount: int, unit: Unit) -> str:
    """'1 working day', '15 working days', '3 months'."""
    return f"{amount} {unit.removesuffix('s') if amount == 1 else unit}"


def days_of(hours: int) -> int:
    """How many days later hours run out, told in whole days: 72 are 3, and so are 50."""
    return -(-hours // 24)


def _months_after(started: date, months: int) -> date:
    years, month = divmod(started.month - 1 + months, 12)
    year, month = started.year + years, month + 1
    return date(year, month, min(started.day, monthrange(year, month)[1]))


def _days(started: date, due: date, unit: Unit, counting: Counting, calendar: WorkingDays, closures: Mapping[date, str]) -> tuple[Day, ...]:
    days = []
    number = 0 if counting == "day 0" else 1
    for day in each_day(started, due):
        name, closed = calendar.bank_holiday(day) or "", closures.get(day, "")
        kind: DayKind = "counted"
        if unit == "working days" and not calendar.is_working_day(day) and (day > started or counting == "beginning with"):
            kind = "weekend" if day.weekday() >= 5 else "bank holiday"
        if kind == "counted":
            days.append(Day(day, kind, None if unit == "months" else number, name, closed))
            number += 1
        else:
            days.append(Day(day, kind, None, name, closed))
    return tuple(days)
