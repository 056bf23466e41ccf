"""The cover stays: reference, kind, days, agencies. What was written on it goes."""

from havenline.foundation.records.models import BrokenGlass, Lineage, OtherNumber, Party, Record, Silence
from havenline.foundation.sealing import copies

copies.emptied(Record, "pk", kept={"reference": "random; the ledger names the record by it"})
copies.emptied(
    Party, "record", "withheld", kept={"purpose": "a phrase of ours; the ledger says the same", "lawful_basis": "an article of law"}
)
copies.emptied(Silence, "record", "reason")
copies.emptied(Lineage, "source", kept={"how": "a phrase of ours"})
copies.gone(OtherNumber, "record")
copies.emptied(BrokenGlass, "record", "reason_sealed")
