"""Which statutory dates were kept, which were missed, and by how much: the census's own counting.

`assessment_45` from each `AssessmentActualStartDate` to its `AssessmentAuthorisationDate` (`from_referral`: an episode's first assessment
from the referral, as *Working Together* says); `conference_15` from `S47ActualStartDate` to that `Section47`'s `DateOfInitialCPC`, not due
where `ICPCnotRequired`; `first_review` from `CPPstartDate`; `later_review` from the review before. A review that happened is counted; one
that did not is due only up to `CPPendDate`. A step is `in_time` if it happened on or before its due date; `late` if after, or if it has not
happened and its due date lies before the header's `ReferenceDate`; else `open`. So `due = in_time + late + open`, always.

What cannot be counted honestly is not counted, and is listed: a clock with a date that cannot be read, or that started on a day for which
the calendar tells no due date.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from .errors import NoDueDate
from .records import Assessment, Child, Episode, Header, NotUnderstood, Plan

Clock = Literal["assessment_45", "conference_15", "first_review", "later_review"]
State = Literal["in_time", "late", "open"]
CLOCKS: tuple[Clock, ...] = ("assessment_45", "conference_15", "first_review", "later_review")
STATES: tuple[State, ...] = ("in_time", "late", "open")
STARTS: dict[Clock, str] = {
    "assessment_45": "AssessmentActualStartDate",
    "conference_15": "S47ActualStartDate",
    "first_review": "CPPstartDate",
    "later_review": "CPPreviewDate",
}
IN_WORKING_DAYS = ("assessment_45", "conference_15")
"""Clocks whose days are counted as working days; the reviews' as calendar days."""
LAST_DAYS = 5
"""A step is done in the last days if fewer than so many working days were left."""

Days = npt.NDArray[np.int32]


class Calendar(Protocol):
    """What the counting needs of the guidance: this engine knows no limit and no bank holiday of its own."""

    def due(self, clock: Clock, started: date) -> tuple[date, str]:
        """The last day on which the step is in time, and the name of the rule (such as an edition). Raises NoDueDate."""

    def working_days(self, first: date, last: date) -> Iterable[date]:
        """Every working day from `first` to `last`, in order."""


class Told(Protocol):
    """Whatever tells of children, one after another: a file (`Census`), or somebody's own cases. `count` and `header` hold at the end."""

    header: Header
    not_understood: NotUnderstood
    count: int

    def children(self) -> Iterator[Child]: ...


@dataclass(frozen=True, slots=True)
class Count:
    due: int
    in_time: int
    late: int
    open: int


@dataclass(frozen=True, slots=True)
class Month:
    """The steps that were due in one month, "2026-03"."""

    month: str
    count: Count


@dataclass(frozen=True, slots=True)
class Drift:
    """Steps that were in time, but on the last day (or the last working day before it), or in the last `LAST_DAYS` working days."""

    in_time: int
    on_the_last_day: int
    in_the_last_days: int


@dataclass(frozen=True, slots=True)
class Case:
    """One clock of one child. `working_days_late` is 0 unless it is late, and then up to the reference date if it has not happened;
    0 too where it was late by a weekend only. `working_days_left` is None unless it was in time: 0 is the last day."""

    child: str
    line: int
    clock: Clock
    started: date
    due: date
    happened: date | None
    state: State
    working_days_late: int
    working_days_left: int | None
    rule: str


def timeliness(census: Told, calendar: Calendar, *, from_referral: bool = False) -> "Timeliness":
    """Read the census to its end and judge every clock. Memory: some 30 bytes a clock, and the identifiers.

    Raises what `Census.children` raises.
    """
    columns = _Columns(census.not_understood, from_referral)
    for child in census.children():
        columns.take(child.identifier, child.episodes)
    return Timeliness(census, calendar, columns)


