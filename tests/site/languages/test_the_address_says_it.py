"""Which language a page is in, and how a reader changes it without losing a word."""

import json
from typing import Any

import pytest

from havenline.foundation.ledger.models import Entry
from havenline.foundation.people.models import Agency, Membership
from havenline.journey.intake.models import Message, Report
from tests.site.languages.conftest import Reader

pytestmark = pytest.mark.django_db
ANSWERS: list[dict[str, str]] = [
    {"who": "parent"},
    {"kind": "contact"},
    {"danger": "no"},
    {"where": "game"},
    {"app": "chat.example", "accounts": "riverwalk_77"},
    {"happened": "An adult stranger asked to meet my child."},
    {"relation": "lives_with"},
    {"age": "11", "town": "Northmere"},
    {"name": ""},
    {"how": "email", "contact": "parent@example.org", "when": "16:00"},
]


def reports(reader: Reader, address: str) -> Report:
    before = set(Report.objects.values_list("pk", flat=True))
    reader.get(address)
    for answer in ANSWERS:
        reader.send(**answer)
    reader.send("send")
    return Report.objects.exclude(pk__in=before).get()


def _done(entry: Entry) -> tuple[str, str]:
    body = json.loads(entry.body)
    return body["verb"], body.get("station", "")


def test_the_same_report_is_stored_alike_in_both_languages(reader: Reader, settings: Any) -> None:
    english, arabic = reports(reader, "/report/"), reports(reader, "/ar/report/")
    settings.HOLDS_DESK_KEY = True
    assert english.answers() == {**arabic.answers(), "language": "en"}
    assert arabic.answers()["language"] == "ar"
    for column in ("kind", "danger", "channel", "source"):
        assert getattr(english, column) == getattr(arabic, column)
    said = [[_done(entry) for entry in Entry.objects.filter(record=report.reference).order_by("pk")] for report in (english, arabic)]
    assert said[0]
    assert said[0] == said[1]


def test_nothing_beside_the_sealed_answers_says_the_language(reader: Reader) -> None:
    report = reports(reader, "/ar/report/")
    columns = {field.name: str(getattr(report, field.attname)) for field in report._meta.concrete_fields if field.name != "sealed"}
    assert "ar" not in columns.values()


def test_a_questions_language_is_changed_without_losing_what_was_typed(reader: Reader) -> None:
    reader.get("/report/")
    for answer in ANSWERS[:5]:
        reader.send(**answer)
    reader.in_language("ar", happened="An adult stranger asked")
    assert reader.page.root["lang"] == "ar"
    assert "An adult stranger asked" in reader.page.html
    reader.in_language("en-gb", happened="An adult stranger asked to meet my child.")
    assert "Tell us what happened" in reader.text
    reader.in_language("ar", happened="An adult stranger asked to meet my child.").send(**ANSWERS[5])
    for answer in ANSWERS[6:]:
        reader.send(**answer)
    assert "An adult stranger asked to meet my child." in reader.page.html
    assert "riverwalk_77" in reader.page.html
    assert reader.page.form()["action"] == "/ar/report/"


def test_a_choice_that_was_made_stays_made(reader: Reader) -> None:
    reader.get("/report/").in_language("ar", who="parent")
    assert 'value="parent" checked' in reader.page.html.replace('" autocomplete="off" id="id_who_1" checked', '" checked')


def test_enter_in_a_text_field_continues_and_does_not_change_the_language(reader: Reader) -> None:
    reader.get("/report/")
    first = next(button for button in reader.page.buttons if button["of"] == "answers" and button.get("type") == "submit")
    assert (first["name"], first["value"]) == ("go", "on")


def test_the_receipt_stays_the_same_in_the_other_language(reader: Reader) -> None:
    reports(reader, "/report/")
    digits = reader.digits
    assert reader.in_language("ar").digits == digits
    assert reader.page.root["lang"] == "ar"
    assert reader.send("print").in_language("en-gb").digits == digits
    assert Report.objects.count() == 1


def test_the_dialogue_keeps_what_was_typed_and_sends_it_once(reader: Reader) -> None:
    reports(reader, "/report/")
    reader._read(reader.client.post("/report/", {"go": "open", "receipt": reader.digits}))
    reader.in_language("ar", words="It began last week.")
    assert reader.page.root["lang"] == "ar"
    assert "It began last week." in reader.page.html
    reader.send("add", words="It began last week.")
    assert Message.objects.count() == 1


