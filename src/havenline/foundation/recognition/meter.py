"""What the workers of one host share about each line of keys: how much it may ask yet, and the look-ups that it may be climbing by.

A file of the run directory, mapped into each worker: a row for a line of keys, locked while one of them changes it. It holds no picture
and says nothing of what matched; it is gone with the machine.
"""

import fcntl
import mmap
import os
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from havenline.foundation.recognition.climbs import FAMILIES, FAMILY

ROWS = 2_048  # lines of keys at once; the one that asked longest ago makes room
ROW = np.dtype(
    [
        ("line", np.uint64),
        ("seen", np.float64),
        ("left", np.float64),
        ("filled", np.float64),
        ("shut_until", np.float64),
        ("measures", np.float64),
        ("measures_filled", np.float64),
        ("families", FAMILY, FAMILIES),
    ]
)
MEASURES_A_SECOND, MOST_MEASURES = 100.0, 400.0  # of how near a family is: each costs a wide search, and a whole climb is within the most


class Meter:
    """The rows, as one worker has them."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        size = ROWS * ROW.itemsize
        if os.fstat(self._file).st_size != size:  # another version's, or none yet
            os.ftruncate(self._file, 0)
            os.ftruncate(self._file, size)
        self._rows = np.frombuffer(mmap.mmap(self._file, size), ROW)
        self._threads = [threading.Lock() for _row in range(64)]
        self._finding = threading.Lock()
        self._places: dict[int, int] = {}

    def row_of(self, line: int) -> "Held":
        """The row of a line of keys, locked against every other thread and worker while the block runs."""
        place = self._place_of(line)
        return Held(self._file, self._threads[place % len(self._threads)], place, self._rows)

    def _place_of(self, line: int) -> int:
        place = self._places.get(line)
        if place is not None and self._rows["line"][place] == line:
            return place
        with Held(self._file, self._finding, ROWS, None):
            there = np.flatnonzero(self._rows["line"] == line)
            if len(there):
                place = int(there[0])
            else:
                place = int(self._rows["seen"].argmin())
                self._rows[place] = np.zeros((), ROW)
                self._rows["line"][place] = line
        self._places[line] = place
        return place


class Held:
    """A lock of one thread among those of this worker, and of one byte among workers: the kernel lets it go with whoever dies."""

    __slots__ = ("_file", "_place", "_rows", "_thread")

    def __init__(self, file: int, thread: threading.Lock, place: int, rows: Any) -> None:
        self._file, self._thread, self._place, self._rows = file, thread, place, rows

    def __enter__(self) -> Any:
        self._thread.acquire()
        fcntl.lockf(self._file, fcntl.LOCK_EX, 1, self._place)
        return None if self._rows is None else self._rows[self._place]

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_UN, 1, self._place)
        self._thread.release()


def take(row: Any, many: int, *, rate: float, most: float, at: float) -> float:
    """Take so many look-ups from the bucket of a row; 0.0 where they were there, else the seconds until they would be.

    A call that is larger than the bucket is let through when it is full, and paid for after.
    """
    left = min(most, float(row["left"]) + max(0.0, at - float(row["filled"])) * rate) if row["filled"] else most
    row["seen"], row["filled"] = at, at
    wanted = min(many, most)
    if left < wanted:
        row["left"] = left
        return (wanted - left) / rate
    row["left"] = left - many
    return 0.0


def may_measure(row: Any, *, at: float) -> bool:
    """Whether another wide search may be spent on this line of keys."""
    before = float(row["measures_filled"])
    left = min(MOST_MEASURES, float(row["measures"]) + (at - before) * MEASURES_A_SECOND) if before else MOST_MEASURES
    row["measures_filled"], row["measures"] = at, left - 1.0 if left >= 1.0 else left
    return left >= 1.0
