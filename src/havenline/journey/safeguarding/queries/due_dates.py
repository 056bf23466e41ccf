"""Dates of the guidance for anybody, with how they were counted. No case is read, and nothing is stored."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from urllib.parse import urlencode

from havenline.engines import procedure
from havenline.engines.procedure import Change, Day, Edition, Explanation, Override, Step


@dataclass(frozen=True)
class Counted:
    """A row of the count: a day, and whether it is the one on which the clock starts or the due one."""

    day: Day
    is_start: bool
    is_due: bool


@dataclass(frozen=True)
class DueDate:
    """The answer: a step's due date under an edition, by a nation's working days. `closed` are an agency's own days, shown only."""

    edition: Edition
    step: Step
    nation: str
    closed: Mapping[date, str]
    told: Explanation

    @property
    def question(self) -> str:
        """What was asked, as an address says it. It names the edition, so the answer stays when another comes into force."""
        asked = {"step": self.step.code, "started": self.told.started.isoformat(), "edition": self.edition.name, "nation": self.nation}
        if self.closed:
            asked["closed"] = ", ".join(day.isoformat() for day in sorted(self.closed))
        return urlencode(asked)

    @property
    def rows(self) -> list[Counted]:
        """Every day of the count; of a count in months, the day of each month that counts."""
        days = self.told.days
        if self.told.unit == "months":
            shorter = [procedure.due_after(number, "months", self.told.started) for number in range(1, self.told.amount)]
            kept = {self.told.started, *shorter, self.told.due, *self.closed}
            months = iter(range(self.told.amount + 1))
            days = tuple(replace(day, number=None if day.date in self.closed else next(months)) for day in days if day.date in kept)
        return [Counted(day, day.date == self.told.started, day.date == self.told.due) for day in days]

    @property
    def closed_and_counted(self) -> tuple[Day, ...]:
        return self.told.closed

    def as_calendar(self, *, address: str, now: datetime) -> bytes:
        """One day's entry (RFC 5545). `address`: where it can be read. The same question has the same UID: a calendar replaces it."""
        from icalendar import Calendar, Event  # here: half a second, that only who asks for it waits

        told = self.told
        said = [
            f"{told.rule}, {told.started.isoformat()}.",
            *(f"Not counted: {day.date.isoformat()}, {day.name}." for day in told.skipped),
            *([] if told.falls_on_working_day else [f"No working day: the last one before it is {told.last_working_day.isoformat()}."]),
            f"{told.source} ({told.verified}). {self.edition.title}.",
            *([told.doubt] if told.doubt else []),
            "A limit is a maximum, never a target.",
            address,
        ]
        event = Event()
        event.add("uid", f"{hashlib.sha256(self.question.encode()).hexdigest()[:32]}@due-dates.havenline")
        event.add("dtstamp", now)
        event.add("dtstart", told.due)
        event.add("summary", f"{told.title}: due")
        event.add("description", "\n".join(said))
        event.add("url", address)
        event.add("transp", "TRANSPARENT")  # a due date does not make anybody busy
        calendar = Calendar()
        calendar.add("prodid", "-//Havenline//Due dates//EN")
        calendar.add("version", "2.0")
        calendar.add_component(event)
        entry: bytes = calendar.to_ical()
        return entry


def clocked_steps() -> list[tuple[str, str]]:
    """Code and title of every step that has a limit in some edition: those of the newest first, in its order."""
    found: dict[str, str] = {}
    for edition in reversed(procedure.guidance().editions):
        for step in edition.steps:
            if step.clock is not None:
                found.setdefault(step.code, step.title)
    return list(found.items())


def editions_with(step: str) -> list[str]:
    """The names of the editions in which the step has a limit, oldest first."""
    return [e.name for e in procedure.guidance().editions if e.has(step) and e.step(step).clock is not None]


def due_date(*, step: str, started: date, edition: str = "", nation: str = "england", closed: Mapping[date, str] | None = None) -> DueDate:
    """The due date under the edition that is named, else the one in force on that day.

    Raises procedure.NoEditionInForce, EditionUnknown, StepUnknown, StepHasNoLimit, DateOutOfRange, NationUnknown.
    """
    held = procedure.edition(edition) if edition else procedure.edition_in_force(started)
    told = held.explain(step, started, calendar=procedure.working_days_of(nation), closures=closed)
    return DueDate(held, held.step(step, on=started), nation, closed or {}, told)


@dataclass(frozen=True)
class Span:
    """Editions, one after another, under which a step had the same limit. `words` is empty where they haven't the step."""

    editions: tuple[Edition, ...]
    words: str

    @property
    def names(self) -> str:
        first, last = self.editions[0].name, self.editions[-1].name
        return first if first == last else f"{first}–{last}"


@dataclass(frozen=True)
class StepOverTime:
    title: str
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Came:
    """An edition coming into force, what it changed, and its own revisions since."""

    edition: Edition
    changes: tuple[Change, ...]
    revisions: tuple[Override, ...]


def side_by_side() -> list[StepOverTime]:
    """Every step that has a limit in some edition, and from which edition to which it had which limit."""
    editions = procedure.guidance().editions
    rows = []
    for code, title in clocked_steps():
        alike = groupby(editions, key=lambda edition, code=code: _limit(edition, code))  # type: ignore[misc]
        rows.append(StepOverTime(title, tuple(Span(tuple(under), words) for words, under in alike)))
    return rows


def _limit(edition: Edition, code: str) -> str:
    clock = edition.step(code).clock if edition.has(code) else None
    return procedure.in_words(clock.amount, clock.unit) if clock else ""


def history() -> list[Came]:
    """Every edition, the newest first, with what it changed of the one before."""
    editions = procedure.guidance().editions
    before = [None, *editions[:-1]]
    return [
        Came(now, procedure.compare(was, now) if was else (), tuple(each for each in now.overrides if not each.area))
        for was, now in reversed(list(zip(before, editions, strict=True)))
    ]
