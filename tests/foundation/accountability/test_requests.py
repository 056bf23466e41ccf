"""What somebody asks about themselves: each agency decides about its own records, and the answer tells a stranger nothing."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from havenline.foundation import moment
from havenline.foundation.accountability import actions, queries
from havenline.foundation.accountability.models import AccessRequest, Choice
from havenline.foundation.ledger.models import Entry
from havenline.foundation.people.models import Agency, Membership, NotPartyToRecord
from havenline.foundation.records.masking import sight_of
from havenline.foundation.records.passages import Passage, passages_of
from havenline.journey.intake.models import Report
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_wednesday")]
SignIn = Callable[[Membership], Client]
ANSWERS = {
    "who": "parent",
    "kind": "contact",
    "happened": "An adult stranger asked to meet my child.",
    "place": {"app": "chat.example", "accounts": ["riverwalk_77"], "urls": []},
    "relation": "lives_with",
    "child": {"name": "Robin Vale", "age": 9},
    "reporter": {"name": "Alex Vale"},
    "contact": {"how": "email", "email": "alex@mail.example"},
    "asked_since": "a later question",
}


def asked(by: Membership, name: str = "Sam Reed", **more: Any) -> AccessRequest:
    said = {"contact": "1 High Road, Northmere", "asks": "Everything.", "received_on": date(2026, 11, 17)} | more
    return actions.receive_request(name=name, by=by, **said)


@pytest.fixture
def report(on_wednesday: datetime, hotline: Agency) -> Report:
    return factories.report(hotline, answers=ANSWERS)


def passages(report: Report, by: Membership) -> list[Passage]:
    return passages_of(report.record, sight_of(report.record, by=by))


def test_the_default_letter_is_the_same_for_somebody_known_and_somebody_unknown(senior_analyst: Membership, report: Report) -> None:
    known, unknown = asked(senior_analyst), asked(senior_analyst)
    choice = actions.ask_about(request=known, record=report.record, by=senior_analyst)
    actions.decide(choice=choice, what="withhold", reason="It would tell the person reported.", kept=set(), by=senior_analyst)
    letters = [actions.answer(request=one, by=senior_analyst) for one in (known, unknown)]
    texts = [one.letter.replace(one.number, "AR") for one in letters]
    assert texts[0] == texts[1]
    assert "neither confirm nor deny" in texts[0]
    assert report.reference not in letters[0].letter


def test_what_is_about_others_is_marked_and_taken_out_of_the_copy_unless_a_person_says_otherwise(
    senior_analyst: Membership, report: Report
) -> None:
    marked = {one.words: one.about for one in passages(report, senior_analyst)}
    assert (marked["Robin Vale"], marked["Alex Vale"], marked["riverwalk_77"], marked["Contact with a child"]) == (
        "other",
        "other",
        "other",
        "",
    )
    assert marked["An adult stranger asked to meet my child."] == "read"
    assert marked["alex@mail.example"] == marked["a later question"] == "other"
    request = asked(senior_analyst, name="Alex Vale")
    choice = actions.ask_about(request=request, record=report.record, by=senior_analyst)
    numbers = {one.words: number for number, one in enumerate(passages(report, senior_analyst))}
    told = numbers["An adult stranger asked to meet my child."]
    choice = actions.decide(
        choice=choice, what="disclose", reason="Their own words.", kept={numbers["Alex Vale"]}, out={told}, by=senior_analyst
    )
    words = [one["words"] for one in choice.copy]
    assert "Alex Vale" in words
    assert not {"Robin Vale", "An adult stranger asked to meet my child."} & set(words)
    assert "[redacted: about another person]" in words
    assert "A copy of what we can disclose is enclosed" in actions.answer(request=request, by=senior_analyst).letter


def test_the_agency_that_owns_a_record_decides_whoever_was_asked(
    senior_analyst: Membership, analyst: Membership, police_supervisor: Membership, report: Report, police: Agency
) -> None:
    referral = factories.referral_to_police(report, police, analyst)
    request = asked(police_supervisor)
    choice = actions.ask_about(request=request, record=referral.record, by=police_supervisor)
    with pytest.raises(actions.NotYours, match="Northmere Hotline"):
        actions.decide(choice=choice, what="disclose", reason="We want to.", kept=set(), by=police_supervisor)
    with pytest.raises(actions.NotDecided):
        actions.answer(request=request, by=police_supervisor)
    assert list(queries.to_decide(by=senior_analyst)) == [choice]
    actions.decide(choice=choice, what="withhold", reason="An enquiry is open.", kept=set(), by=senior_analyst)
    assert list(queries.to_decide(by=senior_analyst)) == []
    assert actions.answer(request=request, by=police_supervisor).answered_at is not None
    with pytest.raises(NotPartyToRecord):
        actions.ask_about(request=asked(police_supervisor), record=report.record, by=police_supervisor)


@pytest.mark.parametrize(
    ("came", "due", "extended"),
    [(date(2026, 11, 17), date(2026, 12, 17), date(2027, 2, 17)), (date(2026, 1, 31), date(2026, 2, 28), date(2026, 4, 30))],
)
def test_the_answer_is_due_one_month_from_its_receipt_and_once_two_further(
    came: date, due: date, extended: date, senior_analyst: Membership
) -> None:
    with moment.standing_at(datetime(came.year, came.month, came.day, 12, tzinfo=moment.LONDON)):
        request = asked(senior_analyst, received_on=came)
        assert request.due_on == due
        actions.extend(request=request, reason="Many records.", by=senior_analyst)
    request.refresh_from_db()
    assert request.due_on == extended


def test_a_request_that_is_late_says_so_and_is_no_longer_extended(senior_analyst: Membership) -> None:
    request = asked(senior_analyst)
    with moment.standing_at(datetime(2026, 12, 18, 9, tzinfo=moment.LONDON)):
        assert request.is_late
        with pytest.raises(actions.NotDecided, match="month is over"):
            actions.extend(request=request, reason="Many.", by=senior_analyst)
        assert actions.answer(request=request, by=senior_analyst).is_late


def test_what_was_asked_is_sealed_and_the_ledger_names_nobody(senior_analyst: Membership) -> None:
    request = asked(senior_analyst)
    assert request.said["name"] == "Sam Reed"
    assert b"Sam Reed" not in bytes(request.said_sealed)
    assert not Entry.objects.filter(body__contains="Sam Reed").exists()


def test_a_supervisor_goes_from_the_receipt_by_the_decision_to_the_letter(
    senior_analyst: Membership, auditor: Membership, police_supervisor: Membership, report: Report, signed_in: SignIn
) -> None:
    browser = signed_in(senior_analyst)
    made = browser.post(
        reverse("accountability:requests"), {"name": "Sam Reed", "contact": "1 High Road", "received_on": "2026-11-17", "asks": "All"}
    )
    request = AccessRequest.objects.get()
    assert made.url == reverse("accountability:request", args=[request.number])
    browser.post(reverse("accountability:act", args=[request.number, "record"]), {"reference": report.reference})
    assert "Not decided" in browser.get(made.url).content.decode()
    page = reverse("accountability:decide", args=[request.number, report.reference])
    assert "Another person" in browser.get(page).content.decode()
    browser.post(page, {"what": "disclose", "reason": "Theirs."})
    assert Choice.objects.get().what == "disclose"
    browser.post(reverse("accountability:act", args=[request.number, "answer"]))
    letter = browser.get(reverse("accountability:letter", args=[request.number])).content.decode()
    assert "Dear Sam Reed" in letter
    assert "An adult stranger asked to meet my child." in letter
    assert "Robin Vale" not in letter
    assert signed_in(police_supervisor).get(made.url).status_code == 404
    overseen = signed_in(auditor).get(reverse("accountability:requests")).content.decode()
    assert request.number in overseen
    assert "Sam Reed" not in overseen
