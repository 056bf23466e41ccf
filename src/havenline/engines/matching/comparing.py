"""A search without a kernel: every hash is compared. Exact, and some hundred times slower."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from havenline.engines.matching.hits import Hits
from havenline.engines.matching.snapshot import Snapshot


def search(snapshot: Snapshot, queries: NDArray[np.uint8], radius: int) -> Hits:
    """As the kernel's `index_search` does it."""
    found: list[tuple[NDArray[np.int64], NDArray[np.uint64], NDArray[np.int64]]] = []
    for number, query in enumerate(snapshot.permutation.rows(queries)):
        parts = []
        for segment in snapshot.segments:
            distance = _distances(segment.rows, query)
            near = np.flatnonzero(distance <= radius)
            extra = np.flatnonzero(np.isin(segment.extra_row, near))
            ids = np.concatenate([segment.ids[near], segment.extra_id[extra]])
            far = np.concatenate([distance[near], distance[segment.extra_row[extra]]])
            live = snapshot.graves.live(ids, segment.up_to)
            parts.append((ids[live], far[live]))
        count = len(snapshot.delta)
        distance = _distances(snapshot.delta.rows()[:count], query)
        near = np.flatnonzero(distance <= radius)
        near = near[snapshot.graves.live(snapshot.delta.ids[near], snapshot.delta.numbers[near])]
        parts.append((snapshot.delta.ids[near], distance[near]))
        ids, far = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = np.lexsort((ids, far))
        found.append((np.full(len(ids), number, dtype=np.int64), ids[order], far[order]))
    if not found:
        return Hits(np.empty(0, np.int64), np.empty(0, np.uint64), np.empty(0, np.int64))
    return Hits(*(np.concatenate(column) for column in zip(*found, strict=True)))


def _distances(rows: NDArray[np.uint64], query: NDArray[np.uint64]) -> NDArray[np.int64]:
    distances: NDArray[np.int64] = np.bitwise_count(rows ^ query).sum(axis=1, dtype=np.int64)
    return distances
