"""vPDQ: two videos are alike where enough of their frames are. From the frames' hashes alone; no video is read here.

A video is a list of frames, each with its PDQ hash, its quality and its time. Frames of low quality and repeated hashes do not count. What
is said of two videos is two shares: how many of the query's frames are near one of the other's, and the other way round (Meta, *vPDQ*,
2021). A clip of a film has a high share of its own frames and a low one of the film's.

    known = VideoIndex.build({7: frames, 9: others})        # raises NoFrames, DuplicateId
    known.search(query)                                     # [VideoMatch(video=9, query_percent=93.1, compared_percent=40.0)]
    known.add(11, frames); known.remove([7])

Another way to know a video again (TMK, say) is another module with this face: `parse`, `written`, `compare`, and an index with `build`,
`add`, `remove` and `search`.
"""

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from havenline.engines.matching import pdq
from havenline.engines.matching.errors import DuplicateId, MatchingError, NotAHash
from havenline.engines.matching.index import PdqIndex

LEAST_QUALITY = 50  # of a frame: below it, it does not count
LEAST_QUERY_PERCENT = 80.0  # of the query's frames, as vPDQ's authors have it
LEAST_COMPARED_PERCENT = 0.0
MOST_FRAMES = 100_000  # a day at one a second
MOST_CHARACTERS = 100 * MOST_FRAMES


class NotAVideo(MatchingError):
    """What was written is no vPDQ hash; says at which frame."""


class NoFrames(MatchingError):
    """A video of which no frame is good enough to be known by."""


@dataclass(frozen=True)
class Frame:
    hash: bytes  # 32 bytes
    quality: int  # 0 to 100
    timestamp: float  # seconds from the beginning


@dataclass(frozen=True)
class Likeness:
    query_percent: float  # of the query's frames, those near one of the compared
    compared_percent: float


@dataclass(frozen=True)
class VideoMatch(Likeness):
    video: int


def parse(text: str) -> list[Frame]:
    """The frames of a vPDQ hash as `threatexchange` writes it: a JSON list of "hash,quality,timestamp". Raises NotAVideo."""
    if len(text) > MOST_CHARACTERS:
        raise NotAVideo(f"A video has at most {MOST_FRAMES} frames; this has {len(text)} characters.")
    try:
        lines = json.loads(text)
    except (ValueError, RecursionError):
        raise NotAVideo('A vPDQ hash is a JSON list of "hash,quality,timestamp".') from None
    if not isinstance(lines, list) or len(lines) > MOST_FRAMES:
        raise NotAVideo(f'A vPDQ hash is a JSON list of at most {MOST_FRAMES} times "hash,quality,timestamp".')
    return [_frame(number, line) for number, line in enumerate(lines)]


def _frame(number: int, line: object) -> Frame:
    parts = line.split(",") if isinstance(line, str) else []
    try:
        hash_, quality, timestamp = pdq.parse(parts[0]), int(parts[1]), float(parts[2])
    except (NotAHash, ValueError, IndexError):
        hash_, quality, timestamp = b"", -1, -1.0
    if len(parts) != 3 or not 0 <= quality <= 100 or not 0 <= timestamp < math.inf:
        raise NotAVideo(f'Frame {number} is not "hash,quality,timestamp": 64 hexadecimal digits, 0 to 100, and seconds.')
    return Frame(hash_, quality, timestamp)


def written(frames: Iterable[Frame]) -> str:
    """The same, the other way round; timestamps to the millisecond. Raises NotAHash."""
    return json.dumps([f"{pdq.written(frame.hash)},{frame.quality},{frame.timestamp:.3f}" for frame in frames])


def that_count(frames: Iterable[Frame], *, least_quality: int = LEAST_QUALITY) -> list[bytes]:
    """The distinct hashes of the frames that are good enough, in their order."""
    return list(dict.fromkeys(frame.hash for frame in frames if frame.quality >= least_quality))


def compare(query: Sequence[Frame], compared: Sequence[Frame], *, radius: int = pdq.RADIUS, least_quality: int = LEAST_QUALITY) -> Likeness:
    """How much of each video is in the other; nothing, where one of them has no frame that counts."""
    match = VideoIndex(radius=radius, least_quality=least_quality)
    try:
        match.add(0, compared)
    except NoFrames:
        return Likeness(0.0, 0.0)
    found = match.search(query, least_query_percent=0.0)
    return Likeness(found[0].query_percent, found[0].compared_percent) if found else Likeness(0.0, 0.0)


