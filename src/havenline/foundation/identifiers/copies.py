"""An erased record is parted from its identifiers; one that stands in no other record goes."""

from uuid import uuid4

from havenline.foundation.identifiers.models import Enquiry, Identifier, Sighting
from havenline.foundation.sealing import copies

# Tables of any room whose rows name an identifier for a record: (model, path to the record, column).
_holders: list[tuple[type, str, str]] = []


def names_an_identifier(model: type, path: str, *, column: str = "identifier") -> None:
    """Called in the `copies.py` of the room whose rows have an identifier in this column."""
    _holders.append((model, path, column))


def part_from(_reference: str, pk: int) -> int:
    """Point the record's rows at an identifier without words, one for each that they had: links stay links, and lead nowhere."""
    blanks: dict[int, Identifier] = {}
    for model, path, column in _holders:
        rows = model._base_manager.filter(**{path: pk, f"{column}__isnull": False})  # type: ignore[attr-defined]
        for row in rows.select_related(column):
            old = getattr(row, column)
            if old.pk not in blanks:
                blanks[old.pk] = Identifier.objects.create(kind=old.kind, canonical=f"erased {uuid4()}", shown="erased")
            setattr(row, column, blanks[old.pk])
            row.save(update_fields=[column])
    for old in Identifier.objects.filter(pk__in=blanks):
        related = ((one.related_model, one.field.name) for one in Identifier._meta.related_objects)
        if not any(model._base_manager.filter(**{name: old}).exists() for model, name in related):
            old.delete()
    return len(blanks)


names_an_identifier(Sighting, "record")
copies.act("identifiers", part_from)
copies.by_an_act(Identifier, "an identifier that stands in no other record is deleted")
copies.emptied(Sighting, "record", "source")
copies.emptied(Enquiry, "asked_from")