class _Columns:
    """Every clock as a row over arrays of days (0: none), before anything is judged."""

    def __init__(self, not_understood: NotUnderstood, from_referral: bool) -> None:
        self.not_understood, self.from_referral = not_understood, from_referral
        self.children: list[str] = []  # those with a clock
        self.episodes = 0
        self.clock, self.child, self.line = array("b"), array("i"), array("i")
        self.started, self.happened, self.not_after = array("i"), array("i"), array("i")

    def take(self, child: str, episodes: list[Episode]) -> None:
        self._who = child
        self._row = len(self.children)
        self.episodes += len(episodes)
        for episode in episodes:
            self._assessments(episode)
            for enquiry in episode.enquiries:
                if enquiry.conference_not_required:
                    if enquiry.conference is not None:
                        self._note(enquiry.line, "DateOfInitialCPC", enquiry.conference, "is given though ICPCnotRequired: not due")
                elif enquiry.started is not None and not enquiry.unreadable:
                    self._not_before(enquiry.line, "DateOfInitialCPC", enquiry.started, enquiry.conference)
                    self._add(1, enquiry.line, enquiry.started, enquiry.conference)
            for plan in episode.plans:
                self._reviews(plan)
        if len(self.child) and self.child[-1] == self._row:
            self.children.append(child)

    def _assessments(self, episode: Episode) -> None:
        first: Assessment | None = None
        if self.from_referral:
            first = min((one for one in episode.assessments if one.started), key=lambda one: one.started or date.max, default=None)
        for one in episode.assessments:
            started = one.started
            if one is first:
                started = episode.referral
                if started is None:
                    self._note(one.line, "CINreferralDate", None, "is not known, so its first assessment is not counted")
            if started is not None and not one.unreadable:
                self._not_before(one.line, "AssessmentAuthorisationDate", started, one.authorised)
                self._add(0, one.line, started, one.authorised)

    def _reviews(self, plan: Plan) -> None:
        if plan.started is None:
            return
        if "CPPreviewDate" in plan.unreadable:
            self._note(plan.line, "CPPstartDate", plan.started, "is of a plan with an unreadable review: none of its reviews is counted")
            return
        before, clock = plan.started, 2
        for review in sorted(plan.reviews):
            if review <= plan.started:
                self._note(plan.line, "CPPreviewDate", review, "is not after its plan began, so it is no review of it")
            elif clock == 3 and review == before:
                self._note(plan.line, "CPPreviewDate", review, "stands twice; it is counted once")
            else:
                self._add(clock, plan.line, before, review)
                before, clock = review, 3
        if "CPPendDate" not in plan.unreadable:
            self._add(clock, plan.line, before, None, not_after=plan.ended)

    def _add(self, clock: int, line: int, started: date, happened: date | None, not_after: date | None = None) -> None:
        self.clock.append(clock)
        self.child.append(self._row)
        self.line.append(line)
        self.started.append(started.toordinal())
        self.happened.append(happened.toordinal() if happened else 0)
        self.not_after.append(not_after.toordinal() if not_after else 0)

    def _not_before(self, line: int, element: str, started: date, happened: date | None) -> None:
        if happened is not None and happened < started:
            self._note(line, element, happened, "lies before its clock started; it is counted as in time")

    def _note(self, line: int, element: str, said: date | None, reason: str) -> None:
        self.not_understood.note(self._who, line, element, said.isoformat() if said else "", reason)