class VideoIndex:
    """Known videos, each by a number of the caller's. In memory, over one PdqIndex of the distinct hashes of all their frames."""

    def __init__(self, *, radius: int = pdq.RADIUS, least_quality: int = LEAST_QUALITY) -> None:
        self.radius = radius
        self.least_quality = least_quality
        self._hashes = PdqIndex.build(np.empty((0, pdq.BYTES), dtype=np.uint8), np.empty(0, dtype=np.uint64))
        self._number_of: dict[bytes, int] = {}  # a hash's number in the index
        self._holders: dict[int, set[int]] = {}  # whose frame it is
        self._frames: dict[int, list[bytes]] = {}  # of each video
        self._next = 0

    @classmethod
    def build(cls, videos: Mapping[int, Sequence[Frame]], *, radius: int = pdq.RADIUS, least_quality: int = LEAST_QUALITY) -> "VideoIndex":
        """Raises NoFrames, NotAHash."""
        made = cls(radius=radius, least_quality=least_quality)
        made._add_all(videos)
        return made

    def __len__(self) -> int:
        return len(self._frames)

    def add(self, video: int, frames: Sequence[Frame]) -> None:
        """Raises DuplicateId, NoFrames, NotAHash; then nothing of it was taken."""
        self._add_all({video: frames})

    def _add_all(self, videos: Mapping[int, Sequence[Frame]]) -> None:
        counting = {video: that_count(frames, least_quality=self.least_quality) for video, frames in videos.items()}
        for video, hashes in counting.items():
            if video in self._frames:
                raise DuplicateId(f"The index holds video {video} already.")
            if not hashes:
                raise NoFrames(f"Video {video} has no frame of quality {self.least_quality} or more to be known by.")
            if any(len(hash_) != pdq.BYTES for hash_ in hashes):
                raise NotAHash("A frame's hash is 32 bytes.")
        new = list(dict.fromkeys(hash_ for hashes in counting.values() for hash_ in hashes if hash_ not in self._number_of))
        if new:
            numbers = np.arange(self._next, self._next + len(new), dtype=np.uint64)
            self._hashes.add(pdq.array(new), numbers)
            self._next += len(new)
            for hash_, number in zip(new, numbers.tolist(), strict=True):
                self._number_of[hash_] = number
                self._holders[number] = set()
        for video, hashes in counting.items():
            self._frames[video] = hashes
            for hash_ in hashes:
                self._holders[self._number_of[hash_]].add(video)

    def remove(self, videos: Iterable[int]) -> None:
        """Videos that it does not hold are passed over."""
        gone: list[int] = []
        for video in videos:
            for hash_ in self._frames.pop(video, ()):
                number = self._number_of[hash_]
                self._holders[number].discard(video)
                if not self._holders[number]:
                    gone.append(number)
                    del self._holders[number], self._number_of[hash_]
        if gone:
            self._hashes.remove(np.array(gone, dtype=np.uint64))

    def search(
        self,
        query: Sequence[Frame],
        *,
        least_query_percent: float = LEAST_QUERY_PERCENT,
        least_compared_percent: float = LEAST_COMPARED_PERCENT,
    ) -> list[VideoMatch]:
        """The videos that share enough with this one, the likest first; none, where the query has no frame that counts."""
        hashes = that_count(query, least_quality=self.least_quality)
        if not hashes or not self._frames:
            return []
        hits = self._hashes.search(pdq.array(hashes), radius=self.radius)
        of_query: defaultdict[int, set[int]] = defaultdict(set)
        of_video: defaultdict[int, set[int]] = defaultdict(set)
        for frame, number in zip(hits.query.tolist(), hits.id.tolist(), strict=True):
            for video in self._holders[number]:
                of_query[video].add(frame)
                of_video[video].add(number)
        matches = (
            VideoMatch(100 * len(of_query[video]) / len(hashes), 100 * len(of_video[video]) / len(self._frames[video]), video)
            for video in of_query
        )
        enough = [one for one in matches if one.query_percent >= least_query_percent and one.compared_percent >= least_compared_percent]
        return sorted(enough, key=lambda one: (-one.query_percent, -one.compared_percent, one.video))
