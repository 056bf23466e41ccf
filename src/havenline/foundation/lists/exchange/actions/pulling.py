"""What a pull keeps: each page with where to go on, in one transaction; in the end what it said of each value, once, for the list.

A kill loses no page and doubles none: what was kept says where to go on. Nothing of the list changes before a source was read to its
end; how much it would take away is then judged as a whole, and too much waits for a person.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby, islice
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Q

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import CLOCK, Actor
from havenline.foundation.lists import actions as lists
from havenline.foundation.lists import signals
from havenline.foundation.lists.exchange.models import Held, PageSeen, Pull, Source, Staged
from havenline.foundation.lists.exchange.told import Told
from havenline.foundation.lists.models import ListEntry, ListImport

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
LONGEST_CLAIM, LONGEST_BY = 8, 100
MOST_IN_AN_IMPORT = 900_000  # lines; what is more waits for the next
Row = TypeVar("Row")
IN_A_STATEMENT = 500


class OvertakenPull(Exception):
    """Another worker has gone on with this pull: this one stops."""


class GoesInARing(Exception):
    """The source sends us where we have been in this pull."""


@transaction.atomic
def begin(source: Source, *, cursor: dict[str, Any], is_whole: bool) -> Pull:
    """A pull of this source, from here on. Raises OvertakenPull where one is under way."""
    try:
        with transaction.atomic():
            return Pull.objects.create(source=source, is_whole=is_whole, before=source.cursor, cursor=cursor, began_at=moment.now())
    except IntegrityError as error:
        raise OvertakenPull from error


@transaction.atomic
def clear(pull: Pull) -> None:
    """The first page begins: what a try that was cut off had kept of it is gone."""
    _mine(pull).staged.all().delete()


@transaction.atomic
def keep_some(pull: Pull, told: Sequence[Told]) -> Pull:
    """Keep a piece of a long page. Where to go on stays: cut off here, the page is read again, and says the same."""
    kept = _mine(pull)
    _stage(kept, told)
    Source.objects.filter(pk=kept.source_id).update(taken_at=moment.now())
    return kept


@transaction.atomic
def keep_page(
    pull: Pull, told: Sequence[Told], *, count: int, cursor: dict[str, Any], mark: str = "", is_last: bool = False, not_understood: int = 0
) -> Pull:
    """Keep one page, or its last piece, and where to go on. `count`: values of the whole page; `mark`: of the place that it sends us to.

    Raises OvertakenPull, GoesInARing.
    """
    kept = _mine(pull)
    if mark:
        try:
            with transaction.atomic():
                PageSeen.objects.create(pull=kept, mark=hashlib.sha256(mark.encode()).hexdigest())
        except IntegrityError as error:
            raise GoesInARing from error
    kept.not_understood += not_understood + _stage(kept, told)
    kept.pages += 1
    kept.told += count
    kept.cursor = cursor
    kept.state = Pull.State.COMPARING if is_last else Pull.State.READING
    kept.save()
    Source.objects.filter(pk=kept.source_id).update(taken_at=moment.now())
    return kept


def _mine(pull: Pull) -> Pull:
    found = Pull.objects.select_for_update(of=("self",)).select_related("source__known_list__agency", "list_import").get(pk=pull.pk)
    if found.pages != pull.pages or found.state != pull.state:
        raise OvertakenPull
    return found


Key = tuple[str, str]  # signal and canonical value


def _stage(pull: Pull, told: Sequence[Told]) -> int:
    """Let what these say stand as the last word on each value; how many values are none.

    What stands side by side under one number is all that the number stands for. A value is listed as long as one number stands for it.
    """
    known_list, bad = pull.source.known_list, 0
    said: dict[Key, Told | None] = {}
    numbers = _Numbers(pull, {one.ident for one in told if one.ident})
    for ident, group in groupby(told, key=lambda one: one.ident):
        listed: dict[Key, Told] = {}
        for one in group:
            if not one.value:
                continue
            new = lists.NewEntry(one.signal, one.value, _quality(one), claimed_grade=one.grade[:LONGEST_CLAIM])
            try:
                checked = new.checked(known_list.kind)
            except (signals.NotASignal, signals.UnknownSignal, lists.NotAGrade):
                bad += 1
                continue
            key = (checked.signal, checked.value)
            if not ident:
                said[key] = one if one.is_listed else None
            elif one.is_listed:
                listed[key] = one
        said |= listed
        if ident:
            numbers.stand_for(ident, set(listed))
    for key in numbers.given_up():
        said[key] = None
    Staged.objects.bulk_create(
        (_row(pull, key, one) for key, one in said.items()),
        batch_size=IN_A_STATEMENT,
        update_conflicts=True,
        unique_fields=["pull", "signal", "value"],
        update_fields=["is_listed", "grade", "by", "quality"],
    )
    return bad


def _quality(one: Told) -> int | None:
    return one.quality if one.signal in ("pdq", "video") else None


def _row(pull: Pull, key: Key, one: Told | None) -> Staged:
    row = Staged(pull=pull, signal=key[0], value=key[1], is_listed=one is not None)
    if one is not None:
        row.grade, row.by, row.quality = one.grade[:LONGEST_CLAIM], one.by[:LONGEST_BY], _quality(one)
    return row


class _Numbers:
    """For which values a source's numbers stand, while one page is kept."""

    def __init__(self, pull: Pull, idents: set[str]) -> None:
        self._pull, self._rows, self._went = pull, dict[str, dict[Key, Held]](), set[Key]()
        for piece in _in_pieces(idents):
            for row in Held.objects.filter(source=pull.source, ident__in=piece):
                self._rows.setdefault(row.ident, {})[row.signal, row.value] = row

    def stand_for(self, ident: str, keys: set[Key]) -> None:
        rows = self._rows.setdefault(ident, {})
        for key in keys:
            row = rows.setdefault(key, Held(source=self._pull.source, ident=ident, signal=key[0], value=key[1], came=self._pull))
            row.went = None
        for key, row in rows.items():
            if key not in keys and row.went_id is None:
                row.went = self._pull
                self._went.add(key)

    def given_up(self) -> list[Key]:
        """Keep it all; the values that no number stands for any more."""
        every = [row for rows in self._rows.values() for row in rows.values()]
        Held.objects.bulk_create((row for row in every if row.pk is None), batch_size=IN_A_STATEMENT)
        Held.objects.bulk_update((row for row in every if row.pk is not None), ["went"], batch_size=IN_A_STATEMENT)
        left = Held.objects.filter(source=self._pull.source, went=None)
        still: set[Key] = set()
        for piece in _in_pieces(self._went):
            still |= set(left.filter(value__in=[value for _signal, value in piece]).values_list("signal", "value"))
        return [key for key in self._went if key not in still]


