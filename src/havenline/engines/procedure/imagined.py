"""The guidance as it might be: with another edition's limits, or another limit for one step. Nothing that is held is changed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from .guidance import Edition, Guidance, Override, Step
from .periods import Unit, Verified

AREA = "imagined"


def with_limits_of(guidance: Guidance, name: str, *, since: date) -> Guidance:
    """As if, for clocks that start from `since` on, each limit were as long as in the edition of that name.

    From when a clock runs stays the present edition's rule. A step that the named edition does not know, or sets no limit for, keeps its
    own. Raises EditionUnknown.
    """
    other = guidance.edition(name)

    def as_there(step: Step, on: date) -> Step | None:
        there = other.step(step.code, on=_within(other, on)).clock if other.has(step.code) else None
        return _as_long(step, there.amount, there.unit, f"as in {other.title}", other.verified) if there else None

    return _changed(guidance, since, as_there)


def with_limit(guidance: Guidance, step: str, amount: int, unit: Unit, *, since: date) -> Guidance:
    """As if that step's limit were `amount` of `unit` for clocks that start from `since` on. Raises StepUnknown, StepHasNoLimit."""
    guidance.row(step, max(since, guidance.editions[-1].in_force_from)).limit()

    def so_long(row: Step, _on: date) -> Step | None:
        return _as_long(row, amount, unit, "imagined", "policy") if row.code == step else None

    return _changed(guidance, since, so_long)


def _within(edition: Edition, on: date) -> date:
    """A day on which the edition's own overrides are asked: its last known one, where `on` lies after it."""
    return max(on, edition.in_force_from)


def _as_long(step: Step, amount: int, unit: Unit, source: str, verified: Verified) -> Step | None:
    if step.clock is None or (step.clock.amount, step.clock.unit) == (amount, unit):
        return None
    return replace(step, clock=replace(step.clock, amount=amount, unit=unit), source=source, verified=verified)


def _changed(guidance: Guidance, since: date, change: Callable[[Step, date], Step | None]) -> Guidance:
    editions = []
    for edition in guidance.editions:
        last = guidance.last_day_of(edition)
        if last is not None and last < since:
            editions.append(edition)
            continue
        begins = max(since, edition.in_force_from)
        # A row that changes within the time has each of its forms changed, from that form's own first day.
        days = sorted({begins, *(day for day in edition._changes if day > begins)})
        changed = [Override(row, day, area=AREA) for day in days for row in _rows(edition, day, change)]
        editions.append(replace(edition, overrides=(*edition.overrides, *changed)))
    return Guidance(editions)


def _rows(edition: Edition, day: date, change: Callable[[Step, date], Step | None]) -> list[Step]:
    """Each row as it then is: changed, or, where an earlier day's change must end with its form, as it is held."""
    found = []
    for step in edition.steps:
        row = edition.step(step.code, on=day)
        found.append(change(row, day) or row)
    return found
