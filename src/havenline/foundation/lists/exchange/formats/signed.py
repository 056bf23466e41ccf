"""Our own form: lines of JSON, the last but one of which seals all before it, and the last of which signs that (Ed25519, as the ledger).

    {"format": "havenline-list/1", "list": …, "what": "snapshot", "after": "", …}
    {"signal": "sha256", "value": …, "state": "listed", "grade": …}
    …
    {"count": 2, "cursor": …, "more": false, "sha256": … of every byte before this line}
    — report.example.org/lists/1a2b3c4d …

A snapshot says what stands now; `changes` says what has changed since a cursor, each value once, as it is now. Half a file has no seal.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from havenline.engines import proof
from havenline.foundation.lists.exchange.told import (
    LONGEST_VALUE,
    SIGNALS,
    NotReadable,
    Told,
    bounded,
    iso,
    moment_in,
    word,
)

FORMAT, SIGNED = "havenline-list/1", "havenline list seal\n"
SNAPSHOT, CHANGES = "snapshot", "changes"
LISTED, WITHDRAWN = "listed", "withdrawn"
LONGEST_CURSOR, LONGEST_LINE, MOST_LINES = 400, 8_192, 20_000_000


@dataclass(frozen=True)
class Head:
    """What the first line says. `after`: the cursor that was asked with."""

    known_list: str
    kind: str
    what: str
    made_at: datetime
    after: str = ""
    keeper: str = ""
    licence: str = ""
    terms: str = ""


@dataclass(frozen=True)
class Seal:
    """What the last line but one says: how many values, where to go on, and whether there is more now."""

    count: int
    cursor: str
    more: bool


@dataclass(frozen=True)
class Read:
    """A file whose seal and signature hold."""

    head: Head
    told: tuple[Told, ...]
    seal: Seal
    signed_by: str


# Writing


def write(
    head: Head, told: Iterable[Told], *, ends: "Iterable[Seal] | Seal", key: proof.SigningKey, count_most: int | None = None
) -> Iterator[str]:
    """The file, a line at a time. `ends`: its seal, or what gives it once everything was written (its count is set here)."""
    digest, count = hashlib.sha256(), 0
    said = {
        "format": FORMAT,
        "list": head.known_list,
        "kind": head.kind,
        "what": head.what,
        "after": head.after,
        "made_at": iso(head.made_at),
        "keeper": head.keeper,
        "licence": head.licence,
        "terms": head.terms,
    }
    line = _line(said)
    digest.update(line.encode())
    yield line
    for one in told:
        line = _line(_row(one))
        digest.update(line.encode())
        count += 1
        yield line
    seal = ends if isinstance(ends, Seal) else next(iter(ends))
    last = _line({"count": count, "cursor": seal.cursor, "more": seal.more, "sha256": digest.hexdigest()})
    yield last
    yield key.line(SIGNED + last)


def _row(one: Told) -> dict[str, Any]:
    row: dict[str, Any] = {"signal": one.signal, "value": one.value, "state": LISTED if one.is_listed else WITHDRAWN}
    for name, said in (("grade", one.grade), ("by", one.by), ("quality", one.quality), ("at", iso(one.at) if one.at else "")):
        if said not in ("", None):
            row[name] = said
    return row


def _line(said: dict[str, Any]) -> str:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")) + "\n"


# Reading


def read(data: bytes, keys: Iterable[proof.VerifierKey]) -> Read:
    """A whole file, once its seal and the signature of one of these keys hold. Raises NotReadable."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise NotReadable(f"The file is not UTF-8: byte {error.start} belongs to no sign.") from error
    body, _newline, signature = text.removesuffix("\n").rpartition("\n")
    before, _newline, last = body.rpartition("\n")
    if not text.endswith("\n") or not signature.startswith("— ") or not before:
        raise NotReadable("The file ends before its signature: it was cut off, or is another.")
    named = _signed_by(last + "\n", signature + "\n", keys)
    said = _object(last, "The last line")
    if said.get("sha256") != hashlib.sha256((before + "\n").encode()).hexdigest():
        raise NotReadable("What stands in the file is not what its seal says: it was altered, or lines are missing.")
    seal = Seal(_number(said.get("count"), "count"), _cursor(said.get("cursor"), "cursor"), said.get("more") is True)
    lines = before.split("\n")
    head = _head(_object(lines[0], "Line 1"))
    if len(lines) - 1 != seal.count:
        raise NotReadable(f"The seal counts {seal.count:,} values, and there are {len(lines) - 1:,}.")
    return Read(head, tuple(_told(line, f"Line {number}") for number, line in enumerate(lines[1:], 2)), seal, named)


def _signed_by(last: str, signature: str, keys: Iterable[proof.VerifierKey]) -> str:
    try:
        found = proof.Note(SIGNED + last, proof.read_signatures(signature)).signed_by(keys)
    except proof.BadNote as error:
        raise NotReadable(str(error)) from error
    if not found:
        raise NotReadable("The file is signed by no key that you know.")
    return str(found[0][0])


def _object(line: str, where: str) -> dict[str, Any]:
    if len(line) > LONGEST_LINE:
        raise NotReadable(f"{where} has more than {LONGEST_LINE:,} signs.")
    try:
        said = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise NotReadable(f"{where} is no JSON.") from error
    if not isinstance(said, dict):
        raise NotReadable(f"{where} is no object.")
    return said


def _head(said: dict[str, Any]) -> Head:
    if said.get("format") != FORMAT:
        raise NotReadable(f"This is no file of the form {FORMAT}; it says {str(said.get('format'))[:60]!r}.")
    if said.get("what") not in (SNAPSHOT, CHANGES):
        raise NotReadable(f"Line 1 says neither {SNAPSHOT} nor {CHANGES}.")
    return Head(
        word(said.get("list", ""), "“list”"),
        word(said.get("kind", ""), "“kind”"),
        said["what"],
        moment_in(str(said.get("made_at", "")), "“made_at”"),
        _cursor(said.get("after"), "after"),
        *(str(said.get(name, ""))[:2_000] for name in ("keeper", "licence", "terms")),
    )


def _told(line: str, where: str) -> Told:
    said = _object(line, where)
    signal, value, state = said.get("signal"), said.get("value"), said.get("state")
    if signal not in SIGNALS or not isinstance(value, str) or not value or state not in (LISTED, WITHDRAWN):
        raise NotReadable(f"{where} names no signal, value and state.")
    quality, at = said.get("quality"), said.get("at", "")
    if quality is not None and not (type(quality) is int and 0 <= quality <= 100):
        raise NotReadable(f"{where}: the quality is a number from 0 to 100.")
    return Told(
        signal,
        bounded(value, LONGEST_VALUE, f"{where}: the value"),
        state == LISTED,
        "",
        word(said.get("grade", ""), f"{where}: the grade"),
        word(said.get("by", ""), f"{where}: by"),
        quality,
        moment_in(str(at), f"{where}: at") if at else None,
    )


def _number(said: Any, name: str) -> int:
    if type(said) is not int or not 0 <= said <= MOST_LINES:
        raise NotReadable(f"“{name}” is no number that a file can have.")
    return said


def _cursor(said: Any, name: str) -> str:
    if not isinstance(said, str) or len(said) > LONGEST_CURSOR or not said.isprintable() or not said.isascii():
        raise NotReadable(f"“{name}” is no cursor.")
    return said
