"""The network of linked reports as the page needs it: rows of the table, which is the truth, and what the drawing shows of it."""

from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from havenline.foundation import moment
from havenline.foundation.handover.models import HandOver
from havenline.foundation.people.roles import FileKind
from havenline.foundation.records.models import Record
from havenline.journey.investigation.models import Subject
from havenline.journey.investigation.queries import Network

MOST = 40  # nodes: above that the table comes alone


@dataclass(frozen=True)
class Node:
    """A box of the first column."""

    record: Record
    party: str
    label: str


def node(record: Record) -> Node:
    """What a record of the network is called: where its report came from, as far as its package tells."""
    if record.kind != FileKind.HAND_OVER:
        return Node(record, "police", str(FileKind(record.kind).label))
    hand_over = HandOver.objects.select_related("from_agency", "record").get(record=record)
    package = hand_over.contents()
    if package.get("channel") == "platform":
        return Node(record, "platform", _("Platform"))
    who = (package.get("answers") or {}).get("who")
    said = {
        "under_18": _("Child"),
        "parent": _("Parent"),
        "works_with_children": _("Works with children"),
        "adult": _("Public"),
    }
    if package.get("channel"):
        return Node(record, "reporter", str(said.get(str(who), _("Public"))))
    return Node(record, hand_over.from_agency.kind, hand_over.from_agency.name)


def rows(network: Network, subject: Subject) -> list[dict[str, Any]]:
    """The table: each identifier, where it was seen, and what it is to the person."""
    told = []
    for identifier in network.identifiers:
        confirmed, proposed = network.confirmed.get(identifier.pk), network.proposed.get(identifier.pk)
        told.append(
            {
                "identifier": identifier,
                "records": [
                    linked.record
                    for linked in network.records
                    if identifier.pk in linked.identifiers and linked.record != subject.case.record
                ],
                "confirmed": confirmed,
                "proposed": proposed,
            }
        )
    return told


def picture(network: Network, subject: Subject) -> dict[str, Any] | None:
    """What `{% network %}` draws; None where there is nothing to draw, or too much."""
    linked = [one for one in network.records if one.record != subject.case.record]
    if not network.identifiers or len(linked) + len(network.identifiers) + 1 > MOST:
        return None
    confirmed = len(network.confirmed)
    return {
        "reports": [_report(one.record, one.identifiers) for one in linked],
        "identifiers": [
            {"key": i.pk, "kind": i.get_kind_display(), "shown": i.shown, "is_confirmed": i.pk in network.confirmed}
            for i in network.identifiers
        ],
        "person": _("Subject %(number)s") % {"number": subject.number},
        "person_note": ngettext("%(n)s confirmed", "%(n)s confirmed", confirmed) % {"n": confirmed},
    }


def _report(record: Record, identifiers: frozenset[int]) -> dict[str, Any]:
    one = node(record)
    when = date_format(record.opened_at.astimezone(moment.LONDON), "j M")
    return {"party": one.party, "label": one.label, "reference": record.reference, "when": when, "identifiers": sorted(identifiers)}
