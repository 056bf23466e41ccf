"""What waits for whom."""

from django.db.models import QuerySet

from havenline.foundation.handover.models import OPEN, WITH_RECEIVER, WITH_SENDER, HandOver, State
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.records.models import Record


def _visible(by: Membership) -> QuerySet[HandOver]:
    mine: QuerySet[HandOver] = HandOver.objects.visible_to(by)
    return mine.select_related("record", "from_agency", "to_agency", "sent_by__person", "accepted_by__person")


def received(*, by: Membership) -> QuerySet[HandOver]:
    """What arrived at this person's agency and is not ended, urgent first, then oldest."""
    return _visible(by).filter(to_agency_id=by.agency_id, state__in=WITH_RECEIVER).order_by("-urgent", "sent_at")


def to_do_for_sender(*, by: Membership) -> QuerySet[HandOver]:
    """Owed or returned: work for this person's agency."""
    return _visible(by).filter(from_agency_id=by.agency_id, state__in=WITH_SENDER).order_by("-urgent", "owed_at")


def sent(*, by: Membership) -> QuerySet[HandOver]:
    return _visible(by).filter(from_agency_id=by.agency_id, state__in=[*WITH_RECEIVER, State.ANSWERED]).order_by("-sent_at")


def of_source(source: Record, *, by: Membership) -> QuerySet[HandOver]:
    """Every hand-over that arose from a record, as far as this person may see it."""
    return _visible(by).filter(source=source).order_by("owed_at")


def undelivered(*, by: Membership) -> QuerySet[HandOver]:
    """What this person's agency sent and has nobody to take it up (any more)."""
    return _visible(by).filter(from_agency_id=by.agency_id, state__in=WITH_RECEIVER).exclude(problem="").order_by("sent_at")


def agencies_with_nobody() -> QuerySet[Agency]:
    """Agencies that something waits for and that have nobody to take it up: for the administrator, who sees no case."""
    waiting = HandOver.objects.filter(state__in=WITH_RECEIVER).exclude(problem="")
    return Agency.objects.filter(pk__in=waiting.values("to_agency_id"))


def all_answered(source: Record, *, purpose: str) -> bool:
    """Whether no hand-over of this purpose from this record is open. An owed or returned one is not answered."""
    return not HandOver.objects.filter(source=source, purpose=purpose, state__in=OPEN).exists()
