"""The state of a case, computed from what happened: nothing of it is stored, so nothing of it can be out of date.

Each clock runs under the edition in force on the day it started and keeps it. A late fact stays late for ever.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import Literal

from .errors import NoEditionInForce, ProcedureError
from .guidance import Clock, Edition, Guidance, Outcome, Step
from .periods import Explanation, day_number, due_after
from .working_days import ENGLAND, WorkingDays

State = Literal["not started", "waiting", "running", "done", "late-done", "not needed"]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a case on a day. A step that has outcomes is done only by an event with one; without, it has begun.

    `recorded` is when it was entered: it orders events of the same step on the same day and never decides what is late.
    """

    step: str
    on: date
    outcome: str | None = None
    recorded: datetime | None = None


@dataclass(frozen=True, slots=True)
class StepState:
    """One step of a case, as often as it occurred. `not started`: may follow. `waiting`: is next, without a clock. `running`: its
    clock runs, or it has begun. `not needed`: an outcome made it so, on `ended_on`.

    `day_number` of `of` is where the count stands or stopped: working days for a clock of working days, else calendar days.
    """

    step: str
    title: str
    role: str
    state: State
    edition: str
    milestone: bool
    started: date | None = None
    due: date | None = None
    begun: date | None = None
    done_on: date | None = None
    ended_on: date | None = None
    outcome: str | None = None
    outcome_title: str | None = None
    day_number: int | None = None
    of: int | None = None
    late: bool = False
    late_by: int = 0
    """Working days after the due date; can be 0 for a late step where only a weekend lies between."""
    days_left: int | None = None
    """Working days to the due date of an open clock; negative when late."""
    _row: Step | None = field(default=None, repr=False, compare=False)
    _source: Edition | None = field(default=None, repr=False, compare=False)
    _calendar: WorkingDays = field(default=ENGLAND, repr=False, compare=False)

    @property
    def rule(self) -> str:
        """The step's limit in one sentence, also for a step that has not started."""
        return self._row.rule if self._row else ""

    def explain(self, *, closures: Mapping[date, str] | None = None) -> Explanation | None:
        """How the due date was counted; None where no clock ran. `closures`: an agency's own days, shown and counted all the same."""
        if self._source is None or self.started is None:
            return None
        return self._source.explain(self.step, started=self.started, calendar=self._calendar, closures=closures)


@dataclass(frozen=True, eq=False)
class Situation:
    """A case at one day. `edition` is the one in force at the first event. `finished`: something happened, and nothing is open."""

    edition: str
    at: date
    stage: str
    finished: bool
    _case: "_Case" = field(repr=False)

    @cached_property
    def steps(self) -> tuple[StepState, ...]:
        """What ended, in order of time; then what is open; then what may follow (the rest of the path)."""
        case, at = self._case, self.at
        ended = [case.state(occurrence, at) for occurrence in case.past]
        return (*ended, *(case.state(occurrence, at) for occurrence in case.going), *case.ahead(at))

    @cached_property
    def open_clocks(self) -> tuple[StepState, ...]:
        """The clocks that run, the first due first."""
        running = [occurrence for occurrence in self._case.going if occurrence.due is not None]
        return tuple(self._case.state(occurrence, self.at) for occurrence in sorted(running, key=attrgetter("due")))

    @cached_property
    def next_steps(self) -> tuple[Step, ...]:
        """Those that an outcome has led to and nobody has done yet."""
        return tuple(occurrence.step for occurrence in self._case.going if occurrence.reached)

    @property
    def late(self) -> tuple[StepState, ...]:
        """The open clocks that are overdue."""
        return tuple(clock for clock in self.open_clocks if clock.late)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Situation):
            return NotImplemented
        return self._told() == other._told()

    __hash__ = None  # type: ignore[assignment]

    def _told(self) -> tuple[object, ...]:
        return (self.edition, self.at, self.stage, self.finished, self.steps, self.open_clocks, self.next_steps)


