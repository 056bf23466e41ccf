"""Records that are due, and the journal in a place of its own for each test."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from havenline.foundation import moment
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.records.models import Record
from havenline.foundation.retention import actions
from havenline.foundation.work import queue
from tests import factories

LONG_AGO = datetime(2018, 3, 1, 9, 0, tzinfo=moment.LONDON)


@pytest.fixture(autouse=True)
def journal_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home's journal, as a fresh installation has it."""
    where = tmp_path / "journal" / "retention.jsonl"
    changed = {**vars(settings.INSTALLATION), "retention_journal": str(where)}
    monkeypatch.setattr(settings, "INSTALLATION", type(settings.INSTALLATION)(**changed))
    return where


def closed_case(of: Agency, *, at: datetime = LONG_AGO) -> Record:
    """A bare police case that was closed then."""
    record = factories.record("case", of)
    Record.objects.filter(pk=record.pk).update(closed_at=at, opened_at=at - timedelta(days=90))
    record.refresh_from_db()
    return record


@pytest.fixture
def due_case(on_wednesday: datetime, police: Agency, oversight: Agency) -> Record:
    return closed_case(police)


def approve(record: Record, by: Membership) -> None:
    actions.approve(records=[record], count=1, by=by)


def erased(record: Record, by: Membership) -> Record:
    """Approved by that person, and erased by the worker."""
    approve(record, by)
    queue.drain()
    record.refresh_from_db()
    return record
