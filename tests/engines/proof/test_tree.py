"""The Merkle tree is RFC 6962's: held against its definition, written out slowly, and against values known from elsewhere."""

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from havenline.engines import proof

# The eight leaves and roots with which Certificate Transparency's own implementations are tried.
KNOWN_LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
KNOWN_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def slow_root(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256().digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + slow_root(leaves[:split]) + slow_root(leaves[split:])).digest()


class Stored:
    """Leaves with their stored hashes, as a database keeps them; counts what is read."""

    def __init__(self) -> None:
        self.levels: dict[int, list[bytes]] = {0: []}
        self.reads: list[int] = []

    def read(self, level: int, first: int, last: int) -> list[bytes]:
        assert 0 <= first < last <= len(self.levels.get(level, []))
        self.reads.append(last - first)
        return self.levels[level][first:last]

    def add(self, leaves: Sequence[bytes]) -> None:
        for level, index, one in proof.grown(len(self.levels[0]), leaves, self.read):
            row = self.levels.setdefault(level, [])
            assert index == len(row)
            row.append(one)
        self.levels[0] += leaves

    def tree(self) -> proof.Tree:
        return proof.Tree(len(self.levels[0]), self.read)


def leaves_of(count: int, salt: int = 0) -> list[bytes]:
    return [hashlib.sha256(b"\x00%d:%d" % (salt, number)).digest() for number in range(count)]


@pytest.fixture(scope="module")
def large() -> tuple[list[bytes], Stored]:
    """66,000 leaves, added in pieces of many sizes: three levels are stored."""
    leaves, stored, at, piece = leaves_of(66_000), Stored(), 0, 1
    while at < len(leaves):
        stored.add(leaves[at : at + piece])
        at, piece = at + piece, piece * 7 % 1499 + 1
    return leaves, stored


def test_roots_are_those_known_from_certificate_transparency() -> None:
    leaves = [hashlib.sha256(b"\x00" + bytes.fromhex(text)).digest() for text in KNOWN_LEAVES]
    frontier, stored = proof.Frontier(), Stored()
    for size, leaf in enumerate(leaves, start=1):
        frontier.append(leaf)
        stored.add([leaf])
        assert frontier.root().hex() == stored.tree().root().hex() == KNOWN_ROOTS[size - 1]
    assert proof.Frontier().root() == proof.EMPTY_ROOT == slow_root([])


def test_an_entrys_hash_is_its_leaf() -> None:
    assert proof.entry_hash("") == KNOWN_ROOTS[0]


@given(st.integers(0, 300), st.data())
@settings(max_examples=60, deadline=None)
def test_every_leaf_and_every_growth_is_proved_and_nothing_else(size: int, data: st.DataObject) -> None:
    leaves, stored = leaves_of(size), Stored()
    stored.add(leaves)
    tree, root = stored.tree(), slow_root(leaves)
    assert tree.root() == root
    old = data.draw(st.integers(0, size))
    path = tree.consistency(old)
    proof.verify_consistency(old_size=old, old_root=slow_root(leaves[:old]), size=size, root=root, path=path)
    if 0 < old < size:
        for wrong in (path[:-1], [*path, root], [bytes(32), *path[1:]]):
            with pytest.raises(proof.NotProved):
                proof.verify_consistency(old_size=old, old_root=slow_root(leaves[:old]), size=size, root=root, path=wrong)
        with pytest.raises(proof.NotProved):
            proof.verify_consistency(old_size=old, old_root=slow_root(leaves_of(old, salt=1)), size=size, root=root, path=path)
    if size:
        index = data.draw(st.integers(0, size - 1))
        path = tree.inclusion(index)
        proof.verify_inclusion(leaf=leaves[index], index=index, size=size, path=path, root=root)
        for changed in ({"leaf": bytes(32)}, {"index": (index + 1) % (size + 1)}, {"path": [*path, root]}, {"root": bytes(32)}):
            with pytest.raises(proof.NotProved):
                proof.verify_inclusion(**{"leaf": leaves[index], "index": index, "size": size, "path": path, "root": root, **changed})


def test_stored_hashes_give_the_root_of_the_definition_at_every_size(large: tuple[list[bytes], Stored]) -> None:
    leaves, stored = large
    for size in (1, 255, 256, 257, 511, 65_535, 65_536, 65_537, 66_000):
        assert stored.tree().root(size) == slow_root(leaves[:size])
    assert len(stored.levels[16]) == 1


@given(st.integers(1, 66_000), st.integers(1, 66_000), st.integers(0, 65_999))
@settings(max_examples=40, deadline=None)
def test_a_proof_in_a_large_tree_is_a_few_short_reads(large: tuple[list[bytes], Stored], one: int, other: int, index: int) -> None:
    leaves, stored = large
    old, size = sorted((one, other))
    tree = stored.tree()
    roots = tree.root(old), tree.root(size)
    stored.reads.clear()
    tree = stored.tree()
    proof.verify_consistency(old_size=old, old_root=roots[0], size=size, root=roots[1], path=tree.consistency(old, size))
    assert len(stored.reads) <= 6
    assert max(stored.reads, default=0) <= 256
    if index < size:
        proof.verify_inclusion(leaf=leaves[index], index=index, size=size, path=tree.inclusion(index, size), root=roots[1])
    frontier = proof.Frontier()
    for leaf in leaves[: min(size, 700)]:
        frontier.append(leaf)
    assert frontier.root() == tree.root(frontier.size)


def test_an_append_reads_only_where_a_row_becomes_full() -> None:
    stored = Stored()
    stored.add(leaves_of(200))
    stored.add(leaves_of(55, salt=1))
    assert stored.reads == []
    stored.add(leaves_of(1, salt=2))
    assert stored.reads == [255]
    assert len(stored.levels[8]) == 1


def test_what_a_tree_does_not_have_cannot_be_asked_of_it() -> None:
    stored = Stored()
    stored.add(leaves_of(3))
    for wrong in (
        lambda tree: tree.inclusion(3),
        lambda tree: tree.inclusion(0, 4),
        lambda tree: tree.consistency(4),
        lambda tree: tree.root(-1),
    ):
        with pytest.raises(IndexError):
            wrong(stored.tree())
