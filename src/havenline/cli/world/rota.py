"""Somebody is on call at the hotline, day and night, until weeks after today; and social care has rooms for its conferences."""

from datetime import timedelta

from havenline.cli.world.acts import Stage
from havenline.cli.world.player import Story
from havenline.foundation import moment
from havenline.journey.safeguarding import actions as safeguarding
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


def open_the_conference_service(stage: Stage) -> Story:
    """Two rooms, and a chair who is there on four days."""
    yield stage.calendar.at(114, 10)
    manager, chair = stage.people.team_manager, stage.people.chair
    safeguarding.add_room(name="Oak", places=12, accessible=True, by=manager)
    safeguarding.add_room(name="Elm", places=20, accessible=False, by=manager)
    safeguarding.set_chairs_week(chair=chair, weekdays=[0, 1, 2, 3], most_a_day=2, by=manager)
