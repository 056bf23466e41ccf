"""What is asked of lists, limited to what this person, or this agency, may see of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from havenline.foundation.clocks.models import Clock
from havenline.foundation.ledger import queries as ledger
from havenline.foundation.ledger.models import Entry
from havenline.foundation.lists import signals
from havenline.foundation.lists.actions import complaints
from havenline.foundation.lists.complained_of import MOST_LISTED
from havenline.foundation.lists.models import Complaint, KnownList, ListChange, ListEntry, ListImport, ListReader, Signal
from havenline.foundation.people.models import Agency, Membership, Person
from havenline.foundation.people.roles import AgencyKind
from havenline.foundation.post.models import Letter
from havenline.foundation.records.models import Record

State = ListImport.State
WAITS = (State.HELD, State.READ)
STATES = {
    "live": Q(withdrawn_at=None),
    "claims": Q(withdrawn_at=None, confirmed_at=None) & ~Q(claimed_by=""),
    "never_matched": Q(withdrawn_at=None) & ~Q(never_matched=""),
    "kept_back": Q(withdrawn_at=None, shareable_from=None),
    "withdrawn": Q(withdrawn_at__isnull=False),
}
_LOOK = Q(body__contains='"look":true')


def lists(*, by: Membership) -> QuerySet[KnownList]:
    """Every list that this person may see, with how many agencies read it and how many imports wait for a person. Closed ones last."""
    waiting = Count("imports", filter=Q(imports__state__in=WAITS), distinct=True)
    reading = Count("readers", filter=Q(readers__until=None), distinct=True)
    seen = KnownList.objects.visible_to(by).select_related("agency").annotate(waiting=waiting, reading=reading)
    return seen.order_by(F("closed_at").asc(nulls_first=True), "name")


def kept_lists(*, by: Membership) -> QuerySet[KnownList]:
    """Lists of this person's own agency: what they may change."""
    return KnownList.objects.kept_by(by).select_related("agency")


def entries(*, known_list: KnownList, by: Membership, signal: str = "", state: str = "", typed: str = "") -> QuerySet[ListEntry]:
    """Entries of one list, newest first. `typed`: a whole value as anybody writes it, or how one begins."""
    found = ListEntry.objects.visible_to(by).filter(known_list=known_list).select_related("known_list__agency").order_by("-pk")
    if signal in Signal.values:
        found = found.filter(signal=signal)
    if typed.strip():
        found = found.filter(_by_value(typed, known_list.kind))
    return found.filter(STATES[state]) if state in STATES else found


def _by_value(typed: str, kind: str) -> Q:
    """A whole value in any of its signals; else what begins like it, which an index finds, too."""
    wanted = Q()
    for signal in signals.SIGNALS_OF[kind]:
        try:
            wanted |= Q(signal=signal, value=signals.canonical(signal, typed))
        except signals.NotASignal:
            continue
    begins = typed.strip().lower()[:400]
    return wanted | Q(signal__in=signals.SIGNALS_OF[kind], value__gte=begins, value__lt=begins + "\U0010ffff")


def elsewhere(entry: ListEntry, *, by: Membership) -> QuerySet[ListEntry]:
    """The same value on this and other lists, standing or withdrawn, as far as this person sees them."""
    same = ListEntry.objects.visible_to(by).filter(signal=entry.signal, value=entry.value).exclude(pk=entry.pk)
    return same.select_related("known_list").order_by("-pk")[:MOST_LISTED]


def changes_for(*, agency: Agency, known_list: KnownList, after: int) -> QuerySet[ListChange]:
    """What an agency outside hears of a list after a number, in order: nothing of an entry that may not be known outside yet.

    An addition is `added` or `released`, whichever comes first after the number; both of one entry say the same. Empty where the list
    may not be sent to it.
    """
    if not KnownList.objects.sent_to(agency).filter(pk=known_list.pk).exists():
        return ListChange.objects.none()
    later = ListChange.objects.filter(known_list=known_list, sequence__gt=after, entry__shareable_from__isnull=False)
    return later.select_related("entry").order_by("sequence")


@dataclass(frozen=True)
class Told:
    """One act on an entry, as the ledger has it; `sequence`: its place in the chain, None while it waits."""

    at: datetime
    who: str
    verb: str
    reason: str
    sequence: int | None


def history(entry: ListEntry) -> list[Told]:
    """What was done with one entry, from the ledger, oldest first; no looks. Whoever calls it asked whether they may see it."""
    found = Entry.objects.filter(record=entry.ledger_record, body__contains=f'"object":"{entry.ledger_object}"')
    return _told(found.exclude(_LOOK).select_related("link").order_by("at", "id"))


def history_of_list(known_list: KnownList, *, most: int = 30) -> list[Told]:
    """What was done with the list itself, its readers and imports, newest first."""
    found = Entry.objects.filter(record=known_list.ledger_record).exclude(_LOOK | Q(body__contains='"object":"list entry '))
    return _told(found.select_related("link").order_by("-at", "-id")[:most])


