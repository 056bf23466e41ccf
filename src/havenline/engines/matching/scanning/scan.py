"""A scan from its first path to its last line, whoever does the work, and however often it is killed."""

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Self

from havenline.engines.matching.scanning import rows as lines_of
from havenline.engines.matching.scanning.errors import BadJournal, Interrupted, ResultExists
from havenline.engines.matching.scanning.here import Hands
from havenline.engines.matching.scanning.journal import Asked, Journal, Mark
from havenline.engines.matching.scanning.listing import read_list
from havenline.engines.matching.scanning.rows import Form, Names, Numbers, Row
from havenline.engines.matching.scanning.walking import walk

MARK_EVERY = 3.0  # seconds: what a kill costs, and what was under way
AT_ONCE = 1 << 20
TELL_EVERY = 1_000  # paths that are listed

Tell = Callable[[Mark], None]


def _nobody(_mark: Mark) -> None:
    pass


def paths_of(asked: Asked, *, after: bytes = b"") -> Iterator[bytes]:
    """What is asked about, in order. A list of paths is read from its beginning, whatever `after` is. Raises NotAList, OSError."""
    source, root = Path(asked.source), Path(asked.root)
    if source == root:
        yield from walk(root, after=after, mounts=asked.mounts)
        return
    with source.open("rb") as file:
        yield from read_list(file, root, null=asked.null)


