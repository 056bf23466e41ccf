"""Two videos are alike where enough of their frames are: the same shares as a comparison of each frame with each."""

import contextlib
import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from havenline.engines.matching import DuplicateId, NotAHash, pdq, video
from havenline.engines.matching.video import Frame, Likeness, NoFrames, NotAVideo, VideoIndex, VideoMatch, compare

# Few different hashes, some near each other: so that frames meet.
_CHANCE = random.Random(7)
BASES = [_CHANCE.randbytes(32) for _base in range(4)]


def near(base: int, bits: int, seed: int) -> bytes:
    moved = int.from_bytes(BASES[base])
    for bit in random.Random(seed).sample(range(256), bits):
        moved ^= 1 << bit
    return moved.to_bytes(32)


hashes = st.builds(near, st.integers(0, 3), st.sampled_from((0, 1, 15, 16, 30, 31, 32, 40)), st.integers(0, 5))
frames = st.lists(st.builds(Frame, hashes, st.sampled_from((0, 49, 50, 100)), st.floats(0, 100)), max_size=12)


def by_brute_force(query: list[Frame], compared: list[Frame]) -> Likeness:
    one, other = ({frame.hash for frame in some if frame.quality >= 50} for some in (query, compared))
    if not one or not other:
        return Likeness(0.0, 0.0)
    of_one = [any(pdq.distance(a, b) <= 31 for b in other) for a in one]
    of_other = [any(pdq.distance(a, b) <= 31 for a in one) for b in other]
    return Likeness(100 * sum(of_one) / len(one), 100 * sum(of_other) / len(other))


@given(frames, frames)
@settings(deadline=None)
def test_the_shares_are_those_of_comparing_each_frame_with_each(query: list[Frame], compared: list[Frame]) -> None:
    assert compare(query, compared) == by_brute_force(query, compared)


@given(frames, frames)
@settings(deadline=None)
def test_two_videos_say_the_same_of_each_other(one: list[Frame], other: list[Frame]) -> None:
    there, back = compare(one, other), compare(other, one)
    assert (there.query_percent, there.compared_percent) == (back.compared_percent, back.query_percent)


@given(
    st.dictionaries(st.integers(0, 9), frames, max_size=6), frames, st.sampled_from((0.0, 50.0, 80.0, 100.0)), st.sets(st.integers(0, 9))
)
@settings(deadline=None)
def test_an_index_says_of_each_video_what_a_comparison_says(
    videos: dict[int, list[Frame]], query: list[Frame], least: float, removed: set[int]
) -> None:
    known = {number: some for number, some in videos.items() if video.that_count(some)}
    index = VideoIndex.build(known)
    index.remove(removed)
    expected = set()
    for number, some in known.items():
        likeness = by_brute_force(query, some)
        if number not in removed and likeness.query_percent and likeness.query_percent >= least:
            expected.add(VideoMatch(likeness.query_percent, likeness.compared_percent, number))
    found = index.search(query, least_query_percent=least)
    assert set(found) == expected
    assert [one.query_percent for one in found] == sorted((one.query_percent for one in found), reverse=True)
    assert len(index) == len(known.keys() - removed)


def test_a_clip_has_all_of_its_frames_in_the_film_and_the_film_few_in_the_clip() -> None:
    chance = random.Random(1)
    film = [Frame(chance.randbytes(32), 100, float(second)) for second in range(100)]
    assert compare(film[20:30], film) == Likeness(100.0, 10.0)
    index = VideoIndex.build({1: film})
    assert [one.video for one in index.search(film[20:30])] == [1]
    assert index.search(film[20:30], least_compared_percent=50) == []


def test_frames_of_low_quality_count_on_neither_side() -> None:
    flat = Frame(BASES[0], 49, 0.0)
    assert compare([flat], [flat]) == Likeness(0.0, 0.0)
    assert VideoIndex.build({1: [Frame(BASES[0], 50, 0.0)]}).search([flat]) == []


def test_a_video_added_is_found_and_one_removed_is_not_though_another_has_its_frames() -> None:
    shared = [Frame(base, 90, 0.0) for base in BASES]
    index = VideoIndex.build({1: shared})
    index.add(2, shared)
    assert [one.video for one in index.search(shared)] == [1, 2]
    index.remove([1, 77])
    assert [one.video for one in index.search(shared)] == [2]
    index.add(1, shared)
    assert [one.video for one in index.search(shared)] == [1, 2]


def test_a_video_that_cannot_be_taken_leaves_the_index_as_it_was() -> None:
    index = VideoIndex.build({1: [Frame(BASES[0], 90, 0.0)]})
    for number, some, error in (
        (1, [Frame(BASES[1], 90, 0.0)], DuplicateId),
        (2, [Frame(BASES[1], 10, 0.0)], NoFrames),
        (2, [], NoFrames),
        (2, [Frame(b"short", 90, 0.0)], NotAHash),
    ):
        with pytest.raises(error):
            index.add(number, some)
    assert len(index) == 1
    assert index.search([Frame(BASES[1], 90, 0.0)]) == []


@given(frames)
def test_what_is_written_is_read_again(some: list[Frame]) -> None:
    again = video.parse(video.written(some))
    assert [(one.hash, one.quality) for one in again] == [(one.hash, one.quality) for one in some]
    assert all(abs(one.timestamp - other.timestamp) <= 0.0006 for one, other in zip(again, some, strict=True))


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[1]", "null", '["00,1,2"]', json.dumps(["0" * 64]), json.dumps(["0" * 64 + ",101,1"]), json.dumps(["0" * 64 + ",1,-1"]),
     json.dumps(["0" * 64 + ",1,nan"]), json.dumps(["0" * 64 + ",1,inf"]), json.dumps(["0" * 64 + ",1,1,1"]), "[" * 100_000],
)  # fmt: skip
def test_what_is_no_video_is_refused(text: str) -> None:
    with pytest.raises(NotAVideo):
        video.parse(text)


def test_a_video_of_more_frames_than_there_may_be_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video, "MOST_FRAMES", 2)
    frame = "0" * 64 + ",50,1.000"
    assert len(video.parse(json.dumps([frame] * 2))) == 2
    with pytest.raises(NotAVideo, match="at most 2"):
        video.parse(json.dumps([frame] * 3))


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(NotAVideo):
        video.parse(text)
