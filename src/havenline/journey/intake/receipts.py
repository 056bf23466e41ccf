"""Receipts: sixteen digits that lead back to a report, derived from the submission token and kept nowhere.

One slow hash (Argon2id, 64 MiB, with a secret that is not in the database) gives two things: its first half is the
look-up in the database, its second half the private key to which our answers are sealed. The secret, receipt.key, is at the
desk's host alone: the worker computes it for what arrives, the process that answers receipts for what is typed (`asking`).
"""

import hashlib
import hmac
import re
import secrets
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import BoundedSemaphore

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from django.utils.translation import gettext as _

from havenline.foundation.sealing import actions as sealing
from havenline.foundation.sealing import keys

DIGITS = 16  # about 53 bits; slow hash, secret and guess budget make up for the length (LOOK, "Decided")
MEMORY_KIB = 64 * 1024
ITERATIONS = 3
LANES = 1
PATIENCE = 20.0  # seconds to wait for a slot

_for_reports = BoundedSemaphore(2)
_for_guesses = BoundedSemaphore(1)


class Busy(Exception):
    """Too many at once: nothing was done; says what to do."""

    def __init__(self) -> None:
        super().__init__(_("Many people are writing to us right now. Wait a moment and press the button again. Nothing is lost."))


@dataclass(frozen=True)
class Opened:
    """What the digits give. `private` opens our answers; it is never stored."""

    lookup: str
    private: bytes

    @property
    def public(self) -> bytes:
        return sealing.public_of(self.private)


def new_token() -> str:
    """A submission token: 256 random bits. It rides in the form and takes the place of a CSRF cookie."""
    return secrets.token_urlsafe(32)


def _mac(what: str, message: str) -> bytes:
    return hmac.new(keys.secret("mac.key"), f"receipt {what}\0{message}".encode(), hashlib.sha256).digest()


def submission_of(token: str) -> str:
    """What the database keeps of a token: sending again finds the same report."""
    return _mac("submission", token).hex()


def digits_of(token: str, turn: int = 0) -> str:
    """The receipt that this token gives. Another turn gave another, while receipts were computed as they were given."""
    return str(int.from_bytes(_mac("receipt", f"{token}\0{turn}"), "big") % 10**DIGITS).zfill(DIGITS)


def in_groups(digits: str) -> str:
    return " ".join(digits[at : at + 4] for at in range(0, DIGITS, 4))


def as_typed(text: str) -> str | None:
    """The sixteen digits in what somebody typed, whatever script and separators; None where there are not sixteen."""
    plain = "".join(str(unicodedata.digit(c)) if unicodedata.category(c) == "Nd" else c for c in unicodedata.normalize("NFKC", text))
    plain = re.sub(r"[\s.\-_–—]+", "", plain)
    return plain if re.fullmatch(rf"[0-9]{{{DIGITS}}}", plain) else None


def open_with(digits: str, *, guess: bool) -> Opened:
    """Stretch sixteen digits. `guess`: somebody typed them, so it waits in the guesses' slot. Raises Busy."""
    with _slot(_for_guesses if guess else _for_reports):
        stretched = Argon2id(
            salt=hmac.new(keys.secret("receipt.key"), b"salt\0", hashlib.sha256).digest()[:16],
            length=64,
            iterations=ITERATIONS,
            lanes=LANES,
            memory_cost=MEMORY_KIB,
            secret=keys.secret("receipt.key"),
        ).derive(digits.encode())
    return Opened(lookup=stretched[:32].hex(), private=stretched[32:])


@contextmanager
def _slot(slots: BoundedSemaphore) -> Iterator[None]:
    if not slots.acquire(timeout=PATIENCE):
        raise Busy
    try:
        yield
    finally:
        slots.release()
