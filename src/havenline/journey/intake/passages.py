"""A copy of a report: every answer. Reporter, child and accounts are other people than whoever asks, until a person says otherwise."""

from collections.abc import Iterable

from havenline.foundation.accountability.disclosure import Passage, flat, register
from havenline.foundation.people.roles import FileKind
from havenline.foundation.records.models import Record
from havenline.journey.intake.models import Report

OTHERS = frozenset({"child", "you", "contact", "accounts", "relation", "who"})
FREE = frozenset({"happened", "conversation"})


def of_report(record: Record) -> Iterable[Passage]:
    report = Report.objects.get(record=record)
    yield from flat(report.answers(), others=OTHERS, free=FREE)
    for message in report.messages.order_by("at"):
        yield Passage(
            "message of the reporter" if message.from_reporter else "our message",
            message.words(),
            "other" if message.from_reporter else "read",
        )


register(FileKind.REPORT, of_report)
