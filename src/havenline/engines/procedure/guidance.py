"""The guidance as data: editions, their steps, what starts each clock, and what each outcome leads to."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from .errors import EditionUnknown, NoEditionInForce, OutcomeUnknown, StepHasNoLimit, StepUnknown
from .periods import Counting, Explanation, Unit, Verified, due_after, explain_period, in_words
from .working_days import ENGLAND, WorkingDays

if TYPE_CHECKING:
    import numpy as np

Status = Literal["statute", "guidance", "local"]
AnchorRule = Literal["first", "initiating", "last"]
Dated = Literal["day", "month"]
"""How exactly the first day of an edition is known: where only its month is, `in_force_from` is the first day of that."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """An event that starts a clock: a step that was done, with one of these outcomes (none named: with any)."""

    step: str
    outcomes: tuple[str, ...] = ()

    def matches(self, step: str, outcome: str | None) -> bool:
        return self.step == step and (not self.outcomes or outcome in self.outcomes)


@dataclass(frozen=True, slots=True)
class Clock:
    """By when a step must be done: `amount` of `unit` from its anchor, which `words` names as a reader would.

    `anchor` tells which of several events counts while the step is not done: the `first`, the first with an `initiating` outcome,
    or the `last`.
    """

    amount: int
    unit: Unit
    words: str
    starts: tuple[Anchor, ...]
    anchor: AnchorRule
    counting: Counting

    def started_by(self, step: str, outcome: str | None) -> bool:
        return any(anchor.matches(step, outcome) for anchor in self.starts)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a step can end: the steps it leads to (all of them), and the open ones that it makes unneeded.

    `stage` is what a case is called from then on; None changes nothing. `ends`: nothing more follows from this step.
    """

    code: str
    title: str
    leads_to: tuple[str, ...] = ()
    not_needed: tuple[str, ...] = ()
    ends: bool = False
    stage: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the guidance. Without `outcomes`, `done` says what follows when it is done."""

    code: str
    title: str
    role: str
    status: Status
    source: str
    verified: Verified
    clock: Clock | None
    no_limit: str | None
    outcomes: tuple[Outcome, ...]
    done: Outcome | None
    at_any_time: bool
    milestone: bool

    @property
    def ways_out(self) -> tuple[Outcome, ...]:
        """Every way in which the step can end."""
        return self.outcomes if self.done is None else (self.done,)

    @property
    def rule(self) -> str:
        """One sentence: the limit and from when, or why there is none."""
        if self.clock is None:
            return self.no_limit or "No limit of its own"
        joint = "beginning with" if self.clock.counting == "beginning with" else "from"
        return f"{in_words(self.clock.amount, self.clock.unit)} {joint} {self.clock.words}"

    def limit(self) -> Clock:
        """Its clock. Raises StepHasNoLimit."""
        if self.clock is None:
            raise StepHasNoLimit(f"{self.title} has no limit in days ({self.rule}), so no due date can be told.")
        return self.clock

    def outcome(self, code: str | None) -> Outcome:
        """The outcome of that code; None for a step that has no outcomes and is simply done. Raises OutcomeUnknown."""
        if code is None and self.done is not None:
            return self.done
        for outcome in self.outcomes:
            if outcome.code == code:
                return outcome
        if not self.outcomes:
            raise OutcomeUnknown(f"{self.title} has no outcomes: it is done or not. Leave the outcome out.")
        raise OutcomeUnknown(f"{self.title} has no outcome {code!r}. Choose one of: {', '.join(o.code for o in self.outcomes)}.")


@dataclass(frozen=True, slots=True)
class Transition:
    """What a step of earlier editions becomes under this one, for a case that reaches it after this edition came into force."""

    step: str
    becomes: str
    source: str
    verified: Verified


@dataclass(frozen=True, slots=True)
class Override:
    """A step's row from a day on, in the place of its edition's: a revision of the edition, a correction, or an area's own rule.

    It holds for clocks that start from `since` to `until` (both included); they keep it. `area` is empty for a revision.
    """

    step: Step
    since: date
    until: date | None = None
    area: str = ""

    def holds(self, on: date) -> bool:
        return self.since <= on and (self.until is None or on <= self.until)


@dataclass(frozen=True)
class Edition:
    """One edition of the guidance. A clock keeps the edition in force on the day it started.

    `steps` are its rows as it was published; `overrides` change single ones from a day on (of two for one day the later listed holds).
    """

    name: str
    title: str
    in_force_from: date
    in_force_until: date | None
    source: str
    verified: Verified
    steps: tuple[Step, ...]
    transitions: tuple[Transition, ...] = ()
    overrides: tuple[Override, ...] = ()
    dated: Dated = "day"

    @cached_property
    def _by_code(self) -> dict[str, Step]:
        return {step.code: step for step in self.steps}

    @cached_property
    def _places(self) -> dict[str, int]:
        return {step.code: place for place, step in enumerate(self.steps)}

    @cached_property
    def _overrides_of(self) -> dict[str, tuple[Override, ...]]:
        """By step, the one that outweighs the others first."""
        return {
            code: tuple(each for each in reversed(self.overrides) if each.step.code == code)
            for code in {each.step.code for each in self.overrides}
        }

    @cached_property
    def _changes(self) -> list[date]:
        """The days on which some row changes, ascending."""
        ends = [each.until + timedelta(days=1) for each in self.overrides if each.until is not None and each.until < date.max]
        return sorted({*ends, *(each.since for each in self.overrides)})

    @cached_property
    def _starts(self) -> dict[tuple[str, str | None, int], tuple[Step, ...]]:
        return {}

    @cached_property
    def _becomes(self) -> dict[str, str]:
        own = {step.code: step.code for step in self.steps}
        return {transition.step: transition.becomes for transition in reversed(self.transitions)} | own

    @cached_property
    def _followers(self) -> dict[str, set[str]]:
        """By step: every step that its outcomes lead to, and theirs."""
        found = {step.code: {code for way in step.ways_out for code in way.leads_to} for step in self.steps}
        while True:
            further = {code: codes.union(*(found[other] for other in codes)) for code, codes in found.items()}
            if further == found:
                return found
            found = further

    def has(self, step: str) -> bool:
        return step in self._by_code

    def step(self, code: str, *, on: date | None = None) -> Step:
        """The step's row as published, or as it stands for a clock that starts `on` that day. Raises StepUnknown."""
        if on is not None and self.overrides:
            for override in self._overrides_of.get(code, ()):
                if override.holds(on):
                    return override.step
        try:
            return self._by_code[code]
        except KeyError:
            raise StepUnknown(f"{self.title} has no step {code!r}. Its steps: {', '.join(self._by_code)}.") from None

    def place(self, step: str) -> int:
        """Where the step stands in the edition's order, from 0."""
        return self._places[self.step(step).code]

    def due(self, step: str, started: date, *, calendar: WorkingDays = ENGLAND) -> date:
        """The last day on which the step is in time. Raises StepUnknown, StepHasNoLimit, DateOutOfRange."""
        clock = self.step(step, on=started).limit()
        return due_after(clock.amount, clock.unit, started, counting=clock.counting, calendar=calendar)

    def due_many(self, step: str, started: "np.ndarray", *, calendar: WorkingDays = ENGLAND) -> "np.ndarray":
        """`due` for an array of days (datetime64, any shape): datetime64[D] of the same shape. NaT stays NaT.

        Raises StepUnknown, StepHasNoLimit, DateOutOfRange; TypeError for another kind of array.
        """
        from .many import due_many  # here: only who counts many needs numpy

        return due_many(self.step(step), self._overrides_of.get(step, ()), started, calendar)

    def explain(
        self, step: str, started: date, *, calendar: WorkingDays = ENGLAND, closures: Mapping[date, str] | None = None
    ) -> Explanation:
        """The due date with every day of its count, the rule and its source. Raises StepUnknown, StepHasNoLimit, DateOutOfRange.

        `closures` are an agency's own: shown, and counted all the same.
        """
        row = self.step(step, on=started)
        clock = row.limit()
        return explain_period(
            amount=clock.amount,
            unit=clock.unit,
            started=started,
            title=row.title,
            rule=row.rule,
            source=row.source,
            verified=row.verified,
            counting=clock.counting,
            step=row.code,
            calendar=calendar,
            closures=closures,
            doubt=self._doubt(started),
        )

    def next_steps(self, step: str, outcome: str | None = None) -> tuple[Step, ...]:
        """The steps that this outcome leads to. Raises StepUnknown, OutcomeUnknown."""
        return tuple(self.step(code) for code in self.step(step).outcome(outcome).leads_to)

    def started_by(self, step: str, outcome: str | None, *, on: date) -> tuple[Step, ...]:
        """The steps whose clock this event starts on that day, each as its row stands then."""
        key = (step, outcome, bisect_right(self._changes, on))
        found = self._starts.get(key)
        if found is None:
            rows = (self.step(row.code, on=on) for row in self.steps)
            found = tuple(row for row in rows if row.clock is not None and row.clock.started_by(step, outcome))
            self._starts[key] = found
        return found

    def ahead_of(self, steps: Iterable[str]) -> tuple[Step, ...]:
        """The steps that may still follow from these, near or far; a code that isn't this edition's is passed over."""
        ahead = {code for step in steps for code in self._followers.get(step, ())}
        return tuple(row for row in self.steps if row.code in ahead)

    def instead_of(self, step: str) -> str | None:
        """The step of this edition that a step of an earlier one becomes, or None."""
        return self._becomes.get(step)

    def _doubt(self, on: date) -> str:
        begins = self.in_force_from
        if self.dated == "month" and (on.year, on.month) == (begins.year, begins.month):
            return f"{self.title} came into force in {begins:%B %Y}, on a day that is not known here: check which edition held."
        return ""


