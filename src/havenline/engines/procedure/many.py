"""Many due dates at once: the rules of `periods.due_after`, over a whole array of days. Needs numpy."""

from collections.abc import Sequence

import numpy as np

from .guidance import Override, Step
from .periods import Counting, Unit, days_of
from .working_days import ENGLAND, FIRST_YEAR, LAST_YEAR, WorkingDays, out_of_range

DAY, MONTH = np.dtype("datetime64[D]"), np.dtype("datetime64[M]")
EPOCH = 719_163  # the ordinal of 1 January 1970


def due_many(row: Step, overrides: Sequence[Override], started: np.ndarray, calendar: WorkingDays = ENGLAND) -> np.ndarray:
    """For each start the last day in time, by the step's row or by the first of its overrides that holds on that day.

    Raises StepHasNoLimit, DateOutOfRange, TypeError.
    """
    days = as_days(started)
    if not overrides:
        return _due(row, days, calendar)
    due, left = days.copy(), ~np.isnat(days)
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


def as_days(started: np.ndarray) -> np.ndarray:
    """The moments of an array as their days. Raises TypeError for anything but datetime64, DateOutOfRange."""
    found = np.asarray(started)
    if found.dtype.kind != "M" or found.dtype == np.dtype("datetime64"):
        raise TypeError(f"Starts are an array of datetime64, such as datetime64[D]; this one is {found.dtype}.")
    days = found.astype(DAY)
    known = days[~np.isnat(days)]
    if known.size and not (np.datetime64(f"{FIRST_YEAR + 1}") <= known.min() and known.max() < np.datetime64(f"{LAST_YEAR}")):
        raise out_of_range()
    return days


def due_after_many(
    amount: int, unit: Unit, days: np.ndarray, *, counting: Counting = "day 0", calendar: WorkingDays = ENGLAND
) -> np.ndarray:
    """For each day (datetime64[D], any shape) the last day of a period that started on it; NaT stays NaT. Raises DateOutOfRange."""
    if amount < 1:
        raise ValueError("A period is at least one unit long.")
    earlier = 1 if counting == "beginning with" else 0
    match unit:
        case "working days":
            return _after_working_days(amount, days - earlier, calendar)
        case "calendar days":
            return days + (amount - earlier)
        case "hours":
            return days + days_of(amount)
        case "months":
            return _after_months(amount, days) - earlier


def _after_working_days(amount: int, days: np.ndarray, calendar: WorkingDays) -> np.ndarray:
    unknown = np.isnat(days)
    numbers = days.astype(np.int64)
    if unknown.any():
        numbers = np.where(unknown, 0, numbers)
    if not numbers.size:
        return days
    first, last = (np.datetime64(int(number), "D").item().year for number in (numbers.min(), numbers.max()))
    start, before, working = calendar.as_array(first, last + 1 + amount // 200)
    due = working[before[numbers + (EPOCH - start)] + (amount - 1)].view(DAY)
    return np.where(unknown, np.datetime64("NaT"), due) if unknown.any() else due


def _after_months(amount: int, days: np.ndarray) -> np.ndarray:
    month = days.astype(MONTH)
    target = month + amount
    last = (target + 1).astype(DAY) - 1
    due: np.ndarray = np.minimum(target.astype(DAY) + (days - month.astype(DAY)), last)
    return due
