"""The demo world: played through the real actions with the clock set back, never by writing rows."""

from collections.abc import Callable
from datetime import timedelta

from havenline.cli.world import rota
from havenline.cli.world.acts import Stage
from havenline.cli.world.cast import Company, gather
from havenline.cli.world.player import Calendar, play
from havenline.cli.world.stories import stories
from havenline.foundation import moment
from havenline.foundation.work import queue, rounds


def build(report_progress: Callable[[int, int], None]) -> Company:
    """Play the whole world up to now, in an empty database. `report_progress(stories ended, stories)`."""
    now = moment.now()
    calendar = Calendar(moment.today())
    with moment.standing_at(calendar.at(115, 8)):
        company = gather()

    def settle() -> None:
        queue.drain()
        rounds.run_due()

    stage = Stage(company, calendar)
    play([rota.keep(stage), *stories(stage)], until=now - timedelta(minutes=1), settle=settle, report_progress=report_progress)
    return company
