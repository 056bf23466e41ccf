"""About eighty reports at every stage, each a story of named people. Content by SAFETY.md: the least that shows the feature."""

from collections.abc import Iterator

from havenline.cli.world.acts import Stage
from havenline.cli.world.player import Story
from havenline.cli.world.stories.closed import CLOSED, closed_case, unidentified
from havenline.cli.world.stories.history import history
from havenline.cli.world.stories.known import known
from havenline.cli.world.stories.lists import known_lists
from havenline.cli.world.stories.riverwalk import riverwalk
from havenline.cli.world.stories.schools import schools
from havenline.cli.world.stories.social_care import social_care
from havenline.cli.world.stories.takedown import takedown_stories
from havenline.cli.world.stories.trust import trust
from havenline.cli.world.stories.under_way import (
    conference_soon,
    late_answer,
    long_ago,
    nothing_illegal,
    out_of_hours,
    returned_referral,
    second_opinion,
    telephone_call,
    worried_about_an_adult,
)
from havenline.cli.world.stories.waiting import waiting_in_the_queue


def stories(stage: Stage) -> Iterator[Story]:
    """Every story of the demo world."""
    yield from history(stage)
    for days_ago, person, ending in CLOSED:
        yield closed_case(stage, days_ago, person, ending)
    yield unidentified(stage, 60)
    yield unidentified(stage, 44)
    yield from riverwalk(stage)
    yield returned_referral(stage)
    yield late_answer(stage)
    yield conference_soon(stage)
    yield out_of_hours(stage)
    yield nothing_illegal(stage, 22, "https://pictures.example/gallery/7")
    yield nothing_illegal(stage, 15, "https://board.example/thread/204")
    yield worried_about_an_adult(stage)
    yield long_ago(stage)
    yield second_opinion(stage)
    yield telephone_call(stage)
    yield from takedown_stories(stage)
    yield from known_lists(stage)
    yield from known(stage)
    yield from waiting_in_the_queue(stage)
    yield from schools(stage)
    yield from trust(stage)
    yield from social_care(stage)
