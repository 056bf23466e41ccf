"""A segment: hashes that do not change any more, laid out so that a search reads few of them (ADR 0081).

Rows are distinct hashes; one that many ids have costs nothing more than the ids. In a file and in memory it is the same bytes, so a file
is mapped and is there at once, shared between processes. The same file serves where no kernel was compiled.
"""

from __future__ import annotations

import ctypes
import json
import mmap
import os
import struct
import sys
import zlib
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
from numpy.typing import NDArray

from havenline.engines.matching.errors import BadShape, DamagedIndex, OtherVersion
from havenline.engines.matching.kernel import lib
from havenline.engines.matching.pdq import BITS
from havenline.engines.matching.permutation import WORDS

VERSION = 1
MOST_ROWS = (1 << 24) - 1  # a posting names its row by 24 bits
MAGIC = b"HVNLPDQ\n"
HEADER = struct.Struct("<8sIIQQII")  # magic, version, order of bytes, where its table stands, how long it is, its CRC-32, nothing
BYTE_ORDER_MARK = {"little": 0x01020304, "big": 0x04030201}[sys.byteorder]
BEGIN = 4096  # of the first section: a page
ALIGNED = 64  # a line of memory
CHECKED = 1 << 20  # bytes that one checksum is for: damage is told to within a mebibyte
MOST_CHUNKS = 32
BLOCK = 32  # buckets whose offsets stand beside one base
MARKS_A_WORD = 4  # ids for each 64 bits of the filter: one of a thousand that are not there looks as if it were
HUGE = 1 << 21
PART = 1 << 26  # of a file, brought in by one call: a multiple of every system's page
POPULATE = 22  # MADV_POPULATE_READ, which Python's mmap does not name

# How many hashes a shape is for, at least: chunks, bits of a chunk, bits that name a bucket (measured: a bucket is to fill about a line of
# memory, and its offsets are to cost little beside the hashes). The fewest are compared one by one.
SHAPES = (
    (1 << 19, (16, 16, 16)),
    (1 << 17, (16, 16, 14)),
    (1 << 15, (16, 16, 12)),
    (1 << 13, (16, 16, 10)),
    (512, (32, 8, 8)),
    (0, (0, 0, 0)),
)


class _Layout(ctypes.Structure):
    """As kernel/segment.h knows a segment."""

    _fields_ = [
        ("count", ctypes.c_uint64),
        ("extras", ctypes.c_uint64),
        ("up_to", ctypes.c_uint64),
        ("rows", ctypes.c_void_p),
        ("ids", ctypes.c_void_p),
        ("extra_row", ctypes.c_void_p),
        ("extra_id", ctypes.c_void_p),
        ("chunks", ctypes.c_uint32),
        ("width", ctypes.c_uint32),
        ("bucket", ctypes.c_uint32),
        ("unused", ctypes.c_uint32),
        ("base", ctypes.c_void_p * MOST_CHUNKS),
        ("rel", ctypes.c_void_p * MOST_CHUNKS),
        ("wide", ctypes.c_void_p * MOST_CHUNKS),
        ("tag", ctypes.c_void_p * MOST_CHUNKS),
        ("row", ctypes.c_void_p * MOST_CHUNKS),
    ]


