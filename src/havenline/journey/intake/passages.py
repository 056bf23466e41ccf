"""A copy of a report: what is not plainly about nobody is about another person than whoever asks, until somebody says otherwise."""

from collections.abc import Iterable

from havenline.foundation.handover.passages import flat
from havenline.foundation.people.roles import FileKind
from havenline.foundation.records.masking import Sight
from havenline.foundation.records.models import Record
from havenline.foundation.records.passages import Passage, register
from havenline.journey.intake.models import Report

NOBODY = frozenset({"kind", "danger", "language", "place", "app", "priority", "platform", "occurred_at"})
FREE = frozenset({"happened", "conversation"})


def of_report(record: Record, sight: Sight) -> Iterable[Passage]:
    report = Report.objects.get(record=record)
    yield from flat(sight.of({"answers": report.answers()})["answers"], nobody=NOBODY, free=FREE)
    for message in report.messages.order_by("at"):
        yield Passage(
            "message of the reporter" if message.from_reporter else "our message",
            message.words(),
            "other" if message.from_reporter else "read",
        )


register(FileKind.REPORT, of_report)
