"""A referral that comes back is the hotline's work again: its report waits in the queue, with the reason."""

from havenline.foundation import moment
from havenline.foundation.handover.models import HandOver
from havenline.journey.intake.models import Report
from havenline.journey.triage.models import ChildDuty


def take_in_returned(*, hand_over: HandOver) -> None:
    """Put the report of a returned hand-over back in the queue, and open its child's duty again. Called by the hand-over's own event."""
    report = Report.objects.filter(record=hand_over.source).first()
    if report is None:
        return
    Report.objects.filter(pk=report.pk, waits_since=None).update(waits_since=moment.now())
    ChildDuty.objects.filter(report=report, hand_over=hand_over).update(hand_over=None, settled_at=None, settled_by=None, refer_to=None)