@transaction.atomic
def hand_over(pull: Pull, *, by: Actor = CLOCK) -> ListImport | None:
    """Give the list what the pull said in the end: at once where that is little, held for a person where it would take away too much.

    None where it says nothing new, and the pull has ended. What does not fit in one import waits for the next.
    """
    kept = _mine(pull)
    if not _says_something_new(kept):
        _end(kept, Pull.State.NOTHING)
        return None
    known_list, source = kept.source.known_list, f"{kept.source.get_kind_display()}, pull {kept.pk}"
    imported = lists.read_in(known_list=known_list, lines=_lines(kept), source=source, by=by)
    kept.list_import, kept.state = imported, Pull.State.HANDED
    kept.save(update_fields=["list_import", "state", "handed"])
    Source.objects.filter(pk=kept.source_id).update(failures=0, problem="", problem_at=None)  # it was read to its end
    if imported.state == ListImport.State.READ:
        lists.apply_import(imported=imported, by=by)
    return imported


def _says_something_new(pull: Pull) -> bool:
    standing = ListEntry.objects.filter(known_list=pull.source.known_list).live()
    for gone in _in_pieces(_gone(pull)):
        there = standing.filter(value__in=[value for _signal, value in gone]).values_list("signal", "value")
        if not set(gone).isdisjoint(there):
            return True
    for rows in _in_pieces(pull.staged.filter(is_listed=True, pk__gt=pull.handed).order_by("pk").iterator(chunk_size=IN_A_STATEMENT)):
        known = {(one.signal, one.value): one for one in standing.filter(value__in=[row.value for row in rows])}
        for row in rows:
            one = known.get((row.signal, row.value))
            if one is None or row.grade not in ("", one.claimed_grade) or row.quality not in (None, one.quality):
                return True
    return False


def _in_pieces(rows: Iterable[Row]) -> Iterator[list[Row]]:
    left = iter(rows)
    while piece := list(islice(left, IN_A_STATEMENT)):
        yield piece


def _lines(pull: Pull) -> Iterator[lists.Line]:
    """What takes away comes first, so that it is judged as a whole; then what stands, as much as fits."""
    number = 0
    for signal, value in _gone(pull) if not pull.handed else ():
        number += 1
        yield lists.Line(number, lists.NewEntry(signal, value), withdraws=True)
    left = max(1, MOST_IN_AN_IMPORT - number)
    for row in pull.staged.filter(is_listed=True, pk__gt=pull.handed).order_by("pk")[:left].iterator(chunk_size=2_000):
        number += 1
        pull.handed = row.pk
        about = {"by": row.by} if row.by else {}
        yield lists.Line(number, lists.NewEntry(row.signal, row.value, row.quality, claimed_grade=row.grade, about=about))


