"""Seeing identifiers, and asking about them without being told what one may not know."""

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.identifiers.canonical import NotAnIdentifier, canonical, fingerprint
from havenline.foundation.identifiers.events import identifier_seen
from havenline.foundation.identifiers.models import GUARDED, Enquiry, Identifier, Sighting
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import Actor
from havenline.foundation.people.acting import beyond_need_to_know
from havenline.foundation.people.models import Membership
from havenline.foundation.records.models import Record


class NotYourEnquiry(PermissionError):
    """An enquiry is settled by the agency whose record holds the identifier."""


@transaction.atomic
def see(*, record: Record, kind: str, raw: str, source: str, by: Actor) -> Sighting:
    """Record that an identifier was seen in a record. Seeing it again changes nothing. Raises canonical.NotAnIdentifier."""
    if kind in GUARDED:
        raise NotAnIdentifier("A picture’s perceptual hash is kept with its item alone.")
    identifier, _new = Identifier.objects.get_or_create(kind=kind, canonical=canonical(kind, raw), defaults={"shown": raw.strip()[:400]})
    sighting, made = Sighting.objects.get_or_create(
        identifier=identifier, record=record, defaults={"seen_at": moment.now(), "source": source}
    )
    if made:
        ledger.record(by, "saw an identifier", sighting, changed={"identifier": identifier.canonical, "kind": kind})
        identifier_seen.send(sender=Sighting, sighting=sighting)
    return sighting


def keep_guarded(*, kind: str, raw: str) -> Identifier:
    """The identifier of a guarded hash, for the item that it is of. It is seen nowhere, and shown by its fingerprint.

    It makes no entry of its own: the caller's is about the item. Raises canonical.NotAnIdentifier.
    """
    if kind not in GUARDED:
        raise NotAnIdentifier("Only a guarded hash is kept without being seen.")
    form = canonical(kind, raw)
    identifier, _new = Identifier.objects.get_or_create(kind=kind, canonical=form, defaults={"shown": fingerprint(form)})
    return identifier


@transaction.atomic
def ask_owners(*, identifier: Identifier, record: Record, by: Membership) -> None:
    """Give the owner of each record that holds this identifier, and that the asker may not see, a task to look.

    Returns nothing whatever was found: a hit elsewhere looks like none.
    """
    hidden = Sighting.objects.filter(identifier=identifier).exclude(record__in=Record.objects.party_to(by)).exclude(record=record)
    with beyond_need_to_know():
        for sighting in hidden.select_related("record__agency"):
            Enquiry.objects.get_or_create(
                sighting=sighting,
                asked_from=record,
                defaults={"asked_by": by, "asked_at": moment.now(), "agency": sighting.record.agency},
            )
    ledger.record(by, "asked where else an identifier stands", record, changed={"identifier": identifier.canonical})


@transaction.atomic
def settle_enquiry(*, enquiry: Enquiry, answered: bool, words: str, by: Membership) -> None:
    """The owner looked: they told the asker (by their own channel or by a hand-over), or kept it to themselves. Raises NotYourEnquiry."""
    if enquiry.agency_id != by.agency_id:
        raise NotYourEnquiry(_("This belongs to another agency."))
    enquiry.settled_at, enquiry.settled_by, enquiry.answered = moment.now(), by, answered
    enquiry.save(update_fields=["settled_at", "settled_by", "answered"])
    ledger.record(by, "settled an enquiry about an identifier", enquiry.sighting, reason="answered" if answered else "kept", words=words)
