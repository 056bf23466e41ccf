"""Find anything that this person may see. What they may not see looks as if it did not exist."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from havenline.foundation.identifiers.canonical import NotAnIdentifier, canonical
from havenline.foundation.identifiers.models import Kind, Sighting
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import FileKind
from havenline.foundation.records import queries as records
from havenline.foundation.records.masking import Field, table
from havenline.foundation.records.models import OtherNumber, Record, RecordQuerySet
from havenline.foundation.records.pages import page_for
from havenline.foundation.search import titles
from havenline.foundation.search.asking import Part, fitting, how_near, parts_of
from havenline.foundation.search.models import Document

MOST = 50
NEARLY = 200  # looked at to find the nearest of them
IN_A_CHILDS_WORDS = (Field.WHEREABOUTS, Field.OTHERS)  # beside the name, a child’s case is found by these


@dataclass(frozen=True)
class Hit:
    """A record that fits, and why it does. `title`: what its room calls it, where it says so."""

    record: Record
    why: str
    page: str
    title: str = ""


def find(asked: str, *, by: Membership) -> list[Hit]:
    """By reference in any spelling, by another system's number, by identifier (exactly), by words and days, then by what may be meant;
    each record once, best reason first."""
    asked = asked.replace("\x00", "").strip()[:400]
    if not asked:
        return []
    found: dict[int, tuple[Record, str]] = {}
    if (exact := records.find(asked, by=by)) is not None:
        found[exact.pk] = exact, _("Its reference")
    mine = Record.objects.visible_to(by)
    for number in OtherNumber.objects.filter(number__iexact=asked, record__in=mine).select_related(
        "record__agency", "record__owner__person"
    )[:MOST]:
        found.setdefault(number.record_id, (number.record, _("Its number at %(system)s") % {"system": number.system}))
    for sighting in (
        _sightings(asked).filter(record__in=mine).select_related("identifier", "record__agency", "record__owner__person")[:MOST]
    ):
        kind = Kind(sighting.identifier.kind).label
        found.setdefault(
            sighting.record_id, (sighting.record, _("%(kind)s: %(shown)s") % {"kind": kind, "shown": sighting.identifier.shown})
        )
    for record, why in _by_words(asked, by=by):
        found.setdefault(record.pk, (record, why))
    named = titles.of([record for record, _why in found.values()], by=by)
    return [Hit(record, why, page_for(record, by), named.get(record.pk, "")) for record, why in found.values()]


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
    return [record for record, _why in _by_words(asked, by=by)]


def _by_words(asked: str, *, by: Membership) -> list[tuple[Record, str]]:
    """Records of which every word and day of the question is one of theirs, newest first; where few are, then those that are near it,
    the nearest first. With each, why."""
    parts = parts_of(asked)
    kinds = set(by.sees)
    if not all(by.role in table()[0][field].seen_by for field in IN_A_CHILDS_WORDS):
        kinds.discard(FileKind.CHILD_CASE)  # a hit would confirm what is withheld from them
    if not parts or not kinds:
        return []
    mine = Record.objects.visible_to(by).filter(kind__in=kinds)
    exactly = _visible(mine, fitting(parts, nearly=False, kinds=sorted(kinds)), most=MOST)
    found = _documents(exactly)
    told = [(pk, _why(parts, found[pk])) for pk in exactly if pk in found]
    if len(exactly) < MOST:
        perhaps = [pk for pk in _visible(mine, fitting(parts, nearly=True, kinds=sorted(kinds)), most=NEARLY) if pk not in found]
        told += _nearest(parts, _documents(perhaps))[: MOST - len(told)]
    rows = Record.objects.visible_to(by).filter(pk__in=[pk for pk, _said in told]).select_related("agency", "owner__person").in_bulk()
    return [(rows[pk], said) for pk, said in told if pk in rows]


def _visible(mine: RecordQuerySet, batches: Iterable[list[int]], *, most: int) -> list[int]:
    found: list[int] = []
    for batch in batches:
        seen = set(mine.filter(pk__in=batch).values_list("pk", flat=True))
        found += [pk for pk in batch if pk in seen]
        if len(found) >= most:
            break
    return found[:most]


def _documents(pks: list[int]) -> dict[int, Document]:
    """In the same order. They were found visible."""
    there = Document.objects.in_bulk(pks)
    return {pk: there[pk] for pk in pks if pk in there}


def _why(parts: list[Part], document: Document) -> str:
    words, kept = document.words.split(), set(document.marks.split())
    if any(part.word and how_near(part, words, kept)[0] < 1 for part in parts):
        return str(_("What is written in it"))
    days = [part.said() for part in parts if part.day]
    return _("A day in it: %(days)s") % {"days": ", ".join(days)} if len(days) == len(parts) else str(_("Its words"))


def _nearest(parts: list[Part], documents: dict[int, Document]) -> list[tuple[int, str]]:
    """Those that are near each part, the nearest first; among equals, the newest. A shared mark alone is not enough."""
    ranked = []
    for pk, document in documents.items():
        words, kept = document.words.split(), set(document.marks.split())
        near = [how_near(part, words, kept) for part in parts]
        if all(how for how, _word in near):
            meant = [(part.said(), word) for part, (how, word) in zip(parts, near, strict=True) if how < 1]
            ranked.append((sum(how for how, _word in near), pk, meant))
    ranked.sort(key=lambda one: (-one[0], -one[1]))
    return [(pk, _nearly(meant)) for _how, pk, meant in ranked]


def _nearly(meant: list[tuple[str, str]]) -> str:
    told = [_("“%(asked)s” may be “%(word)s”") % {"asked": asked, "word": word} for asked, word in meant if word]
    return "; ".join(told) if told else str(_("Something like it"))
