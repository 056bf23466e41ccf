"""An index on disk: segments, a log of what came since, and a manifest that says which of them count (ADR 0082).

Nothing that is named is ever changed, but for the log's end. What is new is written under another name, brought to the disk, and only
then named by a new manifest, in one rename: a crash at any byte leaves the index as it was before, or as it is after. What no manifest
names is cleared away by the next writer.
"""

from __future__ import annotations

import fcntl
import json
import mmap
import os
import struct
import sys
import zlib
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import numpy as np

from havenline.engines.matching.changes import Changes
from havenline.engines.matching.errors import DamagedIndex, IndexInUse, OtherVersion
from havenline.engines.matching.pdq import BYTES
from havenline.engines.matching.permutation import Permutation
from havenline.engines.matching.segment import BYTE_ORDER_MARK, VERSION, Segment

MANIFEST, TURN, LOCK = "manifest.json", "turn", "writer.lock"
LOG_MAGIC = b"HVNLLOG\n"
LOG_HEADER = struct.Struct("<8sIII")  # magic, version, order of bytes, CRC-32 of these
PUBLISHED_AT = 64  # in the log: how many bytes of it are whole, for those who read while it grows
LOG_BEGIN = 4096
FRAME = struct.Struct("<IIQ")  # CRC-32 of the rest, what, how many; then numbers, ids, and hashes where they were added
ADDED, REMOVED = 1, 2
TRIES = 50  # to read a manifest and its files while a writer replaces them


