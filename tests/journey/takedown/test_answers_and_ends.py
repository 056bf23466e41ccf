"""What a host says is a claim; how a notice ends, a person says."""

from datetime import timedelta

import pytest

from havenline.foundation import moment
from havenline.foundation.clocks.models import Escalation
from havenline.foundation.people.models import NotYourRole
from havenline.foundation.work import queue, rounds
from havenline.journey.takedown import actions, errors
from havenline.journey.takedown.models import Notice
from tests.foundation.post.mail_server import mail_server

pytestmark = pytest.mark.django_db
State = Notice.State


def says(notice, what, by, number=1):
    return actions.note_answer(notice=notice, what=what, words="The abuse desk, by telephone.", submission=f"call {number}", by=by)


def state(notice):
    notice.refresh_from_db()
    return notice.state


@pytest.mark.parametrize(
    ("what", "becomes"),
    [
        ("acknowledged", State.ACKNOWLEDGED),
        ("says_removed", State.ACKNOWLEDGED),
        ("replied", State.ACKNOWLEDGED),
        ("contested", State.CONTESTED),
        ("refused", State.REFUSED),
    ],
)
def test_an_answer_moves_the_notice_on_and_ends_none(sent, analyst, what, becomes):
    says(sent, what, analyst)
    assert state(sent) == becomes
    assert sent.is_open
    assert {clock.rule for clock in sent.record.clocks.running()} >= {"host_removes"}
    assert not sent.record.clocks.running().filter(rule="host_answers").exists()


def test_the_same_answer_sent_twice_is_one(sent, analyst):
    assert says(sent, "acknowledged", analyst) == says(sent, "acknowledged", analyst)
    assert sent.answers.count() == 1


def test_what_never_left_was_never_answered(drafted, analyst):
    with pytest.raises(errors.NotThatState):
        says(drafted, "acknowledged", analyst)


def test_whoever_answers_has_it_whatever_the_mail_server_said(drafted, analyst):
    with mail_server("550 No such mailbox"):
        queue.drain()
    drafted.refresh_from_db()
    says(drafted, "acknowledged", analyst)
    assert (state(drafted), drafted.problem) == (State.ACKNOWLEDGED, "")
    assert drafted.sent_at is not None


def test_a_person_records_that_it_is_gone_and_how_they_know(sent, analyst):
    with pytest.raises(errors.WordsMissing):
        actions.record_removed(notice=sent, how="", by=analyst)
    done = actions.record_removed(notice=sent, how="Looked in the isolated viewer.", by=analyst)
    assert (done.state, done.ended_by, done.end_words) == (State.REMOVED, analyst, "Looked in the isolated viewer.")
    assert not sent.record.clocks.running().exists()
    sent.record.refresh_from_db()
    assert sent.record.closed_at == done.ended_at


def test_recording_it_twice_keeps_the_first(sent, analyst, second_analyst):
    actions.record_removed(notice=sent, how="Looked in the isolated viewer.", by=analyst)
    again = actions.record_removed(notice=sent, how="Again.", by=second_analyst)
    assert (again.ended_by, again.end_words) == (analyst, "Looked in the isolated viewer.")


def test_what_has_not_left_is_not_recorded_as_removed(drafted, analyst):
    with pytest.raises(errors.NotThatState, match="withdraw"):
        actions.record_removed(notice=drafted, how="It is gone.", by=analyst)


def test_an_unanswered_notice_is_a_late_clock_raised_to_the_seniors(sent, senior_analyst):
    clock = sent.record.clocks.get(rule="host_answers")
    with moment.standing_at(clock.due_at + timedelta(minutes=1)):
        rounds.run_due()
    assert Escalation.objects.get(clock=clock).names == senior_analyst.short_name


def test_a_withdrawal_needs_a_reason_and_ends_every_clock(held, analyst):
    with pytest.raises(errors.WordsMissing):
        actions.withdraw(notice=held, reason="", by=analyst)
    actions.withdraw(notice=held, reason="Graded wrongly.", by=analyst)
    actions.withdraw(notice=held, reason="Graded wrongly.", by=analyst)
    assert state(held) == State.WITHDRAWN
    assert not held.record.clocks.running().exists()


def test_only_a_refused_notice_ends_as_refused(sent, analyst):
    with pytest.raises(errors.NotThatState):
        actions.settle_refusal(notice=sent, reason="They will not.", by=analyst)
    says(sent, "refused", analyst)
    actions.settle_refusal(notice=sent, reason="Told to the hotline of that country.", by=analyst)
    assert (state(sent), sent.is_open) == (State.REFUSED, False)


def test_a_contest_is_decided_by_a_senior_analyst_with_a_reason(sent, analyst, senior_analyst):
    says(sent, "contested", analyst)
    with pytest.raises(NotYourRole):
        actions.settle_contest(notice=sent, upheld=True, reason="Graded by two.", by=analyst)
    with pytest.raises(errors.WordsMissing):
        actions.settle_contest(notice=sent, upheld=True, reason="", by=senior_analyst)
    actions.settle_contest(notice=sent, upheld=True, reason="Graded by two.", by=senior_analyst)
    assert state(sent) == State.ACKNOWLEDGED
    assert sent.record.clocks.running().filter(rule="host_removes").exists()


def test_a_contest_that_is_right_withdraws_the_notice(sent, analyst, senior_analyst):
    says(sent, "contested", analyst)
    actions.settle_contest(notice=sent, upheld=False, reason="The grade was wrong.", by=senior_analyst)
    assert (state(sent), sent.end_words) == (State.WITHDRAWN, "The grade was wrong.")


def test_a_contested_notice_stays_contested_whatever_else_the_host_says(sent, analyst):
    says(sent, "contested", analyst)
    says(sent, "acknowledged", analyst, number=2)
    assert state(sent) == State.CONTESTED


def test_what_is_back_again_is_a_new_notice(sent, analyst):
    with pytest.raises(errors.NotThatState, match="open"):
        actions.notice_again(notice=sent, by=analyst)
    actions.record_removed(notice=sent, how="Looked in the isolated viewer.", by=analyst)
    sent.refresh_from_db()
    again = actions.notice_again(notice=sent, by=analyst)
    assert (again.repeats, again.state, again.items.count()) == (sent, State.DRAFTED, 1)
    assert actions.notice_again(notice=sent, by=analyst) == again


def test_a_new_notice_is_held_by_the_same_rule(held, analyst):
    actions.withdraw(notice=held, reason="Sent by mistake.", by=analyst)
    again = actions.notice_again(notice=held, by=analyst)
    assert (again.state, again.held_because) == (State.HELD, "account_contacted_a_child")


def test_what_a_host_says_waits_until_somebody_has_read_it(sent, analyst):
    answer = actions.take_in(notice=sent, what="replied", words="Which item?", submission="x", by=analyst, taken_down_by=analyst)
    type(answer).objects.filter(pk=answer.pk).update(seen_by=None)
    actions.read_answers(notice=sent, by=analyst)
    answer.refresh_from_db()
    assert answer.seen_by == analyst
