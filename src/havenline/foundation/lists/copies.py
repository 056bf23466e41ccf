"""A list outlives the reports that its entries came from: what is listed is a digest or an address, and says nothing of who reported it."""

from havenline.foundation.lists.models import Complaint, DailyBatch, ImportPart, KnownList, ListChange, ListEntry, ListImport, ListReader
from havenline.foundation.sealing import copies

copies.emptied(
    ListEntry,
    "record",
    "about",
    kept={
        "value": "what is listed: it goes when it is withdrawn from every list, not with the report that named it first",
        "grade": "a letter",
        "claimed_grade": "a letter of its source",
        "claimed_by": "the name of a body",
        "withdrawn_reason": "tells those who were sent it why it was wrong",
    },
)
copies.emptied(Complaint, "record", "said_sealed", "answer", kept={"code_hash": "digest of a random code"})
copies.of_no_record(DailyBatch, "a day and a count")
copies.of_no_record(KnownList, "a list’s name and terms")
copies.of_no_record(ListReader, "which agency may do what with a list")
copies.of_no_record(ListChange, "numbers")
copies.of_no_record(ListImport, "a file’s name, its digest and counts")
copies.of_no_record(ImportPart, "digests and addresses on their way to a list")
