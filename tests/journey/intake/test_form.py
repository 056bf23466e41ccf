"""The public form, page by page: no cookie, one address, nothing lost."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from havenline.foundation import moment
from havenline.foundation.people.models import Agency
from havenline.journey.intake.models import Receipt, Report

pytestmark = pytest.mark.django_db


class Visitor:
    """A browser without JavaScript: it keeps the hidden fields of the page that it is on, and nothing else."""

    def __init__(self) -> None:
        self.client = Client()
        self.hidden: dict[str, str] = {}
        self.page = ""
        self.status = 200

    def read(self, response: Any) -> "Visitor":
        assert not response.cookies, "a public page set a cookie"
        assert not self.client.cookies
        assert "no-store" in response.headers["Cache-Control"]
        self.response, self.status, self.page = response, response.status_code, response.content.decode()
        self.hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', self.page))
        return self

    def get(self, address: str = "/") -> "Visitor":
        return self.read(self.client.get(address))

    def send(self, go: str = "on", **fields: Any) -> "Visitor":
        return self.read(self.client.post("/report/", {**self.hidden, "go": go, **fields}))

    @property
    def receipt(self) -> str:
        found = re.search(r'class="receipt-digits">(.*?)</p>', self.page, re.DOTALL)
        assert found, self.page
        return "".join(re.findall(r"\d", re.sub("<[^>]*>", "", found[1])))


@pytest.fixture
def visitor(hotline: Agency, as_public_process: None) -> Visitor:
    return Visitor()


def to_check(visitor: Visitor) -> Visitor:
    visitor.get("/report/")
    visitor.send(who="parent")
    visitor.send(kind="contact")
    visitor.send(danger="no")
    visitor.send(where="chat")
    visitor.send(app="chat.example", accounts="riverwalk_77")
    visitor.send(happened="An adult stranger asked to meet my child.")
    visitor.send(relation="lives_with")
    visitor.send(age="11", town="Northmere")
    visitor.send(name="")
    visitor.send(how="here")
    assert "Check your answers" in visitor.page
    return visitor


def test_a_parent_reports_and_gets_a_receipt_without_any_cookie(visitor: Visitor) -> None:
    to_check(visitor).send("send")
    assert "We have your report" in visitor.page
    assert len(visitor.receipt) == 16
    assert Report.objects.get().kind == "contact"


def test_what_was_typed_arrives_at_the_desk(visitor: Visitor, settings: Any) -> None:
    to_check(visitor).send("send")
    settings.HOLDS_DESK_KEY = True
    answers = Report.objects.get().answers()
    assert answers["happened"] == "An adult stranger asked to meet my child."
    assert answers["child"]["age"] == 11
    assert answers["relation"] == "lives_with"
    assert answers["place"]["accounts"] == ["riverwalk_77"]


def test_the_homes_doors_lead_to_the_second_question(visitor: Visitor) -> None:
    visitor.get("/")
    visitor.read(visitor.client.post("/report/", {"who": "under_18"}))
    assert "A picture of me" in visitor.page
    assert "not in trouble" in visitor.page


def test_a_picture_of_me_leads_to_the_removal_service_first(visitor: Visitor) -> None:
    visitor.get("/report/").send(who="under_18")
    visitor.send(kind="picture_of_me")
    assert "Report Remove" in visitor.page
    assert visitor.page.index("Don’t pay") < visitor.page.index("Stop replying") < visitor.page.index("Then block")


def test_danger_now_shows_the_emergency_number_before_anything_else(visitor: Visitor) -> None:
    visitor.get("/report/").send(who="parent")
    visitor.send(kind="contact")
    visitor.send(danger="now")
    assert "Call 999 now" in visitor.page


def test_back_loses_nothing_even_what_is_not_right_yet(visitor: Visitor) -> None:
    visitor.get("/report/").send(who="adult")
    visitor.send(kind="web_page")
    visitor.send(danger="no")
    visitor.send("back", urls="not an address")
    assert "danger" in visitor.page
    visitor.send(danger="no")
    assert "not an address</textarea>" in visitor.page


def test_change_goes_to_the_question_and_straight_back(visitor: Visitor) -> None:
    to_check(visitor).send("change:happened")
    assert "asked to meet my child" in visitor.page
    visitor.send(happened="An adult asked for my child’s school.")
    assert "Check your answers" in visitor.page
    assert "asked for my child’s school" in visitor.page


def test_sending_again_shows_the_same_receipt(visitor: Visitor) -> None:
    to_check(visitor)
    form = dict(visitor.hidden)
    first = visitor.send("send").receipt
    second = visitor.read(visitor.client.post("/report/", {**form, "go": "send"})).receipt
    assert first == second
    assert Report.objects.count() == 1


def test_an_hour_later_the_page_says_that_it_was_sent(visitor: Visitor) -> None:
    to_check(visitor)
    form = dict(visitor.hidden)
    visitor.send("send")
    with moment.standing_at(moment.now() + timedelta(minutes=61)):
        visitor.read(visitor.client.post("/report/", {**form, "go": "send"}))
    assert "You have sent this already" in visitor.page
    assert Report.objects.count() == 1


def test_an_expired_page_keeps_its_answers(visitor: Visitor) -> None:
    to_check(visitor)
    with moment.standing_at(moment.now() + timedelta(hours=13)):
        visitor.send("send")
        assert "Your answers are still here" in visitor.page
        assert "asked to meet my child" in visitor.page
        visitor.send("send")
    assert Report.objects.count() == 1


def test_an_altered_form_starts_again_kindly_and_keeps_the_last_page(visitor: Visitor) -> None:
    visitor.get("/report/").send(who="parent")
    visitor.send(kind="contact")
    visitor.send(danger="no")
    visitor.send(where="chat")
    visitor.hidden["form"] = visitor.hidden["form"][:-4] + "AAAA"
    visitor.send(app="chat.example", accounts="riverwalk_77")
    assert "Please start again" in visitor.page
    visitor.send(who="parent")
    visitor.send(kind="contact")
    visitor.send(danger="no")
    visitor.send(where="chat")
    assert "riverwalk_77" in visitor.page


def test_an_empty_answer_says_what_to_do_where_it_belongs(visitor: Visitor) -> None:
    visitor.get("/report/").send()
    assert "<title>Error: Form</title>" in visitor.page
    assert visitor.page.count("Choose who you are") == 2


def test_a_picture_in_disguise_is_refused_kindly_and_the_words_stay(visitor: Visitor) -> None:
    visitor.get("/report/").send(who="parent")
    visitor.send(kind="conversation")
    visitor.send(danger="no")
    visitor.send(where="chat")
    visitor.send(app="chat.example")
    visitor.send(conversation="Keep this between us. data:image/png;base64,iVBORw0KGgoAAAANSUhEUg")
    assert "Please tell us in words" in visitor.page
    assert "Keep this between us" in visitor.page
    assert Report.objects.count() == 0


def test_a_file_is_refused_and_the_answers_stay(visitor: Visitor) -> None:
    visitor.get("/report/").send(who="parent")
    visitor.send(kind=SimpleUploadedFile("landscape.png", b"\x89PNG" + bytes(2000)))
    assert "take pictures or files" in visitor.page
    visitor.send(kind="contact")
    assert "danger" in visitor.page


def test_a_huge_text_is_refused_where_it_belongs(visitor: Visitor) -> None:
    visitor.get("/report/").send(who="adult")
    visitor.send(kind="web_page")
    visitor.send(danger="no")
    visitor.send(urls="https://page.example/")
    data = "&".join(f"{name}={value}" for name, value in {**visitor.hidden, "go": "on"}.items()) + "&happened=" + "word+" * 600_000
    visitor.read(visitor.client.post("/report/", data, content_type="application/x-www-form-urlencoded"))
    assert "too long for us" in visitor.page
    assert visitor.status == 200


def test_bytes_are_no_words(visitor: Visitor) -> None:
    visitor.get("/report/").send(who="parent")
    visitor.send(kind="other")
    visitor.send(danger="no")
    visitor.send(where="unknown")
    visitor.send(app="a\x00b")
    assert "not text" in visitor.page


def test_markup_that_somebody_typed_is_shown_as_text(visitor: Visitor) -> None:
    to_check(visitor).send("change:happened")
    visitor.send(happened="<script>alert(1)</script>")
    assert "<script>alert" not in visitor.page
    assert "&lt;script&gt;" in visitor.page


def test_every_public_page_is_called_form_and_never_completed_by_the_browser(visitor: Visitor) -> None:
    for address in ("/", "/report/"):
        visitor.get(address)
        assert "<title>Form</title>" in visitor.page
        assert visitor.page.count("<form") == len(re.findall(r'<form[^>]*autocomplete="off"', visitor.page))


def test_without_a_hotline_the_answers_stay_and_the_page_says_so(db: None, as_public_process: None) -> None:
    visitor = to_check(Visitor()).send("send")
    assert visitor.status == 503
    assert "Nobody can take reports here yet" in visitor.page
    assert "asked to meet my child" in visitor.page


def test_at_night_the_page_says_that_nobody_reads(visitor: Visitor, settings: Any) -> None:
    from dataclasses import replace

    settings.DEPLOYMENT = replace(settings.DEPLOYMENT, hours="08:00-20:00")
    with moment.standing_at(moment.now().replace(hour=3)):
        to_check(visitor)
        assert "nobody is reading" in visitor.page
    with moment.standing_at(moment.now().replace(hour=12)):
        assert "somebody is reading reports" in to_check(Visitor()).page


def test_i_have_written_it_down_is_kept(visitor: Visitor) -> None:
    to_check(visitor).send("send")
    visitor.send("written")
    assert Receipt.objects.get().written_down_at is not None


def test_the_receipts_page_carries_no_answers(visitor: Visitor) -> None:
    to_check(visitor).send("send")
    assert len(visitor.hidden["form"]) < 300


def test_the_saved_file_holds_digits_only(visitor: Visitor) -> None:
    digits = to_check(visitor).send("send").receipt
    visitor.send("save")
    assert visitor.page.replace(" ", "").strip() == digits
    assert "number.txt" in visitor.response["Content-Disposition"]


@pytest.mark.parametrize("who", ["under_18", "parent", "works_with_children", "adult"])
def test_stop_deletes_what_was_written(visitor: Visitor, who: str) -> None:
    visitor.get("/report/").send(who=who)
    visitor.send("stop")
    assert "Nothing was sent" in visitor.page
    assert Report.objects.count() == 0
