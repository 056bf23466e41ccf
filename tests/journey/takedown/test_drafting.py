"""A decision drafts a notice for each host; what must wait for police waits, and whatever keeps one stands on it."""

import pytest

from havenline.foundation.work import queue
from havenline.journey.takedown import actions
from havenline.journey.takedown.models import Notice
from havenline.journey.triage import actions as triage
from havenline.journey.triage import errors
from havenline.journey.triage.models import LinkAnswer

pytestmark = pytest.mark.django_db
Asks, State = Notice.Asks, Notice.State


def asked(notices):
    return {(notice.hostname, notice.asks, notice.state, notice.held_because) for notice in notices}


def test_a_decision_drafts_one_notice_for_each_host(graded, decide):
    report = graded("https://pictures.example/gallery/7", "https://pictures.example/gallery/8", "https://forum.example/thread/1")
    notices = decide(report)
    assert asked(notices) == {("pictures.example", "remove", "drafted", ""), ("forum.example", "remove", "drafted", "")}
    assert [n.items.count() for n in sorted(notices, key=lambda n: n.hostname)] == [1, 2]


def test_a_decision_without_a_notice_drafts_none(graded, decide):
    assert decide(graded(), notice_to_host=False, close=True) == []


def test_only_items_graded_a_b_or_c_are_named_to_a_host(graded, decide, analyst):
    report = graded("https://pictures.example/gallery/7", "https://forum.example/thread/1")
    triage.grade(item=report.items.last(), grade="N", by=analyst)
    assert asked(decide(report)) == {("pictures.example", "remove", "drafted", "")}


def test_nothing_to_ask_is_refused_with_words(graded, analyst):
    report = graded(grade="N")
    with pytest.raises(errors.NotReadyToDecide, match="no item with a web address is graded"):
        triage.decide(report=report, by=analyst, notice_to_host=True, reason="Graded.", could_be_read="no")


def test_each_link_is_answered_for_before_a_notice_is_decided(graded, analyst):
    report = graded("https://pictures.example/gallery/7", "https://forum.example/thread/1")
    with pytest.raises(errors.NotReadyToDecide) as refused:
        triage.decide(report=report, by=analyst, notice_to_host=True, for_one_person={1: "no"}, reason="Graded.", could_be_read="no")
    assert [where for _words, where in refused.value.reasons] == ["link-2"]
    assert not LinkAnswer.objects.exists()  # a refused decision answers nothing


def test_an_answer_about_a_link_counts_until_another_is_given(graded, decide, analyst):
    report = graded()
    item = report.items.get()
    triage.answer_link(item=item, answer="unknown", by=analyst)
    [notice] = decide(report, links={9: "no"})
    assert notice.held_because == Notice.HeldBecause.LINK_FOR_ONE_PERSON


@pytest.mark.parametrize("kind", ["contact", "conversation"])
def test_where_an_account_contacted_a_child_the_host_is_asked_to_preserve_and_removal_waits(graded, decide, police, kind):
    notices = decide(graded(kind=kind), police=police)
    assert asked(notices) == {
        ("pictures.example", "preserve", "drafted", ""),
        ("pictures.example", "remove", "held", "account_contacted_a_child"),
    }


def test_a_pasted_conversation_counts_as_contact(graded, decide, police):
    notices = decide(graded(conversation="Let's move to another app."), police=police)
    assert {(notice.asks, notice.state) for notice in notices} == {("preserve", "drafted"), ("remove", "held")}


@pytest.mark.parametrize("answer", ["yes", "unknown"])
def test_a_link_that_could_be_for_one_person_waits_for_police(graded, decide, police, answer):
    [notice] = decide(graded(), link=answer, police=police)
    assert (notice.asks, notice.state, notice.held_because) == ("remove", "held", "link_for_one_person")


@pytest.mark.parametrize("answer", ["yes", "unknown"])
def test_where_a_child_was_contacted_and_the_link_is_not_safe_both_wait(graded, decide, police, answer):
    notices = decide(graded(kind="contact"), link=answer, police=police)
    assert {(notice.asks, notice.state) for notice in notices} == {("preserve", "held"), ("remove", "held")}


def test_one_unsafe_link_holds_the_whole_notice_of_its_host(graded, decide, police):
    report = graded("https://pictures.example/gallery/7", "https://pictures.example/gallery/8", "https://forum.example/thread/1")
    notices = decide(report, links={1: "no", 2: "yes", 3: "no"}, police=police)
    assert {(notice.hostname, notice.state) for notice in notices} == {("pictures.example", "held"), ("forum.example", "drafted")}


def test_drafting_twice_drafts_once(drafted):
    actions.draft_notices(decision=drafted.decision)
    assert Notice.objects.count() == 1


def test_a_second_decision_names_only_what_no_open_notice_names(drafted, decide):
    drafted.report.refresh_from_db()
    type(drafted.report).objects.filter(pk=drafted.report_id).update(waits_since=drafted.drafted_at)
    assert decide(drafted.report) == []


def test_a_later_answer_that_a_link_is_not_safe_holds_what_has_not_left(drafted, decide):
    type(drafted.report).objects.filter(pk=drafted.report_id).update(waits_since=drafted.drafted_at)
    decide(drafted.report, link="yes")
    drafted.refresh_from_db()
    assert drafted.state == State.HELD
    queue.drain()
    drafted.refresh_from_db()
    assert drafted.state == State.HELD


def test_a_host_that_nobody_knows_keeps_the_notice_with_words(graded, decide):
    [notice] = decide(graded("https://forum.example/thread/1"))
    queue.drain()
    notice.refresh_from_db()
    assert notice.state == State.DRAFTED
    assert "forum.example is not in the directory" in notice.problem
    assert notice.record.clocks.running().get().rule == "notice_leaves"


def test_a_contact_that_waits_for_approval_keeps_the_notice_with_words(graded, decide, analyst):
    host = actions.add_host(domain="pictures.example", name="Pictures", by=analyst)
    actions.propose_contact(host=host, email="abuse@pictures.example", found_at="Its abuse page", by=analyst)
    [notice] = decide(graded())
    queue.drain()
    notice.refresh_from_db()
    assert "waits for another person’s approval" in notice.problem


def test_a_notice_that_nothing_keeps_leaves_straight_after_the_decision(drafted, mail):
    queue.drain()
    drafted.refresh_from_db()
    assert drafted.state == State.SENT
    assert len(mail.letters) == 1
