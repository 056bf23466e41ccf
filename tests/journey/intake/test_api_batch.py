"""Several reports in one request: all are stored or none, and sending again makes no second one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from havenline.engines import proof
from havenline.foundation.ledger.models import Entry
from havenline.foundation.people.models import Agency
from havenline.journey.intake import actions, tasks
from havenline.journey.intake.models import Report
from tests.journey.intake.test_api import SMALLEST, Platform, problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def platform(hotline: Agency) -> Platform:
    return Platform()


def contact(number: int) -> dict[str, str | list[str]]:
    return {
        "kind": "contact",
        "narrative": f"An adult account asked a child for their school, number {number}.",
        "accounts": [f"river_{number}"],
    }


def test_a_batch_answers_in_the_order_in_which_it_was_sent(platform: Platform) -> None:
    said = platform.post({"reports": [SMALLEST, contact(1), contact(2)]}, "/batch")
    assert said.status_code == 201
    accepted = said.json()["reports"]
    stored = {report.reference: report.answers() for report in Report.objects.all()}
    assert [stored[one["reference"]]["kind"] for one in accepted] == ["web_page", "contact", "contact"]
    assert [stored[one["reference"]]["place"]["accounts"] for one in accepted] == [[], ["river_1"], ["river_2"]]
    assert all(one["discharges_s66"] is False for one in accepted)
    assert platform.get(accepted[2]["reference"]).json()["status"] == "received"


def test_each_report_of_a_batch_is_on_the_ledger_and_sealed_with_a_key_of_its_own(platform: Platform) -> None:
    platform.post({"reports": [contact(1), contact(2)]}, "/batch")
    first, second = Report.objects.order_by("pk")
    for report in (first, second):
        [entry] = Entry.objects.filter(record=report.reference)
        assert entry.hash == proof.entry_hash(entry.body)
        assert '"received a report"' in entry.body
    assert first.record.ledger_seal().secret != second.record.ledger_seal().secret


def test_one_wrong_report_of_a_batch_is_named_and_none_is_stored(platform: Platform) -> None:
    said = problem(platform.post({"reports": [contact(1), {"kind": "web_page"}]}, "/batch"), 422)
    assert "reports[1]" in str(said["errors"])
    picture = contact(2) | {"narrative": "data:image/png;base64,iVBORw0KGgoAAAANSUhEUg"}
    said = problem(platform.post({"reports": [contact(1), picture]}, "/batch"), 422)
    assert "reports[1].narrative" in str(said["errors"])
    assert not Report.objects.exists()


@pytest.mark.parametrize("reports", [[], [SMALLEST] * 101, "none"])
def test_a_batch_holds_one_to_a_hundred_reports(platform: Platform, reports: object) -> None:
    problem(platform.post({"reports": reports}, "/batch"), 422)
    assert not Report.objects.exists()


def test_a_batch_sent_again_gives_the_same_answer_and_no_second_report(platform: Platform) -> None:
    body, key = {"reports": [contact(1), contact(2)]}, {"Idempotency-Key": "batch 7"}
    first = platform.post(body, "/batch", **key)
    again = platform.post(body, "/batch", **key)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert Report.objects.count() == 2


def test_a_batchs_key_is_good_for_no_other_body(platform: Platform) -> None:
    key = {"Idempotency-Key": "batch 7"}
    platform.post({"reports": [contact(1), contact(2)]}, "/batch", **key)
    problem(platform.post({"reports": [contact(1), contact(3)]}, "/batch", **key), 409)
    problem(platform.post({"reports": [contact(1), contact(2), contact(3)]}, "/batch", **key), 409)
    problem(platform.post(contact(1), **key), 409)
    assert Report.objects.count() == 2


def test_without_a_key_the_same_batch_is_taken_twice(platform: Platform) -> None:
    for _time in range(2):
        assert platform.post({"reports": [contact(1)]}, "/batch").status_code == 201
    assert Report.objects.count() == 2


def test_a_batch_counts_as_many_reports_towards_the_minute(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("havenline.journey.intake.api.A_MINUTE", 3)
    assert platform.post({"reports": [contact(1), contact(2)]}, "/batch").status_code == 201
    problem(platform.post({"reports": [contact(3), contact(4)]}, "/batch"), 429)
    assert platform.post(contact(5)).status_code == 201
    problem(platform.post(contact(6)), 429)


def test_a_hundred_take_hardly_more_statements_than_two(platform: Platform) -> None:
    def asked(number: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert platform.post({"reports": [contact(one) for one in range(number)]}, "/batch").status_code == 201
        return len(captured)

    asked(2)
    assert asked(100) <= asked(2) + 3  # SQLite takes so many values in one statement


def test_every_report_of_a_batch_is_opened_and_opening_twice_changes_nothing(platform: Platform) -> None:
    platform.post({"reports": [contact(number) for number in range(3)]}, "/batch")
    reports = list(Report.objects.values_list("pk", flat=True))
    actions.open_report(report=Report.objects.get(pk=reports[1]))
    for _time in range(2):
        tasks.open_arrivals.func(reports)
    assert not Report.objects.filter(opened_at=None).exists()
    assert Entry.objects.filter(body__contains='"opened the report"').count() == 3
