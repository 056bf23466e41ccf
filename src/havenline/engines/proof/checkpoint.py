"""Checkpoints (C2SP tlog-checkpoint): which log, how many entries, and the root over them, signed as a note."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from havenline.engines.proof import note
from havenline.engines.proof.note import BadNote, Note, Signature, SigningKey, VerifierKey

NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True)
class Checkpoint:
    """What a log says of itself at one size."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{note.encoded(self.root)}\n"

    def signed(self, *keys: SigningKey) -> str:
        return note.signed(self.text, keys)

    @classmethod
    def read(cls, text: str) -> "Checkpoint":
        """Of a note's text. Raises BadNote."""
        lines = text.split("\n")
        try:
            root = note.decoded(lines[2])
        except (ValueError, IndexError):
            root = b""
        if len(lines) < 4 or not all(lines[:-1]) or len(root) != 32 or not NUMBER.fullmatch(lines[1]):
            raise BadNote("This note is no checkpoint: origin, size and root, a line each.")
        return cls(lines[0], int(lines[1]), root)


@dataclass(frozen=True)
class Opened:
    """A checkpoint that was signed as it should be: by which of the log's keys, and by which witnesses."""

    checkpoint: Checkpoint
    note: Note
    signed: tuple[VerifierKey, ...]
    cosigned: tuple[tuple[VerifierKey, Signature], ...]


def open_checkpoint(whole: str, keys: Iterable[VerifierKey], witnesses: Iterable[VerifierKey] = ()) -> Opened:
    """Read a checkpoint and check who signed it. Raises BadNote where none of `keys` did, or a signature does not hold."""
    found = Note.read(whole)
    checkpoint = Checkpoint.read(found.text)
    signed = found.signed_by(key for key in keys if key.kind == note.SIGNS and key.name == checkpoint.origin)
    if not signed:
        raise BadNote(f"The checkpoint of {checkpoint.origin} at {checkpoint.size} is signed by no key that you know.")
    cosigned = found.signed_by(key for key in witnesses if key.kind == note.COSIGNS)
    return Opened(checkpoint, found, tuple(key for key, _line in signed), tuple(cosigned))
