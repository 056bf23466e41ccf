"""Erasures and holds, written down away from the database: a restored database would otherwise hold again what was erased.

A file of one line for each, in the home or where `retention_journal` says: added to, never rewritten, on the disk before the
transaction commits. It names no record: only a keyed digest of its reference, which nobody can try out without mac.key.
Each line carries the HMAC of itself and of the line before it.
"""

import fcntl
import hashlib
import hmac
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

from django.conf import settings

from havenline.engines.proof import canonical
from havenline.foundation import moment
from havenline.foundation.retention.models import JournalLine
from havenline.foundation.sealing import keys

START = "0" * 64


class JournalBroken(Exception):
    """The journal does not fit itself, or is shorter than the database knows; says which line, and what to do."""


@dataclass(frozen=True)
class Line:
    """One line. `what`: erased, held or released. `said`: codes and digests."""

    number: int
    what: str
    record: str  # the record's keyed digest
    said: dict[str, Any]
    hash: str


def path() -> Path:
    return Path(settings.INSTALLATION.retention_journal or settings.HOME / "journal" / "retention.jsonl")


def digest(reference: str) -> str:
    """What the journal calls a record."""
    return _hmac(f"record:{reference}")


def _hmac(text: str) -> str:
    return hmac.new(keys.secret("mac.key"), f"journal:{text}".encode(), hashlib.sha256).hexdigest()


def write(what: str, reference: str, **said: Any) -> Line:
    """Add a line, wait for the disk, and let the database know it in the running transaction.

    Written before the commit: an erasure that is committed is always in the journal. One that is in the journal and was
    not committed is done again by whoever serves next.
    """
    where = path()
    fresh = not where.exists()
    where.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(where, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        last = _drop_half_a_line(file.fileno())
        before: dict[str, Any] = json.loads(last) if last else {"n": 0, "hash": START}
        body: dict[str, Any] = {
            "n": before["n"] + 1,
            "at": moment.now().astimezone(UTC).isoformat(timespec="microseconds"),
            "what": what,
            "record": digest(reference),
            "before": before["hash"],
            **said,
        }
        text = canonical(body)
        line = Line(body["n"], what, body["record"], said, _hmac(text))
        file.seek(0, os.SEEK_END)
        file.write(canonical({**body, "hash": line.hash}) + "\n")
        file.flush()
        os.fsync(file.fileno())
    if fresh:
        _sync_folder(where.parent)
    JournalLine.objects.create(number=line.number, hash=line.hash)
    return line


def _drop_half_a_line(descriptor: int) -> str:
    """The last whole line. What a power cut left of one was committed by nobody."""
    size = os.fstat(descriptor).st_size
    tail = os.pread(descriptor, 4096, max(0, size - 4096))
    whole = tail.rfind(b"\n") + 1
    if whole < len(tail):
        os.ftruncate(descriptor, size - (len(tail) - whole))
    lines = tail[:whole].splitlines()
    return lines[-1].decode() if lines else ""


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def lines(where: Path | None = None) -> Iterator[Line]:
    """Every line, proved as it is read. Half a line at the end was acknowledged to nobody. Raises JournalBroken."""
    where = where or path()
    if not where.exists():
        return
    before, number = START, 0
    with where.open("rb") as file:
        for text in file:
            if not text.endswith(b"\n"):
                return
            number += 1
            try:
                body = json.loads(text)
                said_hash = body.pop("hash")
                fits = body["n"] == number and body["before"] == before and hmac.compare_digest(_hmac(canonical(body)), said_hash)
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                fits = False
            if not fits:
                raise JournalBroken(
                    f"Line {number} of {where} was changed, or a line before it is missing. Put back the last good copy of this file."
                )
            before = said_hash
            said = {name: value for name, value in body.items() if name not in ("n", "at", "what", "record", "before")}
            yield Line(number, body["what"], body["record"], said, said_hash)


def not_replayed() -> list[Line]:
    """Lines that this database does not know. Raises JournalBroken, also where the database knows more than the file."""
    known = dict(JournalLine.objects.values_list("number", "hash"))
    missing, last = [], 0
    for line in lines():
        last = line.number
        if line.number not in known:
            missing.append(line)
        elif known[line.number] != line.hash:
            raise JournalBroken(f"Line {line.number} of {path()} is not the one that this database knows. Is it another installation’s?")
    if known and max(known) > last:
        raise JournalBroken(
            f"{path()} ends at line {last}, and this database knows {max(known)}. Put back the newest copy of it: it says what was erased."
        )
    return missing
