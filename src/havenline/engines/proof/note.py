"""Signed notes (C2SP signed-note): a text, a blank line, and a line for each key that signed it, Ed25519 (RFC 8032).

A key is told apart by its name and four bytes of a hash: lines of keys that nobody told us of are passed over, so that a ledger can
sign with an old and a new key at once, and witnesses add lines of their own.
"""

import base64
import binascii
import hashlib
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SIGNS, COSIGNS = 0x01, 0x04  # Ed25519 over the text; a witness's, with the time (C2SP tlog-cosignature)
PRIVATE = "PRIVATE+KEY+"
LONGEST = 64 * 1024  # bytes of a note
MOST = 64  # signatures of a note


class BadKey(Exception):
    """A text that was to be a key is none; says why."""


class BadNote(Exception):
    """A text that was to be a signed note is none, or its signature does not hold; says why."""


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def decoded(text: str) -> bytes:
    """Raises ValueError for what is not exactly one base64 text."""
    try:
        found = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(f"{text!r} is not base64.") from error
    if encoded(found) != text:
        raise ValueError(f"{text!r} is not base64.")
    return found


@dataclass(frozen=True)
class VerifierKey:
    """What somebody is told in order to check signatures: `name+id+base64`, as C2SP writes it."""

    name: str
    kind: int
    public: bytes

    @classmethod
    def read(cls, text: str) -> "VerifierKey":
        """Raises BadKey."""
        name, plus, rest = text.strip().partition("+")
        said, also_plus, material = rest.partition("+")
        try:
            raw = decoded(material)
        except ValueError:
            raw = b""
        if not (plus and also_plus and _is_name(name) and len(raw) == 33 and raw[0] in (SIGNS, COSIGNS)):
            raise BadKey(f"{text[:80]!r} is no public key. It looks like report.example.org/ledger+1a2b3c4d+AX…")
        key = cls(name, raw[0], raw[1:])
        if key.id.hex() != said:
            raise BadKey(f"The key of {name} was not copied whole: its middle part does not fit the rest.")
        return key

    @property
    def id(self) -> bytes:
        return hashlib.sha256(f"{self.name}\n".encode() + bytes([self.kind]) + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{encoded(bytes([self.kind]) + self.public)}"

    def holds(self, text: str, signature: bytes) -> bool:
        """Whether the signature is this key's over the text."""
        message = text.encode()
        if self.kind == COSIGNS:
            if len(signature) != 72:
                return False
            message, signature = _cosigned(text, _time_of(signature)), signature[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True)
class SigningKey:
    """What signs, under a name: kept as `PRIVATE+KEY+name+id+base64` in a file that only its owner reads."""

    name: str
    kind: int
    seed: bytes

    @classmethod
    def make(cls, name: str, kind: int = SIGNS) -> "SigningKey":
        """A new one, at random. Raises BadKey."""
        if not _is_name(name):
            raise BadKey(f"{name!r} names no key: no space and no plus, such as report.example.org/ledger.")
        return cls(name, kind, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def read(cls, text: str) -> "SigningKey":
        """Raises BadKey; says nothing of what the text holds."""
        parts = text.strip().removeprefix(PRIVATE).split("+", 2)
        try:
            raw = decoded(parts[2])
            key = cls(parts[0], raw[0], raw[1:])
            if not text.startswith(PRIVATE) or len(raw) != 33 or key.public.id.hex() != parts[1]:
                raise ValueError
        except (ValueError, IndexError):
            raise BadKey("This is no signing key, or not a whole one.") from None
        return key

    @property
    def public(self) -> VerifierKey:
        return VerifierKey(self.name, self.kind, self._key.public_key().public_bytes_raw())

    def text(self) -> str:
        return f"{PRIVATE}{self.name}+{self.public.id.hex()}+{encoded(bytes([self.kind]) + self.seed)}"

    def line(self, text: str, *, at: int = 0) -> str:
        """The line that signs this text; a witness's says when, in seconds since 1970."""
        of_a_witness = self.kind == COSIGNS
        signature = self._key.sign(_cosigned(text, at) if of_a_witness else text.encode())
        return f"— {self.name} {encoded(self.public.id + (struct.pack('>Q', at) if of_a_witness else b'') + signature)}\n"

    @property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    def __repr__(self) -> str:
        return f"SigningKey({self.public})"  # never the seed


@dataclass(frozen=True)
class Signature:
    """One line under a note."""

    name: str
    id: bytes
    content: bytes

    @property
    def line(self) -> str:
        return f"— {self.name} {encoded(self.id + self.content)}\n"

    @property
    def time(self) -> int:
        """When a witness says that it signed, in seconds since 1970."""
        return _time_of(self.content)


@dataclass(frozen=True)
class Note:
    """A text with its signatures, none of them checked yet."""

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def read(cls, whole: str) -> "Note":
        """Raises BadNote."""
        body, blank, lines = whole.rpartition("\n\n")
        if len(whole) > LONGEST or not blank or not body or not lines.endswith("\n") or _controls(whole) or len(whole.encode()) > LONGEST:
            raise BadNote("This is no signed note: a text, a blank line, and lines of signatures.")
        return cls(f"{body}\n", read_signatures(lines))

    def signed_by(self, keys: Iterable[VerifierKey]) -> list[tuple[VerifierKey, Signature]]:
        """Which of these keys signed. Raises BadNote where a line is in the name of one of them and does not hold."""
        known = {(key.name, key.id): key for key in keys}
        found = []
        for one in self.signatures:
            key = known.get((one.name, one.id))
            if key is None:
                continue
            if not key.holds(self.text, one.content):
                raise BadNote(f"The signature of {key.name} does not hold.")
            found.append((key, one))
        return found

    def whole(self) -> str:
        return f"{self.text}\n{''.join(one.line for one in self.signatures)}"


def signed(text: str, keys: Iterable[SigningKey]) -> str:
    """The note: this text under the signatures of these keys."""
    return f"{text}\n{''.join(key.line(text) for key in keys)}"


def read_signatures(lines: str) -> tuple[Signature, ...]:
    """Lines of signatures alone, as a witness answers them. Raises BadNote."""
    found = []
    for line in lines.split("\n")[:-1]:
        dash, name, content = (*line.split(" "), "", "", "")[:3]
        try:
            raw = decoded(content)
        except ValueError:
            raw = b""
        if dash != "—" or line.count(" ") != 2 or not _is_name(name) or len(raw) < 5:
            raise BadNote("A line under the note is no signature.")
        found.append(Signature(name, raw[:4], raw[4:]))
    if not found or len(found) > MOST or not lines.endswith("\n"):
        raise BadNote("A note has one signature at the least, and 64 at most.")
    return tuple(found)


def _is_name(name: str) -> bool:
    return bool(name) and len(name) <= 200 and "+" not in name and not any(sign.isspace() or sign < " " for sign in name)


def _controls(text: str) -> bool:
    """Whether it holds what no note has: control characters, or halves of a pair that stand alone."""
    return any((sign < " " and sign != "\n") or "\ud800" <= sign <= "\udfff" for sign in text)


def _cosigned(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def _time_of(signature: bytes) -> int:
    return int.from_bytes(signature[:8], "big")
