"""All that a search reads, at one moment. Whoever searches takes it and needs no lock; a change of segments makes another."""

from __future__ import annotations

import ctypes

import numpy as np
from numpy.typing import NDArray

from havenline.engines.matching.changes import Delta, Graves
from havenline.engines.matching.kernel import lib
from havenline.engines.matching.permutation import Permutation
from havenline.engines.matching.segment import Segment, _Layout


class _Read(ctypes.Structure):
    """As kernel/segment.h knows a snapshot."""

    _fields_ = [
        ("segment", ctypes.c_void_p),
        ("segments", ctypes.c_uint64),
        ("table", ctypes.c_void_p),
        ("delta", ctypes.c_void_p),
        ("delta_id", ctypes.c_void_p),
        ("delta_number", ctypes.c_void_p),
        ("delta_count", ctypes.c_void_p),
        ("graves", ctypes.c_void_p),
        ("slots", ctypes.c_uint64),
    ]


class Snapshot:
    """Segments, delta and graves; it keeps them while a search reads them."""

    def __init__(self, permutation: Permutation, segments: tuple[Segment, ...], delta: Delta, graves: Graves) -> None:
        self.permutation, self.segments, self.delta, self.graves = permutation, segments, delta, graves
        if lib is None:
            return
        self._layouts = (_Layout * len(segments))(*(segment.layout for segment in segments))
        arrays = (permutation.table, delta.words, delta.ids, delta.numbers, delta.published, graves.table)
        addresses = [array.ctypes.data for array in arrays]
        self._read = _Read(ctypes.addressof(self._layouts), len(segments), *addresses, graves.slots if len(graves) else 0)
        self.address = ctypes.addressof(self._read)

    def with_changes(self, delta: Delta, graves: Graves) -> Snapshot:
        """Itself where it grew in its place, else another."""
        grown = delta is not self.delta or graves is not self.graves or (lib is not None and not self._read.slots and len(graves))
        return Snapshot(self.permutation, self.segments, delta, graves) if grown else self

    def __len__(self) -> int:
        """Ids that are found, counted: it asks every removal."""
        removed = np.fromiter(self.graves.numbers, dtype=np.uint64, count=len(self.graves))
        dead = sum(int((segment.holds(removed) & ~self.graves.live(removed, segment.up_to)).sum()) for segment in self.segments)
        live = self.graves.live(self.delta.ids[: len(self.delta)], self.delta.numbers[: len(self.delta)])
        return sum(len(segment) for segment in self.segments) - dead + int(live.sum())

    def holds(self, ids: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """bool[n]: which of these ids are found."""
        held = np.zeros(len(ids), dtype=bool)
        for segment in self.segments:
            held |= segment.holds(ids) & self.graves.live(ids, segment.up_to)
        count = len(self.delta)
        at = np.flatnonzero(np.isin(self.delta.ids[:count], ids))
        at = at[self.graves.live(self.delta.ids[at], self.delta.numbers[at])]
        return held | np.isin(ids, self.delta.ids[at])
