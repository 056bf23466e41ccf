"""A notice to the host is decided at the desk: whether a link could have been made for one person is asked first, and is not guessed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from havenline.foundation.people.models import Agency, Membership
from havenline.journey.intake.models import Report
from havenline.journey.takedown.models import Notice
from havenline.journey.triage import actions as triage
from havenline.journey.triage.models import Decision, LinkAnswer
from tests.journey.takedown.test_screens.walking import LIST, at, page, text

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]
QUESTION = "could this link have been made for one person?"
TWO = ("https://pictures.example/gallery/7", "https://forum.example/thread/1")


def decides(browser: Client, report: Report, **said: str) -> Any:
    given = {"notice_to_host": "on", "reason": "Graded.", "could_be_read": "no", "seen": "0", "sure": "1", **said}
    return browser.post(reverse("triage:decide", args=[report.reference]), given)


def carried_out(report: Report, browser: Client) -> list[Notice]:
    browser.post(reverse("triage:send_now", args=[report.reference]))
    return list(Notice.objects.filter(report=report).order_by("hostname", "asks"))


def test_the_question_stands_with_each_link_and_nothing_is_chosen_beforehand(graded: Any, analyst: Membership, signed_in: SignIn) -> None:
    report = graded(*TWO)
    source = signed_in(analyst).get(reverse("triage:report", args=[report.reference])).content.decode()
    assert source.count(QUESTION) == 2
    for number in (1, 2):
        choices = [line for line in source.split("<input") if f'name="link-{number}"' in line]
        assert len(choices) == 3
        assert not any("checked" in one.partition(">")[0] for one in choices)


def test_a_link_that_was_not_answered_for_is_asked_for_by_its_number_and_nothing_is_lost(
    graded: Any, analyst: Membership, signed_in: SignIn
) -> None:
    report = graded(*TWO)
    browser = signed_in(analyst)
    refused = decides(browser, report, **{"link-1": "no", "reason": "Graded; the host is known."})
    source = refused.content.decode()
    assert refused.status_code == 422
    assert 'href="#link-2"' in source
    assert 'href="#link-1"' not in source
    assert 'id="link-2"' in source
    assert "Graded; the host is known." in source
    assert not Decision.objects.exists()
    assert not LinkAnswer.objects.exists()


def test_a_link_for_nobody_alone_is_drafted_under_the_name_of_whoever_answered(
    graded: Any, contact: object, analyst: Membership, signed_in: SignIn
) -> None:
    report = graded(TWO[0])
    browser = signed_in(analyst)
    assert decides(browser, report, **{"link-1": "no"}).status_code == 302
    [notice] = carried_out(report, browser)
    assert notice.state == Notice.State.DRAFTED
    assert "R. Osei" in page(browser, at(notice)).partition("Made for one person?")[2]


@pytest.mark.parametrize("answer", ["yes", "unknown"])
def test_a_link_that_could_be_one_persons_waits_for_police_and_says_so(
    graded: Any, contact: object, police: Agency, analyst: Membership, signed_in: SignIn, answer: str
) -> None:
    report = graded(TWO[0])
    browser = signed_in(analyst)
    looked_over = browser.post(
        reverse("triage:decide", args=[report.reference]),
        {"notice_to_host": "on", "reason": "Graded.", "could_be_read": "no", "seen": "0", "link-1": answer},
    )
    assert "Is this what you decide?" in text(looked_over)
    decides(browser, report, **{"link-1": answer})
    [notice] = carried_out(report, browser)
    assert notice.state == Notice.State.HELD
    found = page(browser, at(notice))
    assert "This notice is held for police" in found
    assert "A link could have been made for one person." in found
    assert "Send to the host" not in found


def test_where_a_child_was_contacted_the_host_is_asked_to_preserve_and_each_page_leads_to_the_other(
    graded: Any, contact: object, police: Agency, analyst: Membership, signed_in: SignIn
) -> None:
    report = graded(TWO[0], kind="contact")
    browser = signed_in(analyst)
    decides(browser, report, **{"link-1": "no"})
    preserve, remove = carried_out(report, browser)
    assert (preserve.state, remove.state) == (Notice.State.DRAFTED, Notice.State.HELD)
    found = page(browser, at(preserve))
    assert "Preserve at pictures.example" in found
    assert "Preserve it, and do not tell the user" in found
    assert "From the same report pictures.example, remove Held for police" in found
    assert "An account contacted a child." in page(browser, at(remove))


def test_a_notice_leads_to_its_report_for_the_desk_and_not_for_police(
    held: Notice, analyst: Membership, investigator: Membership, signed_in: SignIn
) -> None:
    way = reverse("triage:report", args=[held.report.reference])
    assert way in signed_in(analyst).get(at(held)).content.decode()
    assert way not in signed_in(investigator).get(at(held)).content.decode()


def test_a_decision_that_is_sent_twice_drafts_once(graded: Any, contact: object, analyst: Membership, signed_in: SignIn) -> None:
    report = graded(TWO[0])
    browser = signed_in(analyst)
    for _twice in range(2):
        assert decides(browser, report, **{"link-1": "no"}).status_code == 302
    for _twice in range(2):
        assert len(carried_out(report, browser)) == 1
    assert "1 item" in page(browser, LIST)


def test_an_answer_given_before_stands_chosen_in_the_next_decision(graded: Any, analyst: Membership, signed_in: SignIn) -> None:
    report = graded(TWO[0])
    triage.answer_link(item=report.items.get(), answer="unknown", by=analyst)
    source = signed_in(analyst).get(reverse("triage:report", args=[report.reference])).content.decode()
    chosen = [one.partition(">")[0] for one in source.split("<input") if 'name="link-1"' in one and "checked" in one.partition(">")[0]]
    assert ['value="unknown"' in one for one in chosen] == [True]
