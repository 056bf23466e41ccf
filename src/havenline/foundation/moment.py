"""The only source of time. Rooms below `clocks` in the house reach it as `clocks.now()`.

A linter forbids `timezone.now()` and `datetime.now()` elsewhere, so that the demo world can be played
through the real actions with the clock set back, and so that a test can stand on any day.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")  # statutory days are England's, wherever the server stands
_set_to: ContextVar[datetime | None] = ContextVar("moment", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _set_to.get() or datetime.now(UTC)


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
    token = _set_to.set(when)
    try:
        yield
    finally:
        _set_to.reset(token)
