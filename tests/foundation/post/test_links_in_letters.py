"""A letter's link is made as the letter leaves, by whoever registered for it; how the attempt ended is told to its maker."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django_tasks_db.models import DBTaskResult as Task

from havenline.foundation import moment
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.people.models import Membership
from havenline.foundation.post import actions as post
from havenline.foundation.post import links, queries
from havenline.foundation.post.models import Letter
from havenline.foundation.work import queue
from tests.foundation.post.mail_server import mail_server, no_mail_server

pytestmark = pytest.mark.django_db


class Maker:
    """Counts its links and keeps how each attempt ended."""

    def __init__(self) -> None:
        self.made, self.ended = 0, list[str]()
        self.refuses = ""

    def __call__(self, letter: Letter) -> links.Link:
        if self.refuses:
            raise links.NoLink(self.refuses)
        self.made += 1
        return links.Link(text=f"https://hotline.example/way/{self.made}/", settle=self.ended.append)


@pytest.fixture
def maker() -> Iterator[Maker]:
    made = Maker()
    links.register("a test", made)
    yield made
    del links._makers["a test"]


def a_letter() -> Letter:
    body = f"Read it here:\n{links.PLACE}\nThank you."
    return post.queue_letter(
        to="abuse@pictures.example",
        subject="A request",
        body=body,
        why="test",
        by=INSTALLATION,
        link_maker="a test",
        reply_to="us@hotline.example",
    )


def test_the_link_takes_its_place_in_what_leaves_and_not_in_what_is_stored(maker: Maker) -> None:
    letter = a_letter()
    with mail_server() as server:
        queue.drain()
    payload = server.letters[0].get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert "Read it here:\r\nhttps://hotline.example/way/1/\r\nThank you." in payload.decode()
    letter.refresh_from_db()
    assert (links.PLACE in letter.body, server.letters[0]["Reply-To"]) == (True, "us@hotline.example")


def test_each_attempt_has_a_link_of_its_own_and_tells_how_it_ended(maker: Maker) -> None:
    a_letter()
    with no_mail_server():
        queue.drain()
    with mail_server(), moment.standing_at(moment.now() + timedelta(minutes=1)):
        queue.drain()
    assert (maker.made, maker.ended) == (2, ["queued", "sent"])


def test_a_letter_whose_purpose_fell_away_fails_with_the_reason_and_nothing_leaves(maker: Maker, administrator: Membership) -> None:
    maker.refuses = "It was taken back."
    letter = a_letter()
    with mail_server() as server:
        queue.drain()
    letter.refresh_from_db()
    assert (server.letters, letter.state, letter.last_answer) == ([], Letter.State.FAILED, "It was taken back.")
    assert list(queries.ended_badly(by=administrator)) == [letter]


def test_a_link_is_never_shown_by_a_traceback(maker: Maker) -> None:
    assert "https" not in repr(links.Link(text="https://hotline.example/way/1/", settle=print))


def test_a_letter_that_ended_badly_is_set_aside_once_its_purpose_is_settled(maker: Maker, administrator: Membership) -> None:
    letter = a_letter()
    with mail_server("550 No such mailbox"):
        queue.drain()
    assert queries.counts() == {"failed": 1, "uncertain": 0}
    post.set_aside(letter=letter, by=INSTALLATION)
    assert queries.counts() == {"failed": 0, "uncertain": 0}
    assert not queries.ended_badly(by=administrator).exists()


def test_a_letter_that_was_sent_cannot_be_set_aside(maker: Maker) -> None:
    letter = a_letter()
    with mail_server():
        queue.drain()
    post.set_aside(letter=letter, by=INSTALLATION)
    letter.refresh_from_db()
    assert letter.set_aside_at is None


@pytest.mark.parametrize("code", ["550", "450", "250"])
def test_a_mail_server_that_repeats_the_link_leaves_it_in_no_table_and_no_log(
    maker: Maker, caplog: pytest.LogCaptureFixture, code: str
) -> None:
    letter = a_letter()
    with mail_server(f"{code} Seen hotline.example/way/1/ in the text"):
        queue.drain()
    assert letter.last_answer == f"{code} Seen … in the text"
    assert "hotline.example/way" not in caplog.text
    assert "way/1" not in str(list(Task.objects.values()))


def test_a_token_alone_is_taken_out_too() -> None:
    token = "k" * 43
    link = links.Link(text=f"https://hotline.example/host/{token}/\n\nIt works for 30 days.", settle=print)
    assert link.out_of(f"554 Rule 7: {token}; works") == "554 Rule 7: …; works"
