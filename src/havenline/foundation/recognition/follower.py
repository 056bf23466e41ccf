"""The follower: one process that keeps the index in step with the lists.

Each list's changes are numbered without a gap, and how far the index has followed each list is kept inside the index, in the same commit
as what the changes did. A change is not replayed: the entry that it names is looked at as it stands now, and put in or taken out. So
doing it twice is doing it once, and the follower may be killed at any moment.
"""

from __future__ import annotations

import fcntl
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from django.db import DatabaseError, close_old_connections, connection
from django.db.models import QuerySet
from numpy.typing import NDArray

from havenline.engines.matching import PdqIndex, pdq
from havenline.engines.matching.errors import DamagedIndex
from havenline.engines.matching.exact import ExactIndex, Known
from havenline.foundation.lists.models import ENTRY_BITS, KnownList, ListChange, ListEntry, Signal
from havenline.foundation.recognition import actions
from havenline.foundation.recognition.kept import KINDS, Generation, Home, Note, NotReady

LOOKS_EVERY = 0.2  # seconds: a new hash is found well within one
AT_ONCE = 5_000  # changes of one list in a commit
LOADED_AT_ONCE = 20_000  # entries of a list that is put in whole
TRIES_AGAIN_AFTER = 2.0  # seconds, when the database or the disk does not answer

logger = logging.getLogger("havenline.recognition")

Say = Callable[[str], None]
COLUMNS = (
    "pk", "known_list_id", "signal", "value", "quality", "never_matched", "grade", "claimed_grade", "claimed_by", "confirmed_at",
    "shareable_from", "withdrawn_at", "about",
)  # fmt: skip


class AnotherFollows(Exception):
    """Another process follows the lists of this home already."""


@dataclass(frozen=True)
class Progress:
    """How far the making of an index is."""

    done: int
    of: int
    seconds: float

    def __str__(self) -> str:
        rate = self.done / self.seconds if self.seconds else 0.0
        left = (self.of - self.done) / rate if rate else 0.0
        return f"{self.done:,} of {self.of:,} entries ({rate:,.0f} a second, {left:,.0f} s left)"


class Follower:
    """Follows the lists into the index of one home."""

    def __init__(self, home: Home, *, say: Say = logger.warning) -> None:
        self.home, self.say = home, say
        self.generation: Generation | None = None

    def live(self, ended: threading.Event, *, remake: bool = False) -> None:
        """Follow until told to end. A database or a disk that does not answer is waited for. Raises AnotherFollows."""
        with only_one(self.home):
            while not ended.is_set():
                try:
                    close_old_connections()
                    if remake:
                        self.remake()
                        remake = False
                    pause = 0.0 if self.turn() else LOOKS_EVERY
                    self.home.say_followed()
                except DatabaseError as error:
                    connection.close()
                    self.say(f"The database does not answer; the index waits for it: {type(error).__name__}")
                    pause = TRIES_AGAIN_AFTER
                except OSError as error:
                    self.say(f"The index could not be written, and what is new is not matched until it can: {error}")
                    pause = TRIES_AGAIN_AFTER
                ended.wait(pause)
            connection.close()

    def turn(self) -> int:
        """Do what has come since; how many changes that was. The index is made anew where there is none, or where it is damaged."""
        try:
            if self.home.is_damaged:
                raise DamagedIndex("a look-up found a place that cannot be read")
            if self.generation is None:
                self.generation = self._opened()
            return self._follow(self.generation)
        except (DamagedIndex, sqlite3.DatabaseError) as error:
            if is_full(error):
                raise OSError(str(error)) from error
            self.say(f"The index is damaged and is made anew from the database; the last one serves meanwhile: {error}")
        except NotReady:
            self.say("There is no index yet: it is made from the database.")
        return self.remake()

    def remake(self) -> int:
        """Make the index from the database, beside the one that serves, and let it take its place; how many entries are in it."""
        if self.generation is not None:
            self.generation.close()
            self.generation = None
        folder = self.home.fresh()
        Generation.begin(folder)
        exact = ExactIndex.open(folder / "known.sqlite3", writes=True)
        began, done = time.monotonic(), 0
        hashes: list[NDArray[np.uint8]] = []
        ids: list[NDArray[np.uint64]] = []
        matched = list(_matched())
        of = sum(one.live for one in matched)
        for known_list in matched:
            for entries in _standing_on(known_list):
                sorted_out = SortedOut.of(entries)
                exact.change(put=sorted_out.put)
                hashes.append(pdq.array(list(sorted_out.hashes.values())))
                ids.append(np.fromiter(sorted_out.hashes, np.uint64, len(sorted_out.hashes)))
                done += len(entries)
                self.home.say_followed()
                self.say(f"The index is being made: {Progress(done, max(of, done), time.monotonic() - began)}")
            exact.change(places={known_list.pk: known_list.sequence})
        exact.close()
        if hashes:
            PdqIndex.build(np.concatenate(hashes), np.concatenate(ids)).save(folder / "pdq")
        self.generation = Generation(folder, writes=True)
        self.home.serve(folder)
        self.say(f"The index is made: {done:,} entries in {time.monotonic() - began:.1f} s.")
        return done

    def _opened(self) -> Generation:
        return self.home.open(writes=True)

    def _follow(self, index: Generation) -> int:
        places = index.exact.places()
        matched = {one.pk: one for one in _matched()}
        done = 0
        for pk in places.keys() - matched.keys():  # no longer matched: a list that was closed, held or switched off
            done += self._unload(index, pk)
        for pk, known_list in matched.items():
            if pk not in places:
                done += sum(self._load(index, known_list))
            elif places[pk] < known_list.sequence:
                done += self._catch_up(index, pk, places[pk])
        return done

    def _catch_up(self, index: Generation, pk: int, after: int) -> int:
        """What the list's changes after this number name, as it stands now."""
        changes = list(
            ListChange.objects.filter(known_list=pk, sequence__gt=after).order_by("sequence").values_list("sequence", "entry_id")[:AT_ONCE]
        )
        if not changes:
            return 0
        named = {entry for _sequence, entry in changes}
        entries = list(_entries(ListEntry.objects.filter(pk__in=named)))
        # First: a kill between the two does it again, and never leaves somebody untold.
        actions.take_back(entries=[entry.pk for entry in entries if entry.withdrawn_at is not None])
        put_in_step(index, entries, places={pk: changes[-1][0]})
        return len(changes)

    def _load(self, index: Generation, known_list: KnownList) -> Iterator[int]:
        """All that stands on a list; what changes meanwhile has a later number, and is followed after."""
        for entries in _standing_on(known_list):
            put_in_step(index, entries, places={})
            yield len(entries)
        index.exact.change(places={known_list.pk: known_list.sequence})

    def _unload(self, index: Generation, pk: int) -> int:
        low = pk << ENTRY_BITS
        count = 0
        for part in list(index.exact.between(low, low | ((1 << ENTRY_BITS) - 1))):
            ids = [one for one, _kind in part]
            index.pdq.remove(np.array([one for one, kind in part if kind == 0], np.uint64))
            index.exact.change(drop=ids)
            count += len(ids)
        index.exact.forget_place(pk)
        return count


