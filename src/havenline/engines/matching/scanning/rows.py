"""What a scan says of one file, and how it is written: a line of CSV or of JSON."""

import csv
import io
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol

from havenline.engines.matching.scanning.writing import written

LIST_BITS = 48  # an id: its list's number above, its entry's number below
MOST_TOLD = 100  # matches of one file, the nearest first
COLUMNS = ("path", "sha256", "pdq", "quality", "matches", "failure")
# What is no fault of file, disk or decoder: an archive holds more than pictures.
EXPECTED = frozenset({"not-a-picture", "link", "special", "folder", "outside"})


class Form(StrEnum):
    CSV = "csv"
    JSONL = "jsonl"


class Hit(NamedTuple):
    """An entry that a file matches. `signal`: pdq, md5, sha1 or sha256. `distance`: in bits; 0 for a digest."""

    id: int
    signal: str
    distance: int


@dataclass(frozen=True, slots=True)
class Row:
    """One file. `failure`: why it has no PDQ hash, by a name; its digest may match all the same. Nothing here is of its content."""

    path: bytes
    sha256: str = ""
    pdq: str = ""
    quality: int | None = None
    hits: tuple[Hit, ...] = ()
    failure: str = ""


class Names(Protocol):
    """What ids are called. An id that is not in the answer is not told."""

    def of(self, ids: Collection[int]) -> Mapping[int, tuple[str, str]]:
        """id -> (list, entry)."""


class Numbers:
    """Where no installation says what lists are called: their numbers."""

    def of(self, ids: Collection[int]) -> Mapping[int, tuple[str, str]]:
        return {one: (str(one >> LIST_BITS), str(one & ((1 << LIST_BITS) - 1))) for one in ids}


def head(form: Form) -> bytes:
    return _csv([COLUMNS]) if form == Form.CSV else b""


def lines(rows: Iterable[Row], form: Form, names: Names) -> tuple[bytes, int]:
    """Whole lines, and how many of the rows match something that is told."""
    rows = list(rows)
    ids = {hit.id for row in rows for hit in row.hits}
    named = names.of(ids) if ids else {}
    told = [[hit for hit in row.hits if hit.id in named][:MOST_TOLD] for row in rows]
    matched = sum(map(bool, told))
    if form == Form.CSV:
        return _csv([*map(str, _plain(row)), _in_one(hits, named), row.failure] for row, hits in zip(rows, told, strict=True)), matched
    return b"".join(_json(row, hits, named) for row, hits in zip(rows, told, strict=True)), matched


def _plain(row: Row) -> tuple[str, str, str, int | str]:
    return written(row.path), row.sha256, row.pdq, "" if row.quality is None else row.quality


def _in_one(hits: Iterable[Hit], named: Mapping[int, tuple[str, str]]) -> str:
    """`list:entry:signal:distance`, with a space between two; no list's name holds either sign."""
    return " ".join(":".join((*named[hit.id], hit.signal, str(hit.distance))) for hit in hits)


def _json(row: Row, hits: Iterable[Hit], named: Mapping[int, tuple[str, str]]) -> bytes:
    said = {
        "path": written(row.path),
        "sha256": row.sha256 or None,
        "pdq": row.pdq or None,
        "quality": row.quality,
        "matches": [{"list": named[hit.id][0], "entry": named[hit.id][1], "signal": hit.signal, "distance": hit.distance} for hit in hits],
        "failure": row.failure or None,
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _csv(cells: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(cells)
    return text.getvalue().encode()