class Manifest(NamedTuple):
    """Which files count."""

    generation: int
    seed: bytes
    segments: list[str]
    log: str
    number: int  # of the latest change that is in no log any more
    next_file: int

    def written(self) -> bytes:
        says = self._asdict() | {"seed": self.seed.hex(), "version": VERSION, "order": BYTE_ORDER_MARK}
        said = json.dumps(says, sort_keys=True)
        return json.dumps({"crc": zlib.crc32(said.encode()), "says": said}).encode()

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Raises FileNotFoundError, DamagedIndex, OtherVersion."""
        try:
            whole = json.loads((folder / MANIFEST).read_bytes())
            said = whole["says"]
            says = json.loads(said) if zlib.crc32(said.encode()) == whole["crc"] else None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DamagedIndex(f"{MANIFEST}: it is cut off, or is no manifest.") from error
        if says is None:
            raise DamagedIndex(f"{MANIFEST}: it is not what was written.")
        if says.pop("version") != VERSION or says.pop("order") != BYTE_ORDER_MARK:
            raise OtherVersion(f"{MANIFEST} was written by another version, or on a machine with another order of bytes.")
        return cls(**says | {"seed": bytes.fromhex(says["seed"])})


class Log:
    """What was added and removed since the segments were made. Its end grows; each change is on the disk before it is acknowledged."""

    def __init__(self, path: Path, *, write: bool) -> None:
        self.path, self.read_to = path, LOG_BEGIN
        self._file = os.open(path, (os.O_RDWR if write else os.O_RDONLY) | os.O_CLOEXEC)
        try:
            header = os.pread(self._file, LOG_HEADER.size, 0)
            if os.fstat(self._file).st_size < LOG_BEGIN or not header.startswith(LOG_MAGIC):
                raise DamagedIndex(f"{path.name}: its first bytes are not those of a log.")
            _magic, version, order, check = LOG_HEADER.unpack(header)
            if zlib.crc32(header[:-4]) != check:
                raise DamagedIndex(f"{path.name}: its header is not what was written.")
            if version != VERSION or order != BYTE_ORDER_MARK:
                raise OtherVersion(f"{path.name} was written by another version, or on a machine with another order of bytes.")
            access = mmap.ACCESS_WRITE if write else mmap.ACCESS_READ
            self._page = memoryview(mmap.mmap(self._file, LOG_BEGIN, access=access)).cast("Q")
        except BaseException:
            os.close(self._file)
            raise

    def close(self) -> None:
        os.close(self._file)

    @property
    def published(self) -> int:
        return self._page[PUBLISHED_AT // 8]

    @classmethod
    def make(cls, path: Path, changes: Changes) -> None:
        """A new log that begins with these changes. Raises OSError, and leaves nothing behind."""
        frames = frames_of(changes)
        header = LOG_HEADER.pack(LOG_MAGIC, VERSION, BYTE_ORDER_MARK, 0)[:-4]
        header += struct.pack("<I", zlib.crc32(header))
        page = bytearray(LOG_BEGIN)
        page[: len(header)] = header
        page[PUBLISHED_AT : PUBLISHED_AT + 8] = (LOG_BEGIN + len(frames)).to_bytes(8, sys.byteorder)
        write_whole(path, bytes(page) + frames)

    def append(self, changes: Changes) -> None:
        """Seen by whoever has it open at once; on the disk when this returns. Raises OSError; what was not written whole is not seen."""
        frames, at = frames_of(changes), self.published
        written = 0
        while written < len(frames):
            written += os.pwrite(self._file, frames[written:], at + written)
        self._page[PUBLISHED_AT // 8] = at + len(frames)
        os.fdatasync(self._file)

    def news(self) -> Changes:
        """What was appended since the last time. Raises DamagedIndex, which names the byte."""
        end, at = self.published, self.read_to
        read = os.pread(self._file, end - at, at)
        changes, whole = changes_of(read)
        if whole < end - at:
            raise DamagedIndex(f"{self.path.name}: what begins at byte {at + whole} is not what was written.")
        self.read_to = end
        return changes

    def mend(self) -> None:
        """Before the first write: a last change that a crash cut off was never acknowledged, and goes. Raises DamagedIndex for all else."""
        size, published = os.fstat(self._file).st_size, self.published
        read = os.pread(self._file, size - LOG_BEGIN, LOG_BEGIN)
        _changes, whole = changes_of(read)
        rest, end = read[whole:], LOG_BEGIN + whole
        if any(rest) and end < published and not _is_cut_off(rest, published - end):
            raise DamagedIndex(f"{self.path.name}: what begins at byte {end} is not what was written.")
        if published != end or size != end:
            os.ftruncate(self._file, end)
            self._page[PUBLISHED_AT // 8] = end
            os.fdatasync(self._file)


class Folder:
    """The files of an index. As many processes as wanted read it; one writes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.manifest = Manifest.read(path)
        self.log = Log(path / self.manifest.log, write=False)
        self.segments: tuple[Segment, ...] = ()
        self._turn = memoryview(_mapped_turn(path)).cast("Q")
        self._lock: int | None = None
        self._numbering = Lock()  # a merge puts a segment while a change commits another
        self._next_file = self.manifest.next_file
        self._unnamed: set[str] = set()  # written, and not yet named by a manifest

    # Reading

    @property
    def has_moved_on(self) -> bool:
        """Whether another writer's manifest counts now."""
        return self._turn[0] > self.manifest.generation and self._lock is None

    @property
    def has_news(self) -> bool:
        return self.log.published > self.log.read_to

    def read(self) -> Permutation:
        """Manifest, segments and log, as they count now; segments that were open stay open. Raises DamagedIndex, FileNotFoundError."""
        for left in reversed(range(TRIES)):
            manifest = Manifest.read(self.path)
            there = {segment.name: segment for segment in self.segments}
            try:
                segments = tuple(there.get(name) or Segment.open(self.path / name) for name in manifest.segments)
                log = Log(self.path / manifest.log, write=self._lock is not None)
            except FileNotFoundError as error:
                if left and Manifest.read(self.path).generation != manifest.generation:
                    continue  # a writer replaced it meanwhile, and cleared away what it named
                raise DamagedIndex(f"{MANIFEST} names {Path(error.filename).name}, which is not there.") from error
            self.log.close()
            self.manifest, self.segments, self.log = manifest, segments, log
            return Permutation(manifest.seed)
        raise DamagedIndex(f"{MANIFEST} changed {TRIES} times while it was read.")

    # Writing

    def be_writer(self) -> bool:
        """From now on this process writes; whether it did not before. Raises IndexInUse."""
        if self._lock is not None:
            return False
        lock = os.open(self.path / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(lock)
            raise IndexInUse(f"Another process writes to the index in {self.path}.") from error
        self._lock = lock
        try:
            self.read()
            self._next_file = self.manifest.next_file
            self._unnamed.clear()
            self.log.mend()
            self._clear_away()
        except BaseException:
            self.stop_writing()
            raise
        return True

    def stop_writing(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def close(self) -> None:
        self.stop_writing()
        self.log.close()

    def put(self, segment: Segment) -> Segment:
        """Write a segment, and map it. Nobody reads it before `commit` names it."""
        path = self.path / f"{self._number_for_a_file():08d}.segment"
        self._unnamed.add(path.name)
        segment.write(path)
        return Segment.open(path)

    def _number_for_a_file(self) -> int:
        with self._numbering:
            self._next_file += 1
            return self._next_file - 1

    def commit(self, segments: tuple[Segment, ...], since: Changes, *, number: int) -> None:
        """From now on these segments count, with these changes after them. Raises OSError; then all is as it was."""
        log = self.path / f"{self._number_for_a_file():08d}.log"
        manifest = self.manifest._replace(
            generation=self.manifest.generation + 1,
            segments=[one.name for one in segments],
            log=log.name,
            number=number,
            next_file=self._next_file,
        )
        Log.make(log, since)
        try:
            write_whole(self.path / MANIFEST, manifest.written())
        except BaseException:
            log.unlink(missing_ok=True)
            raise
        self.log.close()
        self.manifest, self.segments, self.log = manifest, segments, Log(log, write=True)
        self.log.read_to = self.log.published
        self._turn[0] = manifest.generation
        self._unnamed.difference_update(manifest.segments)
        self._clear_away()

    def _clear_away(self) -> None:
        """Files that no manifest names: of a crash, or replaced. Who has one mapped keeps it."""
        kept = {*self.manifest.segments, self.manifest.log, *self._unnamed}
        for path in self.path.iterdir():
            name = path.name.removesuffix(".unready")
            if name.endswith((".segment", ".log")) and name not in kept:
                path.unlink(missing_ok=True)


def make_folder(path: Path, segments: tuple[Segment, ...], since: Changes, *, seed: bytes, number: int) -> None:
    """An index in this folder, in place of one that is there: either of them is whole at each moment. Raises OSError, IndexInUse."""
    path.mkdir(parents=True, exist_ok=True)
    turn = path / TURN
    if not turn.exists():
        write_whole(turn, bytes(LOG_BEGIN))
    try:
        before = Manifest.read(path)
    except (FileNotFoundError, DamagedIndex):
        turn_now = int.from_bytes(turn.read_bytes()[:8], sys.byteorder)
        highest = max((int(name.stem) for name in path.glob("[0-9]*.*") if name.stem.isdigit()), default=0)
        log = path / f"{highest + 1:08d}.log"
        Log.make(log, NOTHING)
        before = Manifest(turn_now, seed, [], log.name, 0, highest + 2)
        write_whole(path / MANIFEST, before.written())
    folder = Folder(path)
    try:
        folder.be_writer()
        folder.manifest = folder.manifest._replace(seed=seed)
        folder.commit(tuple(folder.put(segment) for segment in segments), since, number=number)
    finally:
        folder.close()


NOTHING = Changes(np.empty(0, np.uint64), np.empty(0, np.bool_), np.empty(0, np.uint64), np.empty((0, BYTES), np.uint8))


def frames_of(changes: Changes) -> bytes:
    """As a log has them: one frame for each run of additions or removals."""
    frames, begin, count = [], 0, len(changes.ids)
    borders = np.append(np.flatnonzero(np.diff(changes.added)) + 1, count)
    for border in borders.tolist():
        if border == begin:
            continue
        run, added = slice(begin, border), bool(changes.added[begin])
        said = FRAME.pack(0, ADDED if added else REMOVED, border - begin)[4:] + changes.numbers[run].tobytes() + changes.ids[run].tobytes()
        said += changes.hashes[run].tobytes() if added else b""
        frames.append(struct.pack("<I", zlib.crc32(said)) + said)
        begin = border
    return b"".join(frames)


def changes_of(written: bytes) -> tuple[Changes, int]:
    """The changes of all whole frames from the first byte on, and how many bytes those are."""
    parts, at = [NOTHING], 0
    while at + FRAME.size <= len(written):
        check, what, count = FRAME.unpack_from(written, at)
        length = _length(what, count)
        if not length or at + length > len(written) or zlib.crc32(memoryview(written)[at + 4 : at + length]) != check:
            break
        numbers = np.frombuffer(written, np.uint64, count, at + FRAME.size)
        ids = np.frombuffer(written, np.uint64, count, at + FRAME.size + 8 * count)
        if what == ADDED:
            hashes = np.frombuffer(written, np.uint8, BYTES * count, at + FRAME.size + 16 * count).reshape(-1, BYTES)
        else:
            hashes = np.zeros((count, BYTES), np.uint8)
        parts.append(Changes(numbers, np.full(count, what == ADDED), ids, hashes))
        at += length
    return Changes(*(np.concatenate(column) for column in zip(*parts, strict=True))), at


def _length(what: int, count: int) -> int:
    """Bytes of a frame; 0 for what is none."""
    if what not in {ADDED, REMOVED} or not 0 < count < 1 << 40:
        return 0
    return FRAME.size + count * (16 + (BYTES if what == ADDED else 0))


def _is_cut_off(rest: bytes, published: int) -> bool:
    """Whether this is the last frame, of which not everything reached the disk: nothing was acknowledged after it."""
    _check, what, count = FRAME.unpack_from(rest.ljust(FRAME.size, b"\0"))
    length = _length(what, count)
    return not length or length >= published


def write_whole(path: Path, content: bytes) -> None:
    """All of it under its name and on the disk, or nothing of it. Raises OSError."""
    unready = path.with_name(path.name + ".unready")
    try:
        with unready.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unready.replace(path)
        _sync_folder(path.parent)
    except BaseException:
        unready.unlink(missing_ok=True)
        raise


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _mapped_turn(path: Path) -> mmap.mmap:
    """The page by which a writer tells readers that another manifest counts: a hint, so it is never synced."""
    turn = path / TURN
    for flags, access in ((os.O_RDWR, mmap.ACCESS_WRITE), (os.O_RDONLY, mmap.ACCESS_READ)):
        try:
            file = os.open(turn, flags | os.O_CLOEXEC)
        except PermissionError:
            continue
        try:
            if os.fstat(file).st_size < LOG_BEGIN:
                raise DamagedIndex(f"{TURN}: it is cut off.")
            return mmap.mmap(file, LOG_BEGIN, access=access)
        finally:
            os.close(file)
    raise PermissionError(f"{turn} cannot be read.")
