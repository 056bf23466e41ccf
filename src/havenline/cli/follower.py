"""`havenline follower`: keeps the index of what is known in step with the lists."""

import os
import signal
import threading
from typing import Annotated

import typer

from havenline.cli import replay
from havenline.cli.speak import Exit, err, must_be_set_up, start_django, stop
from havenline.site import installation
from havenline.site.process import SUPERVISOR, end_with_supervisor, give_way, leave_no_core_dump


def follower(
    remake: Annotated[bool, typer.Option("--remake", help="Make the index anew first; the last one serves meanwhile.")] = False,
) -> None:
    """Keep the index of what is known in step with the lists, until asked to end. `serve` starts it by itself.

    Example: havenline follower --remake
    """
    must_be_set_up()
    if installation.load().role:
        stop("This is the home of the public host; what is known is not here.", Exit.REFUSED)
    if SUPERVISOR not in os.environ:  # else whoever started this has done it
        replay.before_serving()
    end_with_supervisor()
    leave_no_core_dump()
    give_way()
    start_django(role="match")
    from django.conf import settings

    from havenline.foundation.recognition.follower import AnotherFollows, Follower
    from havenline.foundation.recognition.kept import Home

    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: ended.set())
    follows = Follower(Home(settings.HOME / "recognition"), say=lambda words: err.print(f"[bold]havenline:[/] {words}", soft_wrap=True))
    try:
        follows.live(ended, remake=remake)
    except AnotherFollows as error:
        stop(f"{error} End it first, or let it be: serve starts it by itself.", Exit.REFUSED)
