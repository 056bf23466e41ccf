"""Warning signs in a reported conversation: found at opening, decided by a person, and only what stands is handed on."""

from collections.abc import Callable

import pytest
from django.test import Client

from havenline.foundation.ledger import queries as ledger_queries
from havenline.foundation.ledger.models import Entry
from havenline.foundation.people.models import Membership
from havenline.journey.intake.models import Report
from havenline.journey.triage import actions, errors, packages, queries
from havenline.journey.triage.models import WarningSign
from tests.journey.triage.conftest import Tell

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Membership], Client]

CONVERSATION = "Robin: hi\nAsh: how old are you?\nRobin: why\nAsh: keep this between us\nRobin: no"


@pytest.fixture
def reported(tell: Tell) -> Report:
    return tell(kind="conversation", place={"urls": [], "app": "chat.example", "accounts": [], "conversation": CONVERSATION})


def signs_of(report: Report) -> list[tuple[str, int]]:
    return [(sign.found["sign"], sign.found["line"]) for sign in report.warning_signs.all()]


def test_a_conversation_is_screened_when_the_desk_opens_it(reported: Report) -> None:
    assert signs_of(reported) == [("asks_about_child", 2), ("asks_for_secrecy", 4)]
    assert {sign.stands for sign in reported.warning_signs.all()} == {None}


def test_screening_again_finds_nothing_new(reported: Report) -> None:
    assert actions.find_signs(report=reported) == []
    assert reported.warning_signs.count() == 2


def test_a_report_without_a_conversation_has_no_signs(tell: Tell) -> None:
    assert not tell().warning_signs.exists()


def test_the_words_that_were_found_are_sealed_and_stand_on_no_ledger(reported: Report) -> None:
    assert b"between us" not in b"".join(bytes(sign.found_sealed) for sign in reported.warning_signs.all())
    assert "between us" not in str(list(Entry.objects.values()))


def test_whoever_holds_the_report_says_which_stand(reported: Report, analyst: Membership) -> None:
    actions.claim(report=reported, by=analyst)
    assert actions.settle_signs(report=reported, stands={1: False, 2: True}, by=analyst) == 2
    assert [(sign.stands, sign.settled_by) for sign in reported.warning_signs.all()] == [(False, analyst), (True, analyst)]


def test_saying_the_same_again_changes_nothing(reported: Report, analyst: Membership) -> None:
    actions.claim(report=reported, by=analyst)
    actions.settle_signs(report=reported, stands={1: True}, by=analyst)
    entries = len(ledger_queries.of_records([reported.reference]))
    assert actions.settle_signs(report=reported, stands={1: True}, by=analyst) == 0
    assert len(ledger_queries.of_records([reported.reference])) == entries


def test_who_does_not_hold_the_report_decides_nothing(reported: Report, analyst: Membership) -> None:
    with pytest.raises(errors.NotClaimed):
        actions.settle_signs(report=reported, stands={1: True}, by=analyst)
    assert not WarningSign.objects.exclude(stands=None).exists()


def test_police_get_only_what_a_person_said_stands(reported: Report, analyst: Membership) -> None:
    assert packages.to_police(reported, reason="", decided_by=analyst, assessed=True)["warning_signs"] == []
    actions.claim(report=reported, by=analyst)
    actions.settle_signs(report=reported, stands={1: False, 2: True}, by=analyst)
    [sign] = packages.to_police(reported, reason="", decided_by=analyst, assessed=True)["warning_signs"]
    assert (sign["line"], sign["words"]) == (4, "keep this between us")


def test_the_queue_says_how_many_were_found_and_ranks_by_none(reported: Report, tell: Tell, analyst: Membership) -> None:
    other = tell()
    rows = [row for group in queries.queue(analyst).groups for row in group.rows]
    assert {row.report: row.why for row in rows}[reported] == "2 warning signs"
    assert {row.report for row in rows} == {reported, other}


def test_the_page_shows_line_words_and_reason_and_takes_the_decision(reported: Report, analyst: Membership, signed_in: SignedIn) -> None:
    browser = signed_in(analyst)
    actions.claim(report=reported, by=analyst)
    page = browser.get(f"/desk/queue/{reported.reference}/").content.decode()
    assert "keep this between us" in page
    assert "never proof" in page
    answer = browser.post(f"/desk/queue/{reported.reference}/signs/", {"sign-2": "yes"}, follow=True).content.decode()
    assert "1 warning sign stands" in answer
    assert [sign.stands for sign in reported.warning_signs.all()] == [None, True]


def test_beside_signs_the_page_says_that_lines_not_listed_may_matter_too(
    reported: Report, analyst: Membership, signed_in: SignedIn
) -> None:
    actions.claim(report=reported, by=analyst)
    page = signed_in(analyst).get(f"/desk/queue/{reported.reference}/").content.decode()
    assert "that a line is not listed says nothing about whether it is harmless" in page


def test_a_conversation_without_a_sign_is_said_to_be_no_safer_for_it(tell: Tell, analyst: Membership, signed_in: SignedIn) -> None:
    report = tell(kind="conversation", place={"urls": [], "app": "chat.example", "accounts": [], "conversation": "Ash: a good match"})
    actions.claim(report=report, by=analyst)
    page = signed_in(analyst).get(f"/desk/queue/{report.reference}/").content.decode()
    assert "says nothing about whether this conversation is safe" in page


def test_a_report_without_a_conversation_says_nothing_of_signs(tell: Tell, analyst: Membership, signed_in: SignedIn) -> None:
    report = tell()
    actions.claim(report=report, by=analyst)
    assert "Warning signs in the conversation" not in signed_in(analyst).get(f"/desk/queue/{report.reference}/").content.decode()


def test_what_was_typed_as_an_answer_is_refused_where_it_is_none(reported: Report, analyst: Membership, signed_in: SignedIn) -> None:
    actions.claim(report=reported, by=analyst)
    assert signed_in(analyst).post(f"/desk/queue/{reported.reference}/signs/", {"sign-1": "perhaps"}).status_code == 422
    assert not WarningSign.objects.exclude(stands=None).exists()
