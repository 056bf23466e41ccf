"""A link that could have been made for one person: nothing about it leaves this house before police, or a senior analyst, say so."""

from datetime import timedelta

import pytest

from havenline.foundation import moment
from havenline.foundation.work import queue, rounds
from havenline.journey.takedown import actions, errors, lookup
from havenline.journey.takedown.models import Notice
from havenline.journey.triage import actions as triage
from tests.foundation.post.mail_server import mail_server, no_mail_server

pytestmark = pytest.mark.django_db
State = Notice.State


@pytest.fixture
def asked(monkeypatch):
    """Each name that was looked up, in order."""
    names = []
    ask = lookup.addresses_of
    monkeypatch.setattr(lookup, "addresses_of", lambda name: names.append(name) or ask(name))
    return names


def back_in_the_queue(report):
    type(report).objects.filter(pk=report.pk).update(waits_since=moment.now())


def answered_and_taken_back(notice, analyst, answer="yes"):
    """The analyst decides again, answers otherwise about the link, and takes the decision back within its minute."""
    back_in_the_queue(notice.report)
    triage.claim(report=notice.report, by=analyst)
    decision = triage.decide(
        report=notice.report, by=analyst, reason="Seen again.", could_be_read="no", notice_to_host=True, for_one_person={1: answer}
    )
    triage.take_back(decision=decision, by=analyst)


def all_that_the_clock_does(minutes):
    with moment.standing_at(moment.now() + timedelta(minutes=minutes)):
        rounds.run_due()
        queue.drain()


@pytest.mark.parametrize("kind", ["web_page", "contact"])
@pytest.mark.parametrize("answer", ["yes", "unknown"])
def test_its_name_is_not_looked_up_while_it_is_held(graded, decide, contact, police, asked, answer, kind):
    decide(graded(kind=kind), link=answer, police=police)
    queue.drain()
    all_that_the_clock_does(5)
    assert asked == []


def test_its_name_is_looked_up_once_it_was_released(graded, decide, contact, police, investigator, asked):
    [notice] = decide(graded(), link="yes", police=police)
    actions.release_hold(notice=notice, reason="The account is secured.", by=investigator)
    all_that_the_clock_does(5)
    notice.refresh_from_db()
    assert (asked, notice.state, notice.look_ups.count()) == (["pictures.example"], State.DRAFTED, 1)


def test_a_name_whose_links_are_everybodys_is_looked_up_although_its_removal_waits(held, asked):
    queue.drain()
    assert "pictures.example" in asked
    assert held.look_ups.exists()


@pytest.mark.parametrize("answer", ["yes", "unknown"])
def test_another_answer_holds_the_notice_although_its_decision_was_taken_back(drafted, analyst, answer):
    answered_and_taken_back(drafted, analyst, answer)
    with pytest.raises(errors.HeldForPolice):
        actions.send_notice(notice=drafted, by=analyst)
    drafted.refresh_from_db()
    assert (drafted.state, drafted.held_because) == (State.HELD, "link_for_one_person")


def test_another_answer_keeps_the_letter_that_waits_for_the_mail_server(drafted, analyst):
    with no_mail_server():
        queue.drain()
    answered_and_taken_back(drafted, analyst)
    with mail_server() as server:
        all_that_the_clock_does(5)
    drafted.refresh_from_db()
    assert (drafted.state, server.letters) == (State.HELD, [])


def test_what_was_released_before_is_held_again_by_an_answer_that_no_release_knew(held, analyst, investigator):
    actions.release_hold(notice=held, reason="The account is secured.", by=investigator)
    with moment.standing_at(moment.now() + timedelta(hours=1)):
        answered_and_taken_back(held, analyst)
    held.refresh_from_db()
    assert (held.state, held.released_at) == (State.HELD, None)


def test_what_was_released_for_its_link_stays_released(graded, decide, contact, police, analyst, investigator):
    [notice] = decide(graded(), link="yes", police=police)
    with moment.standing_at(moment.now() + timedelta(minutes=1)):
        actions.release_hold(notice=notice, reason="The account is secured.", by=investigator)
    actions.hold_what_is_no_longer_safe(report=notice.report, by=analyst)
    notice.refresh_from_db()
    assert notice.state == State.DRAFTED
