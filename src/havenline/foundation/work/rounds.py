"""What comes round: plain functions, each run by one worker at a time, whenever its time has come."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.utils.module_loading import autodiscover_modules

from havenline.foundation import moment
from havenline.foundation.work.models import Round
from havenline.foundation.work.queue import reason_of

logger = logging.getLogger("havenline.work")


@dataclass(frozen=True)
class Duty:
    """One round: its name (room and function), how often, and what it does. `apart`: it waits for others, so that it holds up no round."""

    name: str
    every: timedelta
    does: Callable[[], object]
    apart: bool = False


DUTIES: dict[str, Duty] = {}


def every(*, seconds: int, apart: bool = False) -> Callable[[Callable[[], object]], Callable[[], object]]:
    """Let a function of a room's tasks.py come round. It must be safe to run at any time and twice."""

    def register(function: Callable[[], object]) -> Callable[[], object]:
        name = f"{function.__module__.removeprefix('havenline.')}.{function.__name__}"
        DUTIES[name] = Duty(name, timedelta(seconds=seconds), function, apart)
        return function

    return register


def discover() -> None:
    """Import every room's tasks.py, which registers its rounds."""
    autodiscover_modules("tasks")


def run_due(*, apart: bool | None = None) -> int:
    """Run each round whose time has come and that no other worker took; how many. What goes wrong in one is kept, and stops no other.

    `apart`: only those that wait for others, or only those that do not; None: all.
    """
    discover()
    known = {row.task: row for row in Round.objects.all()}
    count = 0
    for duty in list(DUTIES.values()):
        row = known.get(duty.name)
        if apart is not None and duty.apart != apart:
            continue
        if _taken(duty, row):
            _run(duty, said_before=row.problem if row else "")
            count += 1
    return count


def _taken(duty: Duty, row: Round | None) -> bool:
    now = moment.now()
    if row is None:
        return Round.objects.get_or_create(task=duty.name, defaults={"ran_at": now})[1]
    if now - duty.every < row.ran_at <= now:  # a round in the future means that the clock was set back: it is due
        return False
    # Whoever changes the row as it was read has the turn.
    return Round.objects.filter(task=duty.name, ran_at=row.ran_at).update(ran_at=now) == 1


def _run(duty: Duty, *, said_before: str) -> None:
    problem = ""
    try:
        duty.does()
    except Exception as error:
        logger.exception("The round %s failed", duty.name)
        problem = reason_of(error)
    if problem != said_before:
        Round.objects.filter(task=duty.name).update(problem=problem)
