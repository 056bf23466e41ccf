"""Behind a receipt: our words can be read, theirs are never shown again."""

from datetime import timedelta
from typing import Any

import pytest

from havenline.foundation import moment
from havenline.foundation.ledger.models import Entry
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.records import actions as records
from havenline.journey.intake import actions
from havenline.journey.intake.actions import Received
from havenline.journey.intake.models import GuessBudget, Message, Report
from havenline.journey.intake.pictures import PictureRefused
from tests.journey.intake.test_form import Visitor

pytestmark = pytest.mark.django_db


@pytest.fixture
def received(hotline: Agency, answers: Any) -> Received:
    return actions.receive(answers=answers)


def opened(received: Received) -> Visitor:
    visitor = Visitor().get("/")
    return visitor.send("open", receipt=received.receipt)


def test_the_receipt_opens_our_answer_without_the_desks_key(received: Received, analyst: Membership, settings: Any) -> None:
    actions.write_to_reporter(report=received.report, words="Thank you. Which name did the account use?", by=analyst)
    settings.HOLDS_DESK_KEY = settings.LEDGER_APPENDS = False
    visitor = opened(received)
    assert "Which name did the account use?" in visitor.page
    assert f"Receipt ending {received.receipt[-4:]}" in visitor.page


def test_what_was_typed_is_never_shown_again(received: Received, as_public_process: None) -> None:
    visitor = opened(received).send("add", words="The name was riverwalk_77.")
    assert "You added something at" in visitor.page
    assert "riverwalk" not in visitor.page
    assert "stranger" not in visitor.page
    assert "riverwalk" not in opened(received).page


def test_adding_reopens_the_report_and_reaches_the_desk(received: Received, settings: Any) -> None:
    Report.objects.update(waits_since=None)
    settings.HOLDS_DESK_KEY = settings.LEDGER_APPENDS = False
    opened(received).send("add", words="The name was riverwalk_77.")
    settings.HOLDS_DESK_KEY = True
    assert Message.objects.get().words() == "The name was riverwalk_77."
    assert Report.objects.get().waits_since is not None


def test_sending_an_addition_again_adds_nothing(received: Received, as_public_process: None) -> None:
    visitor = opened(received)
    form = dict(visitor.hidden)
    for _ in range(2):
        visitor.read(visitor.client.post("/report/", {**form, "go": "add", "words": "One thing more."}))
    assert Message.objects.count() == 1


def test_an_answer_is_new_until_it_was_read(received: Received, analyst: Membership) -> None:
    actions.write_to_reporter(report=received.report, words="We have told the police.", by=analyst)
    assert "letter-new" in opened(received).page
    assert "letter-new" not in opened(received).page
    assert Entry.objects.filter(body__contains="read our answer").count() == 1


def test_the_page_closes_by_itself_and_keeps_what_was_being_written(received: Received, as_public_process: None) -> None:
    visitor = opened(received)
    assert visitor.response["Refresh"].startswith("900;")
    with moment.standing_at(moment.now() + timedelta(minutes=16)):
        visitor.send("add", words="A long thought.")
        assert "closed by itself" in visitor.page
        assert "A long thought." in visitor.page
        visitor.send("open", receipt=received.receipt, words="A long thought.")
        assert "A long thought." in visitor.page
        visitor.send("add", words="A long thought.")
    assert Message.objects.count() == 1


def test_a_wrong_receipt_says_what_to_do_and_is_counted(received: Received, as_public_process: None) -> None:
    visitor = Visitor().get("/").send("open", receipt="1234 5678 1234 5678")
    assert "Check the 16 digits" in visitor.page
    assert GuessBudget.objects.get().wrong == 1
    visitor.send("open", receipt="12")
    assert "A receipt has 16 digits" in visitor.page
    assert GuessBudget.objects.get().wrong == 1


def test_a_receipt_never_stands_in_a_log(received: Received, caplog: pytest.LogCaptureFixture, as_public_process: None) -> None:
    with caplog.at_level("DEBUG"):
        opened(received)
        Visitor().get("/").send("open", receipt="1234567812345678")
    assert received.receipt not in caplog.text
    assert "1234567812345678" not in caplog.text


def test_no_station_shows_before_an_analyst_released_it(received: Received, analyst: Membership) -> None:
    assert "Police were told" not in opened(received).page
    actions.release_station(report=received.report, station="police_told", by=analyst)
    assert "Police were told" in opened(received).page


def test_under_a_silence_the_reporter_sees_no_station(received: Received, analyst: Membership) -> None:
    actions.release_station(report=received.report, station="police_told", by=analyst)
    records.keep_silent(record=received.report.record, audience="reporter", reason="Police act first", by=analyst, actor=analyst)
    assert "Police were told" not in opened(received).page


def test_under_a_silence_nobody_writes_to_the_reporter(received: Received, analyst: Membership) -> None:
    records.keep_silent(record=received.report.record, audience="reporter", reason="Police act first", by=analyst, actor=analyst)
    with pytest.raises(records.Silenced):
        actions.write_to_reporter(report=received.report, words="Thank you.", by=analyst)
    with pytest.raises(records.Silenced):
        actions.release_station(report=received.report, station="read", by=analyst)


def test_a_picture_in_disguise_is_refused_on_both_sides(received: Received, analyst: Membership) -> None:
    picture = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUg"
    with pytest.raises(PictureRefused):
        actions.write_to_reporter(report=received.report, words=picture, by=analyst)
    visitor = opened(received).send("add", words=f"Look at this {picture}")
    assert "Please tell us in words" in visitor.page
    assert "Look at this" in visitor.page
    assert Message.objects.count() == 0


def test_nothing_written_is_said_where_it_belongs(received: Received, as_public_process: None) -> None:
    assert "Write something first" in opened(received).send("add", words="  ").page
    assert "too long for one message" in opened(received).send("add", words="word " * 3000).page


def test_what_a_reporter_adds_is_indexed_at_the_desk(received: Received) -> None:
    message = actions.add_message(report=received.report, words="It was https://page.example/room", submission="one")
    actions.open_message(message=message)
    actions.open_message(message=message)
    assert [s.identifier.canonical for s in received.report.record.sightings.filter(identifier__kind="url")] == [
        "https://page.example/room"
    ]
    assert received.report.items.count() == 1
