"""What the worker does for notices. Thin, and safe to run twice. Nothing here ever lets a held notice leave."""

from datetime import timedelta

from django_tasks import task

from havenline.foundation import moment
from havenline.foundation.clocks import actions as clocks
from havenline.foundation.clocks.models import Clock
from havenline.foundation.people.roles import FileKind
from havenline.foundation.work.rounds import every
from havenline.journey.takedown.actions import checking, keeping, sending
from havenline.journey.takedown.models import Notice
from havenline.journey.takedown.policies import HOLD_FOR_POLICE


@task()
def go_on(notice: int) -> None:
    """Straight after the decision: look the host up, and send what nothing keeps."""
    sending.go_on(notice=Notice.objects.select_related("record", "drafted_by__agency").get(pk=notice))


@every(seconds=60)
def go_on_with_what_was_missed() -> None:
    """A notice is never lost with a task: whatever was drafted and never looked up."""
    missed = Notice.objects.filter(ended_at=None, look_ups=None, drafted_at__lt=moment.now() - timedelta(minutes=2))
    for notice in missed.select_related("record", "drafted_by__agency"):
        sending.go_on(notice=notice)


@every(seconds=60)
def write_down_what_keeps_notices() -> None:
    """A silence that was agreed or lifted since shows on the notice that it keeps. Nothing is sent."""
    for notice in Notice.objects.filter(state=Notice.State.DRAFTED).exclude(look_ups=None).select_related("record"):
        keeping.refresh(notice=notice)


@every(seconds=30)
def raise_late_notices() -> None:
    """A late clock is raised to the hotline's seniors; of a hold, to the police's supervisors too. It sends nothing."""
    for clock in Clock.objects.to_raise().filter(record__kind=FileKind.NOTICE).select_related("record__agency"):
        notice = Notice.objects.select_related("police").get(record=clock.record_id)
        also = [notice.police] if clock.rule == HOLD_FOR_POLICE.code and notice.police else []
        clocks.escalate(clock=clock, to=[clock.record.agency, *also])


@task()
def check_notice(notice: int) -> None:
    """Ask whether a notice's items still answer, if it is due."""
    checking.check_if_due(notice=Notice.objects.select_related("record").get(pk=notice))


@every(seconds=15 * 60)
def check_what_was_asked() -> None:
    """An hour after a notice left, then daily until it ends. Each notice's check is a task, so that no round is held up by a slow host."""
    for notice in checking.next_batch():
        check_notice.enqueue(notice.pk)
