"""Working days of England and Wales: Monday to Friday less the bank holidays, one-off days included.

Source: Banking and Financial Dealings Act 1971 and proclamations, as kept by the `holidays` package.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from .errors import DateOutOfRange

FIRST_YEAR, LAST_YEAR = 1972, 2199
"""Bank holidays follow today's rules since 1972 (before that, Whit Monday); nothing useful is due after 2199."""


class WorkingDays:
    """A calendar of working days.

    `subdivision` is the `holidays` package's code of the nation. `added` are bank holidays that the package does not know yet
    (one can be proclaimed at nine days' notice), by date, each with its name.
    """

    def __init__(self, subdivision: str = "ENG", *, added: Mapping[date, str] | None = None) -> None:
        self._subdivision = subdivision
        self._added = dict(added or {})
        # One table, replaced whole, so that a reader in another thread never sees half of it.
        self._table: _Table = _Table(0, -1, {}, [])

    def is_working_day(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self._known(day.year).holidays

    def bank_holiday(self, day: date) -> str | None:
        """The name of the bank holiday on that day, or None."""
        return self._known(day.year).holidays.get(day)

    def add(self, started: date, amount: int) -> date:
        """The `amount`-th working day after `started`, whatever kind of day `started` is (day 0)."""
        if amount < 1:
            raise ValueError("A period is at least one working day.")
        table = self._known(started.year, started.year + 1 + amount // 200)
        place = bisect_right(table.ordinals, started.toordinal()) + amount - 1
        return date.fromordinal(table.ordinals[place])

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`."""
        return self.add(day, 1)

    def last_working_day(self, day: date) -> date:
        """`day` itself if it is a working day, else the last one before it."""
        table = self._known(day.year - 1, day.year)
        return date.fromordinal(table.ordinals[bisect_right(table.ordinals, day.toordinal()) - 1])

    def between(self, start: date, end: date) -> int:
        """How many working days lie after `start` up to and including `end`; negative where `end` is earlier."""
        if end < start:
            return -self.between(end, start)
        ordinals = self._known(start.year, end.year).ordinals
        return bisect_right(ordinals, end.toordinal()) - bisect_right(ordinals, start.toordinal())

    def working_days(self, start: date, end: date) -> Iterator[date]:
        """Every working day from `start` to `end`, both included."""
        ordinals = self._known(start.year, end.year).ordinals
        for ordinal in ordinals[bisect_left(ordinals, start.toordinal()) : bisect_right(ordinals, end.toordinal())]:
            yield date.fromordinal(ordinal)

    def _known(self, first: int, last: int | None = None) -> "_Table":
        last = first if last is None else last
        table = self._table
        if table.first <= first and last <= table.last:
            return table
        if first < FIRST_YEAR or last > LAST_YEAR:
            raise DateOutOfRange(f"Bank holidays are known for {FIRST_YEAR + 1} to {LAST_YEAR - 1}. Check the year.")
        if table.holidays:
            first, last = min(first, table.first), max(last, table.last)
        else:
            first, last = max(min(first, last - 3), FIRST_YEAR), min(max(last, first + 3), LAST_YEAR)
        self._table = self._read(first, last)
        return self._table

    def _read(self, first: int, last: int) -> "_Table":
        import holidays  # here, since it loads the calendars of the whole world: half of a process's start

        found = holidays.country_holidays("GB", subdiv=self._subdivision, years=range(first, last + 1), language="en_GB")
        days = {day: _plain(name) for day, name in found.items()} | self._added
        start, end = date(first, 1, 1).toordinal(), date(last, 12, 31).toordinal()
        # ordinal % 7 is 1 on a Monday, 6 on a Saturday and 0 on a Sunday
        closed = {day.toordinal() for day in days}
        return _Table(first, last, days, [n for n in range(start, end + 1) if 0 < n % 7 < 6 and n not in closed])


class _Table:
    """What is known of the years from `first` to `last`: holidays by date, and the ordinals of all working days, ascending."""

    def __init__(self, first: int, last: int, days: dict[date, str], ordinals: list[int]) -> None:
        self.first, self.last, self.holidays, self.ordinals = first, last, days, ordinals


def _plain(name: str) -> str:
    return name.replace(" (observed)", " (substitute day)")


def each_day(start: date, end: date) -> Iterator[date]:
    """Every calendar day from `start` to `end`, both included."""
    for number in range((end - start).days + 1):
        yield start + timedelta(days=number)


ENGLAND = WorkingDays()
"""England and Wales: the calendar of the guidance's statutory dates."""


def is_working_day(day: date) -> bool:
    return ENGLAND.is_working_day(day)


def next_working_day(day: date) -> date:
    """The first working day after `day`."""
    return ENGLAND.next_working_day(day)


def working_days_between(start: date, end: date) -> int:
    """Working days after `start` up to and including `end`, negative where `end` is earlier.

    "Due in N" is `working_days_between(today, due)`, "late by N" is `working_days_between(due, today)`.
    """
    return ENGLAND.between(start, end)
