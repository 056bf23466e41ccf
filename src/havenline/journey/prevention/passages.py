"""A copy of a notice to a school, and of a school's concern about a child."""

from collections.abc import Iterable

from havenline.foundation.handover.passages import flat
from havenline.foundation.people.roles import FileKind
from havenline.foundation.records.masking import Sight
from havenline.foundation.records.models import Record
from havenline.foundation.records.passages import Passage, register
from havenline.journey.prevention.models import Concern, SchoolNotice


def of_notice(record: Record, sight: Sight) -> Iterable[Passage]:
    notice = SchoolNotice.objects.select_related("school").get(record=record)
    yield Passage("school", notice.school.name)
    yield Passage("title", notice.title)
    yield Passage("words", notice.words, "read")
    if hasattr(notice, "acknowledgement"):
        yield Passage("what the school did", f"{notice.acknowledgement.get_did_display()}. {notice.acknowledgement.reply}", "read")
    if notice.withdrawal:
        yield Passage("withdrawn because", notice.withdrawal, "read")


def of_concern(record: Record, sight: Sight) -> Iterable[Passage]:
    return flat(sight.of(Concern.objects.get(record=record).told()), nobody=frozenset(), free=frozenset({"concern", "why"}))


register(FileKind.SCHOOL_NOTICE, of_notice)
register(FileKind.CONCERN, of_concern)
