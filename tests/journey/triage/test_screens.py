"""The desk's pages, as an analyst meets them. No JavaScript runs here."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from havenline.foundation import moment
from havenline.foundation.ledger.queries import of_records
from havenline.foundation.people.models import Agency, Membership
from havenline.journey.intake import actions as intake
from havenline.journey.intake.tasks import open_what_was_missed
from havenline.journey.triage import actions
from havenline.journey.triage.models import Assessment, Claim, Decision
from tests import factories
from tests.journey.triage.conftest import Tell

SignIn = Callable[[Membership], Client]


def at(name: str, report: object, *more: object) -> str:
    return reverse(f"triage:{name}", args=[report.reference, *more])  # type: ignore[attr-defined]


def looks(report: object) -> list[str]:
    return [said.reason for said in of_records([report.reference], looks=True) if said.look]  # type: ignore[attr-defined]


def test_the_queue_shows_what_waits_with_its_reason(tell: Tell, analyst: Membership, signed_in: SignIn) -> None:
    report = tell(danger="now")
    page = signed_in(analyst).get(reverse("triage:queue")).content.decode()
    assert report.reference in page
    assert "Says: in danger now" in page
    assert "An adult stranger" not in page


def test_a_report_that_nobody_claimed_shows_its_cover_only(tell: Tell, analyst: Membership, signed_in: SignIn) -> None:
    report = tell()
    page = signed_in(analyst).get(at("report", report)).content.decode()
    assert "Sealed until you have a reason" in page
    assert "An adult stranger" not in page
    assert looks(report) == []


def test_claim_next_opens_the_first_and_its_look_has_a_reason(tell: Tell, analyst: Membership, signed_in: SignIn) -> None:
    tell()
    report = tell(danger="now")
    page = signed_in(analyst).post(reverse("triage:claim_next"), follow=True)
    assert page.redirect_chain[-1][0] == at("report", report)
    assert "An adult stranger" in page.content.decode()
    assert looks(report) == ["assigned"]


def test_reading_without_claiming_needs_a_typed_reason(tell: Tell, analyst: Membership, signed_in: SignIn) -> None:
    report = tell()
    browser = signed_in(analyst)
    refused = browser.post(at("read", report), {"words": " "})
    assert refused.status_code == 422
    assert "An adult stranger" not in refused.content.decode()
    page = browser.post(at("read", report), {"words": "The senior analyst asked me to compare it."})
    assert "An adult stranger" in page.content.decode()
    assert looks(report) == ["typed"]


def test_another_hotline_s_analyst_gets_what_does_not_exist(tell: Tell, signed_in: SignIn) -> None:
    report = tell()
    stranger = factories.member("analyst", factories.agency("hotline", "Southmere Hotline"))
    browser = signed_in(stranger)
    assert report.reference not in browser.get(reverse("triage:queue")).content.decode()
    assert browser.get(at("report", report)).status_code == 404
    for name in ("claim", "set_aside", "read", "decide", "take_back", "send_now", "write", "add_child"):
        assert browser.post(at(name, report), {"words": "because"}).status_code == 404, name


def test_an_investigator_has_no_queue(investigator: Membership, signed_in: SignIn) -> None:
    assert signed_in(investigator).get(reverse("triage:queue")).status_code == 404


def test_an_item_is_graded_by_its_letter(tell: Tell, analyst: Membership, signed_in: SignIn) -> None:
    report = tell(urls=("https://pictures.example/1",))
    actions.claim(report=report, by=analyst)
    browser = signed_in(analyst)
    page = browser.get(at("report", report)).content.decode()
    assert "pictures.example/1" not in page
    browser.post(at("grade", report, 1), {"grade": "B"})
    assert Assessment.objects.get(item__report=report).grade == "B"


def test_a_grade_without_a_letter_says_what_to_do(tell: Tell, analyst: Membership, signed_in: SignIn) -> None:
    report = tell(urls=("https://pictures.example/1",))
    actions.claim(report=report, by=analyst)
    answer = signed_in(analyst).post(at("grade", report, 1))
    assert answer.status_code == 422
    assert "Choose a grade" in answer.content.decode()


def test_showing_an_address_counts_the_look(tell: Tell, analyst: Membership, signed_in: SignIn) -> None:
    report = tell(urls=("https://pictures.example/1",))
    actions.claim(report=report, by=analyst)
    page = signed_in(analyst).post(at("look", report, 1)).content.decode()
    assert "pictures.example/1" in page
    assert "to_grade" in looks(report)


def test_a_decision_that_is_not_ready_names_each_thing_with_a_link(tell: Tell, analyst: Membership, signed_in: SignIn) -> None:
    report = tell(urls=("https://pictures.example/1",), child={"name": "Robin Vale", "age": 9}, relation="knows")
    actions.claim(report=report, by=analyst)
    answer = signed_in(analyst).post(at("decide", report), {"sure": "1"})
    page = answer.content.decode()
    assert answer.status_code == 422
    duty = report.child_duties.get()
    for part in ("#item-1", f"#child-{duty.pk}", "#decide_reason", "#decide_police", "#decide_could_be_read_0"):
        assert f'href="{part}"' in page, part
        assert f'id="{part[1:]}"' in page, part


def decision(report: object, **more: object) -> dict[str, object]:
    return {
        "close": "on",
        "reason": "Nothing that we can act on.",
        "could_be_read": "no",
        "answer": "Thank you.",
        "seen": "0",
        "sure": "1",
        **more,
    }


def test_enter_looks_the_decision_over_and_the_button_makes_it(tell: Tell, analyst: Membership, signed_in: SignIn) -> None:
    report = tell()
    actions.claim(report=report, by=analyst)
    browser = signed_in(analyst)
    given = decision(report)
    del given["sure"]
    asked = browser.post(at("decide", report), given)
    assert "Is this what you decide?" in asked.content.decode()
    assert not Decision.objects.exists()
    browser.post(at("decide", report), decision(report))
    assert Decision.objects.get().close


def test_a_decision_sent_twice_is_one(tell: Tell, analyst: Membership, signed_in: SignIn) -> None:
    report = tell()
    actions.claim(report=report, by=analyst)
    browser = signed_in(analyst)
    for _time in range(2):
        assert browser.post(at("decide", report), decision(report)).status_code == 302
    assert Decision.objects.count() == 1
    page = browser.get(at("report", report)).content.decode()
    assert "Take back" in page
    assert "Leaves at" in page
    assert "Save the decision" not in page  # nothing can be decided twice from here


def test_a_decision_is_taken_back_and_the_report_is_theirs_again(tell: Tell, analyst: Membership, signed_in: SignIn) -> None:
    report = tell()
    actions.claim(report=report, by=analyst)
    browser = signed_in(analyst)
    browser.post(at("decide", report), decision(report))
    page = browser.post(at("take_back", report), follow=True).content.decode()
    assert "Taken back" in page
    assert Decision.objects.get().taken_back_at is not None
    assert Claim.objects.get(ended_at=None).by == analyst


def test_send_now_carries_it_out(tell: Tell, analyst: Membership, signed_in: SignIn) -> None:
    report = tell()
    actions.claim(report=report, by=analyst)
    browser = signed_in(analyst)
    browser.post(at("decide", report), decision(report))
    assert "Carried out" in browser.post(at("send_now", report), follow=True).content.decode()
    assert Decision.objects.get().carried_out_at is not None


def test_a_claim_that_ran_out_keeps_what_was_typed(tell: Tell, analyst: Membership, signed_in: SignIn) -> None:
    report = tell()
    claim = actions.claim(report=report, by=analyst)
    Claim.objects.filter(pk=claim.pk).update(until=moment.now())
    browser = signed_in(analyst)
    answer = browser.post(at("decide", report), decision(report))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "ran out" in page
    assert page.count("Nothing that we can act on.") == 2  # read, and carried along
    again = browser.post(at("decide", report), {**decision(report), "claim_again": "1"}).content.decode()
    assert "yours again" in again
    assert "Nothing that we can act on." in again
    assert not Decision.objects.exists()


def test_a_stale_form_after_another_decided_says_who_and_keeps_the_words(
    tell: Tell, analyst: Membership, second_analyst: Membership, signed_in: SignIn
) -> None:
    report = tell()
    actions.claim(report=report, by=second_analyst)
    actions.decide(report=report, by=second_analyst, close=True, reason="Done.", could_be_read="no", answer="Thanks.")
    answer = signed_in(analyst).post(at("decide", report), decision(report))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "A. Brook decided this report" in page
    assert "Nothing that we can act on." in page


def test_what_the_reporter_added_meanwhile_is_read_first(tell: Tell, analyst: Membership, signed_in: SignIn) -> None:
    report = tell()
    actions.claim(report=report, by=analyst)
    browser = signed_in(analyst)
    intake.add_message(report=report, words="It happened again today.", submission="another")
    waits = browser.post(at("decide", report), decision(report))
    assert waits.status_code == 409
    assert "is being opened" in waits.content.decode()
    open_what_was_missed()
    answer = browser.post(at("decide", report), decision(report))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "It happened again today." in page
    assert "Nothing that we can act on." in page
    browser.post(at("decide", report), decision(report, seen="1"))
    assert Decision.objects.exists()


def test_a_question_to_the_reporter_is_kept_when_it_could_be_read(tell: Tell, analyst: Membership, signed_in: SignIn) -> None:
    report = tell()
    actions.claim(report=report, by=analyst)
    browser = signed_in(analyst)
    answer = browser.post(at("write", report), {"words": "Which town is it?", "could_be_read": "yes"})
    assert answer.status_code == 422
    assert "Which town is it?" in answer.content.decode()
    assert not report.messages.exists()
    browser.post(at("write", report), {"words": "Which town is it?", "could_be_read": "no"})
    assert report.messages.get().words() == "Which town is it?"


def test_an_alarm_stands_on_every_page_until_a_person_confirms(tell: Tell, analyst: Membership, everybody: None, signed_in: SignIn) -> None:
    report = tell(danger="now")
    type(report).objects.update(waits_since=moment.now() - timedelta(minutes=6))
    (alarm,) = actions.raise_alarms()
    browser = signed_in(analyst)
    page = browser.get(reverse("triage:queue")).content.decode()
    assert "Danger now, unread" in page
    assert "Nobody is on call" in page
    browser.post(reverse("triage:confirm_alarm", args=[alarm.pk]))
    assert "Danger now, unread" not in browser.get(reverse("triage:queue")).content.decode()


def test_a_senior_puts_somebody_on_call_and_takes_them_off(
    senior_analyst: Membership, analyst: Membership, signed_in: SignIn, on_wednesday: object
) -> None:
    browser = signed_in(senior_analyst)
    page = browser.get(reverse("triage:on_call")).content.decode()
    assert "Nobody is on call" in page
    given = {"membership": analyst.pk, "since": "2026-11-18T09:00", "until": "2026-11-18T21:00"}
    browser.post(reverse("triage:on_call"), given)
    shift = analyst.on_call.get()
    assert shift.since.astimezone(moment.LONDON).hour == 9
    assert "Now: Robin Osei" in browser.get(reverse("triage:on_call")).content.decode()
    browser.post(reverse("triage:remove_shift", args=[shift.pk]))
    assert not analyst.on_call.exists()


def test_an_analyst_sees_the_rota_and_cannot_change_it(analyst: Membership, signed_in: SignIn) -> None:
    browser = signed_in(analyst)
    assert "Put on call" not in browser.get(reverse("triage:on_call")).content.decode()
    given = {"membership": analyst.pk, "since": "2026-11-18T09:00", "until": "2026-11-18T21:00"}
    assert browser.post(reverse("triage:on_call"), given).status_code == 422
    assert not analyst.on_call.exists()


@pytest.mark.parametrize("show", ["all", "mine", "danger", "child", "second", "returned", "read", "decided", "nonsense"])
def test_every_filter_has_its_page(show: str, tell: Tell, analyst: Membership, hotline: Agency, signed_in: SignIn) -> None:
    tell(danger="now")
    assert signed_in(analyst).get(reverse("triage:queue"), {"show": show}).status_code == 200


def test_a_child_is_added_from_what_was_written(tell: Tell, analyst: Membership, signed_in: SignIn) -> None:
    report = tell()
    actions.claim(report=report, by=analyst)
    browser = signed_in(analyst)
    assert browser.post(at("add_child", report), {}).status_code == 422
    for _time in range(2):
        browser.post(at("add_child", report), {"name": "Robin Vale", "age": "9"})
    assert report.child_duties.get().child["age"] == 9


def test_an_empty_queue_says_so(analyst: Membership, signed_in: SignIn) -> None:
    assert "Nothing waits" in signed_in(analyst).get(reverse("triage:queue")).content.decode()
    assert "Nothing waits" in signed_in(analyst).post(reverse("triage:claim_next"), follow=True).content.decode()


def test_a_form_without_a_claim_opens_nothing(tell: Tell, analyst: Membership, signed_in: SignIn) -> None:
    report = tell(child={"name": "Robin Vale", "age": 9}, relation="knows")
    answer = signed_in(analyst).post(at("decide", report), decision(report))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Claim this report first" in page
    assert "An adult stranger" not in page
    assert "Robin Vale" not in page
    assert looks(report) == []
