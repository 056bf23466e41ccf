"""What is asked about who asks: what was taken back from a line of keys, and which pauses wait."""

from typing import Any

from django.db.models import F, Max, QuerySet
from django.utils.translation import gettext as _

from havenline.foundation.lists.models import ListEntry
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import Role
from havenline.foundation.recognition.models import Pause, TakenBack, Told

PAGE = 1_000
MOST_TOLD = 50  # agencies that an entry's page names


def taken_back_from(line: int, *, after: int) -> tuple[list[dict[str, Any]], bool]:
    """Withdrawals of entries that this line of keys was told of, after that number; and whether there are more."""
    rows = TakenBack.objects.filter(asker=line, sequence__gt=after).select_related("entry__known_list").order_by("sequence")
    found = list(rows[: PAGE + 1])
    said = [
        {
            "sequence": one.sequence,
            "what": "withdrawn",
            "content_id": one.entry_id,
            "list": one.entry.known_list.slug,
            "signal": one.entry.signal,
            "because": one.entry.withdrawn_because,
            "at": one.at.isoformat(timespec="seconds"),
        }
        for one in found[:PAGE]
    ]
    return said, len(found) > PAGE


def pauses(by: Membership) -> QuerySet[Pause]:
    """Those that wait first, then the newest that were answered."""
    return (
        Pause.objects.visible_to(by)
        .select_related("key", "agency", "answered_by__person")
        .order_by(F("answered_at").desc(nulls_first=True), "-at")
    )


def pause(by: Membership, pk: int) -> Pause | None:
    return pauses(by).filter(pk=pk).first()


def where_told(entry: ListEntry, by: Membership) -> list[dict[str, Any]]:
    """Agencies whose look-ups matched this entry, newest first: for the list's own agency, and for oversight."""
    if by.agency_id != entry.known_list.agency_id and by.role != Role.AUDITOR:
        return []
    told = Told.objects.filter(entry=entry).values("asker__key__agency__name").annotate(latest=Max("last_at")).order_by("-latest")
    return [
        {"title": _("%(agency)s was told") % {"agency": one["asker__key__agency__name"]}, "url": "", "at": one["latest"]}
        for one in told[:MOST_TOLD]
    ]
