"""The state of a case, computed from what happened: nothing of it is stored, so nothing of it can be out of date.

Each clock runs under the edition in force on the day it started and keeps it. A late fact stays late for ever.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Literal

from .errors import NoEditionInForce
from .guidance import Edition, Guidance, Outcome, Step
from .periods import Explanation, day_number
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
    _source: Edition | None = field(default=None, repr=False, compare=False)
    _calendar: WorkingDays = field(default=ENGLAND, repr=False, compare=False)

    @property
    def rule(self) -> str:
        """The step's limit in one sentence, also for a step that has not started."""
        return self._source.step(self.step).rule if self._source else ""

    def explain(self) -> Explanation | None:
        """How the due date was counted; None where no clock ran."""
        if self._source is None or self.started is None:
            return None
        return self._source.explain(self.step, started=self.started, calendar=self._calendar)


@dataclass(frozen=True, slots=True)
class Situation:
    """A case at one day. `steps`: what ended, in order of time; then what is open; then what may follow (the rest of the path).

    `edition` is the one in force at the first event. `next_steps` are those that an outcome has led to and nobody has done yet.
    `finished`: something happened, and nothing is open.
    """

    edition: str
    at: date
    steps: tuple[StepState, ...]
    open_clocks: tuple[StepState, ...]
    next_steps: tuple[Step, ...]
    stage: str
    finished: bool

    @property
    def late(self) -> tuple[StepState, ...]:
        """The open clocks that are overdue."""
        return tuple(clock for clock in self.open_clocks if clock.late)


def simulate(events: Iterable[Event], *, at: date, guidance: Guidance, calendar: WorkingDays = ENGLAND) -> Situation:
    """The case on the day `at`: what happened after it is left out. The order of `events` does not matter, nor does one given twice.

    Raises NoEditionInForce, StepUnknown, OutcomeUnknown.
    """
    case = _Case(guidance, calendar)
    known = sorted({event for event in events if event.on <= at}, key=lambda event: event.on)
    for _, same_day in groupby(known, key=lambda event: event.on):
        left = sorted(same_day, key=case.order)
        while left:
            # On one day, what is open comes first, then the guidance's own order: cause before effect.
            event = next((event for event in left if event.step in case.open), left[0])
            left.remove(event)
            case.happen(event)
    edition = guidance.in_force(known[0].on if known else at)
    return case.situation(edition.name, at, last=known[-1].on if known else at)


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
    def __init__(self, guidance: Guidance, calendar: WorkingDays) -> None:
        self.guidance = guidance
        self.calendar = calendar
        self.open: dict[str, _Occurrence] = {}
        self.past: list[_Occurrence] = []
        self.stage = "Nothing recorded"

    def order(self, event: Event) -> tuple[int, str, bool, float, str]:
        place = self.guidance.holding(event.step, event.on).place(event.step)
        recorded = event.recorded.timestamp() if event.recorded else 0.0
        return (place, event.step, event.outcome is not None, recorded, event.outcome or "")

    def happen(self, event: Event) -> None:
        in_force = self.guidance.in_force(event.on)
        occurrence = self.open.get(event.step)
        if occurrence is None:
            edition = self.guidance.holding(event.step, event.on)
            occurrence = _Occurrence(edition.step(event.step), edition, reached=True)
        step = occurrence.step
        if step.outcomes and event.outcome is None:
            self.open[step.code] = occurrence
            occurrence.reached, occurrence.begun = True, occurrence.begun or event.on
            return
        outcome = step.outcome(event.outcome)
        self.open.pop(step.code, None)
        self._end(occurrence, event.on, outcome)
        if outcome.stage is not None:
            self.stage = outcome.stage
        for code in outcome.not_needed:
            if unneeded := self._under_way(code, in_force):
                del self.open[unneeded.step.code]
                self._end(unneeded, event.on, None)
        started = {row.code: (row, in_force) for row in in_force.started_by(step.code, event.outcome)}
        for code in outcome.leads_to:
            target, edition = self._target(code, occurrence.edition, in_force)
            following = self._under_way(target.code, in_force) or self.open.setdefault(target.code, _Occurrence(target, edition))
            following.reached = True
            # A step that only the older edition knows is finished under that edition, its clock too.
            if edition is not in_force and target.clock and target.clock.started_by(step.code, event.outcome):
                started[target.code] = (target, edition)
        for row, edition in started.values():
            self._start(row, edition, event.on, in_force)

    def _target(self, code: str, edition: Edition, in_force: Edition) -> tuple[Step, Edition]:
        now = in_force.instead_of(code)
        return (in_force.step(now), in_force) if now else (edition.step(code), edition)

    def _under_way(self, code: str, in_force: Edition) -> _Occurrence | None:
        """The open occurrence of a step, or of the earlier edition's step whose place it takes: that one is finished first."""
        return next((open_ for open_ in self.open.values() if code in (open_.step.code, in_force.instead_of(open_.step.code))), None)

    def _start(self, step: Step, edition: Edition, on: date, in_force: Edition) -> None:
        running = self._under_way(step.code, in_force)
        if running is None:
            running = self.open[step.code] = _Occurrence(step, edition)
        elif running.step.code != step.code:
            return
        elif running.due is not None and step.clock and (step.clock.anchor != "last" or running.due < on):
            return  # the first start counts; and what is late already stays late
        running.step, running.edition, running.started = step, edition, on
        running.due = edition.due(step.code, started=on, calendar=self.calendar)

    def _end(self, occurrence: _Occurrence, on: date, outcome: Outcome | None) -> None:
        occurrence.ended_on, occurrence.outcome = on, outcome
        self.past.append(occurrence)

    def situation(self, edition: str, at: date, *, last: date) -> Situation:
        open_now = sorted(self.open.values(), key=lambda occurrence: self._place(occurrence, at))
        ended = [self._state(occurrence, at) for occurrence in self.past]
        going = [self._state(occurrence, at) for occurrence in open_now]
        ahead = self._ahead(at, last)
        clocks = sorted((state for state in going if state.due is not None), key=lambda state: state.due or at)
        return Situation(
            edition=edition,
            at=at,
            steps=(*ended, *going, *ahead),
            open_clocks=tuple(clocks),
            next_steps=tuple(occurrence.step for occurrence in open_now if occurrence.reached),
            stage=self.stage,
            finished=bool(self.past) and not self.open,
        )

    def _place(self, occurrence: _Occurrence, at: date) -> tuple[int, str]:
        return (occurrence.edition.place(occurrence.step.code), occurrence.edition.name)

    def _ahead(self, at: date, last: date) -> list[StepState]:
        """The steps that may still follow from what is open, and have not occurred."""
        try:
            edition = self.guidance.in_force(at)
        except NoEditionInForce:
            edition = self.guidance.in_force(last)
        seen = {occurrence.step.code for occurrence in (*self.past, *self.open.values())}
        return [
            StepState(row.code, row.title, row.role, "not started", edition.name, row.milestone, _source=edition)
            for row in edition.ahead_of(self.open)
            if row.code not in seen
        ]

    def _state(self, occurrence: _Occurrence, at: date) -> StepState:
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
            unit, counting = step.clock.unit, step.clock.counting
            number = day_number(unit, occurrence.started, until, counting=counting, calendar=self.calendar)
            of = day_number(unit, occurrence.started, due, counting=counting, calendar=self.calendar)
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
            _source=occurrence.edition,
            _calendar=self.calendar,
        )
