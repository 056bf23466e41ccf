"""One report's items as the desk shows them, with what is already known of each."""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from havenline.foundation.lists.models import ListEntry
from havenline.foundation.people.models import Membership
from havenline.foundation.records.models import Record
from havenline.journey.intake.models import Report, ReportedItem
from havenline.journey.triage.models import Assessment, GivenToAlike
from havenline.journey.triage.recognised import OfItem, Recognised, recognised
from havenline.journey.triage.standing import doubters, standing

MOST_RECOGNISED = 50  # that an entry's page names


@dataclass(frozen=True)
class ItemView:
    """An item as the desk shows it: a fingerprint, never the thing, and not its address before a look is counted."""

    item: ReportedItem
    kind: str
    fingerprint: str
    known: OfItem
    counts: Assessment | None
    withdrawn: Assessment | None  # what counted until the entry that it rested on was withdrawn
    is_unsure: bool
    needs_another: bool  # this person was unsure: somebody else grades it


@dataclass(frozen=True)
class Items:
    views: list[ItemView]
    recognised: Recognised

    @property
    def exact(self) -> list[ItemView]:
        """Those whose grade holds without a look, once somebody accepts it."""
        return [view for view in self.views if view.known.offer is not None and view.known.offer.is_exact]

    @property
    def spared(self) -> int:
        """How many need no look, or needed none."""
        return len(self.exact) + sum(view.counts is not None and view.counts.how != Assessment.How.LOOKED for view in self.views)


def items(report: Report, *, by: Membership) -> Items:
    """Each item with what is already known of it, as far as this person may see. As many queries, whatever their number."""
    own = list(
        report.items.select_related("identifier", "pdq").prefetch_related("assessments__by__person", "assessments__entry__known_list")
    )
    found = recognised(report, own, by=by)
    return Items([_view(item, found.of[item.pk], by) for item in own], found)


def given_just_now(item: ReportedItem, *, by: Membership, pk: str = "") -> GivenToAlike | None:
    """The grade that this person gave from this item to what is alike, while it can be taken back; by its number, whenever it was."""
    mine = GivenToAlike.objects.filter(source__item=item, by=by, taken_back_at=None).select_related("source").order_by("-at")
    if pk:
        return mine.filter(pk=int(pk)).first() if pk.isdecimal() and len(pk) < 16 else None
    last = mine.first()
    return last if last is not None and last.can_be_taken_back else None


def _view(item: ReportedItem, known: OfItem, by: Membership) -> ItemView:
    given = list(item.assessments.all())
    counts, unsure = standing(item, given), doubters(item, given)
    lost = [one for one in given if one.withdrawn_at is not None]
    return ItemView(
        item=item,
        kind=item.identifier.get_kind_display(),
        fingerprint=fingerprint(item),
        known=known,
        counts=counts,
        withdrawn=lost[-1] if lost and counts is None else None,
        is_unsure=bool(unsure),
        needs_another=by.person_id in unsure,
    )


def fingerprint(item: ReportedItem) -> str:
    """Eight digits by which people tell an item from another, without seeing it."""
    text = item.identifier.canonical
    digest = text if item.identifier.kind in {"md5", "sha1", "sha256"} else hashlib.sha256(text.encode()).hexdigest()
    return f"{digest[:4]}…{digest[-4:]}"


def recognised_by(entry: ListEntry, by: Membership) -> list[dict[str, Any]]:
    """Reports of which something was recognised by this entry, newest first, as far as this person may see."""
    resting = Assessment.objects.filter(entry=entry, item__report__record__in=Record.objects.visible_to(by))
    found = resting.select_related("item__report__record").order_by("-at")[:MOST_RECOGNISED]
    return [
        {
            "title": _("Item %(n)s of %(reference)s") % {"n": one.item.number, "reference": one.item.report.reference},
            "url": reverse("triage:report", args=[one.item.report.reference]),
            "at": one.at,
        }
        for one in found
    ]
