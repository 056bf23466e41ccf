"""What was erased and held is written down away from the database, and done again in a database that was restored."""

import json
import os
from datetime import date, datetime
from pathlib import Path

import pytest
from django.db import transaction

from havenline.foundation.ledger.models import Entry
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.records.models import Record
from havenline.foundation.retention import actions, journal
from havenline.foundation.retention.models import Erasure, Hold, JournalLine
from havenline.foundation.sealing.models import Key
from havenline.foundation.search import actions as search
from havenline.foundation.search.models import Document
from tests.foundation.retention.conftest import closed_case, erased

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_wednesday")]


def hold(record: Record, by: Membership) -> Hold:
    return actions.put_on_hold(record=record, reason="Proceedings.", review_on=date(2027, 2, 1), by=by)


@pytest.fixture
def erased_case(due_case: Record, police_supervisor: Membership) -> Record:
    return erased(due_case, police_supervisor)


def forget(record: Record, **more: object) -> None:
    """As a restored backup has it: before the erasure, which it knows nothing of."""
    Record.objects.filter(pk=record.pk).update(erased_at=None, **more)
    Erasure.objects.filter(record=record).delete()
    Hold.objects.filter(record=record).delete()
    JournalLine.objects.all().delete()
    Key.objects.filter(record=record.reference).update(destroyed_at=None, wrapped=b"a key from the backup")
    search.index(record, "words from the backup")


def test_a_line_names_no_record_and_holds_no_words(due_case: Record, police_supervisor: Membership, journal_of_its_own: Path) -> None:
    actions.release_hold(hold=hold(due_case, police_supervisor), reason="It is over.", by=police_supervisor)
    erased(due_case, police_supervisor)
    text = journal_of_its_own.read_text()
    assert [json.loads(line)["what"] for line in text.splitlines()] == ["held", "released", "erased"]
    assert not any(word in text for word in (due_case.reference, "Proceedings", "It is over"))
    assert journal_of_its_own.stat().st_mode & 0o077 == 0
    assert [line.number for line in journal.lines()] == [1, 2, 3]


def test_what_was_erased_is_erased_again_in_a_restored_database(erased_case: Record) -> None:
    forget(erased_case)
    assert actions.replay() == actions.Replayed(lines=1, erased=1, held=0)
    erased_case.refresh_from_db()
    assert erased_case.erased_at is not None
    assert not Document.objects.exists()
    assert not Key.objects.filter(record=erased_case.reference).exclude(wrapped=None).exists()
    assert Entry.objects.filter(record=erased_case.reference, body__contains="again after a restore").count() == 1
    assert actions.replay() == actions.Replayed(0, 0, 0)


def test_a_hold_holds_again_and_a_released_one_does_not(due_case: Record, police: Agency, police_supervisor: Membership) -> None:
    other = closed_case(police)
    standing, over = hold(due_case, police_supervisor), hold(other, police_supervisor)
    actions.release_hold(hold=over, reason="Over.", by=police_supervisor)
    for record in (due_case, other):
        forget(record)
    assert actions.replay().lines == 3
    assert [one.pk for one in Hold.objects.filter(released_at=None)] == [standing.pk]
    assert Hold.objects.get(pk=standing.pk).review_on == date(2027, 2, 1)


def test_an_erasure_that_was_written_down_and_not_committed_is_done_at_the_next_start(
    due_case: Record, police_supervisor: Membership, on_wednesday: datetime
) -> None:
    class PowerCut(Exception):
        pass

    actions.approve(records=[due_case], count=1, by=police_supervisor)

    def cut_off() -> None:
        with transaction.atomic():
            actions.erase(erasure=Erasure.objects.get())
            raise PowerCut

    with pytest.raises(PowerCut):
        cut_off()
    assert Record.objects.get(pk=due_case.pk).erased_at is None
    assert actions.replay().erased == 1
    assert Record.objects.get(pk=due_case.pk).erased_at == on_wednesday


def test_a_disk_that_is_full_stops_the_erasure(
    due_case: Record, police: Agency, police_supervisor: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(closed_case(police), police_supervisor)  # the file is there: what waits for the disk is the line
    actions.approve(records=[due_case], count=1, by=police_supervisor)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    erasure = Erasure.objects.get()
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        actions.erase(erasure=erasure)
    assert Record.objects.get(pk=due_case.pk).erased_at is None


def test_half_a_line_that_a_power_cut_left_is_nobodys(
    erased_case: Record, police: Agency, police_supervisor: Membership, journal_of_its_own: Path
) -> None:
    with journal_of_its_own.open("a") as file:
        file.write('{"at":"2026-11-18T10:06')
    assert len(list(journal.lines())) == 1
    hold(closed_case(police), police_supervisor)
    assert [line.what for line in journal.lines()] == ["erased", "held"]


@pytest.mark.parametrize("done", ["changed", "taken out", "shortened", "of another installation"])
def test_a_journal_that_does_not_fit_is_refused_and_named(
    done: str, due_case: Record, police: Agency, police_supervisor: Membership, journal_of_its_own: Path
) -> None:
    for record in (due_case, closed_case(police), closed_case(police)):
        hold(record, police_supervisor)
    lines = journal_of_its_own.read_text().splitlines(keepends=True)
    if done == "changed":
        lines[1] = lines[1].replace("2027-02-01", "2027-02-02")
    elif done == "taken out":
        del lines[1]
    elif done == "shortened":
        del lines[2]
    else:
        JournalLine.objects.filter(number=2).update(hash="0" * 64)
    journal_of_its_own.write_text("".join(lines))
    named = {"shortened": "ends at line 2", "of another installation": "another installation"}.get(done, "Line 2")
    with pytest.raises(journal.JournalBroken, match=named):
        actions.replay()
    assert JournalLine.objects.count() == 3
