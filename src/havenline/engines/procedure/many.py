"""Many due dates at once: the rules of `periods.due_after`, over a whole array of days. Needs numpy."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from .guidance import Override, Step
from .periods import Counting, Unit, days_of
from .working_days import ENGLAND, FIRST_YEAR, LAST_YEAR, WorkingDays, out_of_range

DAY, MONTH = np.dtype("datetime64[D]"), np.dtype("datetime64[M]")
FIRST_DAY, LAST_DAY = np.datetime64(date(FIRST_YEAR + 1, 1, 1)), np.datetime64(date(LAST_YEAR - 1, 12, 31))
EPOCH = date(1970, 1, 1).toordinal()


def due_many(row: Step, overrides: Sequence[Override], started: np.ndarray, calendar: WorkingDays = ENGLAND) -> np.ndarray:
    """For each start (datetime64, any shape) the last day in time, by the step's row or by the first of its overrides that holds then.

    Gives datetime64[D] of the same shape; NaT stays NaT. Raises StepHasNoLimit, DateOutOfRange, TypeError.
    """
    days = np.asarray(started)
    if days.dtype.kind != "M" or days.dtype == np.dtype("datetime64"):
        raise TypeError(f"Starts are an array of datetime64, such as datetime64[D]; this one is {days.dtype}.")
    days = days.astype(DAY)
    left = ~np.isnat(days)
    if not overrides and left.all():
        return _due(row, days, calendar)
    due = days.copy()
    for override in overrides:
        hit = left & (days >= np.datetime64(override.since))
        if override.until is not None:
            hit &= days <= np.datetime64(override.until)
        if hit.any():
            due[hit] = _due(override.step, days[hit], calendar)
        left &= ~hit
    if left.any():
        due[left] = _due(row, days[left], calendar)
    return due


def _due(row: Step, days: np.ndarray, calendar: WorkingDays) -> np.ndarray:
    clock = row.limit()
    return due_after_many(clock.amount, clock.unit, days, counting=clock.counting, calendar=calendar)


def due_after_many(
    amount: int, unit: Unit, days: np.ndarray, *, counting: Counting = "day 0", calendar: WorkingDays = ENGLAND
) -> np.ndarray:
    """For each day (datetime64[D], without NaT) the last day of a period that started on it. Raises DateOutOfRange."""
    if amount < 1:
        raise ValueError("A period is at least one unit long.")
    if not days.size:
        return days
    first, last = days.min(), days.max()
    if not (first >= FIRST_DAY and last <= LAST_DAY):
        raise out_of_range()
    earlier = 1 if counting == "beginning with" else 0
    match unit:
        case "working days":
            start, before, working = calendar.as_array((first - earlier).item().year, last.item().year + 1 + amount // 200)
            due: np.ndarray = working[before[days.astype(np.int64) + (EPOCH - start - earlier)] + (amount - 1)].view(DAY)
            return due
        case "calendar days":
            return days + (amount - earlier)
        case "hours":
            return days + days_of(amount)
        case "months":
            return _months_after(amount, days) - earlier


def _months_after(amount: int, days: np.ndarray) -> np.ndarray:
    month = days.astype(MONTH)
    target = month + amount
    last = (target + 1).astype(DAY) - 1
    due: np.ndarray = np.minimum(target.astype(DAY) + (days - month.astype(DAY)), last)
    return due