def _gone(pull: Pull) -> Iterator[tuple[str, str]]:
    if not pull.is_whole:
        yield from pull.staged.filter(is_listed=False).order_by("pk").values_list("signal", "value").iterator(chunk_size=2_000)
        return
    after = 0
    while True:  # what stands on the list, and was not said to stand at the source
        rows = ListEntry.objects.filter(known_list=pull.source.known_list, pk__gt=after).live().order_by("pk")
        standing = list(rows.values_list("pk", "signal", "value")[:2_000])
        said = set(pull.staged.filter(is_listed=True, value__in=[value for _pk, _signal, value in standing]).values_list("signal", "value"))
        yield from ((signal, value) for _pk, signal, value in standing if (signal, value) not in said)
        if len(standing) < 2_000:
            return
        after = standing[-1][0]


@transaction.atomic
def settle(pull: Pull) -> bool:
    """Look what became of what was handed over; whether the pull has ended."""
    kept = _mine(pull)
    if kept.list_import is None:
        return kept.ended_at is not None
    if kept.list_import.state == ListImport.State.APPLIED:
        if kept.staged.filter(is_listed=True, pk__gt=kept.handed).exists():
            kept.state, kept.list_import = Pull.State.COMPARING, None
            kept.save(update_fields=["state", "list_import"])
        else:
            _end(kept, Pull.State.DONE)
    elif kept.list_import.state == ListImport.State.REFUSED:
        _end(kept, Pull.State.REFUSED)
    return kept.ended_at is not None


def _end(pull: Pull, state: str) -> None:
    """Refused, the source begins again where this pull began, and rests until a person lets it go on."""
    source = Source.objects.select_for_update().get(pk=pull.source_id)
    pull.state, pull.ended_at = state, moment.now()
    pull.save(update_fields=["state", "ended_at"])
    if state == Pull.State.REFUSED:
        _take_back_holds(pull)
        source.paused_at, source.next_at = moment.now(), moment.now() + timedelta(minutes=source.every_minutes)
        ledger.record(CLOCK, "paused a list’s source", source, reason="what it said was refused")
    else:
        Held.objects.filter(went=pull).delete()
        Held.objects.filter(came=pull).update(came=None)
        source.cursor = pull.cursor.get("then", {})
        source.last_success_at, source.next_at = moment.now(), moment.now() + timedelta(minutes=source.every_minutes)
    source.failures, source.problem, source.problem_at, source.taken_at = 0, "", None, None
    source.save(update_fields=["paused_at", "cursor", "last_success_at", "next_at", "failures", "problem", "problem_at", "taken_at"])
    _sweep(pull)


@transaction.atomic
def end_unchanged(pull: Pull) -> None:
    """It says the same as it did: there was nothing to compare."""
    _end(_mine(pull), Pull.State.NOTHING)


@transaction.atomic
def forget(pull: Pull) -> None:
    """What was half read is gone; the next pull begins where this one did."""
    pull.state, pull.ended_at = Pull.State.GIVEN_UP, moment.now()
    pull.save(update_fields=["state", "ended_at"])
    _take_back_holds(pull)
    _sweep(pull)


def _take_back_holds(pull: Pull) -> None:
    Held.objects.filter(came=pull).delete()
    Held.objects.filter(went=pull).update(went=None)


def _sweep(pull: Pull) -> None:
    pull.staged.all().delete()
    pull.seen.all().delete()


@transaction.atomic
def fail(source: Source, why: str, *, after: timedelta | None = None) -> Source:
    """Say what went wrong, where people see it, and when it is tried again: after a pause that grows with each failure."""
    source = Source.objects.select_for_update().get(pk=source.pk)
    source.failures += 1
    pause = min(LONGEST_PAUSE, max(after or timedelta(0), FIRST_PAUSE * 2 ** min(source.failures - 1, 12)))
    source.problem, source.problem_at, source.next_at, source.taken_at = why[:400], moment.now(), moment.now() + pause, None
    source.save(update_fields=["failures", "problem", "problem_at", "next_at", "taken_at"])
    return source


@transaction.atomic
def nothing_new(source: Source) -> None:
    """It was asked, and has nothing new."""
    now = moment.now()
    Source.objects.filter(pk=source.pk).update(
        failures=0, problem="", problem_at=None, last_success_at=now, next_at=now + timedelta(minutes=source.every_minutes), taken_at=None
    )


def take(source: Source, *, lease: timedelta) -> bool:
    """Whether this worker has the source now; another may take it when this one has given no sign for the lease."""
    now = moment.now()
    free = Q(taken_at=None) | Q(taken_at__lt=now - lease) | Q(taken_at__gt=now + lease)
    return Source.objects.filter(free, pk=source.pk).update(taken_at=now) == 1


def leave(source: Source) -> None:
    Source.objects.filter(pk=source.pk).update(taken_at=None)


def note_clock(source: Source, theirs: datetime) -> int:
    """By how many seconds their clock is ahead of ours; kept for the screen."""
    off = round((theirs - moment.now()).total_seconds())
    if abs(off - source.clock_off) > 1:
        Source.objects.filter(pk=source.pk).update(clock_off=max(-2_000_000_000, min(2_000_000_000, off)))
        source.clock_off = off
    return off
