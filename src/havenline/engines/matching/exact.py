"""What is known to the bit: values of any kind -> ids, with a note on each and the places of those who wrote it, in one file.

A file of SQLite. One process writes; any number read while it does, and the operating system keeps one copy of its pages for all of
them. A change is there whole, with the place that it was made up to, or not at all, whenever the writer is killed. A look-up costs
about ten microseconds at ten million values, which HTTP around it makes small (decision 0079).
"""

import sqlite3
import threading
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from havenline.engines.matching.errors import DamagedIndex, OtherVersion

FORMAT = 1
MAPPED = 1 << 34  # bytes of the file that are read through the page cache, shared between processes, and not copied
AT_ONCE = 500  # values asked for in one statement

_TABLES = """
CREATE TABLE known (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, value BLOB NOT NULL, note BLOB NOT NULL);
CREATE INDEX known_by_value ON known (kind, value) WHERE kind > 0;
CREATE TABLE place (name INTEGER PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
"""


class _Connection(sqlite3.Connection):
    """One that can be referred to weakly."""


@dataclass(frozen=True, slots=True)
class Known:
    """`id`: 0 to 2**64 - 1. `kind`: 1 to 255, or 0 for what is only noted here and looked up elsewhere. `value`: its canonical bytes."""

    id: int
    kind: int
    value: bytes
    note: bytes = b""


class ExactIndex:
    """One file. Each thread that reads has a connection of its own; only one process may open it to write."""

    def __init__(self, path: Path, *, writes: bool) -> None:
        self.path, self.writes = path, writes
        self._mine = threading.local()
        self._opened: weakref.WeakSet[_Connection] = weakref.WeakSet()  # one goes with the thread that asked by it
        self._lock = threading.Lock()

    @classmethod
    def make(cls, path: Path) -> Self:
        """A new, empty one, open to write. Raises FileExistsError."""
        if path.exists():
            raise FileExistsError(str(path))
        with closing(sqlite3.connect(path)) as made:
            made.execute("PRAGMA journal_mode=WAL")
            made.executescript(f"BEGIN; {_TABLES} PRAGMA user_version={FORMAT}; COMMIT;")
        return cls(path, writes=True)

    @classmethod
    def open(cls, path: Path, *, writes: bool = False) -> Self:
        """Raises DamagedIndex, OtherVersion, FileNotFoundError."""
        if not path.exists():
            raise FileNotFoundError(str(path))
        found = cls(path, writes=writes)
        try:
            (version,) = found._connection().execute("PRAGMA user_version").fetchone()
            found.places()
        except sqlite3.DatabaseError as error:
            found.close()
            raise DamagedIndex(f"{path}: {error}") from error
        if version != FORMAT:
            found.close()
            raise OtherVersion(f"{path} has format {version}; this program reads {FORMAT}.")
        return found

    def check(self) -> None:
        """Read all of it. Raises DamagedIndex with the first place that is wrong."""
        try:
            (said,) = self._connection().execute("PRAGMA integrity_check(1)").fetchone()
        except sqlite3.DatabaseError as error:
            raise DamagedIndex(f"{self.path}: {error}") from error
        if said != "ok":
            raise DamagedIndex(f"{self.path}: {said}")

    def change(self, *, put: Iterable[Known] = (), drop: Iterable[int] = (), places: Mapping[int, int] | None = None) -> None:
        """Put (an id that is there is replaced), drop (an id that is not there is passed over) and move places: all of it, or nothing.

        Durable when it returns.
        """
        connection = self._connection()
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("DELETE FROM known WHERE id = ?", ((_signed(one),) for one in drop))
            connection.executemany(
                "INSERT OR REPLACE INTO known (id, kind, value, note) VALUES (?, ?, ?, ?)",
                ((_signed(one.id), one.kind, one.value, one.note) for one in put),
            )
            connection.executemany("INSERT OR REPLACE INTO place (name, at) VALUES (?, ?)", list((places or {}).items()))

    def forget_place(self, name: int) -> None:
        connection = self._connection()
        with connection:
            connection.execute("DELETE FROM place WHERE name = ?", (name,))

    def places(self) -> dict[int, int]:
        """Up to where each writer's changes are in it."""
        return dict(self._connection().execute("SELECT name, at FROM place"))

    def search(self, kind: int, values: Sequence[bytes]) -> list[tuple[int, int]]:
        """Pairs of (position in `values`, id), sorted. `kind`: 1 to 255."""
        hits: list[tuple[int, int]] = []
        execute = self._connection().execute
        for position, value in enumerate(values):
            # The index has only kinds above 0; the words say so, so that the planner takes it.
            for (found,) in execute("SELECT id FROM known WHERE kind = ? AND kind > 0 AND value = ?", (kind, value)):
                hits.append((position, _unsigned(found)))
        hits.sort()
        return hits

    def notes(self, ids: Sequence[int]) -> dict[int, bytes]:
        """The notes of those ids that are here."""
        execute = self._connection().execute
        if len(ids) == 1:
            row = execute("SELECT note FROM known WHERE id = ?", (_signed(ids[0]),)).fetchone()
            return {} if row is None else {ids[0]: row[0]}
        found: dict[int, bytes] = {}
        for at in range(0, len(ids), AT_ONCE):
            part = [_signed(one) for one in ids[at : at + AT_ONCE]]
            asked = ",".join("?" * len(part))
            found.update((_unsigned(one), note) for one, note in execute(f"SELECT id, note FROM known WHERE id IN ({asked})", part))  # noqa: S608  (question marks)
        return found

    def holds(self, ids: Sequence[int]) -> list[bool]:
        there = self.notes(ids)
        return [one in there for one in ids]

    def between(self, low: int, high: int, *, at_once: int = 20_000) -> Iterator[list[tuple[int, int]]]:
        """Pairs of (id, kind) with low <= id <= high, in parts. Low and high lie on the same side of 2**63."""
        begin, last = _signed(low), _signed(high)
        question = "SELECT id, kind FROM known WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?"
        while begin <= last and (part := self._connection().execute(question, (begin, last, at_once)).fetchall()):
            begin = part[-1][0] + 1
            yield [(_unsigned(one), kind) for one, kind in part]

    def __len__(self) -> int:
        return int(self._connection().execute("SELECT count(*) FROM known").fetchone()[0])

    def close(self) -> None:
        with self._lock:
            for connection in list(self._opened):
                connection.close()
            self._opened.clear()
        self._mine = threading.local()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _connection(self) -> _Connection:
        found: _Connection | None = getattr(self._mine, "connection", None)
        if found is None:
            found = self._connected()
            self._mine.connection = found
            with self._lock:
                self._opened.add(found)
        return found

    def _connected(self) -> _Connection:
        mode = "rw" if self.writes else "ro"
        made = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=20,
            isolation_level=None,
            check_same_thread=False,
            factory=_Connection,
        )
        made.execute(f"PRAGMA mmap_size={MAPPED}")
        made.execute("PRAGMA cache_size=-2000")
        if self.writes:
            made.execute("PRAGMA synchronous=FULL")
        return made


def _signed(one: int) -> int:
    return one - (1 << 64) if one >> 63 else one


def _unsigned(one: int) -> int:
    return one + (1 << 64) if one < 0 else one
