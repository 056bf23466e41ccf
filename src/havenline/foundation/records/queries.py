"""Reading covers: what a person sees, and what a record arose from or gave rise to."""

import re

from django.db.models import QuerySet

from havenline.foundation.people.models import Membership
from havenline.foundation.records.models import AUDIENCE_OF, Lineage, Record, Silence


def normal_reference(typed: str) -> str:
    """`hl 7k2m94qd` as `HL-7K2M-94QD`; what is no reference is given back in capitals."""
    match = re.fullmatch(r"\s*([A-Za-z]{1,2})[\s-]*([0-9A-Za-z]{4})[\s-]*([0-9A-Za-z]{4})\s*", typed)
    return "-".join(match.groups()).upper() if match else typed.strip().upper()


def find(reference: str, *, by: Membership) -> Record | None:
    """The record of that reference, if this person may see it; what they may not see does not exist."""
    return Record.objects.visible_to(by).filter(reference=normal_reference(reference)).first()


def silences_shown(record: Record, by: Membership) -> QuerySet[Silence]:
    """Silences in force on the record itself, but none towards this person's own agency: whoever must not learn of it doesn't read that."""
    return Silence.objects.filter(record=record, lifted_at=None).exclude(audience=AUDIENCE_OF.get(by.agency.kind, ""))


def ancestry(record: Record) -> set[int]:
    """This record and everything it arose from, as primary keys."""
    return _reach([record.pk], backwards=True)


def whole_path(record: Record) -> set[int]:
    """Everything on the same path: from the first report to the last child's case."""
    origins = _reach([record.pk], backwards=True)
    return _reach(origins, backwards=False)


def _reach(start: set[int] | list[int], *, backwards: bool) -> set[int]:
    here, there = ("result_id", "source_id") if backwards else ("source_id", "result_id")
    seen, edge = set(start), set(start)
    while edge:
        edge = set(Lineage.objects.filter(**{f"{here}__in": edge}).values_list(there, flat=True)) - seen
        seen |= edge
    return seen
