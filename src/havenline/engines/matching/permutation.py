"""Bits of a hash in another order, the same for all of an index.

The bits of pictures' hashes depend on their neighbours: cut as they stand, some chunks would be shared by many. And whoever knew how an
index is cut could send it hashes that cost it most. So each index draws an order of its own; no distance changes by it.
"""

from __future__ import annotations

import secrets

import numpy as np
from numpy.typing import NDArray

from havenline.engines.matching.kernel import lib
from havenline.engines.matching.pdq import BITS, BYTES

SEED_BYTES = 16
WORDS = BITS // 64


class Permutation:
    """Where each of 256 bits goes, from a seed of 16 bytes."""

    def __init__(self, seed: bytes) -> None:
        self.seed = seed
        self.places = np.random.default_rng(int.from_bytes(seed, "big")).permutation(BITS)  # place of bit i; 0 is the most significant
        table = np.zeros((BITS // 4, 16, WORDS), dtype=np.uint64)
        for bit, place in enumerate(self.places):
            set_ = (np.arange(16) >> (3 - bit % 4)) & 1 == 1
            table[bit // 4, set_, place // 64] |= np.uint64(1 << (63 - int(place) % 64))
        self.table = table

    @classmethod
    def drawn(cls) -> Permutation:
        return cls(secrets.token_bytes(SEED_BYTES))

    def rows(self, hashes: NDArray[np.uint8]) -> NDArray[np.uint64]:
        """uint64[n, 4] of uint8[n, 32]: the permuted hashes, most significant word first."""
        rows = np.empty((len(hashes), WORDS), dtype=np.uint64)
        if lib is not None:
            lib.index_permute(self.table.ctypes.data, hashes.ctypes.data, len(hashes), rows.ctypes.data)
            return rows
        rows[:] = 0
        for byte in range(BYTES):
            rows |= self.table[2 * byte][hashes[:, byte] >> 4] | self.table[2 * byte + 1][hashes[:, byte] & 15]
        return rows

    def hashes(self, rows: NDArray[np.uint64]) -> NDArray[np.uint8]:
        """uint8[n, 32] of uint64[n, 4]: the other way."""
        bits = np.unpackbits(rows.astype(">u8").view(np.uint8).reshape(len(rows), BYTES), axis=1)
        return np.ascontiguousarray(np.packbits(bits[:, self.places], axis=1))
