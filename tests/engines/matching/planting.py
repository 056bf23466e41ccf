"""Hashes made up for tests: random bits, with what is hard planted among them."""

import numpy as np
from numpy.typing import NDArray

from havenline.engines.matching import Hits

Hashes = NDArray[np.uint8]


def hashes(count: int, chance: np.random.Generator) -> Hashes:
    return chance.integers(0, 256, (count, 32), dtype=np.uint8)


def hard(count: int, chance: np.random.Generator) -> Hashes:
    """A tenth shares its first 32 bits, a tenth is one hash, a tenth lies in a heap around another."""
    made, tenth = hashes(count, chance), count // 10
    if not tenth:
        return made
    made[:tenth, :4] = made[0, :4]
    made[tenth : 2 * tenth] = made[tenth]
    made[2 * tenth : 3 * tenth] = made[2 * tenth]
    for hash_ in made[2 * tenth : 3 * tenth]:
        turn(hash_, int(chance.integers(0, 40)), chance)
    return made


def turn(hash_: Hashes, bits: int, chance: np.random.Generator) -> None:
    """Turn so many bits of a hash, in place."""
    for bit in chance.choice(256, bits, replace=False):
        hash_[bit // 8] ^= 128 >> bit % 8


def near(known: Hashes, count: int, chance: np.random.Generator, *, furthest: int = 40) -> Hashes:
    """Queries at 0 to `furthest` bits from one that is known, by turns."""
    asked = known[chance.integers(0, len(known), count)].copy() if len(known) else hashes(count, chance)
    for number, query in enumerate(asked):
        turn(query, number % (furthest + 1), chance)
    return asked


def compared(known: Hashes, ids: NDArray[np.uint64], queries: Hashes, radius: int) -> list[tuple[int, int, int]]:
    """Query, id and distance of everything within the radius, by comparing all with all."""
    known, found = np.ascontiguousarray(known), []
    for number, query in enumerate(queries):
        distance = np.bitwise_count(known.view(np.uint64) ^ query.view(np.uint64)).sum(axis=1, dtype=np.int64)
        at = np.flatnonzero(distance <= radius)
        found += [(number, int(ids[i]), int(distance[i])) for i in at[np.lexsort((ids[at], distance[at]))]]
    return found


def lines(hits: Hits) -> list[tuple[int, int, int]]:
    return list(zip(hits.query.tolist(), hits.id.tolist(), hits.distance.tolist(), strict=True))
