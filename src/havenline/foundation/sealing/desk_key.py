"""The desk's public key is signed by the installation, and a public host keeps the signer's key apart from it: a swapped one is refused.

Whoever could put another desk.pub on a public host would read all that is reported from then on. `desk.pub.signed` is a signed note
(as the ledger's checkpoints are) that names the key; who signs is told by the public host's havenline.toml, which it reads as it
starts, or by ledger.pub where public and desk share one home.
"""

from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from django.conf import settings

from havenline.engines import proof
from havenline.foundation.sealing import holders, keys

SIGNED = "desk.pub.signed"


class DeskKeySwapped(keys.KeyMissing):
    """desk.pub is not the key that the installation signed: nothing is sealed to it."""


def sign() -> None:
    """Sign desk.pub as it stands, by the ledger's key; once for each. Raises KeyMissing."""
    try:
        checked()
    except (DeskKeySwapped, keys.KeyMissing):
        note = keys.desk_note(holders.public(holders.DESK).public_bytes_raw())
        keys.write(SIGNED, proof.signed(note, [keys.ledger_key()]).encode())


def checked() -> X25519PublicKey:
    """The desk's public key, once its signature was checked. Raises DeskKeySwapped, KeyMissing."""
    signers = tuple(settings.INSTALLATION.signs_desk_key or keys.ledger_public_keys())
    public = holders.public(holders.DESK)
    _check(keys.desk_note(public.public_bytes_raw()), keys.read(SIGNED), signers)
    return public


@lru_cache(maxsize=8)
def _check(text: str, whole: bytes, signers: tuple[str, ...]) -> None:
    said = "keys/desk.pub is not the key that this installation signed. No report is sealed to it: somebody may have put it there."
    try:
        note = proof.Note.read(whole.decode())
        if note.text != text or not note.signed_by([proof.VerifierKey.read(one) for one in signers]):
            raise DeskKeySwapped(said)
    except (proof.BadNote, proof.BadKey, UnicodeDecodeError) as error:
        raise DeskKeySwapped(said) from error
