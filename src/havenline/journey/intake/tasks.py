"""What the desk's worker does for this room: opens what arrived. Thin, and safe to run twice."""

from django_tasks import task

from havenline.foundation.work.rests import with_rests
from havenline.foundation.work.rounds import every
from havenline.journey.intake import actions, queries
from havenline.journey.intake.actions import opening
from havenline.journey.intake.models import Message, Report

MOST_AT_ONCE = 200


@task()
def open_arrival(report: int) -> None:
    """Open one report that arrived; first what its receipt leads by, so that the log's promise can be sealed to whoever holds it."""
    for receipt in queries.receipts_to_compute().filter(report=report):
        actions.compute_receipt(receipt)
    opening.open_report(report=Report.objects.get(pk=report))


@task()
def open_arrivals(reports: list[int]) -> None:
    """Open those that arrived together, each in a transaction of its own; what is cut off here, the next round opens."""
    for report in with_rests(Report.objects.filter(pk__in=reports, opened_at=None).order_by("pk")):
        opening.open_report(report=report)


@task()
def open_addition(message: int) -> None:
    """Index what a reporter added."""
    opening.open_message(message=Message.objects.select_related("report__record").get(pk=message))


@every(seconds=20)
def open_what_was_missed() -> None:
    """Open whatever no task has opened, oldest first: no report, and nothing added to one, is lost with a task."""
    for receipt in with_rests(queries.receipts_to_compute()[:MOST_AT_ONCE]):
        actions.compute_receipt(receipt)
    for report in with_rests(Report.objects.filter(opened_at=None, record__erased_at=None).order_by("received_at")[:MOST_AT_ONCE]):
        opening.open_report(report=report)
    for message in with_rests(queries.unopened_additions()[:MOST_AT_ONCE]):
        opening.open_message(message=message)
