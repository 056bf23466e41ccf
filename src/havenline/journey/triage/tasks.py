"""What the worker does for the desk. Thin, and safe to run twice."""

from django_tasks import task

from havenline.foundation import moment
from havenline.foundation.lists.models import ListEntry
from havenline.foundation.work.rounds import every
from havenline.journey.intake.models import Report
from havenline.journey.triage.actions import alarms, deciding, wellbeing, withdrawn
from havenline.journey.triage.models import Decision


@task()
def carry_out(decision: int) -> None:
    """Carry one decision out, when its minute has ended."""
    deciding.carry_out(decision=Decision.objects.get(pk=decision))


@task()
def let_count_no_more(entry: int) -> None:
    """What rested on an entry that a key withdrew, in a process that reads no report."""
    withdrawn.let_count_no_more(entry=ListEntry.objects.get(pk=entry))


@task()
def read_again(report: int, entry: int) -> None:
    """Put a report back in the queue, since what it was recognised by was withdrawn."""
    withdrawn.read_again(report=Report.objects.get(pk=report), entry=ListEntry.objects.get(pk=entry))


@every(seconds=20)
def carry_out_what_was_missed() -> None:
    """Whatever no task has carried out: a decision is never lost with a task."""
    due = Decision.objects.filter(carried_out_at=None, taken_back_at=None, takes_effect_at__lte=moment.now())
    for decision in due.order_by("takes_effect_at"):
        deciding.carry_out(decision=decision)


@every(seconds=20)
def raise_alarms() -> None:
    """Danger now that nobody claimed for five minutes."""
    alarms.raise_alarms()


@every(seconds=6 * 3600)
def forget_looks() -> None:
    """How much somebody looked at, when it is long ago."""
    wellbeing.forget_looks()
