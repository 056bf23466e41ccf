"""A Merkle tree over the entries (RFC 6962, 2.1): short proofs that an entry is in it, and that it only ever grew.

A leaf's hash is `entry_hash` of the entry's text. Whoever sees each leaf once keeps a `Frontier`; whoever has them stored keeps,
beside them, one hash for each 256 leaves, one for each 256 of those, and so on: `grown` says which come with new leaves, and a
`Tree` makes every proof from a few short reads of them.
"""

import hashlib
from collections.abc import Callable, Sequence

STRIDE = 8  # a stored hash stands for 2^8 of the level below it
WIDTH = 1 << STRIDE
EMPTY_ROOT = hashlib.sha256(b"").digest()

# The hashes of one level (0: the leaves; 8, 16, …: the stored ones), from the first up to and without the last, counted in that level.
Read = Callable[[int, int, int], Sequence[bytes]]


class NotProved(Exception):
    """A proof does not show what it was to show; says what."""


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256 over 0x01 and both children: no node is ever taken for a leaf."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The tree of every leaf so far, in as many hashes as its size has ones: for whoever sees each leaf once."""

    def __init__(self) -> None:
        self.size = 0
        self._complete: list[bytes] = []  # roots of complete subtrees, the largest first

    def append(self, leaf: bytes) -> None:
        self.size += 1
        rest = self.size
        while not rest & 1:
            leaf = hashlib.sha256(b"\x01" + self._complete.pop() + leaf).digest()
            rest >>= 1
        self._complete.append(leaf)

    def root(self) -> bytes:
        if not self._complete:
            return EMPTY_ROOT
        found = self._complete[-1]
        for left in reversed(self._complete[:-1]):
            found = node_hash(left, found)
        return found


def grown(size: int, leaves: Sequence[bytes], read: Read) -> list[tuple[int, int, bytes]]:
    """What is to be stored, as `(level, index, hash)`, when these leaves follow the first `size`. Reads only where 256 become full."""
    found: list[tuple[int, int, bytes]] = []
    level, start, fresh = 0, size, list(leaves)
    while fresh and (start & (WIDTH - 1)) + len(fresh) >= WIDTH:
        first = start & ~(WIDTH - 1)
        row = [*(read(level, first, start) if first < start else ()), *fresh]
        fresh = [_folded(row[at : at + WIDTH]) for at in range(0, len(row) - WIDTH + 1, WIDTH)]
        level, start = level + STRIDE, start >> STRIDE
        found += [(level, start + at, one) for at, one in enumerate(fresh)]
    return found


def _folded(row: Sequence[bytes]) -> bytes:
    """The root over a power of two of hashes."""
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


class Tree:
    """The tree of `size` stored leaves: its root at any size up to that, and both kinds of proof.

    Reads at most two rows of 256 hashes for each level; a million leaves have three levels.
    """

    def __init__(self, size: int, read: Read) -> None:
        self.size, self._read = size, read
        self._rows: dict[tuple[int, int], Sequence[bytes]] = {}

    def root(self, size: int | None = None) -> bytes:
        """The root over the first `size` leaves."""
        size = self._within(size)
        return self._over(0, size) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """The audit path of leaf `index`, counted from 0, in the tree of `size` (RFC 6962, 2.1.1). Raises IndexError."""
        size = self._within(size)
        if not 0 <= index < size:
            raise IndexError(f"A tree of {size} has no leaf {index}.")
        path: list[bytes] = []
        low, high = 0, size
        while high - low > 1:
            middle = low + _split(high - low)
            if index < middle:
                path.append(self._over(middle, high))
                high = middle
            else:
                path.append(self._over(low, middle))
                low = middle
        return path[::-1]

    def consistency(self, old: int, size: int | None = None) -> list[bytes]:
        """The proof that the tree of `size` only adds to that of `old` (RFC 6962, 2.1.2). Raises IndexError."""
        size = self._within(size)
        if not 0 <= old <= size:
            raise IndexError(f"A tree of {size} did not grow from one of {old}.")
        if old in (0, size):
            return []
        path: list[bytes] = []
        low, high, whole = 0, size, True
        while old != high:
            middle = low + _split(high - low)
            if old <= middle:
                path.append(self._over(middle, high))
                high = middle
            else:
                path.append(self._over(low, middle))
                low, whole = middle, False
        if not whole:
            path.append(self._over(low, high))
        return path[::-1]

    def _within(self, size: int | None) -> int:
        if size is None:
            return self.size
        if not 0 <= size <= self.size:
            raise IndexError(f"This tree has {self.size} leaves, not {size}.")
        return size

    def _over(self, low: int, high: int) -> bytes:
        """The root over leaves `low` to `high`, a range as the definition splits it."""
        count = high - low
        if count & (count - 1) == 0:
            return self._subtree(count.bit_length() - 1, low // count)
        middle = low + _split(count)
        return node_hash(self._over(low, middle), self._over(middle, high))

    def _subtree(self, height: int, index: int) -> bytes:
        level = height - height % STRIDE
        count = 1 << (height - level)
        row, first = divmod(index * count, WIDTH)
        return _folded(self._row(level, row)[first : first + count])

    def _row(self, level: int, row: int) -> Sequence[bytes]:
        """The hashes of one level that stand for one of the level above, as far as there are any; each row is read once."""
        if (level, row) not in self._rows:
            first = row * WIDTH
            self._rows[level, row] = self._read(level, first, min(first + WIDTH, self.size >> level))
        return self._rows[level, row]


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << ((count - 1).bit_length() - 1)


def verify_inclusion(*, leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """The leaf stands at `index`, counted from 0, in the tree of `size` with this root (RFC 9162, 2.1.3.2). Raises NotProved."""
    if not 0 <= index < size:
        raise NotProved(f"A tree of {size} has no leaf {index}.")
    at, last, found = index, size - 1, leaf
    for one in path:
        if last == 0:
            raise NotProved("The proof is longer than the tree is high.")
        if at & 1 or at == last:
            found = node_hash(one, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, one)
        at, last = at >> 1, last >> 1
    if last != 0 or found != root:
        raise NotProved(f"The proof does not lead from leaf {index} to the root.")


def verify_consistency(*, old_size: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]) -> None:
    """The tree of `size` only adds to that of `old_size` (RFC 9162, 2.1.4.2). Raises NotProved."""
    if not 0 <= old_size <= size:
        raise NotProved(f"A tree of {size} did not grow from one of {old_size}.")
    if old_size in (0, size):
        if path or (old_size == size and old_root != root) or (old_size == 0 and old_root != EMPTY_ROOT):
            raise NotProved(f"Two trees of {size} have different roots." if old_size == size else "Nothing is to be proved from no leaf.")
        return
    steps = list(path) if old_size & (old_size - 1) else [old_root, *path]
    if not steps:
        raise NotProved("The proof is empty.")
    at, last = old_size - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    before = after = steps[0]
    for one in steps[1:]:
        if last == 0:
            raise NotProved("The proof is longer than the tree is high.")
        if at & 1 or at == last:
            before, after = node_hash(one, before), node_hash(one, after)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            after = node_hash(after, one)
        at, last = at >> 1, last >> 1
    if last != 0 or before != old_root or after != root:
        raise NotProved(f"The tree of {size} does not add to the tree of {old_size} that is known: what was there has changed.")
