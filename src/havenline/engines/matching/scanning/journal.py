"""How far a scan is, beside its result: `RESULT.scan/` with the paths that were listed and a journal of marks.

A mark says how far the list of paths, the paths that are done and the result's lines go together. It is written after what it speaks of
is on the disk. Whoever goes on cuts the result where the last whole mark says, and begins at the path behind it: no file is lost, none is
there twice. A line that is not whole, or is not what was written, ends the journal.
"""

import fcntl
import json
import os
import zlib
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from havenline.engines.matching.scanning.errors import AnotherScans, BadJournal, OtherScan

FORMAT = 1
LONGEST_LINE = 64 * 1024
JOURNAL, PATHS = "journal", "paths"


@dataclass(frozen=True)
class Asked:
    """What is scanned, and for what: the same question goes on, another does not. `source`: a folder, or a file of paths."""

    source: str
    root: str
    index: str
    radius: int
    form: str
    limit: int | None = None
    null: bool = False
    mounts: bool = False
    lists: tuple[str, ...] = ()
    with_held: bool = False


@dataclass(frozen=True)
class Mark:
    """How far it is. `listed`, `at`: bytes of the list of paths; `written`: bytes of the result; `count`, `done`: files."""

    listed: int = 0
    count: int = 0
    all_listed: bool = False
    at: int = 0
    done: int = 0
    written: int = 0
    matched: int = 0
    failed: dict[str, int] = field(default_factory=dict)
    finished: bool = False

    def __post_init__(self) -> None:
        numbers = (self.listed, self.count, self.at, self.done, self.written, self.matched, *self.failed.values())
        are_numbers = all(type(one) is int and one >= 0 for one in numbers)
        if not are_numbers or type(self.all_listed) is not bool or type(self.finished) is not bool:
            raise ValueError("no mark")
        if not (self.at <= self.listed and self.matched <= self.done <= self.count and (self.all_listed or not self.at)):
            raise ValueError("no mark")


def written(said: dict[str, Any]) -> bytes:
    text = json.dumps(said, separators=(",", ":")).encode()
    return b"%08x %s\n" % (zlib.crc32(text), text)


def read(data: bytes) -> tuple[dict[str, Any] | None, Mark, int]:
    """What was asked (None: not even that is whole), the last mark of those that are whole, and how many bytes they take."""
    asked: dict[str, Any] | None = None
    mark, whole = Mark(), 0
    for line in data.splitlines(keepends=True):
        said = _said(line)
        if said is None:
            break
        if asked is None:
            asked = said
        else:
            try:
                mark = Mark(**said)
            except (TypeError, ValueError, AttributeError):
                break
        whole += len(line)
    return asked, mark, whole


def _said(line: bytes) -> dict[str, Any] | None:
    check, _space, text = line.removesuffix(b"\n").partition(b" ")
    if not line.endswith(b"\n") or len(line) > LONGEST_LINE or check != b"%08x" % zlib.crc32(text):
        return None
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


class Journal:
    """Open in one process at a time."""

    def __init__(self, folder: Path, asked: Asked) -> None:
        """Make it, or go on with it. Raises AnotherScans, OtherScan, BadJournal, OSError."""
        self.folder = folder
        folder.mkdir(mode=0o700, exist_ok=True)
        self._file = os.open(folder / JOURNAL, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            self.mark = self._begun(asked)
        except BaseException:
            os.close(self._file)
            raise

    def _begun(self, asked: Asked) -> Mark:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AnotherScans("Another process works on this result. Let it, or end it first.") from None
        with os.fdopen(os.dup(self._file), "rb") as file:
            data = file.read()
        said, mark, whole = read(data)
        question = {"format": FORMAT} | json.loads(json.dumps(asdict(asked)))
        if said is None and (self.folder / PATHS).exists():
            raise BadJournal(f"{self.folder / JOURNAL} is not what was written. Delete {self.folder} and the result, and begin anew.")
        if said is not None and said != question:
            other = ", ".join(sorted(name for name in question if said.get(name) != question[name]))
            raise OtherScan(f"This result was begun with another question ({other}). Ask the same one, or choose another result.")
        os.ftruncate(self._file, whole)
        os.lseek(self._file, 0, os.SEEK_END)
        if said is None:
            self._write(question)
            sync(self.folder)
            sync(self.folder.parent)
        return mark

    def say(self, **changes: Any) -> Mark:
        """Durable when it returns."""
        self.mark = replace(self.mark, **changes)
        self._write(asdict(self.mark))
        return self.mark

    def _write(self, said: dict[str, Any]) -> None:
        line = written(said)
        if os.write(self._file, line) != len(line):
            raise OSError("The journal could not be written whole.")
        os.fsync(self._file)

    @property
    def paths(self) -> Path:
        return self.folder / PATHS

    def forget(self) -> None:
        """The scan is done; nothing of it stays but its result. The journal goes last."""
        self.paths.unlink(missing_ok=True)
        (self.folder / JOURNAL).unlink(missing_ok=True)
        self.folder.rmdir()

    def close(self) -> None:
        os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_how: object) -> None:
        self.close()


def sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
