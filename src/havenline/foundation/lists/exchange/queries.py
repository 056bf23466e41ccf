"""What leaves: which lists a key is sent, and what one says between two of its changes. And what people read of sources and readers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.functional import cached_property

from havenline.foundation import moment
from havenline.foundation.lists.exchange import outside
from havenline.foundation.lists.exchange.models import UNREAD_FOR, Edition, Feedback, Reading, Source
from havenline.foundation.lists.exchange.told import Told
from havenline.foundation.lists.models import KnownList, ListChange, ListEntry
from havenline.foundation.people.models import Agency, ApiKey, Membership

JUST_NOW = timedelta(minutes=2)  # longer than a change is under way


def lists_for(key: ApiKey) -> QuerySet[KnownList]:
    """The lists that this key's agency is sent now."""
    return KnownList.objects.sent_to(key.agency).select_related("agency")


def list_for(key: ApiKey, slug: str) -> KnownList | None:
    """None where there is none of that name, or it is not for them: both look alike."""
    return lists_for(key).filter(slug=slug).first()


def _outside(at: datetime) -> Q:
    """Changes that an outsider may know of, by how their entries stand now.

    What was withdrawn before it was known outside never was there: its withdrawal would tell of it.
    """
    listed = Q(entry__withdrawn_at=None)
    was_known = Q(entry__withdrawn_at__gte=F("entry__shareable_from"))
    return Q(entry__shareable_from__lte=at) & (listed | was_known)


@dataclass(frozen=True)
class Part:
    """Some changes of a list, each entry once and as it stands now. `last`: where to go on; the same as before where nothing was told."""

    told: tuple[Told, ...]
    last: int
    has_more: bool
    latest: datetime | None


def part(known_list: KnownList, *, after: int, until: int = 0, size: int, by_value: bool = True) -> Part:
    """At most `size` of what changed after one change, up to another (0: the newest).

    `by_value`: whoever reads keeps values and no numbers, so that a value which stands under another entry by now is not told withdrawn.
    """
    within = {"known_list": known_list, "sequence__gt": after} | ({"sequence__lte": until} if until else {})
    later = ListChange.objects.filter(known_list=known_list, entry=OuterRef("entry"), sequence__gt=OuterRef("sequence"))
    if until:
        later = later.filter(sequence__lte=until)
    rows = ListChange.objects.filter(_outside(moment.now()), ~Exists(later), **within).select_related("entry").order_by("sequence")
    found = list(rows[: size + 1])
    kept = found[:size]
    again = _standing_again(known_list, kept) if by_value else set()
    told = tuple(
        _told(one.entry, known_list, one.at)
        for one in kept
        if one.entry.withdrawn_at is None or (one.entry.signal, one.entry.value) not in again
    )
    return Part(told, kept[-1].sequence if kept else after, len(found) > size, max((one.at for one in kept), default=None))


def _standing_again(known_list: KnownList, changes: Sequence[ListChange]) -> set[tuple[str, str]]:
    gone = [one.entry.value for one in changes if one.entry.withdrawn_at is not None]
    if not gone:
        return set()
    standing = ListEntry.objects.filter(known_list=known_list, value__in=gone).live().shareable()
    return set(standing.values_list("signal", "value"))


def _told(entry: ListEntry, known_list: KnownList, at: datetime) -> Told:
    """An entry as an outsider is told of it: our grade, or a claim under the name of whose it is."""
    return Told(
        entry.signal,
        entry.value,
        entry.withdrawn_at is None,
        outside.number(entry.pk),
        entry.claimed_grade if entry.is_claim else entry.grade,
        entry.claimed_by if entry.is_claim else known_list.agency.name,
        entry.quality,
        at,
    )


def newest(known_list: KnownList) -> int:
    """The number of the last change that an outsider may know of. One that they may not know of moves nothing that they see."""
    last = ListChange.objects.filter(_outside(moment.now()), known_list=known_list).order_by("-sequence")
    return last.values_list("sequence", flat=True).first() or 0


def standing(known_list: KnownList, *, size: int = 2_000) -> Iterator[Told]:
    """Everything that stands on a list for an outsider, in pieces: however long it is, no more is held than one."""
    after = 0
    while True:
        rows = ListEntry.objects.filter(known_list=known_list, pk__gt=after).live().shareable().order_by("pk")[:size]
        found = list(rows)
        yield from (_told(one, known_list, one.shareable_from or one.added_at) for one in found)
        if len(found) < size:
            return
        after = found[-1].pk


