"""A copy of a police case: its subjects by name, what was found, and the children within reach, who are other people."""

from collections.abc import Iterable

from havenline.foundation.people.roles import FileKind
from havenline.foundation.records.masking import Sight
from havenline.foundation.records.models import Record
from havenline.foundation.records.passages import Passage, register
from havenline.journey.investigation.models import Case


def of_case(record: Record, sight: Sight) -> Iterable[Passage]:
    case = Case.objects.get(record=record)
    yield Passage("title", case.title, "read")
    several = case.subjects.count() > 1
    for subject in case.subjects.all():
        yield Passage("subject", subject.name or subject.number, "other" if several else "read")
        for child in subject.reachable.all():
            details = sight.of({"within_reach": child.details})["within_reach"]
            yield Passage("child within reach", details.get("name") or "not named", "other")
    for attribution in case.attributions.select_related("identifier"):
        yield Passage("account or address", attribution.identifier.shown, "read")


register(FileKind.CASE, of_case)
