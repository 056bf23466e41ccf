"""What every rule is asked with: the census's year, a child's life, and where faults are told."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from havenline.engines.census.counting import Calendar, Clock
from havenline.engines.census.errors import NoDueDate
from havenline.engines.census.reading import FIRST_YEAR, LAST_YEAR
from havenline.engines.census.shape import Content

from .asked import ASKED

BEFORE_BIRTH = timedelta(days=280)


@dataclass(frozen=True, slots=True)
class Fault:
    """`rule` by its name, `code` the DfE's (empty where the rule is ours); `child` is the authority's own number, empty where the whole
    return is meant."""

    rule: str
    code: str
    child: str
    element: str
    said: str
    words: str

    @property
    def is_query(self) -> bool:
        return self.rule.endswith("?")


class Told:
    """The faults of one child, told by the rule's name."""

    def __init__(self, child: str) -> None:
        self.child = child
        self.faults: list[Fault] = []

    def __call__(self, rule: str, element: str, said: object = "") -> None:
        asked = ASKED[rule]
        self.faults.append(Fault(rule, asked.code, self.child, element, str(said or ""), asked.words))


class Life(NamedTuple):
    born: date | None
    expected: date | None
    died: date | None


class Year:
    """`reference`: the last day of the census's year. `until`: what is known up to, where the year runs yet: what is due later is not
    missed."""

    def __init__(self, *, reference: date, calendar: Calendar, until: date | None = None) -> None:
        self.reference, self.calendar = reference, calendar
        self.until = min(until or reference, reference)
        self.first = years_after(reference, -1) + timedelta(days=1)
        before = list(calendar.working_days(self.first - timedelta(days=14), self.first - timedelta(days=1)))
        self.working_day_before = before[-1] if before else self.first
        self.school_age = years_after(reference, -4)
        self.of_25 = years_after(reference, -25)
        self.nine_months_on = reference + timedelta(days=275)  # 31 December of 31 March
        self._due: dict[tuple[Clock, date], date | None] = {}

    def holds(self, day: date | None) -> bool:
        """Also where there is none: that is another rule's question."""
        return day is None or self.first <= day <= self.reference

    def due(self, clock: Clock, start: date) -> date | None:
        asked = (clock, start)
        if asked not in self._due:  # few different days start a great many clocks
            try:
                self._due[asked] = self.calendar.due(clock, start)[0]
            except NoDueDate:
                self._due[asked] = None
        return self._due[asked]

    def is_overdue(self, clock: Clock, start: date) -> bool:
        due = self.due(clock, start)
        return due is not None and due < self.until


def as_day(words: str) -> date | None:
    """None also for a day that no census has, as in reading one."""
    try:
        found = date.fromisoformat(words)
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def day(record: Content, name: str) -> date | None:
    words = record.get(name)
    return None if words is None else as_day(words)


def years_after(start: date, years: int) -> date:
    """The same day of another year; 28 February for the 29th where that has none."""
    return date(start.year + years, start.month, 28 if (start.month, start.day) == (2, 29) else start.day)


def is_before(one: date | None, other: date | None) -> bool:
    return one is not None and other is not None and one < other


def overlap(runs: list[tuple[date, date]]) -> bool:
    """Whether one begins before another's end, or on that very day."""
    runs.sort()
    return any(after[0] <= before[1] for before, after in pairwise(runs))
