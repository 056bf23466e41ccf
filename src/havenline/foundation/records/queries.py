"""Reading covers: what a person sees, and what a record arose from or gave rise to."""

import re
from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat

from havenline.foundation import moment
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import FileKind
from havenline.foundation.records.models import AUDIENCE_OF, BrokenGlass, Lineage, Party, Record, Silence
from havenline.foundation.sealing import holders
from havenline.foundation.sealing.models import Key


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


def arisen_from(records: Iterable[int]) -> set[int]:
    """These records and everything that arose from them, as primary keys."""
    return _reach(set(records), backwards=False)


def whole_path(record: Record) -> set[int]:
    """Everything on the same path: from the first report to the last child's case."""
    origins = _reach([record.pk], backwards=True)
    return _reach(origins, backwards=False)


def on_a_silent_path(*audiences: str) -> set[int]:
    """Every record of which one of these must not learn, by a silence in force anywhere on its path: for many records at once."""
    silent = Silence.objects.filter(audience__in=audiences, lifted_at=None).values_list("record_id", flat=True)
    return _reach(_reach(set(silent), backwards=True), backwards=False)


def _reach(start: set[int] | list[int], *, backwards: bool) -> set[int]:
    here, there = ("result_id", "source_id") if backwards else ("source_id", "result_id")
    seen, edge = set(start), set(start)
    while edge:
        edge = set(Lineage.objects.filter(**{f"{here}__in": edge}).values_list(there, flat=True)) - seen
        seen |= edge
    return seen


def _party_now() -> Q:
    at = moment.now()
    return Q(since__lte=at) & (Q(until=None) | Q(until__gt=at))


def holding_now(record: Record) -> QuerySet[Agency]:
    """The agencies that may open a record now: its parties, and whoever has its glass broken."""
    at = moment.now()
    party = Party.objects.filter(_party_now(), record=record, agency=OuterRef("pk"))
    broken = BrokenGlass.objects.filter(record=record, by__agency=OuterRef("pk"), opened_at__lte=at, ends_at__gt=at)
    return Agency.objects.filter(Exists(party) | Exists(broken))


def _wrap_of(agency: str) -> QuerySet[Key]:
    """The live wrap of a record's key for an agency; `record__reference` and the look-up to the agency are the outer row's."""
    of_record = Key.objects.filter(record=OuterRef("record__reference"), purpose=Key.Purpose.RECORD, destroyed_at=None)
    return of_record.filter(wrapped_to=Concat(Value(holders.AGENCY), OuterRef(f"{agency}__slug")))


def without_a_wrap(slugs: list[str]) -> QuerySet[Record]:
    """Records that one of these agencies is party to and cannot open: what was there before agencies had keys, or arrived just now."""
    parties = Party.objects.filter(_party_now(), agency__slug__in=slugs, record__erased_at=None).exclude(Exists(_wrap_of("agency")))
    has_key = Key.objects.filter(record=OuterRef("reference"), purpose=Key.Purpose.RECORD, destroyed_at=None)
    of_notice = Key.objects.filter(record=OuterRef("reference"), wrapped_to=holders.API, destroyed_at=None)
    notices = Q(kind=FileKind.NOTICE, erased_at=None) & ~Exists(of_notice)
    return Record.objects.filter(Exists(has_key), Q(pk__in=parties.values("record")) | notices)


def with_a_wrap_too_many() -> QuerySet[Record]:
    """Records that an agency can open although its share, or its break-glass, has ended since."""
    at = moment.now()
    ended = Party.objects.filter(Exists(_wrap_of("agency")), until__lte=at)
    ended = ended.exclude(Exists(Party.objects.filter(_party_now(), record=OuterRef("record"), agency=OuterRef("agency"))))
    glass = BrokenGlass.objects.filter(Exists(_wrap_of("by__agency")), ends_at__lte=at)
    glass = glass.exclude(Exists(Party.objects.filter(_party_now(), record=OuterRef("record"), agency=OuterRef("by__agency"))))
    glass = glass.exclude(Exists(BrokenGlass.objects.filter(record=OuterRef("record"), by__agency=OuterRef("by__agency"), ends_at__gt=at)))
    return Record.objects.filter(Q(pk__in=ended.values("record")) | Q(pk__in=glass.values("record")))
