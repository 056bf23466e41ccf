"""Re-checks after a notice: by HEAD, daily, for nobody's link alone, never under a silence; and they change no notice."""

from datetime import datetime, timedelta

import pytest
from django.test import override_settings

from havenline.foundation import moment
from havenline.foundation.people.models import Membership, NotPartyToRecord, NotYourRole
from havenline.foundation.records import actions as records
from havenline.foundation.work import queue
from havenline.journey.takedown import tasks
from havenline.journey.takedown.actions import checking
from havenline.journey.takedown.errors import CheckedOften, NotToBeChecked
from havenline.journey.takedown.models import Notice, RemovalCheck
from havenline.journey.triage.models import LinkAnswer
from tests.journey.takedown.host_side import a_notice
from tests.journey.takedown.web_server import host_that

pytestmark = pytest.mark.django_db
Found = RemovalCheck.Found
OK, GONE = b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 410 Gone\r\n\r\n"
URLS = ("https://pictures.example/item/1", "http://pictures.example/item/2")


def later(**more: float) -> datetime:
    return moment.now() + timedelta(**more)


@pytest.fixture
def sent(analyst: Membership) -> Notice:
    return a_notice(analyst, urls=URLS, state="sent")


def test_each_item_is_asked_once_by_head(sent: Notice, analyst: Membership) -> None:
    with host_that(OK) as host:
        checks = checking.check_now(notice=sent, by=analyst)
    assert host.methods == ["HEAD", "HEAD"]
    assert [(check.found, check.said) for check in checks] == [(Found.ANSWERS, "200 OK")] * 2


@pytest.mark.parametrize("says", [OK, GONE, b""])
def test_a_check_changes_no_notice(sent: Notice, analyst: Membership, says: bytes) -> None:
    before = Notice.objects.values().get(pk=sent.pk)
    with host_that(says):
        checking.check_now(notice=sent, by=analyst)
    assert Notice.objects.values().get(pk=sent.pk) == before


def test_it_says_not_reachable_from_here_and_never_removed(sent: Notice, analyst: Membership) -> None:
    with host_that(GONE):
        check, _other = checking.check_now(notice=sent, by=analyst)
    assert (check.get_found_display(), check.said) == ("Not reachable from here", "410 Gone")


@pytest.mark.parametrize("answer", ["yes", "unknown"])
def test_a_link_that_could_be_one_persons_is_never_asked(analyst: Membership, answer: str) -> None:
    notice = a_notice(analyst, state="sent", for_one_person=answer)
    with host_that(OK) as host:
        with pytest.raises(NotToBeChecked):
            checking.check_now(notice=notice, by=analyst)
        with moment.standing_at(later(days=2)):
            tasks.check_what_was_asked()
            queue.drain()
    assert (host.connections, RemovalCheck.objects.count()) == (0, 0)


def test_an_answer_that_was_changed_since_counts(sent: Notice, analyst: Membership) -> None:
    item = sent.items.get(item__number=1).item
    LinkAnswer.objects.create(item=item, answer="unknown", by=analyst, at=moment.now())
    with host_that(OK) as host:
        checking.check_now(notice=sent, by=analyst)
    assert [request.split(b" ")[1] for request in host.requests] == [b"/item/2"]


def test_under_a_silence_nothing_is_asked(sent: Notice, analyst: Membership) -> None:
    records.keep_silent(record=sent.report.record, audience="host", reason="Police asked.", by=analyst, actor=analyst)
    with host_that(OK) as host:
        with pytest.raises(records.Silenced):
            checking.check_now(notice=sent, by=analyst)
        with moment.standing_at(later(days=2)):
            tasks.check_what_was_asked()
            queue.drain()
    assert host.connections == 0


@pytest.mark.parametrize("state", ["drafted", "held", "leaving", "bounced", "withdrawn"])
def test_a_notice_that_has_not_left_or_was_taken_back_is_not_checked(analyst: Membership, state: str) -> None:
    notice = a_notice(analyst, state=state)
    with host_that(OK) as host:
        with pytest.raises(NotToBeChecked):
            checking.check_now(notice=notice, by=analyst)
        with moment.standing_at(later(days=2)):
            assert checking.next_batch() == []
    assert host.connections == 0


def test_what_is_to_be_preserved_is_not_checked(analyst: Membership) -> None:
    with pytest.raises(NotToBeChecked):
        checking.check_now(notice=a_notice(analyst, asks="preserve", state="sent"), by=analyst)


def test_it_runs_an_hour_after_the_notice_and_then_daily(sent: Notice) -> None:
    with host_that(OK) as host:
        for hours in (0.9, 1.1, 5, 25, 26, 50):
            with moment.standing_at(sent.sent_at + timedelta(hours=hours)):
                tasks.check_what_was_asked()
                queue.drain()
    assert [check.at - sent.sent_at for check in RemovalCheck.objects.filter(item__item__number=1)] == [
        timedelta(hours=1.1),
        timedelta(hours=26),
        timedelta(hours=50),
    ]
    assert host.connections == 6


def test_a_check_that_was_enqueued_twice_is_made_once(sent: Notice) -> None:
    with host_that(OK) as host, moment.standing_at(later(hours=2)):
        tasks.check_what_was_asked()
        tasks.check_what_was_asked()
        queue.drain()
    assert host.connections == 2


def test_a_silenced_notice_takes_nobodys_place(analyst: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "A_BATCH", 1)
    first, second = a_notice(analyst, state="sent"), a_notice(analyst, state="sent")
    records.keep_silent(record=first.report.record, audience="host", reason="Police asked.", by=analyst, actor=analyst)
    with moment.standing_at(later(hours=2)):
        assert checking.next_batch() == [second]


def test_one_item_is_asked_so_often_a_day_and_no_more(sent: Notice, analyst: Membership) -> None:
    with host_that(OK) as host:
        for _time in range(checking.MOST_A_DAY):
            checking.check_now(notice=sent, by=analyst)
        with pytest.raises(CheckedOften):
            checking.check_now(notice=sent, by=analyst)
    assert host.connections == 2 * checking.MOST_A_DAY


def test_a_name_that_points_inwards_is_noted_as_not_asked(sent: Notice, analyst: Membership) -> None:
    with override_settings(HOST_NAMES=None), pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking.reach.lookup, "addresses_of", lambda _name: ("10.0.0.7",))
        check, _other = checking.check_now(notice=sent, by=analyst)
    assert (check.found, check.said) == (Found.NOT_ASKED, "The name points into a private network.")


def test_only_the_desk_of_its_hotline_checks(sent: Notice, investigator: Membership, administrator: Membership) -> None:
    from tests import factories

    elsewhere = factories.member("analyst", factories.agency("hotline", "Southmere Hotline"))
    for by in (investigator, administrator, elsewhere):
        with pytest.raises((NotYourRole, NotPartyToRecord)):
            checking.check_now(notice=sent, by=by)
