"""What was added and removed since the segments were made: few, so they are compared one by one, and found by the next search."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from havenline.engines.matching.kernel import lib
from havenline.engines.matching.permutation import WORDS

EIGHT = 8  # hashes a block: word by word, so that eight are compared at once
FIRST_ROOM = 512


class Changes(NamedTuple):
    """Some changes in the order in which they were made. A removal has no hash."""

    numbers: NDArray[np.uint64]  # [n], rising
    added: NDArray[np.bool_]  # [n]
    ids: NDArray[np.uint64]  # [n]
    hashes: NDArray[np.uint8]  # [n, 32]

    def of(self, which: NDArray[np.bool_]) -> Changes:
        return Changes(self.numbers[which], self.added[which], self.ids[which], self.hashes[which])


class Delta:
    """Hashes added since. It grows at its end only, and is read while it grows: what stands before its count is whole."""

    def __init__(self, room: int = FIRST_ROOM) -> None:
        self.room = room
        self.words: NDArray[np.uint64] = np.zeros((room // EIGHT, WORDS, EIGHT), dtype=np.uint64)
        self.ids: NDArray[np.uint64] = np.zeros(room, dtype=np.uint64)
        self.numbers: NDArray[np.uint64] = np.zeros(room, dtype=np.uint64)
        self.published: NDArray[np.uint64] = np.zeros(1, dtype=np.uint64)

    def __len__(self) -> int:
        return int(self.published[0])

    def add(self, rows: NDArray[np.uint64], ids: NDArray[np.uint64], numbers: NDArray[np.uint64]) -> Delta:
        """This delta with more at its end, or a larger one in its place where they do not fit."""
        count = len(self)
        end = count + len(rows)
        delta = self
        if end > self.room:
            delta = Delta(-(-max(end, 2 * self.room) // EIGHT) * EIGHT)
            delta._write(0, self.rows(), self.ids[:count], self.numbers[:count])
        delta._write(count, rows, ids, numbers)
        if lib is not None:
            lib.publish(delta.published.ctypes.data, end)
        else:
            delta.published[0] = end
        return delta

    def _write(self, at: int, rows: NDArray[np.uint64], ids: NDArray[np.uint64], numbers: NDArray[np.uint64]) -> None:
        places = np.arange(at, at + len(rows))
        self.words[places // EIGHT, :, places % EIGHT] = rows
        self.ids[places], self.numbers[places] = ids, numbers

    def rows(self) -> NDArray[np.uint64]:
        """uint64[n, 4]"""
        return self.words.transpose(0, 2, 1).reshape(-1, WORDS)[: len(self)]


class Graves:
    """Ids that were removed, each with the number of its latest removal: what was added by a later change is there again."""

    def __init__(self, slots: int = 64) -> None:
        self.slots = slots
        self.table: NDArray[np.uint64] = np.zeros((slots, 2), dtype=np.uint64)  # id, number; 0 is no removal
        self.numbers: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self.numbers)

    def add(self, ids: NDArray[np.uint64], numbers: NDArray[np.uint64]) -> Graves:
        """These graves with more, or a larger table in its place where they do not fit."""
        graves = self
        if 2 * (len(self) + len(ids)) > self.slots:
            graves = Graves(1 << (4 * (len(self) + len(ids)) - 1).bit_length())
            graves._put(np.array(list(self.numbers), dtype=np.uint64), np.array(list(self.numbers.values()), dtype=np.uint64))
        graves._put(ids, numbers)
        return graves

    def _put(self, ids: NDArray[np.uint64], numbers: NDArray[np.uint64]) -> None:
        self.numbers.update(zip(ids.tolist(), numbers.tolist(), strict=True))
        if lib is not None:
            lib.graves_put(self.table.ctypes.data, self.slots, ids.ctypes.data, numbers.ctypes.data, len(ids))

    def live(self, ids: NDArray[np.uint64], numbers: NDArray[np.uint64] | int) -> NDArray[np.bool_]:
        """bool[n]: which of these, added by changes of these numbers, were not removed later."""
        if not self.numbers:
            return np.ones(len(ids), dtype=bool)
        added = np.broadcast_to(np.asarray(numbers, dtype=np.uint64), ids.shape)
        if len(ids) <= len(self.numbers):
            latest = np.fromiter((self.numbers.get(id_, 0) for id_ in ids.tolist()), dtype=np.uint64, count=len(ids))
            later: NDArray[np.bool_] = latest <= added
            return later
        removed = np.fromiter(self.numbers, dtype=np.uint64, count=len(self.numbers))
        when = np.fromiter(self.numbers.values(), dtype=np.uint64, count=len(self.numbers))
        order = np.argsort(removed)
        at = np.minimum(np.searchsorted(removed, ids, sorter=order), len(order) - 1)
        there = removed[order[at]] == ids
        live: NDArray[np.bool_] = ~(there & (when[order[at]] > added))
        return live

    def since(self, number: int) -> Graves:
        """Only those of changes after this one."""
        kept = {id_: when for id_, when in self.numbers.items() if when > number}
        return Graves().add(np.array(list(kept), dtype=np.uint64), np.array(list(kept.values()), dtype=np.uint64))
