"""What intake holds of a report. Kind, channel and days stay, for they are counted; whatever somebody wrote goes."""

from havenline.foundation.identifiers.copies import names_an_identifier
from havenline.foundation.sealing import copies
from havenline.journey.intake.models import GuessBudget, Idempotency, Message, Receipt, Report, ReportedItem

copies.emptied(
    Report,
    "record",
    "sealed",
    "group",
    kept={"source": "a kind of reporter, or a platform’s name", "submission": "keyed digest of a random token"},
)
names_an_identifier(ReportedItem, "report__record")
names_an_identifier(ReportedItem, "report__record", column="pdq")
copies.emptied(Message, "report__record", "to_desk", "to_reporter", kept={"submission": "keyed digest of a random token"})
copies.gone(Receipt, "report__record")  # its holder finds what never existed
copies.gone(Idempotency, "record")
copies.of_no_record(GuessBudget, "a count")
copies.of_no_record(ReportedItem, "names an identifier, from which it is parted")
