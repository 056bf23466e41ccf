"""An erased record is parted from its identifiers; one that stands in no other record goes."""

from uuid import uuid4

from havenline.foundation.identifiers.models import Enquiry, Identifier, Sighting
from havenline.foundation.sealing import copies

# Tables of any room whose rows name an identifier for a record: (model, path to the record).
_holders: list[tuple[type, str]] = []


def names_an_identifier(model: type, path: str) -> None:
    """Called in the `copies.py` of the room whose rows have an `identifier`."""
    _holders.append((model, path))


def part_from(_reference: str, pk: int) -> int:
    """Point the record's rows at an identifier without words, one for each that they had: links stay links, and lead nowhere."""
    blanks: dict[int, Identifier] = {}
    for model, path in _holders:
        for row in model._base_manager.filter(**{path: pk}).select_related("identifier"):  # type: ignore[attr-defined]
            old = row.identifier
            if old.pk not in blanks:
                blanks[old.pk] = Identifier.objects.create(kind=old.kind, canonical=f"erased {uuid4()}", shown="erased")
            row.identifier = blanks[old.pk]
            row.save(update_fields=["identifier"])
    for old in Identifier.objects.filter(pk__in=blanks):
        if not any(related.related_model._base_manager.filter(identifier=old).exists() for related in Identifier._meta.related_objects):
            old.delete()
    return len(blanks)


names_an_identifier(Sighting, "record")
copies.act("identifiers", part_from)
copies.by_an_act(Identifier, "an identifier that stands in no other record is deleted")
copies.emptied(Sighting, "record", "source")
copies.emptied(Enquiry, "asked_from")
