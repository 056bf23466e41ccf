"""One file -> its hashes; its hashes -> what is known. Its bytes live in memory while that lasts, and nowhere else."""

import hashlib
import os
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple

from havenline.engines.matching import PdqIndex, pdq
from havenline.engines.matching.exact import ExactIndex
from havenline.engines.matching.hashing import HashingFailed, HashingPool, Limits
from havenline.engines.matching.hashing.errors import TooManyBytes
from havenline.engines.matching.scanning.errors import Interrupted
from havenline.engines.matching.scanning.opening import NotOpened, opened
from havenline.engines.matching.scanning.rows import Hit, Row

DIGESTS = {"md5": 1, "sha1": 2, "sha256": 3}  # as the exact index calls each kind
AT_ONCE = 1 << 20
MOST_DIGESTED = 1 << 37  # bytes: no file is read for ever
MOST_HITS = 1_000  # kept of one file, the nearest first: a list may hold a million of the same


@dataclass(frozen=True)
class Work:
    """What every worker is told. `index`: a folder of a PDQ index, or one with `pdq` and `known.sqlite3` in it."""

    root: Path
    index: Path
    radius: int = pdq.RADIUS
    limits: Limits = field(default_factory=Limits)


class Known:
    """An index, open to look up. Only one thread asks."""

    def __init__(self, folder: Path) -> None:
        """Raises DamagedIndex, FileNotFoundError."""
        both = (folder / "pdq").is_dir()
        self.pdq = PdqIndex.open(folder / "pdq" if both else folder)
        self.exact = ExactIndex.open(folder / "known.sqlite3") if both else None

    def close(self) -> None:
        self.pdq.close()
        if self.exact is not None:
            self.exact.close()


class Hashed(NamedTuple):
    """A file that was read. `digests`: by kind; empty where it could not be opened."""

    path: bytes
    digests: dict[str, bytes]
    pdq: str = ""
    quality: int | None = None
    failure: str = ""


class Looker:
    """Reads files below one root. `ended`: once it is set, a long file is read no further."""

    def __init__(self, root: Path, pool: HashingPool, ended: threading.Event) -> None:
        """Raises OSError."""
        self._root = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._pool, self._ended = pool, ended

    def close(self) -> None:
        os.close(self._root)

    def hashed(self, path: bytes) -> Hashed:
        """Never raises for a file's sake. Raises Interrupted."""
        try:
            with opened(self._root, path) as file:
                return self._hashed(path, file)
        except NotOpened as why:
            return Hashed(path, {}, failure=why.name)
        except OSError:
            return Hashed(path, {}, failure=NotOpened.name)
        except MemoryError:
            return Hashed(path, {}, failure="too-much-memory")

    def _hashed(self, path: bytes, file: BinaryIO) -> Hashed:
        most = self._pool.limits.bytes
        large = os.fstat(file.fileno()).st_size > most
        data = b"" if large else _up_to(file, most + 1)
        if large or len(data) > most:
            return Hashed(path, self._digested(data, file), failure=TooManyBytes.name)
        sha1 = hashlib.sha1(data, usedforsecurity=False)
        try:
            found = self._pool.hash(data)
        except HashingFailed as failed:
            return Hashed(path, {kind: hashlib.new(kind, data, usedforsecurity=False).digest() for kind in DIGESTS}, failure=failed.name)
        digests = {"md5": bytes.fromhex(found.md5), "sha1": sha1.digest(), "sha256": bytes.fromhex(found.sha256)}
        return Hashed(path, digests, found.pdq, found.quality)

    def _digested(self, begins: bytes, file: BinaryIO) -> dict[str, bytes]:
        kinds = {kind: hashlib.new(kind, begins, usedforsecurity=False) for kind in DIGESTS}
        length = len(begins)
        while chunk := file.read(AT_ONCE):
            if self._ended.is_set():
                raise Interrupted
            length += len(chunk)
            if length > MOST_DIGESTED:
                return {}
            for digest in kinds.values():
                digest.update(chunk)
        return {kind: digest.digest() for kind, digest in kinds.items()}


def _up_to(file: BinaryIO, most: int) -> bytes:
    parts = []
    while most and (part := file.read(min(most, AT_ONCE))):
        parts.append(part)
        most -= len(part)
    return b"".join(parts)


def matched(known: Known, files: Sequence[Hashed], radius: int) -> list[Row]:
    """A row for each, in order. What is flat or of low quality matches by its digests alone."""
    hits: list[list[Hit]] = [[] for _file in files]
    asked = [(at, hash_) for at, one in enumerate(files) if one.pdq and pdq.may_match_by_itself(hash_ := pdq.parse(one.pdq), one.quality)]
    if asked:
        found = known.pdq.search(pdq.array([hash_ for _at, hash_ in asked]), radius)
        for query, id_, distance in zip(found.query.tolist(), found.id.tolist(), found.distance.tolist(), strict=True):
            hits[asked[query][0]].append(Hit(id_, "pdq", distance))
        if known.exact is not None:  # what has no note there was taken back
            noted = _noted(known.exact, {hit.id for some in hits for hit in some})
            hits = [[hit for hit in some if hit.id in noted] for some in hits]
    if known.exact is not None:
        for kind, number in DIGESTS.items():
            of_kind = [(at, one.digests[kind]) for at, one in enumerate(files) if kind in one.digests]
            for position, id_ in known.exact.search(number, [digest for _at, digest in of_kind]):
                hits[of_kind[position][0]].append(Hit(id_, kind, 0))
    return [
        Row(
            one.path,
            one.digests["sha256"].hex() if one.digests else "",
            one.pdq,
            one.quality,
            tuple(sorted(some, key=lambda hit: (hit.distance, hit.id))[:MOST_HITS]),
            one.failure,
        )
        for one, some in zip(files, hits, strict=True)
    ]


def _noted(exact: ExactIndex, ids: Iterable[int]) -> set[int]:
    named = list(ids)
    return {one for one, there in zip(named, exact.holds(named), strict=True) if there}
