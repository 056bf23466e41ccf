"""What an outsider is told instead of our own numbers: how many entries there are, and how fast they come, is nobody's to count.

An entry's number outside is ours through a small keyed permutation; a position in a list is sealed. Both under a key drawn from mac.key.
"""

import base64
import binascii
import hashlib
import struct
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from havenline.foundation.sealing import keys

CHANGES, NCMEC, THREATEXCHANGE = 1, 2, 3
ROUNDS = 6
_POSITION = struct.Struct(">BIQQ")
_HALF = (1 << 32) - 1


class NoCursor(Exception):
    """This is no cursor that this list gave, or not for this; says what to do."""


@dataclass(frozen=True)
class Position:
    """Where a reader stands: after which change, and up to which this reading goes (0: to the newest)."""

    known_list: int
    after: int
    until: int = 0


def cursor(position: Position, kind: int) -> str:
    """The same position gives the same text."""
    raw = _POSITION.pack(kind, position.known_list, position.after, position.until)
    return base64.urlsafe_b64encode(AESSIV(_key("cursor")).encrypt(raw, None)).decode().rstrip("=")


def opened(text: str, kind: int, known_list: int) -> Position:
    """Raises NoCursor."""
    try:
        sealed = base64.b64decode((text + "=" * (-len(text) % 4)).encode("ascii"), altchars=b"-_", validate=True)
        found = _POSITION.unpack(AESSIV(_key("cursor")).decrypt(sealed, None))
    except (InvalidTag, struct.error, ValueError, binascii.Error) as error:
        raise NoCursor("This is no cursor of ours, or not a whole one. Send it exactly as you were given it, or begin anew.") from error
    if found[1] != known_list:
        raise NoCursor("This cursor was given by another list. Each list has its own.")
    if found[0] != kind:
        raise NoCursor("This cursor was given by another form of this list. Each form has its own.")
    return Position(*found[1:])


def number(pk: int) -> str:
    """An entry's number outside, in decimal."""
    left, right = pk >> 32, pk & _HALF
    for step in range(ROUNDS):
        left, right = right, left ^ _mixed(right, step)
    return str(left << 32 | right)


def pk_of(text: str) -> int | None:
    """Whose number this is; None where it is none."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 20) or (whole := int(text)) >= 1 << 64:
        return None
    left, right = whole >> 32, whole & _HALF
    for step in reversed(range(ROUNDS)):
        left, right = right ^ _mixed(left, step), left
    found = left << 32 | right
    return found if found < 1 << 63 else None


def _mixed(half: int, step: int) -> int:
    said = hashlib.blake2b(struct.pack(">BI", step, half), key=_key("number"), digest_size=4).digest()
    return int.from_bytes(said, "big")


def _key(what: str) -> bytes:
    """64 bytes of their own for each use."""
    return hashlib.sha512(f"list {what}\0".encode() + keys.secret("mac.key")).digest()
