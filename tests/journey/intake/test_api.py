"""Reports by machine: sent once, answered alike, refused by name of the field."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from havenline.foundation import moment
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.people.actions import make_api_key
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.records import actions as records
from havenline.journey.intake import actions
from havenline.journey.intake.models import Message, Report
from tests import factories

pytestmark = pytest.mark.django_db

SMALLEST = {"kind": "web_page", "url": "https://page.example/room"}


class Platform:
    """A platform's program."""

    def __init__(self, name: str = "chat.example") -> None:
        self.agency = factories.agency("platform", name)
        self.key, self.raw = make_api_key(agency=self.agency, by=INSTALLATION)
        self.client = Client()

    def post(self, body: Any, path: str = "", **headers: str) -> Any:
        data = body if isinstance(body, str | bytes) else json.dumps(body)
        kind = headers.pop("content_type", "application/json")
        return self.client.post(
            f"/api/v1/reports{path}", data, content_type=kind, headers={"Authorization": f"Bearer {self.raw}", **headers}
        )

    def get(self, reference: str) -> Any:
        return self.client.get(f"/api/v1/reports/{reference}", headers={"Authorization": f"Bearer {self.raw}"})


@pytest.fixture
def platform(hotline: Agency) -> Platform:
    return Platform()


def problem(response: Any, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    said: dict[str, Any] = response.json()
    assert said["status"] == status
    return said


def test_the_smallest_report_is_taken(platform: Platform) -> None:
    response = platform.post(SMALLEST)
    assert response.status_code == 201
    said = response.json()
    assert set(said) == {"reference", "status_url", "discharges_s66"}
    assert said["discharges_s66"] is False
    assert said["status_url"].endswith(f"/api/v1/reports/{said['reference']}")
    report = Report.objects.get()
    assert (report.source, report.platform) == ("chat-example", platform.agency)
    assert report.answers()["place"]["urls"] == ["https://page.example/room"]


def test_every_optional_field_arrives_at_the_desk(platform: Platform) -> None:
    body = {
        "kind": "contact",
        "narrative": "An adult account asked a child for their school.",
        "accounts": ["riverwalk_77"],
        "ip_addresses": [{"address": "192.0.2.7", "port": 4711, "seen_at": "2026-11-18T10:06:00Z"}],
        "conversation": "which school do you go to?",
        "hashes": ["ab" * 32],
        "danger_now": True,
        "priority": "urgent",
        "account_suspended": False,
        "user_told": False,
        "reporter": {"name": "Trust and safety", "contact": "safety@chat.example"},
        "occurred_at": "2026-11-18T10:00:00+00:00",
    }
    assert platform.post(body).status_code == 201
    report = Report.objects.get()
    answers = report.answers()
    assert report.danger == "now"
    assert answers["platform"]["ip_addresses"] == [{"address": "192.0.2.7", "port": 4711, "seen_at": "2026-11-18T10:06:00+00:00"}]
    assert answers["platform"]["priority"] == "urgent"
    actions.open_report(report=report)
    seen = {s.identifier.canonical for s in report.record.sightings.select_related("identifier")}
    assert {"riverwalk_77 at chat.example", "192.0.2.7", "ab" * 32} <= seen


def test_a_picture_arrives_by_its_perceptual_hash_as_one_item_and_the_hash_stands_in_no_answer(platform: Platform) -> None:
    exact, alone, plain = "ab" * 32, "0f" * 32, "cd" * 32
    pictures = [{"pdq": "F0" * 32, "quality": 88, "sha256": exact}, {"pdq": alone}]
    assert platform.post({"kind": "other", "hashes": [plain, *pictures]}).status_code == 201
    report = Report.objects.get()
    actions.open_report(report=report)
    items = [
        (item.identifier.kind, item.identifier.canonical, item.pdq and item.pdq.canonical, item.pdq_quality) for item in report.items.all()
    ]
    assert items == [("sha256", plain, None, None), ("sha256", exact, "f0" * 32, 88), ("pdq", alone, alone, None)]
    assert alone not in str(report.answers())


@pytest.mark.parametrize(
    "picture", [{"pdq": "xyz"}, {"pdq": "ab" * 20}, {"pdq": "ab" * 32, "quality": 101}, {"quality": 3}, {"pdq": 7}, 7, None]
)
def test_a_perceptual_hash_that_is_none_is_named(platform: Platform, picture: Any) -> None:
    said = problem(platform.post({"kind": "other", "hashes": ["ab" * 32, picture]}), 422)
    assert said["errors"][0]["field"].startswith("hashes[1]")
    assert "(" not in said["errors"][0]["field"]


def test_the_same_idempotency_key_gives_the_same_answer(platform: Platform) -> None:
    first, second = (platform.post(SMALLEST, **{"Idempotency-Key": "one"}) for _ in range(2))
    assert first.json() == second.json()
    assert Report.objects.count() == 1


def test_the_same_idempotency_key_with_another_body_is_an_error(platform: Platform) -> None:
    platform.post(SMALLEST, **{"Idempotency-Key": "one"})
    said = problem(platform.post({**SMALLEST, "narrative": "More."}, **{"Idempotency-Key": "one"}), 409)
    assert said["errors"][0]["field"] == "Idempotency-Key"
    assert Report.objects.count() == 1


def test_of_two_at_once_with_one_key_both_get_the_first_ones_answer(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    from havenline.journey.intake import queries

    count, first = queries.sent_since, []

    def slow_count(key: Any, since: Any) -> int:
        found = count(key, since)
        if not first:  # the other one is stored between this one's count and its own storing
            first.append(None)
            first[0] = platform.post(SMALLEST, **{"Idempotency-Key": "one"}).json()
        return found

    monkeypatch.setattr(queries, "sent_since", slow_count)
    assert platform.post(SMALLEST, **{"Idempotency-Key": "one"}).json() == first[0]
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "nonsense"}, "kind"),
        ({}, "kind"),
        ({"kind": "web_page", "url": "ftp://page.example/"}, "url"),
        ({"kind": "other", "hashes": ["xyz"]}, "hashes[0]"),
        ({"kind": "other", "ip_addresses": [{"address": "999.1.1.1"}]}, "ip_addresses[0].address"),
        ({"kind": "other", "danger_now": "yes"}, "danger_now"),
        ({"kind": "other", "picture": "…"}, "picture"),
        ({"kind": "other", "narrative": "a\x00b"}, "narrative"),
        ({"kind": "other", "narrative": "data:image/png;base64,iVBORw0KGgoAAAANSUhEUg"}, "narrative"),
    ],
)
def test_a_wrong_field_is_named(platform: Platform, body: dict[str, Any], field: str) -> None:
    said = problem(platform.post(body), 422)
    assert said["errors"][0]["field"].startswith(field)
    assert Report.objects.count() == 0


