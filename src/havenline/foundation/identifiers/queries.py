"""Where an identifier stands, as far as this person may see."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from havenline.foundation.identifiers.models import Enquiry, Identifier, Sighting
from havenline.foundation.people.models import Membership
from havenline.foundation.records.models import Record


@dataclass(frozen=True)
class SeenElsewhere:
    """Another record with the same identifier, with where and why."""

    identifier: Identifier
    record: Record
    source: str
    seen_at: datetime


def in_record(record: Record) -> QuerySet[Sighting]:
    return Sighting.objects.filter(record=record).select_related("identifier")


def elsewhere(record: Record, *, by: Membership) -> list[SeenElsewhere]:
    """Other records that this person may see and that share an identifier with `record`; one query, newest first."""
    shared = (
        Sighting.objects.filter(identifier__sightings__record=record, record__in=Record.objects.visible_to(by))
        .exclude(record=record)
        .select_related("identifier", "record")
        .order_by("-seen_at")
        .distinct()
    )
    return [SeenElsewhere(s.identifier, s.record, s.source, s.seen_at) for s in shared]


def open_enquiries(*, by: Membership) -> QuerySet[Enquiry]:
    """Enquiries that wait for this person's agency, of records that they may see."""
    return Enquiry.objects.filter(
        agency_id=by.agency_id, settled_at=None, sighting__record__in=Record.objects.visible_to(by)
    ).select_related("sighting__identifier", "sighting__record", "asked_by__person", "asked_by__agency")
