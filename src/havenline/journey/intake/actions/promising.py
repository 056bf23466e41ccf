"""What a reporter can prove to anybody: that we have their report, and what we let them see of its way."""

from havenline.foundation.ledger.actions import public_log
from havenline.foundation.ledger.queries import public_log as log
from havenline.foundation.sealing import actions as sealing
from havenline.foundation.sealing import keys
from havenline.journey.intake.models import Receipt, Report


def promise(report: Report, what: str = log.RECEIVED) -> None:
    """Let whoever holds the receipt prove it: a leaf of the public log, promised at once. Without a receipt or a key there is none.

    Called in the transaction of what it promises; a second time it changes nothing.
    """
    receipt = Receipt.objects.filter(report=report).first()
    if receipt is None or log.is_promised(report.reference, what):
        return
    try:
        made = public_log.promise(keys.public_log_key(), what)
    except keys.KeyMissing:
        return  # doctor and the round that lets the log grow say so
    sealed = sealing.seal_to(bytes(receipt.public_key), report.reference, "salt", made.salt.hex())
    public_log.keep(made, record=report.reference, salt_sealed=sealed)
