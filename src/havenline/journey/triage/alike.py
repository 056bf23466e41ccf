"""Items of open reports that are alike: the same SHA-256, or a PDQ hash within 31 of 256 bits.

Asked of one item at a time. It reads the hashes of at most `MOST` items, the newest, in one query, and searches them in memory: both grow
with their number and with nothing else (figures in decision 0076). What is beyond is said, never left out silently.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from django.db.models import Q, QuerySet

from havenline.engines import matching
from havenline.foundation.identifiers.models import Kind
from havenline.foundation.people.models import Membership
from havenline.journey.intake.models import Report, ReportedItem
from havenline.journey.triage.models import Assessment
from havenline.journey.triage.standing import standing

MOST = 10_000
SHOWN = 200  # a page; the nearest first


@dataclass(frozen=True)
class Alike:
    """Another item, and how near: `distance` in bits of 256; None where it is the same SHA-256 and not near by PDQ too."""

    item: ReportedItem
    is_same: bool
    distance: int | None
    counts: Assessment | None

    def may_get(self, grade: str) -> bool:
        """*Not illegal* is only ever said of the same SHA-256; a grade that a person gave stands."""
        return self.counts is None and (grade in "ABC" or (grade == "N" and self.is_same))


@dataclass(frozen=True)
class Found:
    """What is alike, nearest first. `searched`: how many hashes; `has_more`: some were beyond `MOST`, or beyond `SHOWN` of the page."""

    alike: list[Alike]
    of: int
    searched: int
    has_more: bool
    too_little: bool  # the picture has too little in it to be matched by itself


def alike(item: ReportedItem, *, by: Membership, shown: int = SHOWN) -> Found:
    """What of the open reports of this person's queue is alike. Five queries, whatever their number."""
    same = set(
        _open(by).filter(identifier=item.identifier_id, identifier__kind=Kind.SHA256).exclude(pk=item.pk).values_list("pk", flat=True)
    )
    distances, searched, has_more, too_little = _near(item, by)
    nearest = sorted(same | set(distances), key=lambda pk: (pk not in same, distances.get(pk, 0), pk))
    first = nearest[:shown]
    items = {
        one.pk: one
        for one in _open(by)
        .filter(pk__in=first)
        .select_related("report__record", "identifier", "pdq")
        .prefetch_related("assessments__by__person")
    }
    rows = [
        Alike(items[pk], pk in same, distances.get(pk), standing(items[pk], items[pk].assessments.all())) for pk in first if pk in items
    ]
    return Found(rows, len(nearest), searched, has_more or len(nearest) > shown, too_little)


def _open(by: Membership) -> QuerySet[ReportedItem]:
    reports: QuerySet[Report] = Report.objects.visible_to(by).filter(hotline=by.agency_id, waits_since__isnull=False)
    return ReportedItem.objects.filter(report__in=reports)


def _near(item: ReportedItem, by: Membership) -> tuple[dict[int, int], int, bool, bool]:
    """By item, how many bits apart; how many were searched; whether there are more; whether this one may not be matched at all."""
    if item.pdq is None:
        return {}, 0, False, False
    mine = _bytes(item.pdq.canonical)
    if mine is None or not matching.pdq.may_match_by_itself(mine, item.pdq_quality):
        return {}, 0, False, True
    low = Q(pdq_quality__lt=matching.pdq.LEAST_QUALITY)
    rows = _open(by).filter(pdq__isnull=False).exclude(low).exclude(pk=item.pk).order_by("-pk")
    found = list(rows.values_list("pk", "pdq__canonical")[: MOST + 1])
    known = [(pk, hash_) for pk, text in found[:MOST] if (hash_ := _bytes(text)) is not None and not matching.pdq.is_flat(hash_)]
    if not known:
        return {}, 0, False, False
    index = matching.PdqIndex.build(matching.pdq.array([hash_ for _pk, hash_ in known]), np.array([pk for pk, _hash in known], np.uint64))
    hits = index.search(matching.pdq.array([mine]), radius=matching.pdq.RADIUS)
    near = {int(pk): int(distance) for pk, distance in zip(hits.id, hits.distance, strict=True)}
    return near, len(known), len(found) > MOST, False


def _bytes(text: str) -> bytes | None:
    """None for what an erasure left."""
    try:
        return matching.pdq.parse(text)
    except matching.NotAHash:
        return None


def given_to(found: Iterable[Alike], grade: str) -> list[Alike]:
    """Those that one grade can be given to."""
    return [one for one in found if one.may_get(grade)]
