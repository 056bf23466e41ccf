"""Every hash within the radius is found, none beyond it, whatever is in the index and however it came there."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from tests.engines.matching.planting import compared, hard, hashes, lines, near

from havenline.engines.matching import BadShape, DuplicateId, PdqIndex, kernel, segment

WIDE = ((512, (16, 16, 16)), (0, (0, 0, 0)))  # shapes of large segments, for small ones
PARTED = ((512, (16, 16, 11)), (0, (0, 0, 0)))
EACH = pytest.mark.parametrize("shapes", [segment.SHAPES, WIDE, PARTED], ids=["narrow", "wide", "parted"])
RADII = [*range(0, 64, 7), 30, 31, 32]


def ids_of(count: int, chance: np.random.Generator) -> np.ndarray:
    return chance.permutation(3 * count)[:count].astype(np.uint64)


@pytest.mark.parametrize("count", [0, 1, 511, 512, 3000])
@EACH
def test_every_radius_answers_as_a_scan_does(count: int, shapes: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment, "SHAPES", shapes)
    chance = np.random.default_rng(count)
    known, ids = hard(count, chance), ids_of(count, chance)
    index, asked = PdqIndex.build(known, ids), near(known, 82, chance)
    for radius in RADII:
        assert lines(index.search(asked, radius)) == compared(known, ids, asked, radius)


@pytest.mark.parametrize("distance", range(26, 36))
def test_at_the_edge_of_the_radius_nothing_is_missed_and_nothing_is_too_many(distance: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment, "SHAPES", WIDE)
    chance = np.random.default_rng(distance)
    known, ids = hashes(2000, chance), np.arange(2000, dtype=np.uint64)
    asked = known[:400].copy()
    for query in asked:
        for bit in chance.choice(256, distance, replace=False):
            query[bit // 8] ^= 128 >> bit % 8
    found = {(query, id_): far for query, id_, far in lines(PdqIndex.build(known, ids).search(asked))}
    assert all(found.get((number, number)) == (distance if distance <= 31 else None) for number in range(400))


def test_ten_million_pairs_of_query_and_hash_answer_as_a_scan_does() -> None:
    chance = np.random.default_rng(7)
    known, ids = hard(200_000, chance), ids_of(200_000, chance)
    asked = near(known, 82, chance)
    index = PdqIndex.build(known, ids)
    assert lines(index.search(asked)) == compared(known, ids, asked, 31)  # 1.6 * 10^7 pairs
    one_by_one = [(number, id_, far) for number in range(82) for _, id_, far in lines(index.search(asked[number : number + 1]))]
    assert one_by_one == lines(index.search(asked))


@pytest.mark.skipif(kernel.lib is None, reason="no kernel was compiled here: NumPy answers alone")
@pytest.mark.parametrize("form", [0, 1, 2], ids=["plain", "avx2", "avx512"])
def test_each_form_of_the_loops_gives_the_same_answers(form: int) -> None:
    assert kernel.lib is not None
    chance = np.random.default_rng(form)
    known, ids = hard(140_000, chance), np.arange(140_000, dtype=np.uint64)
    index, asked = PdqIndex.build(known, ids), near(known, 41, chance)
    index.add(hashes(100, chance), np.arange(140_000, 140_100, dtype=np.uint64))
    served = kernel.lib.index_form(-1)
    if kernel.lib.index_form(form) is None:
        pytest.skip("this processor has no such instructions")
    try:
        assert lines(index.search(asked))[:0] == []
        assert [line for line in lines(index.search(asked)) if line[1] < 140_000] == compared(known, ids, asked, 31)
    finally:
        forms = [b"plain", b"avx2", b"avx512"]
        kernel.lib.index_form(forms.index(served))


def test_many_ids_of_one_hash_are_all_found_and_take_the_room_of_one() -> None:
    chance = np.random.default_rng(3)
    known = np.repeat(hashes(1, chance), 10_000, axis=0)
    index = PdqIndex.build(known, np.arange(10_000, dtype=np.uint64))
    assert index.search(known[:1]).id.tolist() == list(range(10_000))
    assert index._snapshot.segments[0].count == 1


def test_hashes_made_to_fall_together_cost_time_and_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever knew the permutation: three quarters of the bits are the same in every hash."""
    monkeypatch.setattr(segment, "SHAPES", WIDE)
    chance = np.random.default_rng(5)
    known = hashes(70_000, chance)
    index = PdqIndex.build(known[:1], np.array([10**9], dtype=np.uint64))
    rows = index._snapshot.permutation.rows(known)
    rows[:, :3] = rows[0, :3]
    alike = index._snapshot.permutation.hashes(rows)
    index.add(alike, np.arange(70_000, dtype=np.uint64))
    asked = near(alike, 20, chance)
    assert lines(index.search(asked)) == compared(
        np.concatenate([alike, known[:1]]), np.append(np.arange(70_000, dtype=np.uint64), np.uint64(10**9)), asked, 31
    )


