"""Plays the demo's stories through the real actions, with the clock set back: nothing is ever written by hand.

A story is a generator. It yields the moment at which its next step happens; the player takes the stories' steps in the
order of time, lets whatever the clock owes happen in between (tasks, rounds), and stands at each step's moment.
"""

import heapq
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count

from havenline.engines import procedure
from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger

Story = Generator[datetime, None, None]
ROUNDS_EVERY = timedelta(hours=4)


@dataclass(frozen=True)
class Calendar:
    """Days as stories count them: working days before today, in London."""

    today: date

    def at(self, days_ago: int, hour: int, minute: int = 0) -> datetime:
        """That many working days ago, at that hour. Day 0 is today."""
        day = self.today
        for _step in range(days_ago):
            day -= timedelta(days=1)
            while not procedure.is_working_day(day):
                day -= timedelta(days=1)
        return datetime.combine(day, time(hour, minute), tzinfo=moment.LONDON)

    def weekend(self, weeks_ago: int, hour: int, minute: int = 0) -> datetime:
        """A Saturday, when no office is open."""
        saturday = self.today - timedelta(days=(self.today.weekday() + 2) % 7 + 7 * weeks_ago)
        return datetime.combine(saturday, time(hour, minute), tzinfo=moment.LONDON)


def play(stories: Iterable[Story], *, until: datetime, settle: Callable[[], None], report_progress: Callable[[int, int], None]) -> None:
    """Play all stories up to `until`. What a story would do later than that has not happened yet: it stays where it stands.

    `settle` does whatever waits (tasks, rounds) at the moment it is called. `report_progress(stories ended, stories)`.
    """
    waiting: list[tuple[datetime, int, Story]] = []
    order = count()
    told = list(stories)
    for story in told:
        _continue(story, waiting, order, until)
    settled_at = min((at for at, _n, _s in waiting), default=until)
    while waiting:
        at, _number, story = heapq.heappop(waiting)
        while settled_at + ROUNDS_EVERY < at:
            settled_at += ROUNDS_EVERY
            _settle(settled_at, settle)
        _settle(at, settle)
        settled_at = at
        with moment.standing_at(at):
            _continue(story, waiting, order, until)
        _settle(at + timedelta(seconds=2), settle)
        report_progress(len(told) - len({id(s) for _at, _n, s in waiting}), len(told))
    _settle(until, settle)
    ledger.append_committed()


def _continue(story: Story, waiting: list[tuple[datetime, int, Story]], order: "count[int]", until: datetime) -> None:
    at = next(story, None)
    if at is not None and at <= until:
        heapq.heappush(waiting, (at, next(order), story))


def _settle(at: datetime, settle: Callable[[], None]) -> None:
    with moment.standing_at(at):
        settle()
