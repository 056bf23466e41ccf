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
SHORT_WAIT = timedelta(minutes=15)
ROUNDS_EVERY = timedelta(days=1)  # in life they come round each half minute; what ran out overnight is raised in the morning


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

    def last_night(self, hour: int, minute: int = 0) -> datetime:
        """Yesterday, working day or not."""
        return datetime.combine(self.today - timedelta(days=1), time(hour, minute), tzinfo=moment.LONDON)

    def weekend(self, weeks_ago: int, hour: int, minute: int = 0) -> datetime:
        """A Saturday, when no office is open."""
        saturday = self.today - timedelta(days=(self.today.weekday() + 2) % 7 + 7 * weeks_ago)
        return datetime.combine(saturday, time(hour, minute), tzinfo=moment.LONDON)


def play(
    stories: Iterable[Story],
    *,
    until: datetime,
    do_what_waits: Callable[[], object],
    come_round: Callable[[], object],
    report_progress: Callable[[int, int], None],
) -> None:
    """Play all stories up to `until`. What a story would do later than that has not happened yet: it stays where it stands.

    `do_what_waits` runs the tasks that are ready, before and after each step; `come_round` does what the clock owes, each day and
    whenever a story waits for less than a quarter of an hour. `report_progress(stories ended, stories)`.
    """
    waiting: list[tuple[datetime, int, Story]] = []
    order = count()
    told = list(stories)
    for story in told:
        _continue(story, waiting, order, until)
    came_round = min((at for at, _n, _s in waiting), default=until)
    while waiting:
        at, _number, story = heapq.heappop(waiting)
        while came_round + ROUNDS_EVERY < at:
            came_round += ROUNDS_EVERY
            if procedure.is_working_day(moment.day_of(came_round)):
                _stand(came_round, do_what_waits, come_round)
        _stand(at, do_what_waits)
        with moment.moving_from(at):
            next_at = _continue(story, waiting, order, until)
        after = at + timedelta(seconds=2)
        _stand(after, do_what_waits)
        if next_at is not None and next_at - at < SHORT_WAIT:
            _stand(next_at - timedelta(seconds=1), come_round)
        report_progress(len(told) - len(waiting), len(told))
    _stand(until, do_what_waits, come_round)
    ledger.append_committed()


def _continue(story: Story, waiting: list[tuple[datetime, int, Story]], order: "count[int]", until: datetime) -> datetime | None:
    at = next(story, None)
    if at is not None and at <= until:
        heapq.heappush(waiting, (at, next(order), story))
    return at


def _stand(at: datetime, *deeds: Callable[[], object]) -> None:
    with moment.moving_from(at):
        for do in deeds:
            do()
