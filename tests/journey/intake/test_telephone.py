"""A report by telephone: the analyst types, the caller gets the same receipt."""

import re
from typing import Any

import pytest
from django.test import Client

from havenline.foundation.people.models import Membership, NotYourRole
from havenline.journey.intake import actions
from havenline.journey.intake.models import Channel, Report

pytestmark = pytest.mark.django_db

CALL = {"danger": "no", "kind": "contact", "who": "parent", "happened": "An adult stranger wrote to my child.", "relation": "lives_with"}


def hidden(page: str) -> str:
    found = re.search(r'name="form" value="([^"]*)"', page)
    assert found
    return found[1]


def test_a_call_becomes_a_report_with_a_receipt_to_read_out(analyst: Membership, signed_in: Any) -> None:
    browser: Client = signed_in(analyst)
    form = hidden(browser.get("/desk/telephone/").content.decode())
    pages = [browser.post("/desk/telephone/", {**CALL, "form": form}).content.decode() for _ in range(2)]
    report = Report.objects.get()
    assert (report.channel, report.source, report.entered_by) == (Channel.TELEPHONE, "telephone", analyst)
    receipts = {"".join(re.findall(r"\d", re.sub("<[^>]*>", "", re.search(r'receipt-digits">(.*?)</p>', p, re.S)[1]))) for p in pages}  # type: ignore[index]
    assert len(receipts) == 1
    assert actions.open_by_receipt(typed=receipts.pop())[0] == report


def test_what_is_missing_is_said_and_what_was_typed_stays(analyst: Membership, signed_in: Any) -> None:
    browser: Client = signed_in(analyst)
    page = browser.post("/desk/telephone/", {**CALL, "danger": "", "age": "old"}).content.decode()
    assert "Choose whether somebody is in danger now" in page
    assert "Write the age in years" in page
    assert "An adult stranger wrote to my child." in page
    assert Report.objects.count() == 0


def test_only_the_hotline_takes_calls(investigator: Membership, signed_in: Any, answers: Any) -> None:
    assert signed_in(investigator).get("/desk/telephone/").status_code == 404
    with pytest.raises(NotYourRole):
        actions.receive(answers=answers, by=investigator, channel=Channel.TELEPHONE)
