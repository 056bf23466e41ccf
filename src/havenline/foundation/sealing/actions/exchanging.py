"""A holder's pair is exchanged while everything runs: a new one for what comes, the old one for reading until nothing needs it.

Each step can be cut off and taken up again: what stands in the folder of keys and in the wraps' marks says how far it came.
What arrives meanwhile under the old public key opens by the old private one, which stays until the last wrap has left it.
"""

from collections.abc import Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from django.db import transaction

from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.sealing import desk_key, holders, keys
from havenline.foundation.sealing.actions.wrapping import SUITE
from havenline.foundation.sealing.models import Key
from havenline.foundation.sealing.rotation import waiting

BATCH = 500


class NotYet(Exception):
    """The old key is still needed; says by what."""


def begin(holder: str) -> None:
    """Put a new pair in the place of the present one, which stays for reading. One that has begun goes on. Raises KeyMissing."""
    old, new = f"{holder}.key.old", f"{holder}.key.next"
    if not keys.is_there(old):
        with transaction.atomic():
            ledger.record(INSTALLATION, "began to exchange a key", f"key {holder}", reason=holders.mark(holders.public(holder)))
            if not keys.is_there(new):
                keys.write(new, X25519PrivateKey.generate().private_bytes_raw())
            keys.write(old, keys.read(f"{holder}.key"))
    if keys.is_there(new):
        keys.put_in_place(new, f"{holder}.key")
    public = X25519PrivateKey.from_private_bytes(keys.read(f"{holder}.key")).public_key()
    if holder == holders.DESK:
        desk_key.sign(public)  # before it stands there: nothing is refused meanwhile
    if holders.public(holder).public_bytes_raw() != public.public_bytes_raw():
        keys.write(f"{holder}.pub", public.public_bytes_raw())
    if holder == holders.DESK:
        desk_key.end_signing()


def wrap_anew(holder: str) -> Iterator[int]:
    """Wrap what waits to the new key, a batch in a transaction; how many each was. What no key of theirs opens is passed over."""
    seen = 0
    while True:
        with transaction.atomic():
            # What another holds is left to the next round: nobody waits for us while we wait for them.
            rows = list(waiting(holder).filter(pk__gt=seen).order_by("pk").select_for_update(skip_locked=True)[:BATCH])
            if not rows:
                return
            ring, public = holders.ring(holder), holders.public(holder)
            opened = [row for row in rows if _is_wrapped_anew(row, ring, public)]
            Key.objects.bulk_update(opened, ["wrapped", "under"])
        seen = rows[-1].pk
        yield len(opened)


def _is_wrapped_anew(row: Key, ring: list[X25519PrivateKey], public: X25519PublicKey) -> bool:
    for private in ring:
        try:
            secret = SUITE.decrypt(bytes(row.wrapped or b""), private, row.record.encode())
        except InvalidTag:
            continue
        row.wrapped, row.under = SUITE.encrypt(secret, public, row.record.encode()), holders.mark(public)
        return True
    return False


def retire(holder: str) -> None:
    """Destroy the old key, once nothing that it opens is left. Raises NotYet."""
    for _number in wrap_anew(holder):
        continue
    ring, public = holders.ring(holder), holders.public(holder)
    left = sum(_is_wrapped_anew(row, ring, public) for row in waiting(holder).iterator())  # held by others just now, or written just now
    if left:
        raise NotYet(f"{left} wraps still need the old key of {holder}: run it again.")
    with transaction.atomic():
        ledger.record(INSTALLATION, "exchanged a key", f"key {holder}", reason=holders.mark(holders.public(holder)))
    keys.forget(f"{holder}.key.old")
