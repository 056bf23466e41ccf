"""The index of this installation, as it lies in its home: `recognition/`.

`current` names the generation that serves, a folder beside it. A generation is a PDQ index and an exact index with a note on every
entry; one that is made anew takes the other's place by one rename, and look-ups go on meanwhile. What is found by a hash counts only
where its note is there: so an entry comes and goes with one commit, whichever of the two was changed first.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from havenline.engines.matching import PdqIndex
from havenline.engines.matching.errors import DamagedIndex
from havenline.engines.matching.exact import ExactIndex
from havenline.foundation.lists.models import ENTRY_BITS, ListEntry, Signal

# What the exact index calls each kind. 0 is only noted there: it is found by the PDQ index.
KINDS = {Signal.PDQ: 0, Signal.VIDEO: 0, Signal.MD5: 1, Signal.SHA1: 2, Signal.SHA256: 3, Signal.URL: 4, Signal.HOST: 5}
NO_INDEX = "There is no index yet: it is being made from the database."


class NotReady(Exception):
    """There is no index that could be asked. It is being made; ask again."""


@dataclass(frozen=True, slots=True)
class Note:
    """What is told of an entry beside that it matches. `free_from`: seconds since 1970; None: it may not be known outside yet."""

    free_from: float | None
    grade: str = ""
    claimed_grade: str = ""
    claimed_by: str = ""
    confirmed: bool = True
    about: dict[str, Any] | None = None

    @classmethod
    def of(cls, entry: ListEntry) -> Note:
        free_from = entry.shareable_from.timestamp() if entry.shareable_from else None
        return cls(free_from, entry.grade, entry.claimed_grade, entry.claimed_by, not entry.is_claim, entry.about or None)

    def written(self) -> bytes:
        said = [self.free_from, self.grade, self.claimed_grade, self.claimed_by, self.confirmed, self.about]
        return json.dumps(said, separators=(",", ":")).encode()

    @classmethod
    def read(cls, text: bytes) -> Note:
        return cls(*json.loads(text))


@dataclass(frozen=True, slots=True)
class Found:
    """One entry that matches. `position`: of the value that was asked for. `distance`: in bits; 0 where values are equal."""

    position: int
    id: int
    distance: int
    note: Note

    @property
    def known_list(self) -> int:
        return self.id >> ENTRY_BITS

    @property
    def entry(self) -> int:
        return self.id & ((1 << ENTRY_BITS) - 1)


class Generation:
    """One index, open. Any number of processes read it; the follower alone writes."""

    def __init__(self, folder: Path, *, writes: bool = False) -> None:
        """Raises DamagedIndex, FileNotFoundError."""
        self.folder = folder
        self.exact = ExactIndex.open(folder / "known.sqlite3", writes=writes)
        self.pdq = PdqIndex.open(folder / "pdq")

    @classmethod
    def begin(cls, folder: Path) -> None:
        """Lay down an empty one."""
        folder.mkdir(parents=True)
        ExactIndex.make(folder / "known.sqlite3").close()
        PdqIndex.build(np.empty((0, 32), np.uint8), np.empty(0, np.uint64)).save(folder / "pdq")

    def close(self) -> None:
        self.exact.close()
        self.pdq.close()

    def near(self, hashes: NDArray[np.uint8], *, radius: int, lists: frozenset[int]) -> list[Found]:
        """Entries of these lists within `radius` bits of each hash, sorted by (position, distance, id)."""
        hits = self.pdq.search(hashes, radius)
        if not len(hits.id):
            return []
        triples = [
            (position, id_, distance)
            for position, id_, distance in zip(hits.query.tolist(), hits.id.tolist(), hits.distance.tolist(), strict=True)
            if id_ >> ENTRY_BITS in lists
        ]
        return self._noted(triples)

    def equal(self, signal: str, values: Sequence[bytes], *, lists: frozenset[int]) -> list[Found]:
        """Entries of these lists that have one of these values. `signal`: any that is no hash of a picture."""
        hits = self.exact.search(KINDS[Signal(signal)], values)
        return self._noted([(position, id_, 0) for position, id_ in hits if id_ >> ENTRY_BITS in lists])

    def nearest(self, hash_: bytes, *, radius: int, lists: frozenset[int]) -> int | None:
        """How near the nearest entry of these lists is, within `radius`: for watching those who climb, never for telling."""
        hits = self.pdq.search(np.frombuffer(hash_, np.uint8).reshape(1, 32), radius)
        at = np.isin(hits.id >> np.uint64(ENTRY_BITS), np.fromiter(lists, np.uint64, len(lists)))
        return int(hits.distance[at].min()) if at.any() else None

    def _noted(self, triples: list[tuple[int, int, int]]) -> list[Found]:
        if not triples:
            return []
        notes = self.exact.notes(list({id_ for _position, id_, _distance in triples}))
        read = {id_: Note.read(text) for id_, text in notes.items()}
        return [Found(position, id_, distance, read[id_]) for position, id_, distance in triples if id_ in read]


class Home:
    """The folder `recognition/` of a home."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def current(self) -> Path | None:
        """The generation that serves; None where there is none."""
        try:
            name = (self.folder / "current").read_text().strip()
        except FileNotFoundError:
            return None
        return self.folder / name if name and "/" not in name else None

    def open(self, *, writes: bool = False) -> Generation:
        """Raises NotReady, DamagedIndex."""
        folder = self.current
        if folder is None:
            raise NotReady(NO_INDEX)
        try:
            return Generation(folder, writes=writes)
        except FileNotFoundError as error:
            raise DamagedIndex(f"{error.filename or error} is missing. It is made anew from the database.") from error

    def say_damaged(self) -> None:
        """Somebody who looked up found a place that cannot be read: the follower makes the index anew."""
        (self.folder / "damaged").touch()

    @property
    def is_damaged(self) -> bool:
        return (self.folder / "damaged").exists()

    def followed_at(self) -> float:
        """When the follower last said that it is there, in seconds since 1970; 0.0: never."""
        try:
            return (self.folder / "followed").stat().st_mtime
        except FileNotFoundError:
            return 0.0

    def say_followed(self) -> None:
        (self.folder / "followed").touch()

    def fresh(self) -> Path:
        """A place for the next generation; what a killed follower began is cleared away."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        current = self.current
        numbers = [int(path.name) for path in self.folder.iterdir() if path.name.isdigit()]
        for number in numbers:
            if self.folder / str(number) != current:
                shutil.rmtree(self.folder / str(number), ignore_errors=True)
        return self.folder / str(max(numbers, default=0) + 1)

    def serve(self, generation: Path) -> None:
        """From here on this generation serves. Durable when it returns; who reads the last one keeps it until they look again."""
        draft = self.folder / "current.draft"
        with draft.open("w") as file:
            file.write(generation.name)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.folder / "current")
        (self.folder / "damaged").unlink(missing_ok=True)
        sync(self.folder)


def sync(folder: Path) -> None:
    """Make what happened to the names in a folder durable."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
