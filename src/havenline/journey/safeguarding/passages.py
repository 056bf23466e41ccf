"""A copy of a child's case. Whoever asks may be the child or a parent: everybody in it is another person until somebody says otherwise."""

from collections.abc import Iterable

from havenline.foundation.people.roles import FileKind
from havenline.foundation.records.masking import Sight
from havenline.foundation.records.models import Record
from havenline.foundation.records.passages import Passage, register
from havenline.journey.safeguarding.models import ChildCase


def of_child_case(record: Record, sight: Sight) -> Iterable[Passage]:
    case = ChildCase.objects.select_related("child__household").get(record=record)
    child = case.child
    told = {
        "child": child.name,
        "born on": str(child.born_on or ""),
        "school": child.school,
        "language": child.language,
        "address": child.household.address if child.household else "",
    }
    for label, words in sight.of({"child": told})["child"].items():
        if words:
            yield Passage(label, words, "other")
    for words in sight.of({"relationships": [f"{one.name}, {one.relation}" for one in child.relationships.all()]})["relationships"]:
        yield Passage("relationship", words, "other")
    for row in case.steps_down.all():
        yield Passage("help that goes on", row.words, "read")
    for note in case.notes.all():
        yield Passage(f"note of {note.happened_on:%d %b %Y}", note.words, "read")


register(FileKind.CHILD_CASE, of_child_case)
