"""Who holds a key pair: the desk of the installation, each agency, and the API. A record's key is wrapped for each that may read it.

A holder is named as its files are: `desk` (desk.key, desk.pub), `agency-northmere-police`. While a pair is exchanged the old private
half stands beside the new one (desk.key.old) and opens what is still wrapped to it; `actions.exchanging` ends that.
"""

import hashlib

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from django.conf import settings

from havenline.foundation.ledger.actors import THE_INSTALLATION
from havenline.foundation.sealing import keys

DESK = THE_INSTALLATION
AGENCY = "agency-"
API = "api"  # opens what hosts and platforms are told, and no report
NOBODY = ""


def of_agency(slug: str) -> str:
    """What an agency's pair and its wraps are called."""
    return f"{AGENCY}{slug}"


def installation() -> str:
    """As whom this process opens what the installation does itself: as the desk, or as the API where that is all it holds."""
    return settings.HOLDS_INSTEAD or DESK


def has_pair(holder: str) -> bool:
    return keys.is_there(f"{holder}.pub")


def public(holder: str) -> X25519PublicKey:
    """What is wrapped to this holder. Raises keys.KeyMissing."""
    return X25519PublicKey.from_public_bytes(keys.read(f"{holder}.pub"))


def ring(holder: str) -> list[X25519PrivateKey]:
    """What opens this holder's wraps: its key, and the old one while it is exchanged. Raises keys.KeyMissing, keys.KeyNotHere."""
    if not settings.HOLDS_DESK_KEY and holder != settings.HOLDS_INSTEAD:
        raise keys.KeyNotHere(f"This process holds no key of {holder}: it reads nothing that reporters wrote.")
    raw = [keys.read(f"{holder}.key")]
    if keys.is_there(f"{holder}.key.old"):
        raw.append(keys.read(f"{holder}.key.old"))
    return [X25519PrivateKey.from_private_bytes(one) for one in raw]


def mark(key: X25519PublicKey) -> str:
    """Sixteen hexadecimal digits by which a public key is known again."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]


def make_pair(holder: str) -> None:
    """Make a holder's pair; one that is there stays. The private half first: nothing is wrapped to what nobody could open."""
    if not keys.is_there(f"{holder}.key"):
        keys.write(f"{holder}.key", X25519PrivateKey.generate().private_bytes_raw())
    if not keys.is_there(f"{holder}.pub"):
        private = X25519PrivateKey.from_private_bytes(keys.read(f"{holder}.key"))
        keys.write(f"{holder}.pub", private.public_key().public_bytes_raw())