class Guidance:
    """The editions that are held, oldest first."""

    def __init__(self, editions: Iterable[Edition]) -> None:
        self.editions = tuple(sorted(editions, key=lambda edition: edition.in_force_from))
        self._begins = [edition.in_force_from for edition in self.editions]

    def edition(self, name: str) -> Edition:
        """Raises EditionUnknown."""
        for edition in self.editions:
            if edition.name == name:
                return edition
        raise EditionUnknown(f"No edition {name!r} is held. Held: {', '.join(edition.name for edition in self.editions)}.")

    def in_force(self, on: date) -> Edition:
        """The edition in force on that day. Raises NoEditionInForce, also between two editions where the one between isn't held."""
        place = bisect_right(self._begins, on) - 1
        if place >= 0:
            edition = self.editions[place]
            if edition.in_force_until is None or on <= edition.in_force_until:
                return edition
        held = "; ".join(f"{edition.name}, {self._times(edition)}" for edition in self.editions)
        raise NoEditionInForce(
            f"No edition that is held was in force on {on:%d %B %Y}. Held: {held}. Add that edition's file, or check the date."
        )

    def holding(self, step: str, on: date) -> Edition:
        """The edition in force on that day if it has the step, else the latest earlier one that has it. Raises StepUnknown."""
        now = self.in_force(on)
        if step in now._by_code:
            return now
        for edition in reversed(self.editions):
            if edition.in_force_from < now.in_force_from and edition.has(step):
                return edition
        now.step(step)
        raise AssertionError("unreachable")

    def row(self, step: str, on: date) -> Step:
        """The step as it stands on that day, under the edition that is then `holding` it. Raises NoEditionInForce, StepUnknown."""
        return self.holding(step, on).step(step, on=on)

    def last_day_of(self, edition: Edition) -> date | None:
        """The last day on which the edition is in force; None where no end is known."""
        later = [begins - timedelta(days=1) for begins in self._begins if begins > edition.in_force_from]
        return min([*later, *([edition.in_force_until] if edition.in_force_until else [])], default=None)

    def _times(self, edition: Edition) -> str:
        until = self.last_day_of(edition)
        return f"from {edition.in_force_from:%d %B %Y}" + (f" to {until:%d %B %Y}" if until else "")
