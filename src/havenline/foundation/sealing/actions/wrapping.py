"""Sealing: each record its own key, wrapped for each party; every reporter's field sealed before it is stored."""

import base64
import hashlib
import hmac
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.ledger.actors import THE_INSTALLATION, acts_for
from havenline.foundation.sealing import desk_key, holders
from havenline.foundation.sealing.models import Key

SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)  # RFC 9180
NONCE = 12


class KeyDestroyed(Exception):
    """The record was erased: what its key sealed can be read by nobody."""


class NoKeyForThem(PermissionDenied):
    """Whoever acts has no wrap of this record's key: their agency is not party to it, or it is about to be opened for them."""


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
        return self.seal_bytes(field, words.encode())

    def seal_bytes(self, field: str, content: bytes) -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + ChaCha20Poly1305(self.secret).encrypt(nonce, content, f"{self.record}:{field}".encode())

    def open(self, field: str, sealed: bytes | memoryview) -> str:
        """Open one field (as the database gives it). Raises NotSealedByThisKey."""
        return self.open_bytes(field, sealed).decode()

    def open_bytes(self, field: str, sealed: bytes | memoryview) -> bytes:
        sealed = bytes(sealed)
        try:
            return ChaCha20Poly1305(self.secret).decrypt(sealed[:NONCE], sealed[NONCE:], f"{self.record}:{field}".encode())
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


def new_keys(records: Sequence[str], *, purpose: str = Key.Purpose.RECORD, parties: Iterable[str] = ()) -> list[RecordKey]:
    """A key of its own for each record, wrapped to the desk and to each party (a holder's name), in one statement."""
    secrets = [os.urandom(32) for _record in records]
    holding = [holders.DESK, *(one for one in dict.fromkeys(parties) if holders.has_pair(one))]
    rows = Key.objects.bulk_create(
        _wrap(record, secret, holder, purpose) for holder in holding for record, secret in zip(records, secrets, strict=True)
    )
    return [RecordKey(row.record, secret, row.pk) for row, secret in zip(rows, secrets, strict=False)]  # the desk's rows come first


def _wrap(record: str, secret: bytes, holder: str, purpose: str = Key.Purpose.RECORD) -> Key:
    public = desk_key.checked() if holder == holders.DESK else holders.public(holder)
    wrapped = SUITE.encrypt(secret, public, record.encode())
    return Key(record=record, purpose=purpose, wrapped_to=holder, under=holders.mark(public), wrapped=wrapped, made_at=moment.now())


def key_of(record: str) -> RecordKey:
    """The record's own key, by the wrap of the agency that acts (`ledger.actors.acting_for`), or by the desk's where nobody does.

    Raises keys.KeyNotHere in the public process, NoKeyForThem where that agency has no wrap, KeyDestroyed after erasure.
    """
    holder = acts_for()
    return _by_the_wrap_of(holders.installation() if holder == THE_INSTALLATION else holder, record)


def own_key_of(name: str) -> RecordKey:
    """By the desk's wrap, whoever acts: of what belongs to the installation and to no agency (a person's own secrets, a register).

    Raises as `key_of`.
    """
    return _by_the_wrap_of(holders.DESK, name)


_kept: ContextVar[dict[tuple[str, str], RecordKey] | None] = ContextVar("kept", default=None)  # by record and holder


@contextmanager
def kept_open() -> Iterator[None]:
    """Inside, one act opens a record's key once by each wrap that it needs, however much it reads and writes. Nothing is kept beyond."""
    if _kept.get() is not None:
        yield
        return
    outside = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(outside)


def _let_go(record: str) -> None:
    """A wrap of this record was destroyed: what it had opened opens nothing any more."""
    if (kept := _kept.get()) is not None:
        for held in [one for one in kept if one[0] == record]:
            del kept[held]


def _by_the_wrap_of(holder: str, record: str) -> RecordKey:
    kept = _kept.get()
    if kept is None:
        return _opened(holder, record)
    if (record, holder) not in kept:
        kept[record, holder] = _opened(holder, record)
    return kept[record, holder]


def _opened(holder: str, record: str) -> RecordKey:
    needed = holder in (holders.DESK, holders.API)
    ring = holders.ring(holder) if needed or holders.has_pair(holder) else []
    of_record = Key.objects.filter(record=record, purpose=Key.Purpose.RECORD)
    row = of_record.filter(wrapped_to=holder).first()
    if holder != holders.DESK and (row is None or row.wrapped is None or not ring) and of_record.filter(destroyed_at=None).exists():
        raise NoKeyForThem(
            _("Your agency holds no key to %(record)s. If it has just arrived, try again in a minute; otherwise tell your administrator.")
            % {"record": record}
        )
    return _unwrapped(record, row, ring)


def message_key(record: str, row: int) -> RecordKey:
    """The key of one message that arrived later: wrapped to the desk until it is opened there, by the record's key from then on.

    Raises as `key_of` does.
    """
    found = Key.objects.filter(pk=row, record=record).first()
    if found is not None and found.wrapped is not None and found.wrapped_to == Key.BY_THE_RECORD:
        return RecordKey(record, key_of(record).open_bytes(_message(row), found.wrapped), row)
    if acts_for() != holders.DESK and found is not None and found.wrapped is not None:
        raise NoKeyForThem(_("What was added to %(record)s is being opened. Try again in a minute.") % {"record": record})
    return _unwrapped(record, found, holders.ring(holders.DESK))


