"""What a reporter can prove to anybody: that we have their report, and what we let them see of its way."""

from django.db import transaction

from havenline.foundation.ledger.actions import public_log
from havenline.foundation.ledger.queries import public_log as log
from havenline.foundation.sealing import actions as sealing
from havenline.foundation.sealing import keys
from havenline.journey.intake import receipts
from havenline.journey.intake.models import Receipt, Report


def compute_receipt(receipt: Receipt) -> None:
    """Compute by what a receipt is found, and forget its digits; where receipt.key is. Twice changes nothing.

    Should another report have the same sixteen digits (one in 10^16 for each that is stored), it waits for good, and `doctor` names it.
    Raises keys.KeyMissing, keys.KeyNotHere, sealing.KeyDestroyed, receipts.Busy.
    """
    report = receipt.report
    if receipt.digits is None:
        return
    # Slow: before the transaction, which on SQLite holds everybody up.
    opened = receipts.open_with(sealing.own_key_of(report.reference).open("receipt", receipt.digits), guess=False)
    with transaction.atomic():
        if Receipt.objects.filter(lookup=opened.lookup).exists():
            return
        waiting = Receipt.objects.filter(pk=receipt.pk).exclude(digits=None)
        if waiting.update(lookup=opened.lookup, public_key=opened.public, digits=None):
            receipt.lookup, receipt.public_key, receipt.digits = opened.lookup, opened.public, None
            if Report.objects.filter(pk=report.pk).exclude(opened_at=None).exists():
                promise(report)


def promise(report: Report, what: str = log.RECEIVED) -> None:
    """Let whoever holds the receipt prove it: a leaf of the public log, promised at once. Without a receipt or a key there is none.

    Called in the transaction of what it promises; a second time it changes nothing.
    """
    receipt = Receipt.objects.filter(report=report).first()
    if receipt is None or receipt.public_key is None or log.is_promised(report.reference, what):
        return
    try:
        made = public_log.promise(keys.public_log_key(), what)
    except keys.KeyMissing:
        return  # doctor and the round that lets the log grow say so
    sealed = sealing.seal_to(bytes(receipt.public_key), report.reference, "salt", made.salt.hex())
    public_log.keep(made, record=report.reference, salt_sealed=sealed)
