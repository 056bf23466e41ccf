"""The demo world: played through the real actions with the clock set back, never by writing rows."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import get_hasher

from havenline.cli.world import rota
from havenline.cli.world.acts import Stage
from havenline.cli.world.cast import Company, gather
from havenline.cli.world.player import Calendar, play
from havenline.cli.world.stories import stories
from havenline.foundation import moment
from havenline.foundation.work import queue, rounds


def build(report_progress: Callable[[int, int], None]) -> Company:
    """Play the whole world up to now, in an empty database. `report_progress(stories ended, stories)`."""
    settings.LEDGER_APPENDS = False  # this process chains what it wrote once, at the end, in the order of time
    # Passwords of a hundred random bits need no slow hash; Django hashes each anew, at full cost, when it is first used.
    hasher: Any = get_hasher()
    hasher.time_cost, hasher.memory_cost = 1, 8 * 1024
    now = moment.now()
    calendar = Calendar(moment.today())
    with moment.standing_at(calendar.at(115, 8)):
        company = gather()

    stage = Stage(company, calendar)
    play(
        [rota.keep(stage), rota.open_the_conference_service(stage), *stories(stage)],
        until=now - timedelta(minutes=1),
        do_what_waits=queue.drain,
        come_round=rounds.run_due,
        report_progress=report_progress,
    )
    return company