def wrap_message(record: str, row: int) -> None:
    """Let whoever can open the record open this message too. Twice changes nothing. Raises as `key_of` does."""
    found = Key.objects.filter(pk=row, record=record).exclude(wrapped_to=Key.BY_THE_RECORD).first()
    if found is not None:
        secret = _unwrapped(record, found, holders.ring(holders.DESK)).secret
        found.wrapped, found.wrapped_to, found.under = own_key_of(record).seal_bytes(_message(row), secret), Key.BY_THE_RECORD, ""
        found.save(update_fields=["wrapped", "wrapped_to", "under"])


def _message(row: int) -> str:
    return f"key {row}"


def outside_key(record: str) -> RecordKey:
    """What we answer to a platform is sealed by: the API opens it, and so does whoever opens the record. Made at its first use.

    Raises as `key_of` does.
    """
    row = Key.objects.filter(record=record, purpose=Key.Purpose.OUTSIDE, wrapped_to=Key.BY_THE_RECORD).first()
    if row is not None and row.wrapped is not None:
        return RecordKey(record, key_of(record).open_bytes(Key.Purpose.OUTSIDE, row.wrapped), row.pk)
    own, secret = key_of(record), os.urandom(32)
    for_us = Key(record=record, purpose=Key.Purpose.OUTSIDE, wrapped_to=Key.BY_THE_RECORD, made_at=moment.now())
    for_us.wrapped = own.seal_bytes(Key.Purpose.OUTSIDE, secret)
    Key.objects.bulk_create([for_us, _wrap(record, secret, holders.API, Key.Purpose.OUTSIDE)])
    return RecordKey(record, secret)


def outside_key_at_the_api(record: str) -> RecordKey:
    """The same, as the API opens it. Raises KeyDestroyed, keys.KeyNotHere."""
    ring = holders.ring(holders.API)
    return _unwrapped(record, Key.objects.filter(record=record, purpose=Key.Purpose.OUTSIDE, wrapped_to=holders.API).first(), ring)


def wrap_for(record: str, parties: Iterable[str]) -> None:
    """Let exactly these holders, and the desk, open a record: wraps that are missing are made, those of others destroyed.

    Called in the transaction of the act that changes who is party. A holder without a pair is passed over: `doctor` names it.
    Raises as `key_of` does; after erasure it changes nothing.
    """
    wanted = {one for one in parties if holders.has_pair(one)}
    live = Key.objects.filter(record=record, purpose=Key.Purpose.RECORD, destroyed_at=None).exclude(wrapped_to=holders.DESK)
    there = set(live.values_list("wrapped_to", flat=True))
    if gone := there - wanted:
        live.filter(wrapped_to__in=gone).update(wrapped=None, destroyed_at=moment.now())
        _let_go(record)
    if missing := wanted - there:
        try:
            secret = own_key_of(record).secret
        except KeyDestroyed:
            return
        Key.objects.filter(record=record, purpose=Key.Purpose.RECORD, wrapped_to__in=missing).delete()  # destroyed when a share ended
        Key.objects.bulk_create((_wrap(record, secret, one) for one in sorted(missing)), ignore_conflicts=True)


def _unwrapped(record: str, row: Key | None, ring: Sequence[X25519PrivateKey]) -> RecordKey:
    if row is None or row.wrapped is None:
        raise KeyDestroyed(f"{record} was erased, or never had a key.")
    for number, private in enumerate(ring, start=1):
        try:
            return RecordKey(record, SUITE.decrypt(bytes(row.wrapped), private, record.encode()), row.pk)
        except InvalidTag:
            if number == len(ring):
                raise
    raise KeyDestroyed(f"There is no key that opens {record}.")


def destroy(record: str) -> int:
    """Destroy every key of a record; what they sealed is gone with them. Returns how many."""
    _let_go(record)
    return Key.objects.filter(record=record, destroyed_at=None).update(wrapped=None, destroyed_at=moment.now())


def seal_to_desk(record: str, field: str, words: str) -> bytes:
    """Seal words that only the desk may read, without the record's key (a reporter adds to a report)."""
    return SUITE.encrypt(words.encode(), desk_key.checked(), f"{record}:{field}".encode())


def open_at_desk(record: str, field: str, sealed: bytes) -> str:
    """Open what `seal_to_desk` sealed. Raises keys.KeyNotHere, NotSealedByThisKey."""
    return _open(holders.ring(holders.DESK), record, field, sealed)


def seal_to(public: bytes, record: str, field: str, words: str) -> bytes:
    """Seal words to the holder of a receipt, whose public key stands on the report."""
    return SUITE.encrypt(words.encode(), X25519PublicKey.from_public_bytes(bytes(public)), f"{record}:{field}".encode())


def open_with(private: bytes, record: str, field: str, sealed: bytes) -> str:
    """Open what was sealed to the holder of a receipt."""
    return _open([X25519PrivateKey.from_private_bytes(private)], record, field, sealed)


def public_of(private: bytes) -> bytes:
    """The public half of a 32-byte private key."""
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def _open(ring: Sequence[X25519PrivateKey], record: str, field: str, sealed: bytes) -> str:
    for private in ring:
        try:
            return SUITE.decrypt(bytes(sealed), private, f"{record}:{field}".encode()).decode()
        except (InvalidTag, ValueError):
            continue
    raise NotSealedByThisKey(f"{field} of {record} cannot be opened: it was altered, or belongs elsewhere.")
