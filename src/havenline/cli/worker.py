"""`havenline worker`: background work."""

from havenline.cli.speak import must_be_set_up, start_django
from havenline.site.process import end_with_supervisor


def worker() -> None:
    """Do the background work of this installation until asked to end.

    Example: havenline worker
    """
    must_be_set_up()
    run()


def run() -> None:
    end_with_supervisor()
    start_django(role="worker")
    from havenline.foundation.work.worker import WorkingLife

    WorkingLife().live()