def count(known_list: KnownList, *, after: int, until: int) -> int:
    return ListChange.objects.filter(_outside(moment.now()), known_list=known_list, sequence__gt=after, sequence__lte=until).count()


def before(known_list: KnownList, at: datetime) -> int:
    """The number of the last change before a moment; 0 where there is none. Changes stand in the order of their moments."""
    if at > moment.now() - JUST_NOW:
        with transaction.atomic():  # whoever is writing is waited for: what they have begun, they began before this moment
            known_list = KnownList.objects.select_for_update().get(pk=known_list.pk)
    low, high = 0, known_list.sequence
    moments = ListChange.objects.filter(known_list=known_list)
    while low < high:
        middle = (low + high + 1) // 2
        if moments.values_list("at", flat=True).get(sequence=middle) < at:
            low = middle
        else:
            high = middle - 1
    return low


def entry_outside(known_list: KnownList, number: str) -> ListEntry | None:
    """The entry of this number that stands on the list for an outsider."""
    pk = outside.pk_of(number)
    return ListEntry.objects.filter(known_list=known_list, pk=pk).live().shareable().first() if pk is not None else None


def feedback_of(agency: Agency, numbers: Sequence[str]) -> dict[str, Feedback]:
    """What this agency has said of these entries itself."""
    pks = [pk for pk in map(outside.pk_of, numbers) if pk is not None]
    return {outside.number(one.entry_id): one for one in Feedback.objects.filter(agency=agency, entry__in=pks)}


def editions(known_list: KnownList, form: str) -> QuerySet[Edition]:
    """Newest first."""
    return Edition.objects.filter(known_list=known_list, form=form).order_by("-made_at")


# For people


@dataclass(frozen=True)
class Reader:
    """A key that reads a list, and what it has not come for."""

    reading: Reading

    @cached_property
    def unread_withdrawals(self) -> int:
        return self._unread().count()

    @cached_property
    def is_behind(self) -> bool:
        """Whether a withdrawal has waited for it for longer than it should."""
        return self._unread().filter(at__lt=moment.now() - UNREAD_FOR).exists()

    def _unread(self) -> QuerySet[ListChange]:
        return ListChange.objects.filter(
            _outside(moment.now()),
            known_list=self.reading.known_list_id,
            sequence__gt=self.reading.position,
            what=ListChange.What.WITHDRAWN,
        )


def readers(*, by: Membership, known_list: KnownList | None = None) -> list[Reader]:
    """Who has read the lists that this person may see. A key that has ended reads no more, and is left out."""
    rows = Reading.objects.filter(known_list__in=KnownList.objects.visible_to(by)).select_related("agency", "api_key", "known_list")
    if known_list is not None:
        rows = rows.filter(known_list=known_list)
    return [Reader(one) for one in rows if not one.api_key.has_ended]


def sources(*, by: Membership) -> QuerySet[Source]:
    """Of the lists that this person may see."""
    return Source.objects.filter(known_list__in=KnownList.objects.visible_to(by)).select_related("known_list", "known_list__agency")


def lists(*, by: Membership) -> QuerySet[KnownList]:
    """Lists that this person may see."""
    return KnownList.objects.visible_to(by).select_related("agency")


def without_a_source(*, by: Membership) -> QuerySet[KnownList]:
    """Another body's lists that this person's agency keeps and that nothing is pulled for."""
    foreign = KnownList.objects.kept_by(by).filter(closed_at=None, pulled_from=None)
    return foreign.exclude(origin=KnownList.Origin.OWN)


def doubts(*, by: Membership) -> QuerySet[Feedback]:
    """What outsiders said against entries, that nobody has looked at yet."""
    lists = KnownList.objects.visible_to(by)
    found = Feedback.objects.filter(entry__known_list__in=lists, is_affirmative=False, seen_at=None)
    return found.select_related("entry", "entry__known_list", "agency")


def failing() -> list[Source]:
    """Sources that have failed and were not read to their end since, for `doctor`."""
    return list(Source.objects.filter(failures__gt=0, paused_at=None).select_related("known_list"))


def behind() -> list[Reader]:
    """Readers that have not come for a withdrawal for days, for `doctor`."""
    rows = Reading.objects.filter(known_list__closed_at=None).select_related("agency", "api_key", "known_list")
    return [one for one in map(Reader, rows) if not one.reading.api_key.has_ended and one.is_behind]
