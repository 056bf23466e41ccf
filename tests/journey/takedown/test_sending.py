"""A notice leaves to an approved contact, after another look-up, and is sent once the mail server took its letter."""

import pytest

from havenline.foundation import moment
from havenline.foundation.people.models import NotPartyToRecord
from havenline.foundation.post import links as post_links
from havenline.foundation.post.models import Letter
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Party, Silence
from havenline.foundation.work import queue
from havenline.foundation.work.models import RefusedTask
from havenline.journey.takedown import actions, errors
from havenline.journey.takedown.actions import links
from havenline.journey.takedown.models import Notice, RemovalCheck
from havenline.journey.triage.models import Assessment, Grade
from tests import factories
from tests.foundation.post.mail_server import mail_server, no_mail_server, server_that_hangs_up_after_the_text

pytestmark = pytest.mark.django_db
State = Notice.State


def again(notice):
    notice.refresh_from_db()
    return notice


def test_a_notice_is_leaving_until_the_mail_server_took_it(drafted, analyst):
    with no_mail_server():
        queue.drain()
        assert again(drafted).state == State.LEAVING
        assert drafted.sent_at is None


def test_a_notice_that_arrived_starts_the_hosts_clocks(sent):
    running = {clock.rule: clock for clock in sent.record.clocks.running()}
    assert set(running) == {"host_answers", "host_removes"}
    assert {clock.source for clock in running.values()} == {"Our policy"}
    assert sent.record.clocks.get(rule="notice_leaves").stopped_at is not None


def test_where_the_name_points_elsewhere_nothing_leaves_until_a_person_confirms(graded, decide, analyst, senior_analyst, names, mail):
    [notice] = decide(graded())  # no contact yet: it waits
    queue.drain()
    host = actions.add_host(domain="pictures.example", name="Pictures", by=analyst)
    actions.approve_contact(
        contact=actions.propose_contact(host=host, email="abuse@pictures.example", found_at="Its abuse page", by=analyst),
        by=senior_analyst,
    )
    names["pictures.example"] = "192.0.2.99:443"
    notice = actions.send_notice(notice=notice, by=analyst)
    assert (notice.state, Letter.objects.count()) == (State.DRAFTED, 0)
    assert "points elsewhere" in notice.problem
    look_up = notice.look_ups.last()
    assert (look_up.addresses, look_up.differs) == ("192.0.2.99", True)
    confirmed = actions.confirm_look_up(look_up=look_up, by=analyst)
    assert confirmed.problem == ""
    assert actions.send_notice(notice=notice, by=analyst).state == State.LEAVING


def test_a_name_that_moves_again_after_it_was_confirmed_is_kept_again(drafted, analyst, names):
    actions.look_ups.note_first_look_up(notice=drafted, addresses=("192.0.2.7",))
    names["pictures.example"] = "192.0.2.99:443"
    notice = actions.send_notice(notice=drafted, by=analyst)
    actions.confirm_look_up(look_up=notice.look_ups.last(), by=analyst)
    names["pictures.example"] = "192.0.2.100:443"
    assert actions.send_notice(notice=drafted, by=analyst).state == State.DRAFTED


@pytest.mark.usefixtures("on_wednesday")
def test_of_two_look_ups_at_one_moment_the_later_counts_as_the_last(drafted, analyst, names):
    actions.look_ups.note_first_look_up(notice=drafted, addresses=("192.0.2.7",))
    names["pictures.example"] = "192.0.2.99:443"
    notice = actions.send_notice(notice=drafted, by=analyst)
    assert [one.at for one in notice.look_ups.all()] == [moment.now()] * 2
    assert notice.look_ups.last().addresses == "192.0.2.99"


@pytest.mark.usefixtures("on_wednesday")
def test_of_two_answers_and_two_checks_at_one_moment_the_later_is_the_last(sent, analyst):
    answers = [
        actions.note_answer(notice=sent, what=what, words="The abuse desk said so.", submission=what, by=analyst)
        for what in ("acknowledged", "says_removed")
    ]
    item = sent.items.get()
    checks = [RemovalCheck.objects.create(item=item, at=moment.now(), found=found) for found in ("answers", "not_reachable")]
    assert (sent.answers.last(), item.checks.last()) == (answers[1], checks[1])