def test_queries_are_answered_in_the_order_of_distance_and_then_of_id() -> None:
    chance = np.random.default_rng(9)
    known = hard(3000, chance)
    hits = PdqIndex.build(known, ids_of(3000, chance)).search(near(known, 60, chance))
    assert lines(hits) == sorted(lines(hits), key=lambda line: (line[0], line[2], line[1]))


class AgainstAScan(RuleBasedStateMachine):
    """An index beside a dictionary: whatever is done to both, they answer alike."""

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[int, np.ndarray] = {}

    @initialize(seed=st.integers(0, 2**32), count=st.sampled_from([0, 5, 700]))
    def build(self, seed: int, count: int) -> None:
        self.chance = np.random.default_rng(seed)
        made = hard(count, self.chance)
        self.index = PdqIndex.build(made, np.arange(count, dtype=np.uint64))
        self.known = dict(enumerate(made))

    @rule(count=st.sampled_from([1, 3, 600, 2100]), again=st.booleans(), alike=st.booleans())
    def add(self, count: int, again: bool, alike: bool) -> None:
        begin = 0 if again else max(self.known, default=0) + 1
        ids = [id_ for id_ in range(begin, begin + len(self.known) + count) if id_ not in self.known][:count]
        made = hashes(len(ids), self.chance)
        if alike:
            made[:] = made[0]
        self.index.add(made, np.array(ids, dtype=np.uint64))
        self.known.update(zip(ids, made, strict=True))

    @rule(count=st.sampled_from([1, 40, 1500]))
    def remove(self, count: int) -> None:
        ids = self.chance.choice(sorted(self.known) or [0], min(count, max(1, len(self.known))), replace=False)
        held = sum(int(id_) in self.known for id_ in ids)
        assert self.index.remove(ids.astype(np.uint64)) == held
        for id_ in ids.tolist():
            self.known.pop(id_, None)

    @rule()
    def settle(self) -> None:
        self.index.settle()

    @invariant()
    def answers_as_a_scan_does(self) -> None:
        if not hasattr(self, "index"):
            return
        ids = np.array(sorted(self.known), dtype=np.uint64)
        known = np.array([self.known[id_] for id_ in ids.tolist()], dtype=np.uint8).reshape(-1, 32)
        asked = near(known, 5, self.chance)
        assert lines(self.index.search(asked)) == compared(known, ids, asked, 31)
        assert len(self.index) == len(ids)


@EACH
def test_whatever_is_added_and_removed_it_answers_as_a_scan_does(shapes: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment, "SHAPES", shapes)
    run_state_machine_as_test(AgainstAScan, settings=settings(max_examples=25, stateful_step_count=14, deadline=None))


