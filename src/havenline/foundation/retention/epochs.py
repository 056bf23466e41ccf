"""After a restore: a signed epoch on the ledger that names what is lost; and a mark in the home, so that one that nobody announced is seen.

The mark says how far this home has seen the ledger: a place and the chain's hash there. A database that was put back, or replaced,
does not hold that link.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction

from havenline.engines.proof import canonical
from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger import queries as ledgers
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.ledger.models import Link
from havenline.foundation.retention.models import Restoration
from havenline.foundation.sealing import keys

SHOWN_FOR = timedelta(days=90)


class Rewound(Exception):
    """The ledger is not the one that this home has seen, and no epoch says why."""


def mark_path() -> Path:
    return settings.HOME / "journal" / "ledger-seen.json"


@dataclass(frozen=True)
class Mark:
    sequence: int
    hash: str
    at: str


def seen() -> Mark | None:
    """How far this home has seen the ledger. None: it never looked."""
    try:
        return Mark(**json.loads(mark_path().read_text()))
    except FileNotFoundError:
        return None


def must_hold_what_was_seen() -> Mark | None:
    """Raises Rewound where the ledger no longer holds what this home has seen of it."""
    mark = seen()
    if mark is None or Link.objects.filter(sequence=mark.sequence, hash=mark.hash).exists():
        return mark
    count, _head = ledgers.head()
    raise Rewound(
        f"On {mark.at} this home saw the ledger’s link {mark.sequence}, and the database does not hold it; it ends at {count}. "
        "The database was put back or replaced, and no epoch says so. "
        "If that was you: havenline restored --lost-from MOMENT. If not: keep both as they are."
    )


def look() -> None:
    """Move the mark on to the ledger's last link. Raises Rewound, and moves nothing then."""
    must_hold_what_was_seen()
    sequence, head = ledgers.head()
    if sequence:
        _write(Mark(sequence, head, moment.now().astimezone(UTC).isoformat(timespec="seconds")))


def _write(mark: Mark) -> None:
    where = mark_path()
    where.parent.mkdir(mode=0o700, exist_ok=True)
    beside = where.with_suffix(".new")
    beside.write_text(json.dumps(vars(mark)))
    beside.chmod(0o600)
    beside.replace(where)


@transaction.atomic
def open_epoch(*, lost_from: datetime, lost_until: datetime) -> Restoration:
    """Say on the ledger that a restore lost what was done between two moments, signed; from here on the mark follows this ledger."""
    lost_from, lost_until = lost_from.replace(microsecond=0), lost_until.replace(microsecond=0)
    sequence, head = ledgers.head()
    key = _signing_key()
    public = key.public_key().public_bytes_raw().hex()
    signature = key.sign(_text(lost_from, lost_until, sequence, head)).hex()
    epoch = Restoration.objects.create(
        lost_from=lost_from, lost_until=lost_until, sequence=sequence, head=head, public_key=public, signature=signature
    )
    lost = f"lost {_iso(lost_from)} to {_iso(lost_until)}; after link {sequence} {head}; key {public}; signature {signature}"
    ledger.record(INSTALLATION, "put back a backup and opened an epoch", "the ledger", reason=lost)
    _write(Mark(sequence, head, _iso(moment.now())))
    return epoch


def is_signed(epoch: Restoration) -> bool:
    """Whether the epoch is as it was signed."""
    text = _text(epoch.lost_from, epoch.lost_until, epoch.sequence, epoch.head)
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(epoch.public_key)).verify(bytes.fromhex(epoch.signature), text)
    except (InvalidSignature, ValueError):
        return False
    return True


def _signing_key() -> Ed25519PrivateKey:
    """Derived from the desk's key: no public host can sign, and there is no further key to lose."""
    seed = HKDF(hashes.SHA256(), 32, salt=None, info=b"havenline epochs").derive(keys.read("desk.key"))
    return Ed25519PrivateKey.from_private_bytes(seed)


def _text(lost_from: datetime, lost_until: datetime, sequence: int, head: str) -> bytes:
    said = {"epoch": 1, "from": _iso(lost_from), "until": _iso(lost_until), "sequence": sequence, "head": head}
    return canonical(said).encode()


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")


def lost_lately() -> list[Restoration]:
    """Ranges that the public page still names: whoever reported then should report again."""
    return list(Restoration.objects.filter(lost_until__gt=moment.now() - SHOWN_FOR))
