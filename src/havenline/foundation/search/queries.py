"""Find anything that this person may see. What they may not see looks as if it did not exist."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from havenline.foundation.identifiers.canonical import NotAnIdentifier, canonical
from havenline.foundation.identifiers.models import Kind, Sighting
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import FileKind
from havenline.foundation.records import queries as records
from havenline.foundation.records.masking import Field, table
from havenline.foundation.records.models import OtherNumber, Record
from havenline.foundation.records.pages import page_for
from havenline.foundation.search.normal import terms

MOST = 50
IN_A_CHILDS_WORDS = (Field.WHEREABOUTS, Field.OTHERS)  # beside the name, a child’s case is found by these


@dataclass(frozen=True)
class Hit:
    """A record that fits, and why it does."""

    record: Record
    why: str
    page: str


def find(asked: str, *, by: Membership) -> list[Hit]:
    """By reference in any spelling, by another system's number, by identifier (exactly), by words; each record once, best reason first."""
    asked = asked.replace("\x00", "").strip()[:400]
    if not asked:
        return []
    found: dict[int, Hit] = {}
    if (exact := records.find(asked, by=by)) is not None:
        _add(found, exact, _("Its reference"), by)
    mine = Record.objects.visible_to(by)
    for number in OtherNumber.objects.filter(number__iexact=asked, record__in=mine).select_related(
        "record__agency", "record__owner__person"
    )[:MOST]:
        _add(found, number.record, _("Its number at %(system)s") % {"system": number.system}, by)
    for sighting in (
        _sightings(asked).filter(record__in=mine).select_related("identifier", "record__agency", "record__owner__person")[:MOST]
    ):
        kind = Kind(sighting.identifier.kind).label
        _add(found, sighting.record, _("%(kind)s: %(shown)s") % {"kind": kind, "shown": sighting.identifier.shown}, by)
    for record in by_words(asked, by=by):
        _add(found, record, _("Its words"), by)
    return list(found.values())


def _add(found: dict[int, Hit], record: Record, why: str, by: Membership) -> None:
    found.setdefault(record.pk, Hit(record, why, page_for(record, by)))


def _sightings(asked: str) -> QuerySet[Sighting]:
    """Where this stands as an identifier of whatever kind it can be."""
    forms = Q(pk__in=[])
    for kind in Kind.values:
        try:
            forms |= Q(identifier__kind=kind, identifier__canonical=canonical(kind, asked))
        except NotAnIdentifier:
            continue
    return Sighting.objects.filter(forms).order_by("-seen_at")


def by_words(asked: str, *, by: Membership) -> list[Record]:
    """Records of which every word of the question begins one of theirs, newest first."""
    words = terms(asked)
    if not words:
        return []
    ids = _postgresql(words) if connection.vendor == "postgresql" else _sqlite(words)
    visible = Record.objects.visible_to(by).filter(pk__in=ids)
    if not all(by.role in table()[0][field].seen_by for field in IN_A_CHILDS_WORDS):
        visible = visible.exclude(kind=FileKind.CHILD_CASE)  # a hit would confirm what is withheld from them
    return list(visible.select_related("agency", "owner__person").order_by("-opened_at")[:MOST])


def _sqlite(words: list[str]) -> RawSQL:
    match = " AND ".join(f'"{word}"*' for word in words)  # words hold letters and digits only
    return RawSQL("SELECT rowid FROM search_words WHERE search_words MATCH %s", [match])


def _postgresql(words: list[str]) -> RawSQL:
    """Each word by its beginning, or by its English stem; through the second lock, which asks the index first (site.row_security)."""
    one = "(to_tsquery('simple', %s) || plainto_tsquery('english', %s))"
    query = " && ".join([one] * len(words))
    given = [value for word in words for value in (f"{word}:*", word)]
    return RawSQL(f"SELECT havenline_found({query})", given)  # noqa: S611  (a fragment of ours; values are parameters)