class Scan:
    """One result. `ended`: once it is set, `run` comes to a clean end."""

    def __init__(self, asked: Asked, to: Path, *, names: Names | None = None, ended: threading.Event | None = None) -> None:
        """Begin, or go on where the same scan stood. Raises ResultExists, OtherScan, AnotherScans, BadJournal, OSError."""
        self.asked, self.to = asked, to
        self.form = Form(asked.form)
        self.names = names or Numbers()
        self.ended = ended or threading.Event()
        folder = folder_of(to)
        if to.exists() and not folder.exists():
            raise ResultExists(f"{to} is there already, and no scan is half done with it. Choose another name, or move it away.")
        self.journal = Journal(folder, asked)
        try:
            self._result = self._opened()
        except BaseException:
            self.journal.close()
            raise
        self.goes_on = self.journal.mark.listed > 0

    def _opened(self) -> int:
        mark, paths = self.journal.mark, self.journal.paths
        if not self.to.exists() and mark.written:
            raise BadJournal(f"{self.to} is gone. Delete {self.journal.folder} and begin anew.")
        if not mark.finished and mark.listed > (paths.stat().st_size if paths.exists() else 0):
            raise BadJournal(f"{paths} is shorter than it was. Delete {self.journal.folder} and {self.to}, and begin anew.")
        result = os.open(self.to, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            if os.fstat(result).st_size < mark.written:
                raise BadJournal(f"{self.to} is shorter than it was. Delete {self.journal.folder} and {self.to}, and begin anew.")
            os.ftruncate(result, mark.written)
            os.lseek(result, mark.written, os.SEEK_SET)
        except BaseException:
            os.close(result)
            raise
        return result

    def run(self, hands: Hands, *, tell: Tell = _nobody) -> Mark:
        """Until all is done, or it is asked to end: the mark says which. Raises ScanError, OSError; what was done is kept."""
        if not self.journal.mark.finished:
            try:
                self.list_paths(tell=tell)
                if self.journal.mark.all_listed:
                    self._look(hands, tell)
            except Interrupted:
                pass
        return self.journal.mark

    def list_paths(self, *, tell: Tell = _nobody) -> None:
        """Write down the paths that there are, so that it is known how many, and so that no later change moves a place."""
        mark = self.journal.mark
        if mark.all_listed:
            return
        is_list = self.asked.source != self.asked.root
        if is_list and mark.listed:  # read again from its beginning: seconds, whatever its length
            mark = self.journal.say(listed=0, count=0)
        listed, count = mark.listed, mark.count
        file = os.open(self.journal.paths, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with os.fdopen(file, "r+b") as paths:
            after = last_of(paths, listed)
            paths.truncate(listed)
            paths.seek(listed)
            marked = time.monotonic()
            most = None if self.asked.limit is None else max(0, self.asked.limit - count)
            for path in islice(paths_of(self.asked, after=after), most):
                paths.write(path + b"\0")
                listed, count = listed + len(path) + 1, count + 1
                if count % TELL_EVERY == 0:
                    tell(Mark(listed=listed, count=count))
                    if self.ended.is_set() or time.monotonic() - marked > MARK_EVERY:
                        paths.flush()
                        os.fsync(paths.fileno())
                        self.journal.say(listed=listed, count=count)
                        marked = time.monotonic()
                    if self.ended.is_set():
                        return
            paths.flush()
            os.fsync(paths.fileno())
        tell(self.journal.say(listed=listed, count=count, all_listed=True))

    def _look(self, hands: Hands, tell: Tell) -> None:
        self._mark, marked = self.journal.mark, time.monotonic()
        if not self._mark.written:
            self._write(lines_of.head(self.form), [], 0)
        try:
            with self.journal.paths.open("rb") as file:
                for rows in hands.rows(self._paths(file)):
                    self._write(*self._lines(rows))
                    tell(self._mark)
                    if time.monotonic() - marked > MARK_EVERY:
                        self._keep()
                        marked = time.monotonic()
        except Interrupted:
            pass
        finally:  # whatever ends it: what was done is done
            self._keep(finished=self._mark.done == self._mark.count)

    def _paths(self, file: BinaryIO) -> Iterator[bytes]:
        file.seek(self._mark.at)
        for path in paths_in(file, self._mark.listed - self._mark.at):
            if self.ended.is_set():
                return
            yield path

    def _lines(self, rows: list[Row]) -> tuple[bytes, list[Row], int]:
        text, matched = lines_of.lines(rows, self.form, self.names)
        return text, rows, matched

    def _write(self, text: bytes, rows: Iterable[Row], matched: int) -> None:
        mark = self._mark
        failed, at, done = dict(mark.failed), mark.at, mark.done
        for row in rows:
            at, done = at + len(row.path) + 1, done + 1
            if row.failure:
                failed[row.failure] = failed.get(row.failure, 0) + 1
        whole(self._result, text)
        self._mark = Mark(mark.listed, mark.count, mark.all_listed, at, done, mark.written + len(text), mark.matched + matched, failed)

    def _keep(self, *, finished: bool = False) -> None:
        os.fsync(self._result)
        mark = self._mark
        self.journal.say(at=mark.at, done=mark.done, written=mark.written, matched=mark.matched, failed=mark.failed, finished=finished)

    def close(self) -> None:
        os.close(self._result)
        if self.journal.mark.finished:
            self.journal.forget()
        self.journal.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_how: object) -> None:
        self.close()


def folder_of(to: Path) -> Path:
    """Where it is kept how far the scan with this result is, while it is not done."""
    return to.with_name(f"{to.name}.scan")


def whole(file: int, text: bytes) -> None:
    """Raises OSError: the disk is full, say. Half a line that was written then is cut off by whoever goes on."""
    left = memoryview(text)
    while left:
        left = left[os.write(file, left) :]


def paths_in(file: BinaryIO, length: int) -> Iterator[bytes]:
    """Paths that are each ended by a NUL, in so many bytes."""
    rest = b""
    while length and (chunk := file.read(min(length, AT_ONCE))):
        length -= len(chunk)
        *paths, rest = (rest + chunk).split(b"\0")
        yield from paths


def last_of(file: BinaryIO, length: int) -> bytes:
    """The last path of those that take this length."""
    begin, found = length, b""
    while begin > 0 and b"\0" not in found[:-1]:
        begin = max(0, begin - 8192)
        file.seek(begin)
        found = file.read(length - begin)
    return found[:-1].rpartition(b"\0")[2]
