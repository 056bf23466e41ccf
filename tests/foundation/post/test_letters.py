"""Letters leave once, are tried again, and end in sight of a person where they end badly."""

import time
from datetime import timedelta

import pytest

from havenline.foundation import moment
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.people.models import Membership
from havenline.foundation.post import actions as post
from havenline.foundation.post import queries
from havenline.foundation.post.events import letter_ended
from havenline.foundation.post.models import Attempt, Letter
from havenline.foundation.work import queue
from tests.foundation.post.mail_server import mail_server, no_mail_server, server_that_hangs_up_after_the_text, server_that_is_silent

pytestmark = pytest.mark.django_db


def a_letter(body: str = "Something waits.") -> Letter:
    return post.queue_letter(to="kit@care.example", subject="A message waits for you", body=body, why="test", by=INSTALLATION)


def state_of(letter: Letter) -> str:
    letter.refresh_from_db()
    return letter.state


def work_for_hours() -> None:
    at = moment.now()
    for hours in range(12):
        with moment.standing_at(at + timedelta(hours=hours)):
            queue.drain()


def test_a_letter_arrives_as_it_was_written() -> None:
    letter = a_letter("First line\n.a line that begins with a dot\nGrüße")
    with mail_server() as server:
        queue.drain()
    [arrived] = server.letters
    payload = arrived.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert payload.decode().splitlines() == ["First line", ".a line that begins with a dot", "Grüße"]
    assert (arrived["To"], arrived["Message-ID"], state_of(letter)) == (letter.to, letter.message_id, Letter.State.SENT)


def test_while_the_mail_server_is_down_a_letter_waits_and_then_leaves_once() -> None:
    letter = a_letter()
    with no_mail_server():
        queue.drain()
    assert state_of(letter) == Letter.State.QUEUED
    with mail_server() as server, moment.standing_at(moment.now() + timedelta(minutes=1)):
        queue.drain()
        queue.drain()
    assert (len(server.letters), state_of(letter), letter.attempts.count()) == (1, Letter.State.SENT, 2)


def test_a_letter_that_no_server_takes_ends_on_the_administrators_screen(administrator: Membership) -> None:
    letter = a_letter()
    with no_mail_server():
        work_for_hours()
    assert state_of(letter) == Letter.State.FAILED
    assert list(queries.ended_badly(by=administrator)) == [letter]
    assert "was not reached" in letter.last_answer


def test_a_refusal_for_good_is_not_tried_again() -> None:
    letter = a_letter()
    with mail_server("550 No such mailbox"):
        work_for_hours()
    assert (state_of(letter), letter.attempts.count(), letter.last_answer) == (Letter.State.FAILED, 1, "550 No such mailbox")


def test_a_refusal_for_now_is_tried_again() -> None:
    letter = a_letter()
    with mail_server("451 Come back later"):
        queue.drain()
    assert state_of(letter) == Letter.State.QUEUED


def test_a_line_that_breaks_after_the_text_leaves_the_letter_uncertain_and_sends_it_no_second_time() -> None:
    letter = a_letter()
    with server_that_hangs_up_after_the_text():
        queue.drain()
    assert state_of(letter) == Letter.State.UNCERTAIN
    with mail_server() as server:
        work_for_hours()
    assert server.letters == []


def test_a_letter_that_may_or_may_not_have_left_is_shown_to_the_administrator_who_decides(administrator: Membership) -> None:
    letter = a_letter()
    with server_that_hangs_up_after_the_text():
        queue.drain()
    assert list(queries.ended_badly(by=administrator)) == [letter]
    assert queries.counts() == {"failed": 0, "uncertain": 1}
    post.set_aside(letter=letter, by=administrator)
    assert list(queries.ended_badly(by=administrator)) == []


def test_a_mail_server_that_says_nothing_holds_no_worker_and_the_letter_waits() -> None:
    letter = a_letter()
    began = time.monotonic()
    with server_that_is_silent(seconds=4):
        queue.drain()
    assert time.monotonic() - began < 2
    assert state_of(letter) == Letter.State.QUEUED


def test_a_process_that_died_while_sending_leaves_the_letter_uncertain() -> None:
    letter = a_letter()
    Letter.objects.update(state=Letter.State.SENDING)
    Attempt.objects.create(letter=letter, at=moment.now())
    with mail_server() as server:
        queue.drain()
    assert (state_of(letter), server.letters) == (Letter.State.UNCERTAIN, [])


def test_a_person_sends_again_what_failed_under_the_same_message_id(administrator: Membership) -> None:
    letter = a_letter()
    with no_mail_server():
        work_for_hours()
    letter.refresh_from_db()
    post.try_again(letter=letter, by=administrator)
    with mail_server() as server:
        queue.drain()
    assert [arrived["Message-ID"] for arrived in server.letters] == [letter.message_id]


def test_a_letter_that_was_sent_is_sent_again_by_nobody(administrator: Membership) -> None:
    letter = a_letter()
    with mail_server():
        queue.drain()
    with pytest.raises(post.NotEndedBadly):
        post.try_again(letter=letter, by=administrator)


def test_a_message_that_waits_is_told_without_a_name_and_once(social_worker: Membership) -> None:
    post.message_waits(receiver=social_worker, by=INSTALLATION)
    post.message_waits(receiver=social_worker, by=INSTALLATION)
    letter = Letter.objects.get()
    assert letter.to == social_worker.person.email
    assert not any(word in letter.body for word in ("Lindqvist", "HL-", "HO-", "child", "report"))


def test_how_a_letter_ended_is_announced_whether_it_left_or_not() -> None:
    heard: list[tuple[int, str]] = []

    def hear(sender: object, letter: Letter, **_rest: object) -> None:
        heard.append((letter.pk, letter.state))

    letter_ended.connect(hear)
    try:
        with mail_server():
            left = a_letter()
            queue.drain()
        with mail_server(answer="550 No such mailbox"):
            refused = a_letter()
            queue.drain()
    finally:
        letter_ended.disconnect(hear)
    assert heard == [(left.pk, "sent"), (refused.pk, "failed")]


@pytest.mark.parametrize(
    "spoilt", [{"subject": "Hello\nBcc: all@mail.example"}, {"to": "kit@bücher.example"}, {"reply_to": "us@hotline.example\r\nX: y"}]
)
def test_what_cannot_be_written_as_mail_ends_at_once_and_calls_no_server(spoilt: dict[str, str]) -> None:
    letter = a_letter()
    Letter.objects.update(**spoilt)
    with mail_server() as server:
        queue.drain()
    assert (server.letters, state_of(letter)) == ([], Letter.State.FAILED)
    assert "cannot be written as mail" in letter.last_answer


def test_a_letter_does_not_leave_to_somebody_who_left_while_it_waited(social_worker: Membership) -> None:
    letter = post.message_waits(receiver=social_worker, by=INSTALLATION)
    assert letter is not None
    social_worker.until = moment.now()
    social_worker.save()
    with mail_server() as server:
        queue.drain()
    assert (server.letters, state_of(letter)) == ([], Letter.State.FAILED)
