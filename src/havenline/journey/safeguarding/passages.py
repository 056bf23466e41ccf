"""A copy of a child's case. Whoever asks may be the child or a parent: everybody in it is another person until somebody says otherwise."""

from collections.abc import Iterable

from havenline.foundation.accountability.disclosure import Passage, register
from havenline.foundation.people.roles import FileKind
from havenline.foundation.records.models import Record
from havenline.journey.safeguarding.models import ChildCase


def of_child_case(record: Record) -> Iterable[Passage]:
    case = ChildCase.objects.select_related("child__household").get(record=record)
    child = case.child
    for label, words in (
        ("child", child.name),
        ("born on", str(child.born_on or "")),
        ("school", child.school),
        ("language", child.language),
    ):
        if words:
            yield Passage(label, words, "other")
    if child.household and child.household.address:
        yield Passage("address", child.household.address, "other")
    for one in child.relationships.all():
        yield Passage("relationship", f"{one.name}, {one.relation}", "other")
    for note in case.notes.all():
        yield Passage(f"note of {note.happened_on:%d %b %Y}", note.words, "read")


register(FileKind.CHILD_CASE, of_child_case)
