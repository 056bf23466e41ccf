"""Everything known, found by a hash within a distance: exactly, at once, by as many processes as ask."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path
from threading import RLock, Thread, local

import numpy as np
from numpy.typing import ArrayLike, NDArray

from havenline.engines.matching import comparing
from havenline.engines.matching.changes import Changes, Delta, Graves
from havenline.engines.matching.errors import BadShape, DamagedIndex, DuplicateId
from havenline.engines.matching.folder import Folder, make_folder
from havenline.engines.matching.hits import Hits
from havenline.engines.matching.kernel import lib
from havenline.engines.matching.pdq import BYTES, RADIUS
from havenline.engines.matching.permutation import SEED_BYTES, Permutation
from havenline.engines.matching.segment import MOST_ROWS, Segment
from havenline.engines.matching.snapshot import Snapshot

LARGEST_RADIUS = 63
SEALED_AT = 2048  # hashes of the delta, compared one by one in half a microsecond, become a segment
ALIKE = 4  # segments of about the same size become one
FEW_GRAVES = 8192
ROOM = 256  # hits that come back without a second call
FEW = 64  # queries that one thread answers, and that are copied


class PdqIndex:
    """Hashes and their ids. Opened from a folder it is shared: what one process adds, each that has it open finds.

    A search costs about a memory access for each of 272 places and each 32 of n / 241 hashes: with 1 to 16 million hashes it reads less
    than a thousandth of them. Twice as many hashes cost between nothing and twice as much. 124 bytes a hash.
    """

    def __init__(self, permutation: Permutation, segments: tuple[Segment, ...] = (), folder: Folder | None = None) -> None:
        self._folder = folder
        self._number = 0  # of the latest change
        self._snapshot = Snapshot(permutation, segments, Delta(), Graves())
        self._changing = RLock()  # one change at a time; a search takes no lock
        self._merging: Thread | None = None
        self._why_not_merged = ""

    @classmethod
    def build(cls, hashes: ArrayLike, ids: ArrayLike) -> PdqIndex:
        """An index in memory of n hashes (uint8[n, 32]) with n ids (uint64[n]). Raises DuplicateId, BadShape."""
        new, names = _hashes_and_ids(hashes, ids)
        permutation = Permutation.drawn()
        return cls(permutation, tuple(_segments(permutation, new, names, up_to=0)))

    @classmethod
    def open(cls, path: str | Path) -> PdqIndex:
        """The index that was saved in this folder: mapped, so it takes milliseconds at any size. Raises FileNotFoundError, DamagedIndex."""
        folder = Folder(Path(path))
        index = cls(Permutation(bytes(SEED_BYTES)), folder=folder)
        index._read_folder()
        return index

    def save(self, path: str | Path) -> None:
        """Write it to this folder, in place of what is there. A crash at any moment leaves one or the other. Raises OSError, IndexInUse."""
        with self._changing:
            self._catch_up()
            snapshot = self._snapshot
            make_folder(Path(path), snapshot.segments, self._changes(snapshot), seed=snapshot.permutation.seed, number=self._number)

    def close(self) -> None:
        """Stop writing; a merge that runs is waited for."""
        self.settle()
        if self._folder is not None:
            self._folder.close()

    def verify(self) -> None:
        """Read every byte of its files and compare it with its checksum. Raises DamagedIndex, which names the place."""
        for segment in self._snapshot.segments:
            if segment.name:
                segment.verify()

    def __len__(self) -> int:
        self._catch_up()
        return len(self._snapshot)

    # Asking

    def search(self, queries: ArrayLike, radius: int = RADIUS, *, threads: int | None = None) -> Hits:
        """Every hash within `radius` bits (0 to 63) of each query (uint8[m, 32]). 64 queries and more use every core. Raises BadShape."""
        asked = queries if type(queries) is np.ndarray and queries.dtype is UINT8 and queries.shape[1:] == (BYTES,) else _hashes(queries)
        if not 0 <= radius <= LARGEST_RADIUS:
            raise BadShape(f"A radius is 0 to {LARGEST_RADIUS} bits, not {radius}.")
        if self._folder is not None:
            self._catch_up()
        snapshot = self._snapshot
        if lib is None:
            return comparing.search(snapshot, asked, radius)
        count = len(asked)
        room = _rooms.room
        if room.snapshot is not snapshot or room.radius != radius or room.threads != threads:
            room.ask(snapshot, radius, threads)
        given = asked.tobytes() if count < FEW else np.ascontiguousarray(asked).ctypes.data
        found = lib.index_search(room.address, given, count)
        if not found:
            return NO_HITS
        if found < 0:
            raise _failed(found)
        if found <= ROOM:
            return Hits(room.query[:found].copy(), room.id[:found].copy(), room.distance[:found].copy())
        hits = Hits(np.empty(found, np.int64), np.empty(found, np.uint64), np.empty(found, np.int64))
        lib.index_hits(hits.query.ctypes.data, hits.id.ctypes.data, hits.distance.ctypes.data)
        return hits

    def holds(self, ids: ArrayLike) -> NDArray[np.bool_]:
        """Whether each of these ids is in it: bool[n]."""
        self._catch_up()
        return self._snapshot.holds(_ids(ids))

    # Changing

    def add(self, hashes: ArrayLike, ids: ArrayLike) -> None:
        """Add n hashes with n new ids; the next search finds them. All or nothing. Raises DuplicateId, BadShape, IndexInUse, OSError."""
        new, names = _hashes_and_ids(hashes, ids)
        if not len(names):
            return
        with self._changing:
            self._be_writer()
            if (there := self._snapshot.holds(names)).any():
                raise DuplicateId(f"{int(names[there][0])} is in the index already.")
            if len(names) > SEALED_AT:
                self._add_segments(new, names)
            else:
                numbers = np.arange(len(names), dtype=np.uint64) + np.uint64(self._number + 1)
                self._change(Changes(numbers, np.ones(len(names), dtype=bool), names, new))
            self._merge_where_due()

    def remove(self, ids: ArrayLike) -> int:
        """Take these ids out; how many it held. The next search finds them no more. Raises IndexInUse, OSError."""
        names = np.unique(_ids(ids))
        with self._changing:
            self._be_writer()
            names = names[self._snapshot.holds(names)]
            if len(names):
                numbers = np.arange(len(names), dtype=np.uint64) + np.uint64(self._number + 1)
                self._change(Changes(numbers, np.zeros(len(names), dtype=bool), names, np.zeros((len(names), BYTES), np.uint8)))
                self._merge_where_due()
        return len(names)

    def settle(self) -> None:
        """Wait until nothing is being merged."""
        while (merging := self._merging) is not None:
            merging.join()

    def _change(self, changes: Changes) -> None:
        if self._folder is not None:
            self._folder.log.append(changes)
            self._catch_up()
        else:
            self._take(changes)

    def _take(self, changes: Changes) -> None:
        """What was added is seen before what was removed is gone."""
        if not len(changes.ids):
            return
        snapshot = self._snapshot
        added, removed = changes.of(changes.added), changes.of(~changes.added)
        delta = snapshot.delta.add(snapshot.permutation.rows(np.ascontiguousarray(added.hashes)), added.ids, added.numbers)
        graves = snapshot.graves.add(removed.ids, removed.numbers) if len(removed.ids) else snapshot.graves
        self._number = max(self._number, int(changes.numbers.max()))
        self._snapshot = snapshot.with_changes(delta, graves)

    def _add_segments(self, hashes: NDArray[np.uint8], ids: NDArray[np.uint64]) -> None:
        snapshot, number = self._snapshot, self._number + 1
        made = tuple(_segments(snapshot.permutation, hashes, ids, up_to=number))
        if self._folder is not None:
            made = tuple(self._folder.put(segment) for segment in made)
            self._folder.commit((*snapshot.segments, *made), self._changes(snapshot), number=number)
        self._number = number
        self._snapshot = Snapshot(snapshot.permutation, (*snapshot.segments, *made), snapshot.delta, snapshot.graves)

    # Folder

    def _be_writer(self) -> None:
        if self._folder is None:
            return
        if self._folder.be_writer():
            self._read_folder()
        self._catch_up()

    def _catch_up(self) -> None:
        """What other processes did. Two reads of mapped memory where they did nothing."""
        folder = self._folder
        if folder is None or not (folder.has_moved_on or folder.has_news):
            return
        with self._changing:
            if folder.has_moved_on:
                self._read_folder()
            if folder.has_news:
                self._take(folder.log.news())

    def _read_folder(self) -> None:
        folder = self._folder
        if folder is None:
            return
        permutation = folder.read()
        empty = Snapshot(permutation, folder.segments, Delta(), Graves())
        before, self._snapshot, self._number = self._snapshot, empty, folder.manifest.number
        try:
            self._take(folder.log.news())
        except DamagedIndex:
            self._snapshot = before
            raise

    # Merging: what is small becomes part of something larger, in the background

    def _merge_where_due(self) -> None:
        if self._merging is None and self._due(self._snapshot) is not None:
            self._merging = Thread(target=self._merge, name="merge of an index", daemon=True)
            self._merging.start()

    @staticmethod
    def _due(snapshot: Snapshot) -> tuple[Segment, ...] | None:
        """Which segments are to become one, with the delta where there is none of them; None where all is well."""
        if len(snapshot.delta) >= SEALED_AT:
            return ()
        if len(snapshot.graves) > max(FEW_GRAVES, sum(len(segment) for segment in snapshot.segments) // 16):
            if len(snapshot.delta):
                return ()  # a grave goes when all that stands is younger than it
            return (min(snapshot.segments, key=lambda segment: segment.up_to),)
        sizes: dict[int, list[Segment]] = {}
        for segment in sorted(snapshot.segments, key=len):
            sizes.setdefault(max(0, len(segment) // SEALED_AT).bit_length() // 2, []).append(segment)
        for alike in sizes.values():
            some = tuple(alike[:ALIKE])
            if len(some) == ALIKE and sum(len(segment) for segment in some) <= MOST_ROWS:
                return some
        return None

    def _merge(self) -> None:
        """Until nothing is due. A search goes on with what was; a change waits for the moment of exchange only."""
        try:
            while True:
                with self._changing:
                    snapshot, number, count = self._snapshot, self._number, len(self._snapshot.delta)
                    due = self._due(snapshot)
                    if due is None:
                        self._merging = None
                        return
                    parts = [(*one.everything(), snapshot.graves.live(one.everything()[1], one.up_to)) for one in due]
                    if not due:
                        numbers, ids = snapshot.delta.numbers[:count], snapshot.delta.ids[:count]
                        parts = [(snapshot.delta.rows()[:count], ids, snapshot.graves.live(ids, numbers))]
                rows, ids = (np.ascontiguousarray(np.concatenate([part[i][part[2]] for part in parts])) for i in (0, 1))
                made: tuple[Segment, ...] = (Segment.made(rows, ids, up_to=number),) if len(ids) else ()
                if self._folder is not None:
                    made = tuple(self._folder.put(segment) for segment in made)
                with self._changing:
                    self._exchange(due, made, sealed=0 if due else count)
        except Exception as error:  # a full disk, say: nothing is lost, and the next change tries again
            self._why_not_merged, self._merging = f"{type(error).__name__}: {error}", None

    def _exchange(self, due: tuple[Segment, ...], made: tuple[Segment, ...], *, sealed: int) -> None:
        now = self._snapshot
        segments = (*(segment for segment in now.segments if segment not in due), *made)
        delta = Delta().add(now.delta.rows()[sealed:], now.delta.ids[sealed : len(now.delta)], now.delta.numbers[sealed : len(now.delta)])
        # A grave is needed as long as something older than it is there: a segment, or a hash of the delta.
        oldest = [segment.up_to for segment in segments] + [int(number) - 1 for number in delta.numbers[: len(delta)][:1]]
        graves = now.graves.since(min(oldest, default=self._number))
        exchanged = Snapshot(now.permutation, segments, delta, graves)
        if self._folder is not None:
            self._folder.commit(segments, self._changes(exchanged), number=self._number)
        self._snapshot = exchanged

    @staticmethod
    def _changes(snapshot: Snapshot) -> Changes:
        """What a log begins with: the delta, as hashes, and the graves; in the order of their numbers."""
        delta, graves, count = snapshot.delta, snapshot.graves, len(snapshot.delta)
        numbers = np.concatenate([delta.numbers[:count], np.fromiter(graves.numbers.values(), np.uint64, len(graves))])
        ids = np.concatenate([delta.ids[:count], np.fromiter(graves.numbers, np.uint64, len(graves))])
        hashes = np.concatenate([snapshot.permutation.hashes(delta.rows()), np.zeros((len(graves), BYTES), np.uint8)])
        order = np.argsort(numbers, kind="stable")
        added = np.arange(len(numbers)) < count
        return Changes(numbers[order], added[order], ids[order], hashes[order])


CORES = os.cpu_count() or 1
UINT8 = np.dtype(np.uint8)
NO_HITS = Hits(np.empty(0, np.int64), np.empty(0, np.uint64), np.empty(0, np.int64))  # most find nothing


class _Room:
    """How a thread asks, as kernel/search.c knows it, and where its first hits come back: filled once for many searches."""

    def __init__(self) -> None:
        self.query, self.id, self.distance = np.empty(ROOM, np.int64), np.empty(ROOM, np.uint64), np.empty(ROOM, np.int64)
        self.snapshot: Snapshot | None = None
        self.radius: int = -1
        self.threads: int | None = None
        columns = (column.ctypes.data for column in (self.query, self.id, self.distance))
        self._asked = np.array([0, 0, 0, *columns, ROOM], dtype=np.uint64)
        self.address = int(self._asked.ctypes.data)

    def ask(self, snapshot: Snapshot, radius: int, threads: int | None) -> None:
        self.snapshot, self.radius, self.threads = snapshot, radius, threads
        self._asked[:3] = snapshot.address, radius, threads or CORES


class _Rooms(local):
    def __init__(self) -> None:
        self.room = _Room()


_rooms = _Rooms()


def _failed(said: int) -> Exception:
    if said == -2:
        return DamagedIndex("A posting leads to no row: the index’s files are not what was written. Verify it, and build it anew.")
    return MemoryError("There is no memory for this search.")


def _segments(permutation: Permutation, hashes: NDArray[np.uint8], ids: NDArray[np.uint64], *, up_to: int) -> list[Segment]:
    parts = max(1, -(-len(ids) // MOST_ROWS)) if len(ids) else 0
    borders = [len(ids) * part // parts for part in range(parts + 1)] if parts else []
    return [
        Segment.made(permutation.rows(hashes[begin:end]), np.ascontiguousarray(ids[begin:end]), up_to=up_to)
        for begin, end in pairwise(borders)
    ]


def _hashes_and_ids(hashes: ArrayLike, ids: ArrayLike) -> tuple[NDArray[np.uint8], NDArray[np.uint64]]:
    new, names = _hashes(hashes), _ids(ids)
    if len(new) != len(names):
        raise BadShape(f"{len(new)} hashes have {len(names)} ids.")
    ordered = np.sort(names)  # fourteen times as fast as np.unique, which hashes
    if (ordered[1:] == ordered[:-1]).any():
        raise DuplicateId("An id was given twice.")
    return new, names


def _hashes(given: ArrayLike) -> NDArray[np.uint8]:
    if type(given) is np.ndarray and given.dtype == UINT8 and given.ndim == 2 and given.shape[1] == BYTES and given.flags.c_contiguous:
        return given
    hashes = np.ascontiguousarray(given)
    if hashes.dtype != np.uint8 or hashes.ndim != 2 or hashes.shape[1] != BYTES:
        raise BadShape(f"Hashes are an array uint8[n, {BYTES}], not {hashes.dtype}{list(hashes.shape)}.")
    return hashes


def _ids(given: ArrayLike) -> NDArray[np.uint64]:
    ids = np.ascontiguousarray(given)
    if ids.ndim != 1 or not (ids.dtype.kind in "iu" or not len(ids)) or (ids.dtype.kind == "i" and len(ids) and ids.min() < 0):
        raise BadShape(f"Ids are an array uint64[n], not {ids.dtype}{list(ids.shape)}.")
    return ids.astype(np.uint64)