class Timeliness:
    """What a census says of its statutory dates. `header`, `children` and `episodes` (numbers), `not_understood`; the rest by clock."""

    def __init__(self, census: Told, calendar: Calendar, columns: _Columns) -> None:
        self.header: Header = census.header
        self.not_understood: NotUnderstood = census.not_understood
        self.children = census.count
        self.episodes = columns.episodes
        self._who = columns.children
        clock = np.frombuffer(columns.clock, np.int8) if columns.clock else np.zeros(0, np.int8)
        child, line, started, happened, not_after = (
            np.frombuffer(one, np.int32) if one else np.zeros(0, np.int32)
            for one in (columns.child, columns.line, columns.started, columns.happened, columns.not_after)
        )
        self._rules: list[str] = []
        due, rule = self._due(calendar, clock, child, line, started)
        counted = (due > 0) & ~((happened == 0) & (not_after > 0) & (due > not_after))
        self._clock, self._child, self._line = clock[counted], child[counted], line[counted]
        self._started, self._happened, self._due_on, self._rule = started[counted], happened[counted], due[counted], rule[counted]
        self._judge(calendar)

    def _due(
        self, calendar: Calendar, clock: npt.NDArray[np.int8], child: Days, line: Days, started: Days
    ) -> tuple[Days, npt.NDArray[np.int16]]:
        """Each row's due date, 0 where there is none, and its rule. Few different days start a great many clocks."""
        due, rule = np.zeros(len(clock), np.int32), np.zeros(len(clock), np.int16)
        for number, name in enumerate(CLOCKS):
            rows = np.flatnonzero(clock == number)
            days, back = np.unique(started[rows], return_inverse=True)
            told, by, why = np.zeros(len(days), np.int32), np.zeros(len(days), np.int16), {}
            for at, day in enumerate(days):
                try:
                    on, said = calendar.due(name, date.fromordinal(int(day)))
                except NoDueDate as error:
                    why[int(day)] = str(error)
                    continue
                if said not in self._rules:
                    self._rules.append(said)
                told[at], by[at] = on.toordinal(), self._rules.index(said)
            due[rows], rule[rows] = told[back], by[back]
            for row in rows[due[rows] == 0] if why else ():
                day = int(started[row])
                self.not_understood.note(self._who[child[row]], int(line[row]), STARTS[name], date.fromordinal(day).isoformat(), why[day])
        return due, rule

    def _judge(self, calendar: Calendar) -> None:
        reference = self.header.reference_date.toordinal() if self.header.reference_date else 0
        has_happened = self._happened > 0
        late = np.where(has_happened, self._happened > self._due_on, self._due_on < reference)
        in_time = has_happened & ~late
        self._state = np.where(in_time, 0, np.where(late, 1, 2)).astype(np.int8)
        until = np.where(has_happened, self._happened, reference)
        if not len(until):
            self._late_by = self._left = self._used = np.zeros(0, np.int32)
            return
        first = int(min(self._started.min(), self._happened[has_happened].min(initial=2**30)))
        last = int(max(self._due_on.max(), until.max()))
        days = calendar.working_days(date.fromordinal(first), date.fromordinal(last))
        working = np.fromiter((day.toordinal() for day in days), np.int32)

        def between(start: Days, end: Days) -> Days:
            """Working days after `start` up to and including `end`."""
            return (np.searchsorted(working, end, "right") - np.searchsorted(working, start, "right")).astype(np.int32)

        self._late_by = np.where(late, between(self._due_on, until), 0).astype(np.int32)
        self._left = np.where(in_time, between(self._happened, self._due_on), 0).astype(np.int32)
        by_working_days = np.isin(self._clock, [CLOCKS.index(name) for name in IN_WORKING_DAYS])
        self._used = np.where(by_working_days, between(self._started, until), until - self._started).astype(np.int32)
        self._limit = np.where(by_working_days, between(self._started, self._due_on), self._due_on - self._started).astype(np.int32)

    # By clock

    def _rows(self, clock: Clock) -> npt.NDArray[np.bool_]:
        return np.asarray(self._clock == CLOCKS.index(clock))

    def count(self, clock: Clock) -> Count:
        return _count(self._state[self._rows(clock)])

    def by_month(self, clock: Clock) -> list[Month]:
        """By the month of the due date, every month from the first to the last."""
        rows = self._rows(clock)
        if not rows.any():
            return []
        months = _months(self._due_on[rows])
        state = self._state[rows]
        numbers = np.arange(months.min(), months.max() + 1)
        table = np.zeros((len(numbers), len(STATES)), np.int64)
        np.add.at(table, (months - numbers[0], state), 1)
        return [
            Month(f"{number // 12}-{number % 12 + 1:02}", Count(int(row.sum()), *map(int, row)))
            for number, row in zip(numbers, table, strict=True)
        ]

    def drift(self, clock: Clock) -> Drift:
        left = self._left[self._rows(clock) & (self._state == 0)]
        return Drift(len(left), int((left == 0).sum()), int((left < LAST_DAYS).sum()))

    def days_used(self, clock: Clock) -> dict[int, tuple[int, int]]:
        """Of steps that happened: by days used (working days for `IN_WORKING_DAYS`, else calendar days) how many in time, how many late.

        Ascending. A step dated before its start has used 0.
        """
        rows = self._rows(clock) & (self._happened > 0)
        used, late = np.maximum(self._used[rows], 0), self._state[rows] == 1
        in_time, too_late = Counter(used[~late].tolist()), Counter(used[late].tolist())
        return {day: (in_time[day], too_late[day]) for day in sorted(in_time.keys() | too_late.keys())}

    def limit(self, clock: Clock) -> tuple[int, int] | None:
        """The shortest and the longest limit met, in the days of `days_used`: months differ in length. None where nothing was due."""
        rows = self._rows(clock)
        return (int(self._limit[rows].min()), int(self._limit[rows].max())) if rows.any() else None

    def rules(self, clock: Clock) -> dict[str, int]:
        """How many clocks each rule was asked for, such as {"2023": 40, "2026": 12}."""
        numbers = np.bincount(self._rule[self._rows(clock)], minlength=len(self._rules))
        return {self._rules[at]: int(number) for at, number in enumerate(numbers) if number}

    def late_cases(self, clock: Clock) -> Iterator[Case]:
        """In the file's order."""
        return self._cases(np.flatnonzero(self._rows(clock) & (self._state == 1)))

    def cases(self) -> Iterator[Case]:
        """Every clock of every child, in the file's order."""
        return self._cases(np.arange(len(self._clock)))

    def _cases(self, rows: npt.NDArray[np.int64]) -> Iterator[Case]:
        for row in rows.tolist():
            happened, state = int(self._happened[row]), STATES[self._state[row]]
            yield Case(
                child=self._who[self._child[row]],
                line=int(self._line[row]),
                clock=CLOCKS[self._clock[row]],
                started=date.fromordinal(int(self._started[row])),
                due=date.fromordinal(int(self._due_on[row])),
                happened=date.fromordinal(happened) if happened else None,
                state=state,
                working_days_late=int(self._late_by[row]),
                working_days_left=int(self._left[row]) if state == "in_time" else None,
                rule=self._rules[self._rule[row]],
            )

    @cached_property
    def total(self) -> Count:
        return _count(self._state)


def _count(states: npt.NDArray[np.int8]) -> Count:
    in_time, late, still_open = (int(number) for number in np.bincount(states, minlength=len(STATES)))
    return Count(len(states), in_time, late, still_open)


def _months(days: Days) -> npt.NDArray[np.int64]:
    """Each day's month as a number: twelve for each year, from year 0."""
    unix = days.astype(np.int64) - date(1970, 1, 1).toordinal()
    return unix.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12
