"""The ledger's verbs: writing an entry, chaining what was committed, exchanging the key. `witnesses` and `public_log` stand apart."""

from havenline.foundation.ledger.actions.chaining import append_committed, sign_checkpoint
from havenline.foundation.ledger.actions.key import change_key
from havenline.foundation.ledger.actions.writing import NoSeal, NoTransaction, Said, looked, record, record_all

__all__ = ["NoSeal", "NoTransaction", "Said", "append_committed", "change_key", "looked", "record", "record_all", "sign_checkpoint"]