def test_a_name_that_answers_nothing_keeps_the_notice(drafted, names):
    names.clear()
    queue.drain()
    assert again(drafted).state == State.DRAFTED
    assert "answers nothing" in drafted.problem


def test_a_silence_towards_the_host_refuses_it_and_names_who_can_lift_it(drafted, analyst, senior_analyst):
    records.keep_silent(record=drafted.report.record, audience="host", reason="Police asked.", by=senior_analyst, actor=senior_analyst)
    with pytest.raises(records.Silenced, match="Senior analyst, Northmere Hotline"):
        actions.send_notice(notice=drafted, by=analyst)
    queue.drain()
    assert "Silence until it is lifted" in again(drafted).problem


def test_a_silence_that_was_lifted_no_longer_stands_on_the_notice(drafted, senior_analyst):
    silence = records.keep_silent(
        record=drafted.report.record, audience="host", reason="Police asked.", by=senior_analyst, actor=senior_analyst
    )
    queue.drain()
    records.lift_silence(silence=silence, reason="Police agree.", by=senior_analyst)
    actions.refresh(notice=drafted)
    assert (again(drafted).problem, drafted.state) == ("", State.DRAFTED)


def test_a_silence_agreed_while_the_letter_waits_stops_it_at_the_door(drafted, senior_analyst):
    with no_mail_server():
        queue.drain()
    records.keep_silent(record=drafted.record, audience="host", reason="Police asked.", by=senior_analyst, actor=senior_analyst)
    with mail_server() as server:
        later(drafted)
    assert server.letters == []
    assert again(drafted).state == State.BOUNCED
    assert "Silence" in drafted.problem
    assert Silence.objects.filter(lifted_at=None).count() == 1
    drafted.contact.refresh_from_db()
    assert drafted.contact.bounced_at is None


def later(notice):
    from datetime import timedelta

    from havenline.foundation import moment

    with moment.standing_at(moment.now() + timedelta(minutes=5)):
        queue.drain()


def test_sending_twice_sends_once(drafted, analyst):
    actions.send_notice(notice=drafted, by=analyst)
    with pytest.raises(errors.NotThatState, match="leaving already"):
        actions.send_notice(notice=drafted, by=analyst)
    queue.drain()
    assert Letter.objects.count() == 1


def test_a_refused_letter_stands_on_the_notice_and_on_its_contact(drafted):
    with mail_server("550 No such mailbox"):
        queue.drain()
    assert again(drafted).state == State.BOUNCED
    assert "550 No such mailbox" in drafted.problem
    drafted.contact.refresh_from_db()
    assert drafted.contact.bounced_why == "550 No such mailbox"
    assert drafted.record.clocks.running().get().rule == "notice_leaves"


def test_a_bounce_is_repaired_by_another_contact(drafted, analyst, senior_analyst):
    with mail_server("550 No such mailbox"):
        queue.drain()
    proposed = actions.propose_contact(host=again(drafted).host, email="noc@pictures.example", found_at="A call", by=analyst)
    actions.approve_contact(contact=proposed, by=senior_analyst)
    with mail_server() as server:
        actions.send_notice(notice=drafted, by=analyst)
        queue.drain()
    assert [letter["To"] for letter in server.letters] == ["noc@pictures.example"]
    assert (again(drafted).state, drafted.problem, drafted.contact) == (State.SENT, "", proposed)


def test_a_letter_whose_end_nobody_knows_asks_a_person(drafted):
    with server_that_hangs_up_after_the_text():
        queue.drain()
    assert again(drafted).state == State.BOUNCED
    assert "Nobody knows" in drafted.problem


def test_an_administrator_who_tries_the_letter_again_brings_the_notice_to_its_host(drafted, administrator):
    from havenline.foundation.post import actions as post

    with mail_server("550 No such mailbox"):
        queue.drain()
    with mail_server():
        post.try_again(letter=again(drafted).letter, by=administrator)
        queue.drain()
    assert again(drafted).state == State.SENT


def test_a_withdrawn_notice_does_not_leave_with_a_letter_that_still_waits(drafted, analyst):
    with no_mail_server():
        queue.drain()
    actions.withdraw(notice=drafted, reason="Graded wrongly.", by=analyst)
    with mail_server() as server:
        later(drafted)
    assert server.letters == []
    assert again(drafted).state == State.WITHDRAWN


