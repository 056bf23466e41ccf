"""Sending at the desk: looked up again just before it leaves, kept where the name points elsewhere, and repaired where it came back."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from havenline.foundation.people.models import Membership
from havenline.foundation.post.models import Letter
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Silence
from havenline.foundation.work import queue
from havenline.journey.takedown import actions
from havenline.journey.takedown.models import Notice
from tests.foundation.post.mail_server import mail_server, no_mail_server
from tests.journey.takedown.test_screens.walking import HOSTS, act, again, at, offered, page, text

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]
State = Notice.State
MOVED = "The host’s name points elsewhere than when this was drafted."


@pytest.fixture
def waits(graded: Any, decide: Any, analyst: Membership, senior_analyst: Membership) -> Notice:
    """Looked up at drafting and kept, for there was no contact; now there is one, and a person sends it."""
    [notice] = decide(graded())
    queue.drain()
    host = actions.add_host(domain="pictures.example", name="Pictures", by=analyst)
    contact = actions.propose_contact(host=host, email="abuse@pictures.example", found_at="Its abuse page", by=analyst)
    actions.approve_contact(contact=contact, by=senior_analyst)
    return again(notice)


def test_where_its_name_pointed_stands_beside_it_before_it_leaves(waits: Notice, analyst: Membership, signed_in: SignIn) -> None:
    found = page(signed_in(analyst), at(waits))
    assert "192.0.2.7" in found.partition("Where its name pointed")[2]
    assert "The host is looked up once more just before it leaves." in found


def test_it_is_sent_once_however_often_the_button_is_pressed(waits: Notice, mail: Any, analyst: Membership, signed_in: SignIn) -> None:
    browser = signed_in(analyst)
    for _twice in range(2):
        assert act(browser, waits, "send").status_code == 302
    assert "You did this already. It was done once." in page(browser, at(waits))
    queue.drain()
    assert act(browser, waits, "send").status_code == 302
    queue.drain()
    assert len(mail.letters) == 1
    assert "Waits" in page(browser, f"{HOSTS}{again(waits).host_id}/")


def test_another_persons_press_after_it_left_says_so(
    waits: Notice, second_analyst: Membership, analyst: Membership, signed_in: SignIn
) -> None:
    act(signed_in(analyst), waits, "send")
    refused = act(signed_in(second_analyst), waits, "send")
    assert refused.status_code == 409
    assert "This is leaving by now, so that was not done." in text(refused)


def test_a_name_that_points_elsewhere_keeps_it_and_shows_both_answers(
    waits: Notice, names: dict[str, str], analyst: Membership, signed_in: SignIn
) -> None:
    names["pictures.example"] = "192.0.2.99:443"
    browser = signed_in(analyst)
    act(browser, waits, "send")
    found = page(browser, at(waits))
    assert (again(waits).state, Letter.objects.count()) == (State.DRAFTED, 0)
    assert MOVED in found
    assert "It points to 192.0.2.99 now." in found
    beside = found.partition("Where its name pointed")[2]
    assert "192.0.2.7" in beside
    assert re.search(r"192\.0\.2\.99 \w{3} \d+ \w{3}, [\d:]+, not as before", beside)


def test_once_a_person_said_that_it_is_the_same_host_it_can_be_sent(
    waits: Notice, names: dict[str, str], mail: Any, analyst: Membership, signed_in: SignIn
) -> None:
    names["pictures.example"] = "192.0.2.99:443"
    browser = signed_in(analyst)
    act(browser, waits, "send")
    for _twice in range(2):
        assert act(browser, waits, "confirm").status_code == 302
    found = page(browser, at(waits))
    assert "It does not go on by itself" not in found
    assert re.search(r"192\.0\.2\.99 \w{3} \d+ \w{3}, [\d:]+, confirmed by R\. Osei", found)
    assert "confirm" not in offered(browser, waits)
    act(browser, waits, "send")
    queue.drain()
    assert again(waits).state == State.SENT


def test_a_name_that_moves_again_is_kept_again(waits: Notice, names: dict[str, str], analyst: Membership, signed_in: SignIn) -> None:
    browser = signed_in(analyst)
    for number in (99, 100):
        names["pictures.example"] = f"192.0.2.{number}:443"
        act(browser, waits, "send")
        assert again(waits).problem.startswith(MOVED)
        assert "confirm" in offered(browser, waits)
        act(browser, waits, "confirm")
    assert again(waits).state == State.DRAFTED


def test_a_name_that_answers_nothing_keeps_it_and_offers_to_withdraw(
    waits: Notice, names: dict[str, str], analyst: Membership, signed_in: SignIn
) -> None:
    names.clear()
    browser = signed_in(analyst)
    act(browser, waits, "send")
    found = page(browser, at(waits))
    assert "The host’s name answers nothing now" in found
    assert "withdraw the notice instead" in found
    assert again(waits).state == State.DRAFTED


def test_a_notice_that_ends_while_its_host_is_looked_up_does_not_leave(
    waits: Notice, analyst: Membership, second_analyst: Membership, signed_in: SignIn, settings: Any
) -> None:
    class MovingOn(dict[str, str]):
        def get(self, name: str, default: str = "") -> str:  # type: ignore[override]
            actions.withdraw(notice=waits, reason="Graded wrongly.", by=second_analyst)
            return "192.0.2.7:443"

    settings.HOST_NAMES = MovingOn(any="")
    refused = act(signed_in(analyst), waits, "send")
    assert refused.status_code == 422
    assert "This notice has ended (withdrawn), so nothing was changed." in text(refused)
    assert not Letter.objects.exists()


def test_a_silence_towards_the_host_offers_no_sending_and_refuses_it(
    waits: Notice, analyst: Membership, senior_analyst: Membership, signed_in: SignIn
) -> None:
    records.keep_silent(
        record=waits.record, audience=Silence.Audience.HOST, reason="Police asked.", by=senior_analyst, actor=senior_analyst
    )
    browser = signed_in(analyst)
    assert "send" not in offered(browser, waits)
    assert act(browser, waits, "send").status_code == 409
    actions.refresh(notice=waits)
    assert "Senior analyst, Northmere Hotline" in page(browser, at(waits))
    assert not Letter.objects.exists()


def test_a_letter_that_came_back_shows_why_on_the_notice_and_at_its_contact_and_is_repaired(
    drafted: Notice, analyst: Membership, second_analyst: Membership, signed_in: SignIn
) -> None:
    with mail_server("550 No such mailbox"):
        queue.drain()
    browser = signed_in(analyst)
    found = page(browser, at(drafted))
    assert "It does not go on by itself The letter to abuse@pictures.example did not arrive (550 No such mailbox)." in found
    assert "did not arrive" in found.partition("Where it goes")[2]
    directory = f"{HOSTS}{again(drafted).host_id}/"
    assert "did not arrive: 550 No such mailbox" in page(browser, directory)
    assert "Did not arrive" in page(browser, HOSTS)

    typed = {"domain": "pictures.example", "name": "Pictures", "email": "noc@pictures.example", "found_at": "A call"}
    assert act(browser, drafted, "contact", **typed).status_code == 302
    contact = again(drafted).host.contacts.get(email="noc@pictures.example")  # type: ignore[union-attr]
    signed_in(second_analyst).post(directory, {"act": "approve", "contact": contact.pk})
    browser = signed_in(analyst)
    assert "Send again" in page(browser, at(drafted))
    with mail_server() as server:
        act(browser, drafted, "send")
        queue.drain()
    assert [letter["To"] for letter in server.letters] == ["noc@pictures.example"]
    found = page(browser, at(drafted))
    assert again(drafted).state == State.SENT
    assert "does not go on by itself" not in found


def test_a_letter_that_came_back_can_go_to_the_same_contact_again(drafted: Notice, analyst: Membership, signed_in: SignIn) -> None:
    with mail_server("550 Mailbox full"):
        queue.drain()
    with mail_server():
        assert act(signed_in(analyst), drafted, "send").status_code == 302
        queue.drain()
    assert again(drafted).state == State.SENT
    assert again(drafted).contact.bounced_at is None  # type: ignore[union-attr]


def test_a_new_link_is_one_letter_however_often_it_is_asked_for(sent: Notice, mail: Any, analyst: Membership, signed_in: SignIn) -> None:
    browser = signed_in(analyst)
    for _twice in range(2):
        assert act(browser, sent, "link").status_code == 302
    assert "link" not in offered(browser, sent)
    assert Letter.objects.count() == 2
    queue.drain()
    assert len(mail.letters) == 2
    assert "link" in offered(browser, sent)


def test_a_new_link_that_waits_for_the_mail_server_is_refused_to_another(
    sent: Notice, analyst: Membership, second_analyst: Membership, signed_in: SignIn
) -> None:
    act(signed_in(analyst), sent, "link")
    assert act(signed_in(second_analyst), sent, "link").status_code == 409
    with no_mail_server():
        queue.drain()
    assert Letter.objects.count() == 2
