"""A copy of a notice: to whom it went, what was asked, what the host answered and how it ended. No link of an item is in it."""

from collections.abc import Iterable

from havenline.foundation.people.roles import FileKind
from havenline.foundation.records.masking import Sight
from havenline.foundation.records.models import Record
from havenline.foundation.records.passages import Passage, register
from havenline.journey.takedown.models import Notice


def of_notice(record: Record, sight: Sight) -> Iterable[Passage]:
    notice = Notice.objects.select_related("host").get(record=record)
    yield Passage("host", str(notice.host or notice.hostname))
    yield Passage("asks", notice.get_asks_display())
    yield Passage("items", str(notice.items.count()))
    yield Passage("state", str(notice.state_word))
    if notice.release_reason:
        yield Passage("released because", notice.release_reason, "read")
    for answer in notice.answers.order_by("at"):
        yield Passage("answer", f"{answer.get_what_display()}. {answer.words}", "read")
    if notice.end_words:
        yield Passage("how it ended", notice.end_words, "read")


register(FileKind.NOTICE, of_notice)
