"""`havenline worker`: background work."""

import os

from havenline.cli import replay
from havenline.cli.speak import Exit, must_be_set_up, start_django, stop
from havenline.site import installation
from havenline.site.process import SUPERVISOR, end_with_supervisor, give_way, leave_no_core_dump


def worker() -> None:
    """Do the background work of this installation until asked to end.

    Example: havenline worker
    """
    must_be_set_up()
    if installation.load().role:
        stop("This is the home of the public host; background work is done at the desk's.", Exit.REFUSED)
    if SUPERVISOR not in os.environ:  # else whoever started this has done it
        replay.before_serving()
    run()


def run() -> None:
    end_with_supervisor()
    leave_no_core_dump()
    give_way()
    start_django(role="worker")
    from havenline.foundation.work.worker import WorkingLife

    WorkingLife().live()
