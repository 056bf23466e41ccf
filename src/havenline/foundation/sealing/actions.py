"""Sealing: each record its own key; every reporter's field sealed before it is stored."""

import base64
import hashlib
import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from havenline.foundation import moment
from havenline.foundation.sealing import keys
from havenline.foundation.sealing.models import Key

SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)  # RFC 9180
NONCE = 12


class KeyDestroyed(Exception):
    """The record was erased: what its key sealed can be read by nobody."""


class NotSealedByThisKey(Exception):
    """The sealed bytes were altered, or belong elsewhere."""


@dataclass(frozen=True)
class RecordKey:
    """A record's own key, unwrapped, for as long as one request or task needs it."""

    record: str
    secret: bytes
    row: int = 0  # its Key's primary key, for what is sealed by a key of its own (a message that arrived later)

    def seal(self, field: str, words: str) -> bytes:
        """Seal one field (ChaCha20-Poly1305). Bound to record and field: it cannot be moved to another place."""
        nonce = os.urandom(NONCE)
        return nonce + ChaCha20Poly1305(self.secret).encrypt(nonce, words.encode(), f"{self.record}:{field}".encode())

    def open(self, field: str, sealed: bytes | memoryview) -> str:
        """Open one field (as the database gives it). Raises NotSealedByThisKey."""
        sealed = bytes(sealed)
        try:
            return ChaCha20Poly1305(self.secret).decrypt(sealed[:NONCE], sealed[NONCE:], f"{self.record}:{field}".encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise NotSealedByThisKey(f"{field} of {self.record} cannot be opened: it was altered, or moved from elsewhere.") from error

    def mac(self, message: bytes) -> str:
        """HMAC-SHA-256 under this key: proves a value later without giving it away now."""
        return hmac.new(self.secret, message, hashlib.sha256).hexdigest()

    def seal_words(self, words: str) -> str:
        """Sealed words as text, for the ledger."""
        return base64.b64encode(self.seal("words", words)).decode()


def new_key(record: str, *, purpose: str = Key.Purpose.RECORD) -> RecordKey:
    """Make and keep a key for a record, wrapped to the desk. Needs no private key, so the public process can."""
    return new_keys([record], purpose=purpose)[0]


def new_keys(records: Sequence[str], *, purpose: str = Key.Purpose.RECORD) -> list[RecordKey]:
    """A key of its own for each record, in one statement."""
    at, desk = moment.now(), keys.desk_public()
    secrets = [os.urandom(32) for _record in records]
    rows = Key.objects.bulk_create(
        Key(record=record, purpose=purpose, wrapped=SUITE.encrypt(secret, desk, record.encode()), made_at=at)
        for record, secret in zip(records, secrets, strict=True)
    )
    return [RecordKey(row.record, secret, row.pk) for row, secret in zip(rows, secrets, strict=True)]


def key_of(record: str) -> RecordKey:
    """The record's own key. Raises keys.KeyNotHere in the public process, KeyDestroyed after erasure."""
    private = keys.desk_private()
    row = Key.objects.filter(record=record, purpose=Key.Purpose.RECORD).first()
    return _unwrapped(record, row, private)


def message_key(record: str, row: int) -> RecordKey:
    """The key of one message that arrived later. Raises as `key_of` does."""
    private = keys.desk_private()
    return _unwrapped(record, Key.objects.filter(pk=row, record=record).first(), private)


def _unwrapped(record: str, row: Key | None, private: X25519PrivateKey) -> RecordKey:
    if row is None or row.wrapped is None:
        raise KeyDestroyed(f"{record} was erased, or never had a key.")
    return RecordKey(record, SUITE.decrypt(bytes(row.wrapped), private, record.encode()), row.pk)


def destroy(record: str) -> int:
    """Destroy every key of a record; what they sealed is gone with them. Returns how many."""
    return Key.objects.filter(record=record, destroyed_at=None).update(wrapped=None, destroyed_at=moment.now())


def seal_to_desk(record: str, field: str, words: str) -> bytes:
    """Seal words that only the desk may read, without the record's key (a reporter adds to a report)."""
    return SUITE.encrypt(words.encode(), keys.desk_public(), f"{record}:{field}".encode())


def open_at_desk(record: str, field: str, sealed: bytes) -> str:
    """Open what `seal_to_desk` sealed. Raises keys.KeyNotHere, NotSealedByThisKey."""
    return _open(keys.desk_private(), record, field, sealed)


def seal_to(public: bytes, record: str, field: str, words: str) -> bytes:
    """Seal words to the holder of a receipt, whose public key stands on the report."""
    return SUITE.encrypt(words.encode(), X25519PublicKey.from_public_bytes(bytes(public)), f"{record}:{field}".encode())


def open_with(private: bytes, record: str, field: str, sealed: bytes) -> str:
    """Open what was sealed to the holder of a receipt."""
    return _open(X25519PrivateKey.from_private_bytes(private), record, field, sealed)


def public_of(private: bytes) -> bytes:
    """The public half of a 32-byte private key."""
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def _open(private: X25519PrivateKey, record: str, field: str, sealed: bytes) -> str:
    try:
        return SUITE.decrypt(bytes(sealed), private, f"{record}:{field}".encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise NotSealedByThisKey(f"{field} of {record} cannot be opened: it was altered, or belongs elsewhere.") from error
