"""Accepting what is already known, on lists or by likeness. A machine finds, a person accepts (decision 0084)."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.lists.models import ListEntry
from havenline.foundation.people.models import Membership
from havenline.journey.intake.models import Report, ReportedItem
from havenline.journey.triage.actions.claiming import locked, must_hold
from havenline.journey.triage.actions.grading import may_grade
from havenline.journey.triage.actions.wellbeing import count_all_spared
from havenline.journey.triage.errors import CannotAccept
from havenline.journey.triage.models import Assessment
from havenline.journey.triage.recognised import Offer, recognised


@transaction.atomic
def accept(*, item: ReportedItem, offered: str, by: Membership) -> Assessment:
    """Accept what is offered of one item, by the token that the page showed: its grade holds, or it is accepted unseen.

    What is known is found again here, whatever a page showed. Raises CannotAccept and what `grade` raises.
    """
    report = locked(item.report)
    may_grade(item, by)
    offer = _offers(report, by).get(item.pk)
    if offer is None or offer.token != offered:
        raise _changed(item.number)
    return _write(report, {item: offer}, by)[0]


@transaction.atomic
def accept_all_exact(*, report: Report, by: Membership) -> list[Assessment]:
    """Accept every item of a report that is known exactly and surely, in one act. Raises CannotAccept and what `must_hold` raises."""
    report = locked(report)
    must_hold(report, by)
    offers = _offers(report, by)
    exact = {item: offers[item.pk] for item in _items(report) if item.pk in offers and offers[item.pk].is_exact}
    if not exact:
        raise CannotAccept(_("Nothing is left that is known exactly. Grade what stands open."))
    return _write(report, exact, by)


def _items(report: Report) -> list[ReportedItem]:
    return list(report.items.select_related("identifier", "pdq").prefetch_related("assessments__by"))


def _offers(report: Report, by: Membership) -> dict[int, Offer]:
    found = recognised(report, _items(report), by=by)
    return {pk: of.offer for pk, of in found.of.items() if of.offer is not None}


def _write(report: Report, offers: dict[ReportedItem, Offer], by: Membership) -> list[Assessment]:
    _hold({offer.entry.pk for offer in offers.values() if offer.entry is not None}, next(iter(offers)).number)
    now = moment.now()
    made = Assessment.objects.bulk_create(
        Assessment(
            item=item,
            grade=offer.grade,
            by=by,
            at=now,
            how=offer.how,
            distance=offer.distance,
            carried_over_from=offer.earlier,
            entry=offer.entry,
        )
        for item, offer in offers.items()
    )
    for letter in sorted({offer.grade for offer in offers.values()}):
        count_all_spared(items=[item for item, offer in offers.items() if offer.grade == letter], grade=letter, by=by)
    said = {str(item.number): f"{offer.grade} {_why(offer)}" for item, offer in offers.items()}
    ledger.record(by, "accepted what is known", report, changed=said, reason="known")
    return made


def _why(offer: Offer) -> str:
    """On the ledger: by what it was known."""
    on = f"list_entry_{offer.entry.pk}" if offer.entry is not None else "earlier_grade"
    return f"same_sha256 {on}" if offer.is_exact else f"unseen {on}" if offer.distance is None else f"unseen_{offer.distance} {on}"


def _hold(entries: Collection[int], number: int) -> None:
    """Whoever withdraws one of these waits until this is written, and then finds it; who came first is found here."""
    held = ListEntry.objects.select_for_update(of=("self",)).filter(pk__in=entries, withdrawn_at=None).order_by("pk")
    if entries and len(held.values_list("pk", flat=True)) != len(entries):
        raise _changed(number)


def _changed(number: int) -> CannotAccept:
    return CannotAccept(_("What is known of item %(n)s changed meanwhile. Look at what stands there now.") % {"n": number})
