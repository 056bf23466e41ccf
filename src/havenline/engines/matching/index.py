"""Everything known, found by a hash within a distance. This is the plain form: it compares with every hash."""

from __future__ import annotations

import fcntl
import os
import struct
import zlib
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import ArrayLike, NDArray

from havenline.engines.matching.errors import BadShape, DamagedIndex, DuplicateId, IndexInUse
from havenline.engines.matching.hits import Hits
from havenline.engines.matching.pdq import BYTES, RADIUS

ADDED, REMOVED = 1, 2
RECORD = struct.Struct("<IIQ32s")  # CRC-32 of what follows, what, id, hash
LARGEST_RADIUS = 63


class PdqIndex:
    """Hashes and their ids. Opened from a folder it is shared: what one process adds, each that has it open finds."""

    def __init__(self) -> None:
        self._hashes = np.empty((0, BYTES), dtype=np.uint8)
        self._ids = np.empty(0, dtype=np.uint64)
        self._file: int | None = None
        self._read = 0
        self._catching_up = Lock()

    @classmethod
    def build(cls, hashes: ArrayLike, ids: ArrayLike) -> PdqIndex:
        """An index in memory of n hashes (uint8[n, 32]) with n ids (uint64[n]). Raises DuplicateId, BadShape."""
        index = cls()
        index.add(hashes, ids)
        return index

    @classmethod
    def open(cls, path: str | Path) -> PdqIndex:
        """The index that was saved in this folder. Raises FileNotFoundError, DamagedIndex."""
        index = cls()
        index._file = os.open(Path(path) / "log", os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
        index._catch_up()
        return index

    def save(self, path: str | Path) -> None:
        """Write it to this folder, which is made where it is not there; one that is there already is replaced whole."""
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        unready = folder / "log.unready"
        with unready.open("wb") as file:
            file.write(self._records(ADDED, self._ids, self._hashes))
            file.flush()
            os.fsync(file.fileno())
        unready.replace(folder / "log")

    def __len__(self) -> int:
        self._catch_up()
        return len(self._ids)

    def search(self, queries: ArrayLike, radius: int = RADIUS) -> Hits:
        """Every hash within `radius` bits (0 to 63) of each query (uint8[m, 32]). Raises BadShape."""
        asked = _hashes(queries)
        if not 0 <= radius <= LARGEST_RADIUS:
            raise BadShape(f"A radius is 0 to {LARGEST_RADIUS} bits, not {radius}.")
        self._catch_up()
        hashes, ids = self._hashes, self._ids
        found = []
        for number, query in enumerate(asked):
            distance = np.bitwise_count(hashes ^ query).sum(axis=1, dtype=np.int64)
            near = np.flatnonzero(distance <= radius)
            near = near[np.lexsort((ids[near], distance[near]))]
            found.append((np.full(len(near), number, dtype=np.int64), ids[near], distance[near]))
        if not found:
            return Hits(np.empty(0, np.int64), np.empty(0, np.uint64), np.empty(0, np.int64))
        return Hits(*(np.concatenate(column) for column in zip(*found, strict=True)))

    def holds(self, ids: ArrayLike) -> NDArray[np.bool_]:
        """Whether each of these ids is in it: bool[n]."""
        self._catch_up()
        return np.isin(_ids(ids), self._ids)

    def add(self, hashes: ArrayLike, ids: ArrayLike) -> None:
        """Add n hashes with n new ids; the next search finds them. All or nothing. Raises DuplicateId, BadShape, IndexInUse."""
        new, names = _hashes(hashes), _ids(ids)
        if len(new) != len(names):
            raise BadShape(f"{len(new)} hashes have {len(names)} ids.")
        if len(np.unique(names)) != len(names):
            raise DuplicateId("An id was given twice.")
        if (there := self.holds(names)).any():
            raise DuplicateId(f"{int(names[there][0])} is in the index already.")
        self._write(self._records(ADDED, names, new))
        if self._file is None:
            self._take(np.full(len(names), ADDED), names, new)

    def remove(self, ids: ArrayLike) -> int:
        """Take these ids out; how many it held. The next search finds them no more."""
        names = _ids(ids)
        names = names[self.holds(names)]
        nothing = np.zeros((len(names), BYTES), dtype=np.uint8)
        self._write(self._records(REMOVED, names, nothing))
        if self._file is None:
            self._take(np.full(len(names), REMOVED), names, nothing)
        return len(names)

    def _take(self, what: NDArray[np.int64], ids: NDArray[np.uint64], hashes: NDArray[np.uint8]) -> None:
        begin = 0
        while begin < len(what):
            end = begin + int(np.argmax(np.append(what[begin:] != what[begin], True)))
            if what[begin] == ADDED:
                self._hashes, self._ids = np.concatenate([self._hashes, hashes[begin:end]]), np.concatenate([self._ids, ids[begin:end]])
            else:
                stays = ~np.isin(self._ids, ids[begin:end])
                self._hashes, self._ids = self._hashes[stays], self._ids[stays]
            begin = end

    def _catch_up(self) -> None:
        if self._file is None or os.fstat(self._file).st_size < self._read + RECORD.size:
            return
        with self._catching_up:
            whole = (os.fstat(self._file).st_size - self._read) // RECORD.size * RECORD.size
            written = os.pread(self._file, whole, self._read)
            kind = np.dtype([("check", "<u4"), ("what", "<u4"), ("id", "<u8"), ("hash", "u1", BYTES)])
            records = np.frombuffer(written, dtype=kind)
            for number in range(len(records)):
                at = number * RECORD.size
                if zlib.crc32(written[at + 4 : at + RECORD.size]) != records["check"][number]:
                    raise DamagedIndex(f"log: the record at byte {self._read + at} is not what was written.")
            self._take(records["what"].astype(np.int64), records["id"].copy(), records["hash"].copy())
            self._read += whole

    @staticmethod
    def _records(what: int, ids: NDArray[np.uint64], hashes: NDArray[np.uint8]) -> bytes:
        said = (struct.pack("<IQ", what, int(id_)) + hash_.tobytes() for id_, hash_ in zip(ids, hashes, strict=True))
        return b"".join(struct.pack("<I", zlib.crc32(one)) + one for one in said)

    def _write(self, records: bytes) -> None:
        if self._file is None or not records:
            return
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise IndexInUse("Another process writes to this index.") from error
        os.write(self._file, records)
        os.fdatasync(self._file)


def _hashes(given: ArrayLike) -> NDArray[np.uint8]:
    hashes = np.ascontiguousarray(given)
    if hashes.dtype != np.uint8 or hashes.ndim != 2 or hashes.shape[1] != BYTES:
        raise BadShape(f"Hashes are an array uint8[n, {BYTES}], not {hashes.dtype}{list(hashes.shape)}.")
    return hashes


def _ids(given: ArrayLike) -> NDArray[np.uint64]:
    ids = np.ascontiguousarray(given)
    if ids.ndim != 1 or not (ids.dtype.kind in "iu" or not len(ids)) or (ids.dtype.kind == "i" and len(ids) and ids.min() < 0):
        raise BadShape(f"Ids are an array uint64[n], not {ids.dtype}{list(ids.shape)}.")
    return ids.astype(np.uint64)