@given(st.integers(-3, 70))
def test_a_radius_that_is_none_is_refused(radius: int) -> None:
    index = PdqIndex.build(np.zeros((1, 32), np.uint8), np.zeros(1, np.uint64))
    if 0 <= radius <= 63:
        assert index.search(np.zeros((1, 32), np.uint8), radius).id.tolist() == [0]
    else:
        with pytest.raises(BadShape, match="A radius is 0 to 63"):
            index.search(np.zeros((1, 32), np.uint8), radius)


@pytest.mark.parametrize(
    ("hashes_", "ids"),
    [
        (np.zeros((2, 32), np.uint8), np.zeros(1, np.uint64)),
        (np.zeros((2, 31), np.uint8), np.zeros(2, np.uint64)),
        (np.zeros((1, 32), np.int64), np.zeros(1, np.uint64)),
        (np.zeros(32, np.uint8), np.zeros(1, np.uint64)),
        (np.zeros((1, 32), np.uint8), np.array([-1])),
        (np.zeros((1, 32), np.uint8), np.array([0.5])),
    ],
)
def test_arrays_that_are_no_hashes_or_ids_are_refused_and_nothing_is_taken(hashes_: np.ndarray, ids: np.ndarray) -> None:
    index = PdqIndex.build(np.ones((1, 32), np.uint8), np.array([9], np.uint64))
    with pytest.raises(BadShape):
        index.add(hashes_, ids)
    assert len(index) == 1


@pytest.mark.parametrize("count", [2, 3000])
def test_an_id_that_is_there_or_comes_twice_is_refused_and_nothing_of_the_call_is_taken(count: int) -> None:
    chance = np.random.default_rng(1)
    index = PdqIndex.build(hashes(3, chance), np.arange(3, dtype=np.uint64))
    with pytest.raises(DuplicateId, match="2 is in the index already"):
        index.add(hashes(count, chance), np.arange(2, 2 + count, dtype=np.uint64))
    with pytest.raises(DuplicateId, match="twice"):
        index.add(hashes(count, chance), np.full(count, 77, dtype=np.uint64))
    assert len(index) == 3


def test_an_id_that_was_removed_may_come_again_with_another_hash() -> None:
    chance = np.random.default_rng(2)
    before, after = hashes(1, chance), hashes(1, chance)
    index = PdqIndex.build(np.concatenate([before, hashes(600, chance)]), np.arange(601, dtype=np.uint64))
    assert index.remove(np.array([0, 10**6], dtype=np.uint64)) == 1
    index.add(after, np.array([0], dtype=np.uint64))
    assert index.search(before).id.tolist() == []
    assert index.search(after).id.tolist() == [0]


def test_the_largest_id_is_an_id() -> None:
    largest = np.array([2**64 - 1], dtype=np.uint64)
    index = PdqIndex.build(np.ones((1, 32), np.uint8), largest)
    index.remove(largest)
    index.add(np.ones((1, 32), np.uint8), largest)
    assert index.search(np.ones((1, 32), np.uint8)).id.tolist() == [2**64 - 1]


def test_many_removals_are_forgotten_once_nothing_older_is_left() -> None:
    chance = np.random.default_rng(4)
    index = PdqIndex.build(hashes(20_000, chance), np.arange(20_000, dtype=np.uint64))
    for begin in range(0, 10_000, 1000):
        index.remove(np.arange(begin, begin + 1000, dtype=np.uint64))
    index.settle()
    assert len(index) == 10_000
    assert len(index._snapshot.graves) < 2000


def test_what_was_removed_before_segments_became_one_stays_removed() -> None:
    chance = np.random.default_rng(5)
    index, gone = PdqIndex.build(hashes(0, chance), np.empty(0, np.uint64)), hashes(1, chance)
    index.add(gone, np.array([10**6], dtype=np.uint64))  # it is younger than no segment that there will be
    index.remove(np.array([10**6], dtype=np.uint64))
    for begin in range(0, 4 * 3000, 3000):
        index.add(hashes(3000, chance), np.arange(begin, begin + 3000, dtype=np.uint64))
    index.settle()
    assert len(index._snapshot.segments) == 1
    assert index.search(gone).id.tolist() == []
