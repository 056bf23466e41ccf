"""The only source of time: rooms say `moment.now()`.

A linter forbids `timezone.now()` and `datetime.now()` elsewhere, so that the demo world can be played
through the real actions with the clock set back, and so that a test can stand on any day.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")  # statutory days are England's, wherever the server stands
_set_to: ContextVar[Callable[[], datetime] | None] = ContextVar("moment", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    set_to = _set_to.get()
    return set_to() if set_to else datetime.now(UTC)


def today() -> date:
    """The present day in London, on which statutory clocks count."""
    return day_of(now())


def day_of(when: datetime) -> date:
    """The day in London on which a moment falls."""
    return when.astimezone(LONDON).date()


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


@contextmanager
def standing_at(when: datetime) -> Iterator[None]:
    """Let everything inside happen at `when` (aware). Used by the demo world and by tests, never by a request."""
    if when.tzinfo is None:
        raise ValueError("A moment needs a time zone.")
    with _set(lambda: when):
        yield


@contextmanager
def moving_from(when: datetime) -> Iterator[None]:
    """The same, a microsecond later at each look: what is done one after the other stays in its order."""
    ticks = count()
    with standing_at(when), _set(lambda: when + timedelta(microseconds=next(ticks))):
        yield


@contextmanager
def _set(clock: Callable[[], datetime]) -> Iterator[None]:
    token = _set_to.set(clock)
    try:
        yield
    finally:
        _set_to.reset(token)
