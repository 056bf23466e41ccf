"""What people finish by when: each does their own steps in the order of their due dates, so many a week."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

DAYS_A_WEEK = 5


@dataclass(frozen=True, slots=True)
class Task:
    """A step that somebody has to finish."""

    name: str
    due: date


def finished(tasks: Iterable[Task], *, a_week: int, days: Sequence[date]) -> dict[str, date | None]:
    """By task, the day on which one person finishes it who works on `days` (ascending) and finishes `a_week` in five of them.

    The n-th task, in order of due date and then of name, is done on the first day by which they have worked 5n/a_week days. None:
    `days` do not reach so far. Taking a day away never lets anything be done earlier.
    """
    if a_week < 1:
        raise ValueError("Whoever finishes nothing in a week finishes nothing: leave their days out instead.")
    found: dict[str, date | None] = {}
    for number, task in enumerate(sorted(tasks, key=lambda task: (task.due, task.name)), start=1):
        worked = -(-DAYS_A_WEEK * number // a_week)
        found[task.name] = days[worked - 1] if worked <= len(days) else None
    return found
