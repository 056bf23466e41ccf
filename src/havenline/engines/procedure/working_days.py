"""Working days of a nation of the United Kingdom: Monday to Friday less the bank holidays, one-off days included.

Source: Banking and Financial Dealings Act 1971 and proclamations, as kept by the `holidays` package. The guidance is England's;
Scotland and Northern Ireland have procedures of their own, and only their working days are told here.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from .errors import DateOutOfRange, NationUnknown

if TYPE_CHECKING:
    import numpy as np

FIRST_YEAR, LAST_YEAR = 1972, 2199
"""Bank holidays follow today's rules since 1972 (before that, Whit Monday); nothing useful is due after 2199."""


class WorkingDays:
    """A calendar of working days.

    `subdivision` is the `holidays` package's code of the nation. `added` are bank holidays that the package does not know yet
    (one can be proclaimed at nine days' notice), by date, each with its name; `removed` are those that it names wrongly.
    """

    def __init__(
        self, subdivision: str = "ENG", *, name: str = "", added: Mapping[date, str] | None = None, removed: Collection[date] = ()
    ) -> None:
        self.name = name or subdivision
        self._subdivision = subdivision
        self._ours = dict(added or {}), frozenset(removed)
        self._added, self._removed = self._ours
        # One table, replaced whole, so that a reader in another thread never sees half of it.
        self._table: _Table = _Table(0, -1, {}, [])

    def proclaim(self, added: Mapping[date, str], removed: Collection[date] = ()) -> None:
        """From now on these are bank holidays too, and those are none: what was proclaimed since the package was made. Said again, the
        last holds."""
        ours, none = self._ours
        self._added, self._removed = {**ours, **added}, none | frozenset(removed)
        self._table = _Table(0, -1, {}, [])

    def also(self, *, added: Mapping[date, str] | None = None, removed: Collection[date] = ()) -> "WorkingDays":
        """The same calendar with further bank holidays, or without some: what one that is proclaimed or moved would change."""
        kept = {day: name for day, name in self._added.items() if day not in removed}
        return WorkingDays(self._subdivision, name=self.name, added=kept | dict(added or {}), removed=self._removed | set(removed))

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

    def as_array(self, first: int, last: int) -> "tuple[int, np.ndarray, np.ndarray]":
        """For counting many dates at once: the ordinal of the first day known; by day since then, how many working days lie up to
        and including it; and every working day, as days since 1970. At least the years from `first` to `last` are known.
        """
        table = self._known(first, last)
        return table.start, *table.arrays

    def _known(self, first: int, last: int | None = None) -> "_Table":
        last = first if last is None else last
        table = self._table
        if table.first <= first and last <= table.last:
            return table
        if first < FIRST_YEAR or last > LAST_YEAR:
            raise out_of_range()
        if table.holidays:
            first, last = min(first, table.first), max(last, table.last)
        else:
            first, last = max(min(first, last - 3), FIRST_YEAR), min(max(last, first + 3), LAST_YEAR)
        self._table = self._read(first, last)
        return self._table

    def _read(self, first: int, last: int) -> "_Table":
        import holidays  # here, since it loads the calendars of the whole world: half of a process's start

        found = holidays.country_holidays("GB", subdiv=self._subdivision, years=range(first, last + 1), language="en_GB")
        days = {day: _plain(name) for day, name in found.items() if day not in self._removed} | self._added
        start, end = date(first, 1, 1).toordinal(), date(last, 12, 31).toordinal()
        # ordinal % 7 is 1 on a Monday, 6 on a Saturday and 0 on a Sunday
        closed = {day.toordinal() for day in days}
        return _Table(first, last, days, [n for n in range(start, end + 1) if 0 < n % 7 < 6 and n not in closed])


class _Table:
    """What is known of the years from `first` to `last`: holidays by date, and the ordinals of all working days, ascending."""

    def __init__(self, first: int, last: int, days: dict[date, str], ordinals: list[int]) -> None:
        self.first, self.last, self.holidays, self.ordinals = first, last, days, ordinals

    @property
    def start(self) -> int:
        return date(self.first, 1, 1).toordinal()

    @cached_property
    def arrays(self) -> "tuple[np.ndarray, np.ndarray]":
        import numpy as np  # here: only who counts many needs it

        ordinals = np.array(self.ordinals, dtype=np.int64)
        every = np.arange(self.start, date(self.last, 12, 31).toordinal() + 1)
        return np.searchsorted(ordinals, every, side="right"), ordinals - date(1970, 1, 1).toordinal()  # both int64


def out_of_range() -> DateOutOfRange:
    return DateOutOfRange(f"Bank holidays are known for {FIRST_YEAR + 1} to {LAST_YEAR - 1}. Check the year.")


def _plain(name: str) -> str:
    return name.replace(" (observed)", " (substitute day)")


def each_day(start: date, end: date) -> Iterator[date]:
    """Every calendar day from `start` to `end`, both included."""
    for number in range((end - start).days + 1):
        yield start + timedelta(days=number)


ENGLAND = WorkingDays(name="England and Wales")
"""England and Wales: the calendar of the guidance's statutory dates."""
# Its Act is of January 2007 (St Andrew's Day Bank Holiday (Scotland) Act 2007); the package has it since 2006.
SCOTLAND = WorkingDays("SCT", name="Scotland", removed={date(2006, 11, 30)})
NORTHERN_IRELAND = WorkingDays("NIR", name="Northern Ireland")
NATIONS: Mapping[str, WorkingDays] = {"england": ENGLAND, "wales": ENGLAND, "scotland": SCOTLAND, "northern-ireland": NORTHERN_IRELAND}


def working_days_of(nation: str) -> WorkingDays:
    """The calendar of a nation, such as "scotland". Raises NationUnknown."""
    try:
        return NATIONS[nation]
    except KeyError:
        raise NationUnknown(f"No nation {nation!r}. Choose one of: {', '.join(NATIONS)}.") from None


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
