"""The link of a host's letter: made as it leaves, kept as a hash, signed, expiring, and one at a time."""

import json
import logging
from datetime import timedelta

import pytest
from django.apps import apps
from django.core import serializers

from havenline.foundation import moment
from havenline.foundation.people.models import Membership
from havenline.foundation.post import actions as post
from havenline.foundation.post.links import PLACE
from havenline.foundation.post.models import Letter
from havenline.foundation.records import actions as records
from havenline.foundation.work import queue
from havenline.journey.takedown.actions import links
from havenline.journey.takedown.models import HostLink, Notice
from tests.foundation.post.mail_server import mail_server, no_mail_server, server_that_hangs_up_after_the_text
from tests.journey.takedown.host_side import a_notice, sent, text_of, token_in

pytestmark = pytest.mark.django_db


def queued(notice: Notice, by: Membership) -> Letter:
    assert notice.contact is not None
    return links.queue_notice_letter(notice=notice, contact=notice.contact, by=by)


def everything_stored() -> str:
    return "".join(serializers.serialize("json", model.objects.all()) for model in apps.get_models() if model._meta.managed)


def test_the_token_stands_in_no_table_no_task_and_no_log(analyst: Membership, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    notice = a_notice(analyst)
    with no_mail_server():  # a first attempt that fails, and logs why
        queued(notice, analyst)
        queue.drain()
    with mail_server() as server, moment.standing_at(moment.now() + timedelta(minutes=1)):
        queue.drain()
    token = token_in(text_of(server.letters[0]))
    secret = token[:43]
    assert len(secret) == 43
    assert secret not in everything_stored()
    ours = [record.getMessage() for record in caplog.records if record.name != "mail.log"]  # that one is the receiving server's
    assert ours
    assert secret not in "".join(ours)
    assert HostLink.objects.get(ended_at=None).notice == notice


def test_the_stored_letter_holds_a_place_where_the_link_will_stand(analyst: Membership) -> None:
    letter = queued(a_notice(analyst), analyst)
    assert PLACE in letter.body
    assert HostLink.objects.count() == 0


def test_the_letter_names_no_case_no_item_and_no_person(analyst: Membership) -> None:
    notice = a_notice(analyst, urls=["https://pictures.example/item/4711"])
    queued(notice, analyst)
    with mail_server() as server:
        queue.drain()
    [letter] = server.letters
    said = f"{letter['Subject']} {text_of(letter)}"
    for word in (notice.reference, notice.report.reference, "4711", analyst.person.name):
        assert word not in said
    assert "Opening it changes nothing" in said
    assert "works until" in said


@pytest.mark.parametrize(("asks", "words"), [("remove", "keep it for police"), ("preserve", "not to tell the user")])
def test_the_letter_says_in_general_what_is_asked(analyst: Membership, asks: str, words: str) -> None:
    assert words in queued(a_notice(analyst, asks=asks), analyst).body


def test_a_link_opens_its_notice(analyst: Membership) -> None:
    notice = a_notice(analyst)
    assert links.open_link(sent(notice, analyst)).notice == notice


@pytest.mark.parametrize(
    "spoil", [lambda t: t[:-1], lambda t: "A" + t[1:] if t[0] != "A" else "B" + t[1:], lambda t: t + "x" * 500, lambda t: ""]
)
def test_a_token_that_was_altered_is_unknown(analyst: Membership, spoil: object) -> None:
    token = sent(a_notice(analyst), analyst)
    with pytest.raises(links.LinkUnknown):
        links.open_link(spoil(token))  # type: ignore[operator]


def test_a_wrong_token_is_refused_before_the_database_knows_of_it(analyst: Membership, django_assert_num_queries: object) -> None:
    for _number in range(links.WRONG_A_MINUTE):
        with pytest.raises(links.LinkUnknown):
            links.open_link("no-such-token")
    with django_assert_num_queries(1), pytest.raises(links.TooManyWrongLinks):  # type: ignore[operator]
        links.open_link("no-such-token")


def test_guessing_keeps_no_host_waiting(analyst: Membership) -> None:
    token = sent(a_notice(analyst), analyst)
    for _number in range(links.WRONG_A_MINUTE + 1):
        with pytest.raises((links.LinkUnknown, links.TooManyWrongLinks)):
            links.open_link("no-such-token")
    assert links.open_link(token)


def test_a_link_expires(analyst: Membership) -> None:
    token = sent(a_notice(analyst), analyst)
    with moment.standing_at(moment.now() + links.WORKS_FOR - timedelta(minutes=1)):
        assert links.open_link(token)
    with moment.standing_at(moment.now() + links.WORKS_FOR), pytest.raises(links.LinkExpired):
        links.open_link(token)


def test_a_link_whose_attempt_did_not_leave_is_ended(analyst: Membership) -> None:
    notice = a_notice(analyst)
    queued(notice, analyst)
    with mail_server("550 No such mailbox"):
        queue.drain()
    assert [link.is_in_force for link in notice.links.all()] == [False]


def test_the_link_before_ends_once_a_newer_letter_has_left_and_no_sooner(analyst: Membership) -> None:
    notice = a_notice(analyst)
    first = sent(notice, analyst)
    queued(notice, analyst)
    with mail_server("451 Come back later"):
        queue.drain()
    assert links.open_link(first)
    with mail_server() as server, moment.standing_at(moment.now() + timedelta(minutes=1)):
        queue.drain()
    with pytest.raises(links.LinkEnded):
        links.open_link(first)
    assert links.open_link(token_in(text_of(server.letters[0])))


def test_where_nobody_knows_whether_a_letter_left_no_link_is_ended(analyst: Membership) -> None:
    notice = a_notice(analyst)
    first = sent(notice, analyst)
    queued(notice, analyst)
    with server_that_hangs_up_after_the_text():
        queue.drain()
    assert links.open_link(first)
    assert [link.is_in_force for link in notice.links.all()] == [True, True]


@pytest.mark.parametrize("state", ["held", "withdrawn"])
def test_a_notice_that_was_held_or_taken_back_since_does_not_leave(analyst: Membership, state: str) -> None:
    notice = a_notice(analyst)
    letter = queued(notice, analyst)
    notice.state, notice.held_at = state, moment.now()
    notice.save()
    with mail_server() as server:
        queue.drain()
    letter.refresh_from_db()
    assert (server.letters, letter.state) == ([], Letter.State.FAILED)
    assert "must not leave" in letter.last_answer


def test_a_silence_that_was_agreed_since_keeps_the_letter_here(analyst: Membership) -> None:
    notice = a_notice(analyst)
    letter = queued(notice, analyst)
    records.keep_silent(record=notice.report.record, audience="host", reason="Police asked.", by=analyst, actor=analyst)
    with mail_server() as server:
        queue.drain()
    letter.refresh_from_db()
    assert (server.letters, letter.state) == ([], Letter.State.FAILED)
    with pytest.raises(records.Silenced):
        queued(notice, analyst)


def test_a_letter_that_another_took_the_place_of_does_not_leave_any_more(analyst: Membership, administrator: Membership) -> None:
    notice = a_notice(analyst)
    old = queued(notice, analyst)
    with mail_server("550 No such mailbox"):
        queue.drain()
    sent(notice, analyst)
    post.try_again(letter=old, by=administrator)
    with mail_server() as server:
        queue.drain()
    old.refresh_from_db()
    assert (server.letters, old.state) == ([], Letter.State.FAILED)


def test_an_answer_to_the_letter_goes_to_the_hotline(analyst: Membership, settings: object) -> None:
    from dataclasses import replace

    ways = replace(settings.DEPLOYMENT, hotline_telephone="01632 960018", hotline_email="notices@hotline.example")  # type: ignore[attr-defined]
    settings.DEPLOYMENT = ways  # type: ignore[attr-defined]
    queued(a_notice(analyst), analyst)
    with mail_server() as server:
        queue.drain()
    [letter] = server.letters
    assert letter["Reply-To"] == "notices@hotline.example"
    assert "01632 960018" in text_of(letter)


def test_the_tasks_arguments_are_the_letters_number_alone(analyst: Membership) -> None:
    from django_tasks_db.models import DBTaskResult

    letter = queued(a_notice(analyst), analyst)
    [task] = DBTaskResult.objects.filter(task_path__endswith="send_letter")
    assert json.loads(json.dumps(task.args_kwargs)) == {"args": [letter.pk], "kwargs": {}}