def simulate(events: Iterable[Event], *, at: date | None, guidance: Guidance, calendar: WorkingDays = ENGLAND) -> Situation:
    """The case on the day `at` (else of the last event): what happened after it is left out. The order of `events` does not matter,
    nor does one given twice.

    Raises NoEditionInForce, StepUnknown, OutcomeUnknown; ProcedureError where neither an event nor a day is given.
    """
    known = sorted((event for event in events if at is None or event.on <= at), key=attrgetter("on"))
    day = known[-1].on if at is None and known else at
    if day is None:
        raise ProcedureError("Nothing has happened yet: say on which day the case is to be shown.")
    case = _Case(guidance, calendar, last=known[-1].on if known else day)
    for _, same_day in groupby(known, key=attrgetter("on")):
        left = list(same_day)
        if len(left) > 1:
            left = sorted(set(left), key=case.order)
        while len(left) > 1:
            # On one day, what is open comes first, then the guidance's own order: cause before effect.
            event = next((event for event in left if event.step in case.open), left[0])
            left.remove(event)
            case.happen(event)
        case.happen(left[0])
    return Situation(guidance.in_force(known[0].on if known else day).name, day, case.stage, bool(case.past) and not case.open, case)


@dataclass(slots=True)
class _Occurrence:
    step: Step
    edition: Edition
    reached: bool = False
    started: date | None = None
    due: date | None = None
    begun: date | None = None
    ended_on: date | None = None
    outcome: Outcome | None = None


