"""What is late, what is due soon, and what reached nobody."""

from django.db.models import QuerySet

from havenline.foundation.clocks.models import Clock, Escalation
from havenline.foundation.people.acting import beyond_need_to_know
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.records.models import Record


def of_agency(*, by: Membership) -> QuerySet[Clock]:
    """Running clocks of this person's agency, in records that they may see; late ones first."""
    return Clock.objects.running().visible_to(by).filter(agency_id=by.agency_id).select_related("record", "owner__person")


def of_record(record: Record) -> QuerySet[Clock]:
    return Clock.objects.filter(record=record).select_related("owner__person", "agency").order_by("started_at")


def raised(*, by: Membership) -> QuerySet[Escalation]:
    """Late clocks that were raised to this person's agency and still run; they stay here until somebody does the duty."""
    return (
        Escalation.objects.filter(
            agency_id=by.agency_id, clock__stopped_at=None, clock__voided_at=None, clock__record__in=Record.objects.visible_to(by)
        )
        .select_related("clock__record", "clock__agency")
        .order_by("clock__due_at")
    )


def agencies_reached_by_nobody() -> list[Agency]:
    """Agencies to which something was raised and that had no supervisor to see it: for the administrator, who sees no case."""
    raised = Agency.objects.filter(escalations__reached=0, escalations__clock__stopped_at=None, escalations__clock__voided_at=None)
    with beyond_need_to_know():
        return list(raised.distinct())
