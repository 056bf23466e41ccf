"""What a witness remembers, in a folder: a file for each log, written whole and waited for until the disk has it; evidence beside it.

One request at a time holds a log, by a lock on a file: also where several processes serve one folder.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from havenline.engines.proof.witness import Evidence

MOST_EVIDENCE = 200  # of one log: what it signs again and again says nothing new
KIND, OFFERED = "kind: ", "\n===== what the log signed now =====\n"


@dataclass
class _Remembered:
    folder: Path
    cosigned: str

    def keep(self, cosigned: str) -> None:
        _write(self.folder / "checkpoint", cosigned)
        self.cosigned = cosigned

    def accuse(self, evidence: Evidence) -> None:
        # Named by what the log signed, without our proof: the same once more adds nothing.
        name = hashlib.sha256(evidence.offered.partition("\n\n")[2].encode()).hexdigest()[:16]
        kept = list(self.folder.glob("evidence-*"))
        if len(kept) < MOST_EVIDENCE and not any(one.name.endswith(name) for one in kept):
            text = f"{KIND}{evidence.kind}\n\n{evidence.held}{OFFERED}{evidence.offered}"
            _write(self.folder / f"evidence-{len(kept) + 1:04}-{name}", text)


@dataclass(frozen=True)
class Folder:
    """All logs of one witness."""

    path: Path

    @contextmanager
    def of(self, origin: str) -> Iterator[_Remembered]:
        """What is remembered of a log, for whoever holds its lock."""
        folder = self._of(origin)
        if not folder.exists():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _sync(self.path)  # a folder that a power cut takes back would take what is remembered with it
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield _Remembered(folder, self.cosigned(origin))
        finally:
            os.close(descriptor)

    def cosigned(self, origin: str) -> str:
        """The last checkpoint cosigned; empty where there is none."""
        try:
            return (self._of(origin) / "checkpoint").read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""

    def evidence(self, origin: str) -> list[Evidence]:
        """What the log signed that does not go together, the oldest first."""
        found = []
        for path in sorted(self._of(origin).glob("evidence-*")):
            kind, _blank, rest = path.read_text(encoding="utf-8").partition("\n\n")
            held, _line, offered = rest.partition(OFFERED)
            found.append(Evidence(kind.removeprefix(KIND), origin, held, offered))
        return found

    def _of(self, origin: str) -> Path:
        # An origin may look like a path: its hash never does.
        return self.path / hashlib.sha256(origin.encode()).hexdigest()[:32]


def _write(path: Path, text: str) -> None:
    """Whole or not at all, and on the disk when this returns."""
    beside = path.with_name(f".{path.name}.new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
