"""The desk's public key is signed by the installation, and a public host keeps the signer's key apart from it: a swapped one is refused.

Whoever could put another desk.pub on a public host would read all that is reported from then on. `desk.pub.signed` is a signed note
(as the ledger's checkpoints are) that names the key; who signs is told by the public host's havenline.toml, which it reads as it
starts, or by ledger.pub where public and desk share one home.
"""

from datetime import datetime, timedelta
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from django.conf import settings
from django.db import transaction

from havenline.engines import proof
from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import Nobody
from havenline.foundation.ledger.models import Entry
from havenline.foundation.sealing import holders, keys

SIGNED, NEXT = "desk.pub.signed", "desk.pub.signed.next"
PUBLIC_HOST = Nobody("public host")
TOLD_EVERY, SHOWN_FOR = timedelta(minutes=10), timedelta(days=7)


class DeskKeySwapped(keys.KeyMissing):
    """desk.pub is not the key that the installation signed: nothing is sealed to it."""


def sign(public: X25519PublicKey | None = None) -> None:
    """Sign desk.pub by the ledger's key, where that is not done; or one that is about to take its place. Raises KeyMissing."""
    try:
        signed(public)
    except (DeskKeySwapped, keys.KeyMissing):
        note = keys.desk_note((public or holders.public(holders.DESK)).public_bytes_raw())
        keys.write(SIGNED if public is None else NEXT, proof.signed(note, [keys.ledger_key()]).encode())


def end_signing() -> None:
    """The key that was about to come is in its place."""
    if keys.is_there(NEXT):
        keys.put_in_place(NEXT, SIGNED)


def checked(public: X25519PublicKey | None = None) -> X25519PublicKey:
    """The desk's public key, once it was checked: against the private half where that is, else by its signature.

    Raises DeskKeySwapped, KeyMissing.
    """
    if settings.HOLDS_DESK_KEY and public is None:
        public = holders.public(holders.DESK)
        if holders.mark(public) not in {holders.mark(one.public_key()) for one in holders.ring(holders.DESK)}:
            raise DeskKeySwapped("keys/desk.pub does not belong to desk.key. Nothing is sealed to it: restore both from one backup.")
        return public
    return signed(public)


def signed(public: X25519PublicKey | None = None) -> X25519PublicKey:
    """The desk's public key, or one that is about to take its place, if it is signed. Raises as `checked`."""
    signers = tuple(settings.INSTALLATION.signs_desk_key or keys.ledger_public_keys())
    public = public or holders.public(holders.DESK)
    notes = [keys.read(SIGNED), *([keys.read(NEXT)] if keys.is_there(NEXT) else [])]
    if not any(_is_signed(keys.desk_note(public.public_bytes_raw()), note, signers) for note in notes):
        raise DeskKeySwapped(
            "keys/desk.pub is not the key that this installation signed. No report is sealed to it: somebody may have put it there."
        )
    return public


@lru_cache(maxsize=8)
def _is_signed(text: str, whole: bytes, signers: tuple[str, ...]) -> bool:
    try:
        note = proof.Note.read(whole.decode())
        return note.text == text and bool(note.signed_by([proof.VerifierKey.read(one) for one in signers]))
    except (proof.BadNote, proof.BadKey, UnicodeDecodeError):
        return False


def refused_lately() -> datetime | None:
    """When a public host last refused the desk's key that lies there, within a week."""
    since = moment.now() - SHOWN_FOR
    return Entry.objects.filter(actor=PUBLIC_HOST.ledger_name, at__gt=since).order_by("-at").values_list("at", flat=True).first()


@transaction.atomic
def tell_the_desk() -> None:
    """Say on the ledger that a key was refused here: all that a public host can do is add to it. At most every ten minutes."""
    last = refused_lately()
    if last is None or moment.now() - last > TOLD_EVERY:
        ledger.record(PUBLIC_HOST, "refused a swapped key of the desk", "key desk")
