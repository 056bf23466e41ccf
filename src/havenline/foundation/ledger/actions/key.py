"""The ledger's key is exchanged."""

from django.db import transaction

from havenline.engines import proof
from havenline.foundation.ledger.actions.chaining import append_committed, sign_checkpoint
from havenline.foundation.ledger.actions.writing import record
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.ledger.models import Checkpoint


def change_key(*, old: proof.SigningKey, new: proof.SigningKey) -> Checkpoint:
    """Say on the ledger that its key is another from here on, and sign that with both: who knows one of them can follow.

    Under another name it is another log to witnesses, signed by the new key alone.
    """
    with transaction.atomic():
        record(INSTALLATION, proof.KEY_CHANGED, f"ledger, from {old.public} to {new.public}")
    append_committed()
    signed = sign_checkpoint(old, new) if old.name == new.name else sign_checkpoint(new)
    assert signed is not None  # noqa: S101  (the entry stands)
    return signed
