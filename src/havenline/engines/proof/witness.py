"""A witness (C2SP tlog-witness): it remembers the last checkpoint of each log that it knows, and cosigns the next only if that adds to it.

What a log signed and could not prove is evidence against it, and kept: beside the checkpoint that it contradicts, both signed.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from havenline.engines.proof import note
from havenline.engines.proof.checkpoint import Checkpoint, Opened, open_checkpoint
from havenline.engines.proof.note import BadNote, Note, SigningKey, VerifierKey
from havenline.engines.proof.tree import EMPTY_ROOT, NotProved, verify_consistency

LARGEST = 64 * 1024  # bytes of a request; 63 hashes and a checkpoint are less than 8 kB
MOST_HASHES = 63
OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")
SIZE = "text/x.tlog.size"
SPLIT_VIEW, REWRITE = "split view", "rewrite"  # two logs of one size; a longer one that does not add to the shorter


@dataclass(frozen=True)
class Evidence:
    """What a log signed that does not go with what it signed before."""

    kind: str
    origin: str
    held: str  # the checkpoint that this witness cosigned, with its cosignature
    offered: str  # what came, as it came: old size, proof and checkpoint


class Memory(Protocol):
    """What is remembered of one log, held by one request at a time."""

    @property
    def cosigned(self) -> str:
        """The last checkpoint cosigned, as a note with our cosignature; empty where there is none yet."""

    def keep(self, cosigned: str) -> None:
        """Remember this one instead: durable when it returns."""

    def accuse(self, evidence: Evidence) -> None:
        """Keep evidence: durable when it returns."""


@dataclass(frozen=True)
class Answer:
    """What is answered over HTTP."""

    status: int
    text: str
    content_type: str = "text/plain; charset=utf-8"


class Refused(Exception):
    """What was sent is answered with this."""

    def __init__(self, status: int, text: str, content_type: str = "text/plain; charset=utf-8") -> None:
        super().__init__(text)
        self.answer = Answer(status, text, content_type)


@dataclass(frozen=True)
class Witness:
    """`logs`: the keys of each log that it knows, by origin. `memory`: opens what it remembers of one, and holds it until it closes."""

    key: SigningKey
    logs: Mapping[str, Sequence[VerifierKey]]
    memory: Callable[[str], AbstractContextManager[Memory]]
    now: Callable[[], int]  # seconds since 1970

    def add_checkpoint(self, body: bytes) -> Answer:
        """Answer `POST add-checkpoint`."""
        try:
            old, path, whole = _read(body)
            opened = self._opened(whole)
            with self.memory(opened.checkpoint.origin) as memory:
                return self._added(old, path, opened, memory, body.decode())
        except Refused as refused:
            return refused.answer

    def _opened(self, whole: str) -> Opened:
        try:
            origin = Note.read(whole).text.partition("\n")[0]
            keys = self.logs.get(origin)
            if keys is None:
                raise Refused(404, "This witness does not know that log.\n")
            return open_checkpoint(whole, keys)
        except BadNote as error:
            raise Refused(403 if "no key that you know" in str(error) or "does not hold" in str(error) else 400, f"{error}\n") from error

    def _added(self, old: int, path: Sequence[bytes], opened: Opened, memory: Memory, body: str) -> Answer:
        offered = opened.checkpoint
        if old > offered.size:
            raise Refused(400, "The old size is larger than the checkpoint’s.\n")
        size, root, last_time = 0, EMPTY_ROOT, 0
        if memory.cosigned:
            # Our own: the key that the log signed it with may be one that nobody knows any more.
            held = Note.read(memory.cosigned)
            before = Checkpoint.read(held.text)
            size, root = before.size, before.root
            last_time = max((line.time for _key, line in held.signed_by([self.key.public])), default=0)
        if size == offered.size and root != offered.root:
            # Both are signed: whatever else was sent, the log shows one thing here and another elsewhere.
            memory.accuse(Evidence(SPLIT_VIEW, offered.origin, memory.cosigned, body))
            raise Refused(409, f"{size}\n", SIZE)
        if old != size:
            raise Refused(409, f"{size}\n", SIZE)
        try:
            verify_consistency(old_size=old, old_root=root, size=offered.size, root=offered.root, path=path)
        except NotProved as error:
            if old:
                memory.accuse(Evidence(REWRITE, offered.origin, memory.cosigned, body))
            raise Refused(422, f"{error}\n") from error
        # A clock that was set back: no cosignature is older than the one before.
        line = self.key.line(offered.text, at=max(self.now(), last_time))
        ours = {(self.key.name, self.key.public.id)}
        theirs = "".join(one.line for one in opened.note.signatures[: note.MOST - 1] if (one.name, one.id) not in ours)
        memory.keep(f"{offered.text}\n{theirs}{line}")
        return Answer(200, line)


def request(old: int, path: Sequence[bytes], whole: str) -> bytes:
    """The body of `POST add-checkpoint`."""
    return f"old {old}\n{''.join(note.encoded(one) + chr(10) for one in path)}\n{whole}".encode()


def _read(body: bytes) -> tuple[int, list[bytes], str]:
    """Old size, proof, and the checkpoint as it stands."""
    try:
        if len(body) > LARGEST:
            raise ValueError
        head, blank, whole = body.decode().partition("\n\n")
        first, *rest = head.split("\n")
        said = OLD.fullmatch(first)
        path = [note.decoded(one) for one in rest]
        if not said or not blank or len(path) > MOST_HASHES or any(len(one) != 32 for one in path):
            raise ValueError
    except ValueError as error:
        raise Refused(400, "Send: old SIZE, up to 63 hashes in base64, an empty line, and the checkpoint.\n") from error
    return int(said[1]), path, whole
