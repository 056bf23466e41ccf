"""What comes round: sources whose time has come are pulled, editions are made."""

import time

from havenline.foundation.ledger.actors import CLOCK
from havenline.foundation.lists.exchange import actions, pull
from havenline.foundation.lists.models import KnownList
from havenline.foundation.work.rounds import every

A_TURN = 20.0  # seconds for each source, then the next has its turn


@every(seconds=15, apart=True)  # whoever does not answer holds up no report
def pull_sources() -> None:
    """Read on at each source whose time has come; what was kept says where. How it went stands at the source."""
    for source in pull.due():
        for _pull in pull.go_on(source, until=time.monotonic() + A_TURN):
            pass


@every(seconds=120)
def make_editions() -> None:
    """Twice a day, at six and at eighteen hours UTC; one that was missed is made as soon as somebody works again."""
    for known_list in KnownList.objects.filter(kind=KnownList.Kind.URL, closed_at=None):
        if actions.editions_due(known_list):
            actions.make_editions(known_list=known_list, by=CLOCK)