class Segment:
    """Immutable. `up_to` is the number of the latest change that is in it."""

    def __init__(self, memory: NDArray[np.uint8], about: dict[str, Any], name: str = "") -> None:
        self.memory, self.about, self.name = memory, about, name
        self.count, self.up_to, self.shape = int(about["count"]), int(about["up_to"]), tuple(about["shape"])
        self.rows: NDArray[np.uint64] = self._section("rows", np.uint64).reshape(-1, WORDS)
        self.ids: NDArray[np.uint64] = self._section("ids", np.uint64)
        self.extra_row: NDArray[np.uint32] = self._section("extra_row", np.uint32)
        self.extra_id: NDArray[np.uint64] = self._section("extra_id", np.uint64)
        self.marks: NDArray[np.uint64] = self._section("marks", np.uint64)
        chunks, width, bits = self.shape
        layout = _Layout(count=self.count, extras=len(self.extra_id), up_to=self.up_to, chunks=chunks, width=width, bucket=bits)
        for field in ("rows", "ids", "extra_row", "extra_id"):
            setattr(layout, field, getattr(self, field).ctypes.data)
        for chunk in range(chunks):
            for field in ("base", "rel", "wide", "tag", "row"):
                if f"{field}{chunk}" in about["sections"]:
                    getattr(layout, field)[chunk] = self._address(f"{field}{chunk}")
        self.layout = layout

    def __len__(self) -> int:
        """Ids in it, whether or not they were removed since."""
        return self.count + len(self.extra_id)

    def _section(self, name: str, kind: Any) -> NDArray[Any]:
        at, size = self.about["sections"][name][:2]
        return self.memory[at : at + size].view(kind)

    def _address(self, name: str) -> int:
        return int(self.memory.ctypes.data) + int(self.about["sections"][name][0])

    @classmethod
    def made(cls, rows: NDArray[np.uint64], ids: NDArray[np.uint64], *, up_to: int) -> Segment:
        """Of permuted rows (uint64[n, 4], at most MOST_ROWS) and their ids, in memory: n log n, a third of a microsecond a hash."""
        if len(rows) > MOST_ROWS:
            raise BadShape(f"A segment holds at most {MOST_ROWS} hashes.")
        order, distinct = _sorted(rows, ids)
        shape = next(shape for least, shape in SHAPES if distinct >= least)
        sections, size = _sections(distinct, len(ids) - distinct, len(ids), shape, _wide(rows, shape))
        about = {"count": distinct, "up_to": up_to, "shape": list(shape), "sections": sections, "size": size}
        segment = cls(_memory(size), about)
        segment._gather(rows, ids, order)
        segment._mark()
        segment._fill()
        return segment

    def _gather(self, rows: NDArray[np.uint64], ids: NDArray[np.uint64], order: NDArray[np.uint32]) -> None:
        if lib is not None:
            to = (array.ctypes.data for array in (self.rows, self.ids, self.extra_row, self.extra_id))
            lib.segment_gather(rows.ctypes.data, ids.ctypes.data, order.ctypes.data, len(order), *to)
            return
        rows, ids = rows[order], ids[order]
        first = np.ones(len(rows), dtype=bool)
        first[1:] = (rows[1:] != rows[:-1]).any(axis=1)
        self.rows[:], self.ids[:] = rows[first], ids[first]
        self.extra_row[:], self.extra_id[:] = (np.cumsum(first) - 1)[~first], ids[~first]

    def _mark(self) -> None:
        for ids in (self.ids, self.extra_id):
            if lib is not None:
                lib.ids_mark(self.marks.ctypes.data, len(self.marks), ids.ctypes.data, len(ids))
            else:
                np.bitwise_or.at(self.marks, *_marks(ids, len(self.marks)))

    def _fill(self) -> None:
        chunks, width, bits = self.shape
        if lib is not None:
            if lib.segment_fill(ctypes.addressof(self.layout), os.cpu_count() or 1):
                raise MemoryError("There is no memory for a segment.")
            return
        for chunk in range(chunks):
            buckets = _bits(self.rows, chunk * width, bits)
            order = np.argsort(buckets, kind="stable")
            begins = np.concatenate([[0], np.cumsum(np.bincount(buckets, minlength=1 << bits))])
            base = begins[::BLOCK]
            self._section(f"base{chunk}", np.uint32)[:] = base
            self._section(f"rel{chunk}", np.uint16)[:] = (begins - np.repeat(base, BLOCK)[: len(begins)]).astype(np.uint16)
            if f"wide{chunk}" in self.about["sections"]:
                self._section(f"wide{chunk}", np.uint32)[:] = begins
            self._section(f"tag{chunk}", np.uint16)[: self.count] = _bits(self.rows, chunk * width + bits, 16)[order]
            if chunk:
                after = _bits(self.rows, chunk * width + bits + 16, 8)[order].astype(np.uint32)
                self._section(f"row{chunk}", np.uint32)[:] = order.astype(np.uint32) | after << 24

    def may_hold(self, ids: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """bool[n]: False is certain; True is wrong once in about a thousand."""
        if lib is None:
            word, marks = _marks(ids, len(self.marks))
            marked: NDArray[np.bool_] = (self.marks[word] & marks) == marks
            return marked
        held = np.empty(len(ids), dtype=np.uint8)
        lib.ids_marked(self.marks.ctypes.data, len(self.marks), ids.ctypes.data, len(ids), held.ctypes.data)
        return held.view(np.bool_)

    def holds(self, ids: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """bool[n], whether or not it was removed since. A look at all ids, where the filter does not spare it."""
        held = self.may_hold(ids)
        if held.any():
            asked = np.unique(ids[held])
            there = [these[np.isin(these, asked)] for these in (self.ids, self.extra_id)]
            held[held] = np.isin(ids[held], np.concatenate(there))
        return held

    def everything(self) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """Rows and ids, one line for each id."""
        if not len(self.extra_id):
            return self.rows, self.ids
        return np.concatenate([self.rows, self.rows[self.extra_row]]), np.concatenate([self.ids, self.extra_id])

    # On disk

    def write(self, path: Path) -> None:
        """The whole file or none: under another name, to the disk, then renamed. Raises OSError (a full disk leaves nothing behind)."""
        unready = path.with_name(path.name + ".unready")
        try:
            with unready.open("wb") as file:
                file.seek(BEGIN)
                sections = {}
                for name, (at, size, *_checks) in self.about["sections"].items():
                    file.write(bytes(at - file.tell()))
                    part = self.memory[at : at + size]
                    checks = []
                    for begin in range(0, size, CHECKED):
                        block = part[begin : begin + CHECKED].data
                        checks.append(zlib.crc32(block))
                        file.write(block)
                    sections[name] = [at, size, checks]
                table = json.dumps({**self.about, "sections": sections}, separators=(",", ":")).encode()
                where = file.tell()
                file.write(table)
                file.seek(0)
                file.write(HEADER.pack(MAGIC, VERSION, BYTE_ORDER_MARK, where, len(table), zlib.crc32(table), 0))
                file.flush()
                os.fsync(file.fileno())
            unready.replace(path)
        except BaseException:
            unready.unlink(missing_ok=True)
            raise

    @classmethod
    def open(cls, path: Path) -> Segment:
        """Mapped, and there at once. Header, table and size are checked; `verify` checks every byte. Raises DamagedIndex, OtherVersion."""
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            header = file.read(HEADER.size)
            if len(header) < HEADER.size or not header.startswith(MAGIC):
                raise DamagedIndex(f"{path.name}: its first bytes are not those of a segment.")
            _magic, version, order, where, length, check, _nothing = HEADER.unpack(header)
            if version != VERSION or order != BYTE_ORDER_MARK:
                raise OtherVersion(f"{path.name} was written by another version ({version}), or on a machine with another order of bytes.")
            file.seek(where) if where <= size else None
            table = file.read(length) if where + length == size else b""
            if not table or zlib.crc32(table) != check:
                raise DamagedIndex(f"{path.name}: its table at byte {where} is not what was written; {size} bytes are there.")
            about = json.loads(table)
            mapped = mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ)
        if hasattr(mmap, "MADV_HUGEPAGE"):
            with suppress(OSError):  # advice that not every system takes
                mapped.madvise(mmap.MADV_HUGEPAGE)
        with suppress(OSError):  # advice that not every system takes
            mapped.madvise(mmap.MADV_WILLNEED)
        memory = np.frombuffer(mapped, dtype=np.uint8)
        if size > HUGE:
            Thread(target=_bring_in, args=(memory,), name=f"bring in {path.name}", daemon=True).start()
        return cls(memory, about, path.name)

    def verify(self) -> None:
        """Every byte, by its checksum: reads all of it. Raises DamagedIndex, which names the section and the byte."""
        for name, (at, size, checks) in self.about["sections"].items():
            for number, begin in enumerate(range(0, size, CHECKED)):
                end = min(size, begin + CHECKED)
                if zlib.crc32(self.memory[at + begin : at + end].data) != checks[number]:
                    raise DamagedIndex(f"{self.name}: {name}, bytes {at + begin} to {at + end}, is not what was written.")


def _sorted(rows: NDArray[np.uint64], ids: NDArray[np.uint64]) -> tuple[NDArray[np.uint32], int]:
    """Where each stands in the order of rows, then ids; and how many rows are distinct."""
    order = np.empty(len(rows), dtype=np.uint32)
    if lib is not None:
        distinct = int(lib.segment_sort(rows.ctypes.data, ids.ctypes.data, len(rows), order.ctypes.data))
        if distinct < 0:
            raise MemoryError("There is no memory to sort hashes.")
        return order, distinct
    order[:] = np.lexsort((ids, *(rows[:, word] for word in reversed(range(WORDS)))))
    ordered = rows[order]
    return order, len(rows) and 1 + int((ordered[1:] != ordered[:-1]).any(axis=1).sum())


def _wide(rows: NDArray[np.uint64], shape: tuple[int, int, int]) -> list[int]:
    """Chunks with a block of buckets too long for offsets of 16 bits: what was made to fall together."""
    chunks, width, bits = shape
    if not chunks or len(rows) <= 0xFFFF:
        return []
    if lib is not None:
        wide = np.zeros(chunks, dtype=np.uint8)
        if lib.segment_wide(rows.ctypes.data, len(rows), chunks, width, bits, wide.ctypes.data):
            raise MemoryError("There is no memory for a segment.")
        return [int(chunk) for chunk in np.flatnonzero(wide)]
    return [chunk for chunk in range(chunks) if np.bincount(_bits(rows, chunk * width, bits) // BLOCK).max() > 0xFFFF]


def _sections(rows: int, extras: int, ids: int, shape: tuple[int, int, int], wide: list[int]) -> tuple[dict[str, list[int]], int]:
    """Where each section stands and how long it is, in bytes; and the length of all."""
    chunks, _width, bits = shape
    buckets = 1 << bits
    sizes = {
        "rows": 32 * rows,
        "ids": 8 * rows,
        "extra_row": 4 * extras,
        "extra_id": 8 * extras,
        "marks": 8 * max(1, -(-ids // MARKS_A_WORD)),
    }
    for chunk in range(chunks):
        sizes |= {f"base{chunk}": 4 * (buckets // BLOCK + 1), f"rel{chunk}": 2 * (buckets + 1), f"tag{chunk}": 2 * (rows + 32)}
        sizes |= {f"wide{chunk}": 4 * (buckets + 1)} if chunk in wide else {}
        sizes |= {f"row{chunk}": 4 * rows} if chunk else {}
    sections, at = {}, BEGIN
    for name, size in sizes.items():
        sections[name] = [at, size]
        at += -(-size // ALIGNED) * ALIGNED
    return sections, at


def _memory(size: int) -> NDArray[np.uint8]:
    """Zeroed bytes in large pages where the system has them, from a line of memory on."""
    mapped = mmap.mmap(-1, size + HUGE)
    if hasattr(mmap, "MADV_HUGEPAGE"):
        with suppress(OSError):  # advice that not every system takes
            mapped.madvise(mmap.MADV_HUGEPAGE)
    memory = np.frombuffer(mapped, dtype=np.uint8)
    begin = -memory.ctypes.data % HUGE
    return memory[begin : begin + size]


def _bring_in(memory: NDArray[np.uint8]) -> None:
    """Let this process see every page of a file before a search asks for it: each first look at one costs more than the whole search."""
    with suppress(OSError, AttributeError):  # not every system can (Linux from 5.14); then the first searches wait
        for begin in range(0, len(memory), PART):
            if ctypes.CDLL(None).madvise(
                ctypes.c_void_p(memory[begin:].ctypes.data), ctypes.c_size_t(min(PART, len(memory) - begin)), POPULATE
            ):
                return


def _bits(rows: NDArray[np.uint64], first: int, width: int) -> NDArray[np.int64]:
    """16 bits or fewer of each row, from bit `first` on, around the ring."""
    first %= BITS
    word, at = divmod(first, 64)
    high = rows[:, word] << np.uint64(at)
    if at + width > 64:
        high |= rows[:, (word + 1) % WORDS] >> np.uint64(64 - at)
    return (high >> np.uint64(64 - width)).astype(np.int64)


def _marks(ids: NDArray[np.uint64], words: int) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """In which word of the filter each id is marked, and by which bits; as kernel/segment.c does it."""
    with np.errstate(over="ignore"):
        mix = (ids ^ ids >> np.uint64(32)) * np.uint64(0x9E3779B97F4A7C15)
        mix = (mix ^ mix >> np.uint64(29)) * np.uint64(0xBF58476D1CE4E5B9)
        low, high = (mix & np.uint64(0xFFFFFFFF)) * np.uint64(words), (mix >> np.uint64(32)) * np.uint64(words)
    word = (high + (low >> np.uint64(32))) >> np.uint64(32)
    marks = np.zeros(len(ids), dtype=np.uint64)
    for shift in (0, 6, 12, 18):
        marks |= np.uint64(1) << (mix >> np.uint64(shift) & np.uint64(63))
    return word.astype(np.int64), marks