def test_a_host_that_has_it_gets_a_new_link_and_keeps_its_clocks(sent, analyst, mail):
    due = sent.record.clocks.get(rule="host_removes").due_at
    actions.send_notice(notice=sent, by=analyst)
    queue.drain()
    assert (again(sent).state, len(mail.letters)) == (State.SENT, 2)
    assert sent.record.clocks.get(rule="host_removes").due_at == due


def test_the_letter_names_no_case_and_no_address(sent, mail):
    [letter] = mail.letters
    words = str(letter)
    for secret in (sent.reference, sent.report.reference, "gallery", "Robin", "R. Osei"):
        assert secret not in words


def test_whoever_left_sends_nothing(drafted, analyst, mail):
    type(analyst).objects.filter(pk=analyst.pk).update(until=drafted.drafted_at)
    queue.drain()
    assert again(drafted).state == State.DRAFTED
    assert "no longer acts" in drafted.problem


def test_a_notice_is_never_lost_with_its_task(drafted, mail):
    from datetime import timedelta

    from havenline.foundation import moment
    from havenline.journey.takedown.tasks import go_on_with_what_was_missed

    with moment.standing_at(moment.now() + timedelta(minutes=5)):
        go_on_with_what_was_missed()
        queue.drain()
    assert again(drafted).state == State.SENT


def test_another_hotline_sees_no_notice_and_sends_none(drafted):
    other = factories.member("senior_analyst", factories.agency("hotline", "Southmere Hotline"))
    with pytest.raises(NotPartyToRecord):
        actions.send_notice(notice=drafted, by=other)


def test_a_letter_does_not_leave_to_a_contact_that_was_replaced_while_it_waited(drafted, analyst, senior_analyst):
    with no_mail_server():
        queue.drain()
    proposed = actions.propose_contact(host=drafted.host, email="noc@pictures.example", found_at="A call", by=analyst)
    actions.approve_contact(contact=proposed, by=senior_analyst)
    with mail_server() as server:
        later(drafted)
    assert (server.letters, again(drafted).state) == ([], State.BOUNCED)
    assert "not used for this host any more" in drafted.problem


@pytest.mark.parametrize("server", [mail_server, server_that_hangs_up_after_the_text])
def test_a_letter_that_was_on_its_way_when_its_notice_was_held_stands_on_the_notice(drafted, analyst, police, monkeypatch, server):
    from havenline.foundation.post import smtp
    from havenline.journey.takedown.actions import holding

    hand_over = smtp.hand_over

    def held_meanwhile(letter, body):
        holding.hold(Notice.objects.get(pk=drafted.pk), because="typed", by=analyst)  # another process, after the attempt began
        return hand_over(letter, body)

    monkeypatch.setattr(smtp, "hand_over", held_meanwhile)
    with server():
        queue.drain()
    assert again(drafted).state == State.HELD
    assert "the host may have it" in drafted.problem


def test_what_is_graded_otherwise_since_does_not_leave_and_says_so(drafted, analyst, second_analyst):
    item = drafted.items.get().item
    Assessment.objects.create(item=item, grade=Grade.NOT_ILLEGAL, by=second_analyst, at=moment.now())
    with pytest.raises(errors.NotThatState, match="Graded otherwise since: item 1"):
        actions.send_notice(notice=drafted, by=analyst)
    actions.sending.refresh(notice=drafted)
    assert "Withdraw this notice" in again(drafted).problem


def test_a_letter_that_waits_stays_where_its_item_was_graded_otherwise(drafted, second_analyst, mail):
    with no_mail_server():
        queue.drain()
    assert again(drafted).state == State.LEAVING
    Assessment.objects.create(item=drafted.items.get().item, grade=Grade.NOT_ILLEGAL, by=second_analyst, at=moment.now())
    again(drafted).letter.refresh_from_db()
    with pytest.raises(post_links.NoLink, match="graded otherwise"):
        links._still_to_leave(drafted.letter)


def test_a_notice_leaves_in_nobodys_name_whose_hotline_sees_it_no_more(drafted, mail):
    Party.objects.filter(record=drafted.record).update(until=drafted.drafted_at)
    queue.drain()
    assert again(drafted).state == State.DRAFTED
    assert "no longer sees this notice" in drafted.problem
    assert RefusedTask.objects.get().why == "not_party"
    assert mail.letters == []
