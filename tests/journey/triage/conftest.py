"""Reports that wait at the hotline, taken and opened by the real actions."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from havenline.foundation import moment
from havenline.foundation.people.roles import FileKind
from havenline.foundation.records.models import Party, Record, new_reference
from havenline.journey.intake import actions as intake
from havenline.journey.intake.models import Report

SHA = "ab" * 32
_numbers = count(1)


@pytest.fixture
def second_analyst(hotline):
    from tests import factories

    return factories.member("analyst", hotline, "Ash Brook")


@pytest.fixture
def arrives(hotline) -> Callable[..., Report]:
    """A report arrives and is opened at the desk."""

    def arrive(**answers: Any) -> Report:
        said = {
            "who": "parent",
            "kind": "contact",
            "happened": f"An adult stranger asked to meet a child, number {next(_numbers)}.",
            **answers,
        }
        report = intake.receive(answers=said).report
        return intake.open_report(report=report)

    return arrive


@pytest.fixture
def lie_waiting(hotline) -> Callable[..., list[Report]]:
    """Many reports at once, as they lie in the tables: for the order of the queue, which reads no sealed word."""

    def lie(number: int, *, source: str = "parent", group: str = "", since: Any = None, **fields: Any) -> list[Report]:
        since = since or moment.now()
        records = Record.objects.bulk_create(
            Record(reference=new_reference(FileKind.REPORT), kind=FileKind.REPORT, opened_at=since, agency=hotline) for _ in range(number)
        )
        Party.objects.bulk_create(Party(record=record, agency=hotline, purpose="its own file", since=since) for record in records)
        return Report.objects.bulk_create(
            Report(
                record=record,
                channel="form",
                kind="contact",
                source=source,
                group=group,
                sealed=b"-",
                submission=f"waiting {next(_numbers)}",
                received_at=since,
                opened_at=since,
                waits_since=since + moment.minutes(at / 1000),
                **fields,
            )
            for at, record in enumerate(records)
        )

    return lie
