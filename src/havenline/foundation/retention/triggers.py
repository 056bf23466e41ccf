"""From when a period counts, and what must have ended before a record can go. Later rooms add theirs in their `copies.py`."""

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from havenline.foundation.handover.models import OPEN, HandOver, State
from havenline.foundation.people.acting import beyond_need_to_know
from havenline.foundation.people.roles import FileKind
from havenline.foundation.records.models import Lineage, Record

Started = Callable[[], QuerySet[Any]]  # records, with `started`

_triggers: dict[tuple[str, str], Started] = {}
_blocks: list[Callable[[Record], str]] = []
_erasers: list[Callable[[str], bool]] = []


def register(kind: str, trigger: str, started: Started) -> None:
    """`started` gives records of that kind with `started`, a moment or NULL, annotated."""
    _triggers[str(kind), trigger] = started


def block(reason: Callable[[Record], str]) -> None:
    """`reason` says why a record cannot go yet, or nothing."""
    _blocks.append(reason)


def erase_again(eraser: Callable[[str], bool]) -> None:
    """For what the journal names and is no record: `eraser` takes the journal's digest of it, and says whether it erased anything."""
    _erasers.append(eraser)


def erased_again(digest: str) -> bool:
    """Whether somebody held it, and erased it."""
    return any(one(digest) for one in _erasers)


def known() -> set[tuple[str, str]]:
    return set(_triggers)


def started(kind: str, trigger: str) -> QuerySet[Any]:
    """Records of that kind that are not erased and whose period counts, with the moment from which it does."""
    return _triggers[kind, trigger]().filter(started__isnull=False, erased_at=None)


def blocked_by(record: Record) -> str:
    """Why this record cannot go yet, in a sentence; empty if nothing stands against it."""
    with beyond_need_to_know():  # what stands against it may be another agency's
        return next((reason for reason in (one(record) for one in _blocks) if reason), "")


def in_flight(record: Record) -> str:
    """A hand-over in flight is never orphaned: its sender keeps the duty until it is accepted, and an answer is owed after that."""
    open_ones = HandOver.objects.filter(Q(source=record) | Q(record=record), state__in=OPEN).select_related("record")
    for one in open_ones:
        if one.state != State.ACCEPTED or one.what_for.answered_within is not None:
            return f"The hand-over {one.reference} is in flight: it is {one.get_state_display().lower()}, and not ended."
    return ""


def closed(kind: str) -> Started:
    return lambda: Record.objects.filter(kind=kind).annotate(started=F("closed_at"))


def _all_erased(ends: QuerySet[Lineage], other: str) -> Q:
    """There are some, and none of them is left."""
    return Q(Exists(ends)) & ~Q(Exists(ends.filter(**{f"{other}__erased_at": None})))


def sources_erased(kind: str) -> Started:
    sources = Lineage.objects.filter(result=OuterRef("pk"))
    return lambda: Record.objects.filter(_all_erased(sources, "source"), kind=kind).annotate(started=Max("arose_from__source__erased_at"))


def ends_erased() -> QuerySet[Record]:
    """Hand-overs whose source and whatever file they became are erased; and those that became none, and were never taken up."""
    results = Lineage.objects.filter(source=OuterRef("pk"))
    over = Record.objects.filter(kind=FileKind.HAND_OVER, handover__source__erased_at__isnull=False)
    both = _all_erased(results, "result") | (~Q(Exists(results)) & Q(handover__state=State.WITHDRAWN))
    return over.filter(both).annotate(started=Coalesce(Max("gave_rise_to__result__erased_at"), F("handover__source__erased_at")))


def ended_without_a_file() -> QuerySet[Record]:
    results = Lineage.objects.filter(source=OuterRef("pk"))
    over = Record.objects.filter(~Exists(results), kind=FileKind.HAND_OVER).exclude(handover__state=State.WITHDRAWN)
    return over.annotate(started=Coalesce("handover__ended_at", "handover__answered_at", "handover__accepted_at"))


block(in_flight)
for _kind in FileKind:
    register(_kind, "closed", closed(_kind))
    register(_kind, "sources erased", sources_erased(_kind))
register(FileKind.HAND_OVER, "ends erased", ends_erased)
register(FileKind.HAND_OVER, "ended without a file", ended_without_a_file)