def test_a_report_that_closed_by_itself_keeps_words_and_receipt(reader: Reader) -> None:
    reader._read(reader.client.post("/report/", {"go": "add", "words": "It began last week."}))
    reader.in_language("ar", words="It began last week.", receipt="1234")
    assert reader.page.root["lang"] == "ar"
    assert "It began last week." in reader.page.html
    assert 'value="1234"' in reader.page.html


@pytest.mark.parametrize("address", ["", "help/", "privacy/", "accessibility/", "without-javascript/"])
def test_a_page_leads_to_itself_in_the_other_language(reader: Reader, address: str) -> None:
    assert reader.get(f"/{address}").in_language("ar").response.request["PATH_INFO"] == f"/ar/{address}"
    assert reader.in_language("en-gb").response.request["PATH_INFO"] == f"/{address}"


def test_every_link_of_an_arabic_page_stays_in_arabic(reader: Reader) -> None:
    reader.get("/ar/")
    own = [link["href"] for link in reader.page.links if link["href"].startswith("/") and link.get("hreflang") != "en-gb"]
    assert own
    assert [href for href in own if not href.startswith("/ar/")] == []
    assert {form["action"] for form in reader.page.forms} == {"/ar/report/"}


def test_what_answered_a_form_leads_to_the_first_page_of_the_other_language(reader: Reader) -> None:
    reader._read(reader.client.post("/ar/report/", {"go": "stop"}))
    assert next(link["href"] for link in reader.page.links if link.get("hreflang") == "en-gb") == "/"


def test_a_browsers_wish_chooses_nothing(reader: Reader) -> None:
    assert reader.get("/", accept_language="ar").page.root["lang"] == "en-gb"
    assert reader.get("/ar/", accept_language="en").page.root["lang"] == "ar"


@pytest.mark.parametrize(
    "address",
    [
        "/fr/", "/AR/", "/ar-eg/", "/ar_EG/", "/ar/ar/", "/en-gb/", "/en/", "/xx-%F0%9F%98%80/", "/ar/../desk/", "/ar%00/",
        "/ar/desk/", "/ar/sign-in/", "/ar/api/v1/docs", "/" + "a" * 2000 + "/", "/ar//evil.example/",
    ],
)  # fmt: skip
def test_a_strange_language_is_a_page_that_does_not_exist(reader: Reader, address: str) -> None:
    assert reader.get(address).status == 404
    assert "evil" not in reader.page.html


@pytest.mark.parametrize("code", ["ar", "../ar", "ar'><script>", "\u202ear", "x" * 5000])
def test_a_language_in_a_query_or_a_field_is_not_heard(reader: Reader, code: str) -> None:
    reader._read(reader.client.get("/report/", {"lang": code, "language": code}))
    assert reader.page.root["lang"] == "en-gb"
    reader._read(reader.client.post("/report/", {"who": "parent", "lang": code, "language": code}))
    assert reader.page.root["lang"] == "en-gb"
    assert "<script>" not in reader.page.html.replace("<script src", "")


def test_without_its_slash_an_address_keeps_its_language(reader: Reader) -> None:
    assert reader.client.get("/ar").headers["Location"] == "/ar/"
    assert reader.client.get("/ar/help").headers["Location"] == "/ar/help/"


def test_where_one_language_is_offered_nothing_speaks_of_another(hotline: Agency) -> None:
    reader = Reader().get("/")
    assert "languages" not in reader.page.html
    assert reader.get("/ar/").status == 404


def test_the_desk_is_english_whatever_a_browser_wishes(two_languages: None, client: Any, analyst: Membership) -> None:
    page = client.get("/sign-in/", headers={"Accept-Language": "ar"}).content.decode()
    assert '<html lang="en-gb" dir="ltr"' in page
    client.force_login(analyst.person)
    assert '<html lang="en-gb" dir="ltr"' in client.get("/desk/queue/", headers={"Accept-Language": "ar"}, follow=True).content.decode()


def test_what_a_page_was_asked_by_its_address_it_is_asked_in_the_other_language(reader: Reader) -> None:
    reader.get("/ar/due-dates/?step=single_assessment&started=2026-11-18")
    assert "ينتهي الموعد يوم الاثنين 25 يناير 2027" in reader.text
    assert "Due Monday 25 January 2027" in reader.in_language("en-gb").text