def test_a_web_page_needs_its_address(platform: Platform) -> None:
    assert "address of the web page" in problem(platform.post({"kind": "web_page"}), 422)["detail"]


def test_what_is_not_json_is_refused(platform: Platform) -> None:
    problem(platform.post("{"), 400)
    problem(platform.post(b"\xff\xfe"), 400)
    problem(platform.post('{"kind": NaN}'), 400)
    problem(platform.post("kind=other", content_type="application/x-www-form-urlencoded"), 415)
    problem(platform.post('{"kind": "other", "narrative": "' + "x" * 3_000_000 + '"}'), 413)


def test_half_a_character_is_refused(platform: Platform) -> None:
    problem(platform.post('{"kind": "other", "narrative": "\\ud800"}'), 422)


def test_without_a_key_nothing_is_told(platform: Platform) -> None:
    said = problem(Client().post("/api/v1/reports", SMALLEST, content_type="application/json"), 401)
    assert said["errors"][0]["field"] == "Authorization"
    platform.raw = "nonsense"
    problem(platform.post(SMALLEST), 401)


def test_another_platforms_report_looks_as_if_it_did_not_exist(platform: Platform) -> None:
    reference = platform.post(SMALLEST).json()["reference"]
    other = Platform("game.example")
    theirs, missing = problem(other.get(reference), 404), problem(other.get("HL-2222-2222"), 404)
    assert theirs == missing
    assert problem(other.post({"narrative": "More."}, f"/{reference}/supplements"), 404) == missing