class _Case:
    def __init__(self, guidance: Guidance, calendar: WorkingDays, *, last: date) -> None:
        self.guidance = guidance
        self.calendar = calendar
        self.last = last
        self.open: dict[str, _Occurrence] = {}
        self.past: list[_Occurrence] = []
        self.stage = "Nothing recorded"
        self._editions: set[str] = set()

    # what happens

    def order(self, event: Event) -> tuple[int, str, bool, float, str]:
        place = self._knowing(event.step, event.on).place(event.step)
        recorded = event.recorded.timestamp() if event.recorded else 0.0
        return (place, event.step, event.outcome is not None, recorded, event.outcome or "")

    def happen(self, event: Event) -> None:
        on, in_force = event.on, self.guidance.in_force(event.on)
        self._editions.add(in_force.name)
        occurrence = self.open.get(event.step)
        if occurrence is None:
            edition = self._knowing(event.step, on)
            occurrence = _Occurrence(edition.step(event.step, on=on), edition, reached=True)
        step = occurrence.step
        if step.outcomes and event.outcome is None:
            self.open[step.code] = occurrence
            occurrence.reached, occurrence.begun = True, occurrence.begun or on
            return
        outcome = step.outcome(event.outcome)
        self.open.pop(step.code, None)
        self._end(occurrence, on, outcome)
        if outcome.stage is not None:
            self.stage = outcome.stage
        for code in outcome.not_needed:
            if unneeded := self._under_way(code, in_force):
                del self.open[unneeded.step.code]
                self._end(unneeded, on, None)
        starts = in_force.started_by(step.code, event.outcome, on=on)
        started_here = {row.code for row in starts}
        for code in outcome.leads_to:
            target, edition = self._target(code, occurrence.edition, in_force, on)
            following = self._under_way(target.code, in_force)
            if following is None:
                following = self.open[target.code] = _Occurrence(target, edition)
            following.reached = True
            if len(self._editions) == 1 or target.clock is None or target.code in started_here:
                continue
            if edition is not in_force and target.clock.started_by(step.code, event.outcome):
                # A step that only the older edition knows is finished under that edition, its clock too.
                self._start(target, edition, on, in_force)
            elif target.code != code and (earlier := self._last_start(target)):
                # A step that takes another's place is counted from where its own rule says, though that was before it.
                self._start(target, edition, earlier, in_force)
        for row in starts:
            self._start(row, in_force, on, in_force)

    def _knowing(self, step: str, on: date) -> Edition:
        edition = self.guidance.holding(step, on)
        self._editions.add(edition.name)
        return edition

    def _target(self, code: str, edition: Edition, in_force: Edition, on: date) -> tuple[Step, Edition]:
        now = in_force.instead_of(code) if edition is not in_force else code
        return (in_force.step(now, on=on), in_force) if now else (edition.step(code, on=on), edition)

    def _under_way(self, code: str, in_force: Edition) -> "_Occurrence | None":
        """The open occurrence of a step, or of the earlier edition's step whose place it takes: that one is finished first."""
        found = self.open.get(code)
        if found is None and len(self._editions) > 1:
            found = next((open_ for open_ in self.open.values() if in_force.instead_of(open_.step.code) == code), None)
        return found

    def _last_start(self, step: Step) -> date | None:
        """The last day on which something ended that starts this step's clock."""
        clock = step.limit()
        days = [past.ended_on for past in self.past if past.outcome and clock.started_by(past.step.code, past.outcome.code or None)]
        return max((day for day in days if day is not None), default=None)

    def _start(self, step: Step, edition: Edition, on: date, in_force: Edition) -> None:
        clock = step.limit()
        running = self._under_way(step.code, in_force)
        if running is None:
            running = self.open[step.code] = _Occurrence(step, edition)
        elif running.step.code != step.code:
            return
        elif running.due is not None and (clock.anchor != "last" or running.due < on):
            return  # the first start counts; and what is late already stays late
        running.step, running.edition, running.started = step, edition, on
        running.due = due_after(clock.amount, clock.unit, on, counting=clock.counting, calendar=self.calendar)

    def _end(self, occurrence: "_Occurrence", on: date, outcome: Outcome | None) -> None:
        occurrence.ended_on, occurrence.outcome = on, outcome
        self.past.append(occurrence)

    # how it stands

    @cached_property
    def going(self) -> "list[_Occurrence]":
        """What is open, in the guidance's order."""
        return sorted(self.open.values(), key=lambda occurrence: (occurrence.edition.place(occurrence.step.code), occurrence.edition.name))

    def ahead(self, at: date) -> list[StepState]:
        """The steps that may still follow from what is open, and have not occurred."""
        try:
            edition = self.guidance.in_force(at)
        except NoEditionInForce:
            edition = self.guidance.in_force(self.last)
        seen = {occurrence.step.code for occurrence in (*self.past, *self.open.values())}
        rows = [edition.step(row.code, on=at) for row in edition.ahead_of(self.open) if row.code not in seen]
        return [
            StepState(row.code, row.title, row.role, "not started", edition.name, row.milestone, _row=row, _source=edition) for row in rows
        ]

    def state(self, occurrence: "_Occurrence", at: date) -> StepState:
        step, due, ended = occurrence.step, occurrence.due, occurrence.ended_on
        until = ended or at
        late = due is not None and until > due
        done = occurrence.outcome is not None
        state: State
        if ended is not None:
            state = ("late-done" if late else "done") if done else "not needed"
        else:
            state = "running" if occurrence.started or occurrence.begun else "waiting"
        number = of = None
        if step.clock and occurrence.started and due:
            number, of = self._count(step.clock, occurrence.started, until, due)
        return StepState(
            step=step.code,
            title=step.title,
            role=step.role,
            state=state,
            edition=occurrence.edition.name,
            milestone=step.milestone,
            started=occurrence.started,
            due=due,
            begun=occurrence.begun,
            done_on=ended if done else None,
            ended_on=ended,
            outcome=(occurrence.outcome.code or None) if occurrence.outcome else None,
            outcome_title=occurrence.outcome.title if occurrence.outcome and occurrence.outcome.code else None,
            day_number=number,
            of=of,
            late=late,
            late_by=self.calendar.between(due, until) if late and due else 0,
            days_left=self.calendar.between(at, due) if due and ended is None else None,
            _row=step,
            _source=occurrence.edition,
            _calendar=self.calendar,
        )

    def _count(self, clock: Clock, started: date, until: date, due: date) -> tuple[int, int]:
        """The day that the count has reached, of how many."""
        number = day_number(clock.unit, started, until, counting=clock.counting, calendar=self.calendar)
        if clock.unit == "working days":
            return number, clock.amount
        return number, day_number(clock.unit, started, due, counting=clock.counting, calendar=self.calendar)