def _told(entries: Iterable[Entry]) -> list[Told]:
    said = [ledger.read(one) for one in entries]
    keys = {one.actor.removeprefix("person:") for one in said if one.actor.startswith("person:")}
    names = {f"person:{person.pk}": person.short_name for person in Person.objects.filter(pk__in=keys)}
    us = _("Havenline")
    words = {code: str(label) for code, label in (*ListEntry.Because.choices, *KnownList.Origin.choices)}
    return [Told(one.at, names.get(one.actor, us), one.verb, words.get(one.reason, one.reason), one.sequence) for one in said]


# Where an entry was matched is known to a later room: it says it here, and the entry's page shows it.
Matched = Callable[[ListEntry, Membership], list[dict[str, Any]]]
_matched: list[Matched] = []


def tell_where_matched(room: Matched) -> None:
    """Called in the `ready` of a room that matches: `[{title, url, at}]` of what this person may see, newest first."""
    _matched.append(room)


def where_matched(entry: ListEntry, *, by: Membership) -> list[dict[str, Any]]:
    """Newest first."""
    found = [one for room in _matched for one in room(entry, by)]
    return sorted(found, key=lambda one: one["at"], reverse=True)


def readers(known_list: KnownList) -> QuerySet[ListReader]:
    """Who may do what with a list, those of today first."""
    return known_list.readers.select_related("agency", "let_in_by__person", "known_list").order_by(
        F("until").desc(nulls_first=True), "agency__name"
    )


def may_be_let_in(known_list: KnownList) -> QuerySet[Agency]:
    """Agencies that work with lists at all."""
    kinds = (AgencyKind.HOTLINE, AgencyKind.POLICE, AgencyKind.INTELLIGENCE, AgencyKind.PLATFORM)
    return Agency.objects.filter(kind__in=kinds).exclude(pk=known_list.agency_id)


def imports(*, by: Membership, known_list: KnownList | None = None) -> QuerySet[ListImport]:
    """Imports of lists that this person may see, newest first."""
    found = ListImport.objects.filter(known_list__in=KnownList.objects.visible_to(by))
    if known_list is not None:
        found = found.filter(known_list=known_list)
    return found.select_related("known_list__agency", "arrived_by__person", "settled_by__person").order_by("-pk")


def held(*, by: Membership) -> QuerySet[ListImport]:
    """What waits for a person's word, the oldest first."""
    return imports(by=by).filter(state__in=WAITS).order_by("pk")


def kept_imports(*, by: Membership) -> QuerySet[ListImport]:
    """Imports of lists of this person's own agency."""
    return ListImport.objects.filter(known_list__in=KnownList.objects.kept_by(by))


def record_shown(entry: ListEntry, *, by: Membership) -> Record | None:
    """The report that an entry came from, where this person may see it."""
    return Record.objects.visible_to(by).filter(pk=entry.record_id).first() if entry.record_id else None


# Complaints


def complaints_of(*, by: Membership, answered: bool = False) -> QuerySet[Complaint]:
    """Complaints that this person may see: those that wait, the oldest first; or those that were answered, the newest first."""
    seen = Complaint.objects.visible_to(by).exclude(taken_in_at=None).select_related("record__agency", "answered_by__person", "letter")
    if answered:
        return seen.exclude(state=Complaint.State.WAITING).order_by("-answered_at")
    return seen.filter(state=Complaint.State.WAITING).order_by("received_at")


def told_nobody(*, by: Membership) -> QuerySet[Complaint]:
    """Answered complaints whose letter did not arrive, or nobody knows: the answer is read by its code, or not at all."""
    ended_badly = (Letter.State.FAILED, Letter.State.UNCERTAIN)
    return complaints_of(by=by, answered=True).filter(letter__state__in=ended_badly, letter__set_aside_at=None)


def complaint(*, reference: str, by: Membership) -> Complaint | None:
    """One that this person may see; what they may not see does not exist."""
    seen = Complaint.objects.visible_to(by).exclude(taken_in_at=None)
    return seen.select_related("record__agency", "answered_by__person").filter(record__reference=reference).first()


def clock_of(complaint: Complaint, *, by: Membership) -> Clock | None:
    """The clock that its answer runs under."""
    mine = Clock.objects.visible_to(by).filter(record=complaint.record_id, rule=complaints.ANSWERED_WITHIN.code)
    return mine.order_by("-pk").first()


@dataclass(frozen=True)
class Stands:
    """How a complaint stands, for whoever has its code; nothing of what they wrote."""

    state: str
    received_at: datetime
    answer: str
    answered_at: datetime | None

    @property
    def waits(self) -> bool:
        return self.state == Complaint.State.WAITING


def stands(code: str) -> Stands | None:
    """By its code, however it was typed; for the public process, which reads these columns and no others. None: no complaint has it."""
    found = (
        Complaint.objects.filter(code_hash=complaints.hash_of(code)).values_list("state", "received_at", "answer", "answered_at").first()
    )
    return Stands(*found) if found else None