def test_a_platform_sees_what_we_ask_of_it(platform: Platform, analyst: Membership) -> None:
    reference = platform.post(SMALLEST).json()["reference"]
    assert platform.get(reference).json()["status"] == "received"
    report = Report.objects.get()
    actions.ask_platform(report=report, ask="more_needed", words="Which account posted it?", by=analyst)
    said = platform.get(reference).json()
    assert (said["status"], said["message"]) == ("more_needed", "Which account posted it?")


def test_under_a_silence_the_host_sees_what_it_saw_on_the_first_day(platform: Platform, analyst: Membership) -> None:
    reference = platform.post(SMALLEST).json()["reference"]
    report = Report.objects.get()
    actions.ask_platform(report=report, ask="leave_account_open", words="Please wait.", by=analyst)
    records.keep_silent(record=report.record, audience="host", reason="Police act first", by=analyst, actor=analyst)
    said = platform.get(reference).json()
    assert (said["status"], said["message"]) == ("received", "")


def test_a_decided_report_is_closed_in_one_word_for_all_outcomes(platform: Platform) -> None:
    reference = platform.post(SMALLEST).json()["reference"]
    Report.objects.update(waits_since=None)
    assert platform.get(reference).json()["status"] == "closed"


def test_a_supplement_reopens_the_report_once(platform: Platform) -> None:
    reference = platform.post(SMALLEST).json()["reference"]
    Report.objects.update(waits_since=None)
    body = {"narrative": "It came back.", "accounts": ["riverwalk_78"]}
    first, second = (platform.post(body, f"/{reference}/supplements", **{"Idempotency-Key": "two"}) for _ in range(2))
    assert first.status_code == second.status_code == 201
    assert Message.objects.count() == 1
    assert "riverwalk_78" in Message.objects.get().words()
    assert Report.objects.get().waits_since is not None


def test_too_many_reports_are_told_to_wait(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    from havenline.journey.intake import api

    monkeypatch.setattr(api, "A_MINUTE", 1)
    platform.post(SMALLEST)
    response = platform.post(SMALLEST)
    problem(response, 429)
    assert response["Retry-After"] == "60"


def test_what_was_sent_while_the_clock_stood_a_day_ahead_is_not_too_many_once_it_is_right(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    from havenline.journey.intake import api

    monkeypatch.setattr(api, "A_MINUTE", 1)
    with moment.standing_at(moment.now() + timedelta(days=1)):
        assert platform.post(SMALLEST).status_code == 201
    assert platform.post(SMALLEST).status_code == 201


def test_without_a_hotline_a_platform_is_told_to_come_back(db: None) -> None:
    problem(Platform().post(SMALLEST), 503)


def test_the_document_declares_every_error_as_a_problem() -> None:
    document = Client().get("/api/v1/openapi.json").json()
    responses = document["paths"]["/api/v1/reports"]["post"]["responses"]
    assert {"201", "400", "401", "409", "413", "415", "422", "429"} <= set(responses)
    assert all("application/problem+json" in responses[status]["content"] for status in responses if int(status) >= 400)


def test_the_readable_page_says_what_the_document_says() -> None:
    page = Client().get("/api/v1/docs").content.decode()
    for said in ("/api/v1/reports/{reference}/supplements", "Idempotency-Key", "danger_now", "application/problem+json"):
        assert said in page
