"""Everything that the public process shows, read in Arabic: right to left, and no English word left over."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.urls import URLPattern
from django.utils import translation

import havenline
from havenline.journey.intake import questions
from havenline.journey.intake.choices import NEUTRAL, Station
from havenline.journey.intake.models import Message, Report
from havenline.journey.prevention.guidance import PAGES
from havenline.site.urls import public
from tests.site.languages.conftest import Page, Reader

pytestmark = pytest.mark.django_db

# Names, keys on a keyboard, and what has no other name.
ALLOWED = {"Havenline", "JavaScript", "Report", "Remove", "Shift", "Ctrl", "P", "AA", "LADO", "Childline"}
SAID: dict[str, dict[str, str]] = {
    "danger": {"danger": "now"},
    "address": {"urls": "https://page.example/room"},
    "where": {"where": "chat"},
    "place": {"app": "chat.example", "accounts": "riverwalk_77"},
    "happened": {"happened": "قال غريب لطفلي إنه يريد لقاءه."},
    "me": {"me": "other"},
    "relation": {"relation": "lives_with"},
    "child": {"age": "11", "town": "Northmere"},
    "contact": {"how": "here"},
}
WRONG: dict[str, dict[str, str]] = {
    "address": {"urls": "no address"},
    "place": {"urls": "no address"},
    "child": {"age": "old"},
    "contact": {"how": "telephone"},
    "happened": {"happened": "\x00"},
    "conversation": {"conversation": "data:image/png;base64," + "iVBORw0KGgo" * 20},
}
MINE = {"Northmere", "chat.example", "pictures.example", "riverwalk_77", "no", "address", "old"}  # what this test types
WHO = ("under_18", "parent", "works_with_children", "adult")


def left_over(page: Page) -> list[str]:
    """Latin words in the page that are no name, no address and nothing that was typed."""
    text = re.sub(r"https?://\S+|data:image\S+", " ", " ".join(page.words))
    words = {word.strip(".’'-") for word in re.findall(r"[A-Za-z][A-Za-z0-9_.’'-]*", text)}
    return sorted(words - ALLOWED - MINE)


def is_arabic(reader: Reader) -> Reader:
    assert (reader.page.root["lang"], reader.page.root["dir"]) == ("ar", "rtl")
    assert reader.response.headers["Content-Language"] == "ar"
    assert left_over(reader.page) == []
    return reader


def addresses() -> list[str]:
    """Every public page: those without an argument, and the guidance for each audience."""
    found = [f"/ar/guidance/{audience}/" for audience in PAGES]
    for resolver in public.urlpatterns:
        if isinstance(resolver, URLPattern):
            continue  # no page: lines for programs
        stack = [("", one) for one in resolver.url_patterns]
        while stack:
            before, one = stack.pop()
            where = before + str(one.pattern)
            if isinstance(one, URLPattern):
                found += [] if "<" in where else [f"/ar/{where}"]
            else:
                stack += [(where, inner) for inner in one.url_patterns]
    return sorted(found)


@pytest.mark.parametrize("address", addresses())
def test_each_page(reader: Reader, address: str) -> None:
    is_arabic(reader.get(address))


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "413", "429", "500", "503"])
def test_each_error_page(two_languages: None, settings: Any, name: str) -> None:
    with translation.override("ar"):
        page = Page(render_to_string(f"{name}.html", {"deployment": settings.DEPLOYMENT.in_language("ar")}))
    assert (page.root["lang"], page.root["dir"]) == ("ar", "rtl")
    assert left_over(page) == []
    assert any(link["href"] == "/ar/" for link in page.links)


def test_an_address_that_does_not_exist(reader: Reader) -> None:
    assert is_arabic(reader.get("/ar/nothing-here/")).status == 404


def walk(reader: Reader, who: str, kind: str) -> list[str]:
    """Answer every question of a report, first wrongly and then rightly, looking at each page; the steps that were seen."""
    seen = []
    is_arabic(reader.get("/ar/report/"))
    while (step := reader.page.form()["fields"]["step"]) != "check":
        assert step not in seen, f"{step} does not lead on: {reader.text}"
        seen.append(step)
        right = {**SAID, "who": {"who": who}, "what": {"kind": kind}}.get(step, {})
        for wrong in ({}, WRONG.get(step, {})):
            if step not in questions.TO_READ and not questions.form_of(step, {"who": {"who": [who]}, "what": {"kind": [kind]}, step: {
                name: [value] for name, value in wrong.items()
            }}, check=True).is_valid():  # fmt: skip
                is_arabic(reader.send(**wrong))
                assert "خطأ" in reader.text
        is_arabic(reader.send(**right))
    return seen


@pytest.mark.parametrize("who", WHO)
def test_each_question_of_each_report_with_its_errors(reader: Reader, who: str) -> None:
    reader.get("/ar/report/").send(who=who)
    kinds = re.findall(r'name="kind" value="(\w+)"', reader.page.html)
    assert len(kinds) >= 5
    seen = {step for kind in kinds for step in walk(reader, who, kind)}
    assert seen >= {"who", "what", "danger", "call", "happened", "contact"}


def test_all_questions_are_walked_by_somebody(reader: Reader) -> None:
    kinds = {"under_18": ("picture_of_me", "conversation"), "adult": ("web_page",)}
    seen = {step for who, told in kinds.items() for kind in told for step in walk(reader, who, kind)}
    assert seen == set(questions.QUESTIONS) - {"check"}


def sent(reader: Reader, kind: str = "contact") -> Reader:
    walk(reader, "parent", kind)
    return is_arabic(reader.send("send"))


def test_the_receipt_and_what_can_be_done_with_it(reader: Reader) -> None:
    sent(reader)
    digits = reader.digits
    assert len(digits) == 16
    assert '<bdi dir="ltr">' in reader.page.html
    receipt = reader.page
    for go in ("print", "written"):
        reader.page = receipt
        is_arabic(reader.send(go))


def test_when_nobody_reads_now(reader: Reader, settings: Any, standing_at: Any) -> None:
    from dataclasses import replace
    from datetime import datetime

    from havenline.foundation import moment

    settings.DEPLOYMENT = replace(settings.DEPLOYMENT, hours="08:00-20:00")
    with standing_at(datetime(2026, 11, 18, 21, 15, tzinfo=moment.LONDON)):
        walk(reader, "parent", "contact")
    assert "9:15 مساءً" in reader.text
    assert "8:00 صباحاً" in reader.text


def test_the_dialogue_with_our_answer_and_a_station(reader: Reader, analyst: Any, settings: Any) -> None:
    from havenline.journey.intake import actions

    digits = sent(reader).digits
    report = Report.objects.get()
    settings.HOLDS_DESK_KEY = True
    with translation.override("ar"):
        actions.write_to_reporter(report=report, words=str(NEUTRAL), by=analyst)
    settings.HOLDS_DESK_KEY = False
    for station in Station:
        Report.objects.update(released_station=station)
        reader.get("/ar/")
        is_arabic(reader._read(reader.client.post("/ar/report/", {"go": "open", "receipt": digits})))
        assert str(NEUTRAL) not in reader.text
    assert reader.response.headers["Refresh"].endswith("url=/ar/")
    is_arabic(reader.send("add", words=""))  # nothing written
    is_arabic(reader.send("add", words="اسم الحساب riverwalk_77."))
    assert Message.objects.filter(from_reporter=True).count() == 1
    is_arabic(reader.send("close"))


@pytest.mark.parametrize("receipt", ["", "12", "1234 5678 1234 5678"])
def test_a_receipt_that_opens_nothing(reader: Reader, receipt: str) -> None:
    is_arabic(reader._read(reader.client.post("/ar/report/", {"go": "open", "receipt": receipt})))
    is_arabic(reader._read(reader.client.post("/ar/report/", {"go": "open", "receipt": receipt, "words": "كلمات"})))


@pytest.mark.parametrize("go", ["stop", "close", "written", "print", "save", "show", "again", "read", "add"])
def test_what_is_said_where_nothing_rode_in_the_form(reader: Reader, go: str) -> None:
    is_arabic(reader._read(reader.client.post("/ar/report/", {"go": go, "words": "كلمات"})))


def test_a_form_that_cannot_be_read(reader: Reader) -> None:
    is_arabic(reader._read(reader.client.post("/ar/report/", {"form": "altered", "step": "happened", "happened": "كلمات"})))


def test_each_file_that_the_list_of_public_strings_names_is_there() -> None:
    package = Path(havenline.__file__).parent
    listed = (package / "site/locale/public.txt").read_text().splitlines()
    assert [path for path in listed if not path.startswith("#") and not (package / path).exists()] == []
