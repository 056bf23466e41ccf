"""A copy of a complaint about a listed address."""

from collections.abc import Iterable

from havenline.foundation.lists.models import Complaint
from havenline.foundation.people.roles import FileKind
from havenline.foundation.records.masking import Sight
from havenline.foundation.records.models import Record
from havenline.foundation.records.passages import Passage, register


def of_complaint(record: Record, sight: Sight) -> Iterable[Passage]:
    complaint = Complaint.objects.get(record=record)
    for label, words in sight.of(complaint.said).items():
        if words:
            yield Passage(label, words, "read" if label == "words" else "")
    if complaint.answer:
        yield Passage("answer", complaint.answer)


register(FileKind.COMPLAINT, of_complaint)