@dataclass(frozen=True)
class SortedOut:
    """Entries as an index takes them: what is put, the hashes among it by their ids, and what is dropped."""

    put: list[Known]
    hashes: dict[int, bytes]
    drop: list[int]

    @classmethod
    def of(cls, entries: Iterable[ListEntry]) -> SortedOut:
        put: list[Known] = []
        hashes: dict[int, bytes] = {}
        drop: list[int] = []
        for entry in entries:
            value, kind = value_of(entry), KINDS[Signal(entry.signal)]
            if value is None:
                drop.append(entry.index_id)
                continue
            put.append(Known(entry.index_id, kind, b"" if kind == 0 else value, Note.of(entry).written()))
            if kind == 0:
                hashes[entry.index_id] = value
        return cls(put, hashes, drop)


def put_in_step(index: Generation, entries: Iterable[ListEntry], *, places: dict[int, int]) -> None:
    """Put in what is to be matched, take out what is not, and note how far it goes. Twice is once."""
    out = SortedOut.of(entries)
    # Hashes first: without its note none of them counts.
    if out.hashes:
        ids = np.fromiter(out.hashes, np.uint64, len(out.hashes))
        new = ids[~index.pdq.holds(ids)]
        if len(new):
            index.pdq.add(pdq.array([out.hashes[one] for one in new.tolist()]), new)
    index.exact.change(put=out.put, drop=out.drop, places=places)
    if out.drop:
        index.pdq.remove(np.array(out.drop, np.uint64))


def value_of(entry: ListEntry) -> bytes | None:
    """The bytes that an entry is found by; None for what no machine matches by itself: withdrawn, of low quality, flat."""
    if entry.withdrawn_at is not None or entry.never_matched:
        return None
    if entry.signal in (Signal.URL, Signal.HOST):
        return entry.value.encode()
    try:
        value = bytes.fromhex(entry.value)
    except ValueError:
        return None
    if KINDS[Signal(entry.signal)] == 0 and (len(value) != pdq.BYTES or not pdq.may_match_by_itself(value, entry.quality)):
        return None
    return value


def _matched() -> QuerySet[KnownList]:
    return KnownList.objects.filter(is_matched=True, closed_at=None, held_at=None)


def _entries(entries: QuerySet[ListEntry]) -> QuerySet[ListEntry]:
    return entries.only(*COLUMNS)


def _standing_on(known_list: KnownList) -> Iterator[list[ListEntry]]:
    """All that stands on a list, in parts. What changes meanwhile has a number after `known_list.sequence`, and is followed then."""
    after = 0
    standing = _entries(ListEntry.objects.filter(known_list=known_list).matchable().order_by("pk"))
    while entries := list(standing.filter(pk__gt=after)[:LOADED_AT_ONCE]):
        after = entries[-1].pk
        yield entries


def is_full(error: Exception) -> bool:
    """Whether the disk is full, by what SQLite says: then nothing is damaged, and nothing is made anew."""
    return isinstance(error, sqlite3.OperationalError) and "full" in str(error)


@contextmanager
def only_one(home: Home) -> Iterator[None]:
    """Raises AnotherFollows."""
    home.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(home.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AnotherFollows("Another process follows the lists of this home already.") from error
        yield
    finally:
        os.close(lock)


def followed() -> int:
    """How many lists an index here has to follow."""
    return _matched().count()


def behind(home: Home) -> Sequence[tuple[str, int]]:
    """How many changes the index is behind each list that is matched; a list that is not in it at all is behind by all of them.

    Raises NotReady, DamagedIndex.
    """
    index = home.open()
    try:
        places = index.exact.places()
    finally:
        index.close()
    return [(one.slug, one.sequence - places[one.pk] if one.pk in places else max(1, one.sequence)) for one in _matched()]
