"""Somebody is on call at the hotline, day and night, until weeks after today."""

from datetime import timedelta

from havenline.cli.world.acts import Stage
from havenline.cli.world.player import Story
from havenline.foundation import moment
from havenline.journey.triage import actions as triage

SHIFT = timedelta(days=7)
WEEKS_BEFORE, WEEKS_AFTER = 24, 9


def keep(stage: Stage) -> Story:
    """Weekly shifts, in turn, set by the senior analyst."""
    people = stage.people
    yield stage.calendar.at(114, 9)
    since = moment.now()
    turns = (people.night_analyst, people.analyst, people.second_analyst)
    for week in range(WEEKS_BEFORE + WEEKS_AFTER):
        triage.add_shift(membership=turns[week % len(turns)], since=since, until=since + SHIFT, by=people.senior_analyst)
        since += SHIFT
