"""A report arrives, and its receipt leaves, once."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from havenline.foundation import moment
from havenline.foundation.ledger.models import Entry
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.sealing import actions as sealing
from havenline.foundation.sealing import keys
from havenline.journey.intake import actions, receipts, tasks
from havenline.journey.intake.answers import NotAnswers
from havenline.journey.intake.models import Receipt, Report
from havenline.journey.intake.pictures import PictureRefused

pytestmark = pytest.mark.django_db


def test_the_public_process_stores_a_report_without_any_key_that_reads_it(hotline: Agency, answers: Any, as_public_process: None) -> None:
    received = actions.receive(answers=answers)
    assert len(received.receipt) == 16
    assert received.receipt.isdigit()
    with pytest.raises(keys.KeyNotHere):
        received.report.answers()


def test_nothing_that_a_reporter_wrote_stands_in_any_table_readable(hotline: Agency, answers: Any) -> None:
    actions.receive(answers=answers)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            rows = repr(cursor.fetchall())
            assert "adult stranger" not in rows
            assert "riverwalk" not in rows
            assert "Northmere'" not in rows


def test_the_digits_of_a_receipt_are_kept_nowhere(hotline: Agency, answers: Any) -> None:
    received = actions.receive(answers=answers)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            assert received.receipt not in repr(cursor.fetchall())


def test_sending_again_shows_the_same_receipt_and_makes_no_second_report(hotline: Agency, answers: Any) -> None:
    token = receipts.new_token()
    first, second = (actions.receive(answers=answers, token=token) for _ in range(2))
    assert first.receipt == second.receipt
    assert not second.is_new
    assert Report.objects.count() == 1


def test_sending_the_same_form_at_once_ends_at_one_report(hotline: Agency, answers: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    token = receipts.new_token()
    from havenline.journey.intake.actions import receiving

    asked = receiving._sent_before
    first = []

    def slow_look(submission: str, token: str) -> Any:
        """The other request commits between our look and our insert."""
        found = asked(submission, token)
        if not first:
            first.append(True)
            actions.receive(answers=answers, token=token)
        return found

    monkeypatch.setattr(receiving, "_sent_before", slow_look)
    received = actions.receive(answers=answers, token=token)
    assert received.receipt == receipts.digits_of(token, 0)
    assert not received.is_new
    assert Report.objects.count() == 1


def test_after_an_hour_the_receipt_is_not_shown_again(hotline: Agency, answers: Any) -> None:
    token = receipts.new_token()
    actions.receive(answers=answers, token=token)
    with moment.standing_at(moment.now() + timedelta(minutes=61)), pytest.raises(actions.AlreadySent):
        actions.receive(answers=answers, token=token)
    assert Report.objects.count() == 1


def test_a_receipt_that_another_report_has_waits_and_never_leads_to_that_one(
    hotline: Agency, answers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = actions.receive(answers=answers)
    monkeypatch.setattr(receipts, "digits_of", lambda of, turn=0: first.receipt)
    second = actions.receive(answers=answers)
    assert Receipt.objects.get(report=second.report).lookup is None
    assert actions.open_by_receipt(typed=first.receipt)[0] == first.report


def test_without_a_hotline_no_report_is_taken(answers: Any, db: None) -> None:
    with pytest.raises(actions.NoHotline):
        actions.receive(answers=answers)
    assert Report.objects.count() == 0


def test_a_report_is_on_the_ledger_by_nobody_in_particular(hotline: Agency, answers: Any, as_public_process: None) -> None:
    received = actions.receive(answers=answers)
    entry = Entry.objects.get(record=received.report.reference)
    assert entry.actor == "reporter"
    assert "stranger" not in entry.body


def test_hotline_and_oversight_are_party_from_the_start(hotline: Agency, oversight: Agency, analyst: Membership, answers: Any) -> None:
    report = actions.receive(answers=answers).report
    assert list(Report.objects.visible_to(analyst)) == [report]
    assert report.record.parties.filter(agency=oversight).exists()


def test_a_picture_in_disguise_is_refused_before_anything_is_stored(hotline: Agency, answers: Any) -> None:
    answers["happened"] = "Look: data:image/png;base64,iVBORw0KGgoAAAANSUhEUg"
    with pytest.raises(PictureRefused):
        actions.receive(answers=answers)
    assert Report.objects.count() == 0


@pytest.mark.parametrize("wrong", [{"kind": "nonsense"}, {"danger": "maybe"}, {"happened": "a\x00b"}, {"happened": "x" * 300_000}])
def test_answers_that_cannot_be_stored_are_refused_in_words(hotline: Agency, answers: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(NotAnswers):
        actions.receive(answers={**answers, **wrong})


def test_the_desk_opens_what_arrived_and_takes_out_what_can_be_compared(hotline: Agency, answers: Any) -> None:
    report = actions.receive(answers=answers).report
    tasks.open_what_was_missed()
    report.refresh_from_db()
    assert report.opened_at is not None
    assert report.child_known
    assert report.youngest_age == 11
    assert [s.identifier.canonical for s in report.record.sightings.all()] == ["riverwalk_77 at chat.example"]


def test_a_page_is_there_to_be_graded_and_an_account_is_not(hotline: Agency, answers: Any) -> None:
    answers = {**answers, "place": {**answers["place"], "urls": ["https://page.example/room"]}}
    report = actions.receive(answers=answers).report
    actions.open_report(report=report)
    assert [item.identifier.canonical for item in report.items.all()] == ["https://page.example/room"]


def test_opening_twice_changes_nothing(hotline: Agency, answers: Any) -> None:
    report = actions.receive(answers=answers).report
    actions.open_report(report=report)
    entries = Entry.objects.count()
    actions.open_report(report=report)
    assert Entry.objects.count() == entries
    assert report.record.sightings.count() == 1


def test_erasing_a_reports_keys_leaves_nothing_to_read(hotline: Agency, answers: Any) -> None:
    report = actions.receive(answers=answers).report
    message = actions.add_message(report=report, words="Something more.", submission="one")
    assert message.words() == "Something more."
    sealing.destroy(report.reference)
    with pytest.raises(sealing.KeyDestroyed):
        report.answers()
    with pytest.raises(sealing.KeyDestroyed):
        message.words()
