"""Work done in time: each share counts what was begun in the period, and what was not done in time stays in it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from havenline.foundation import moment
from havenline.foundation.handover import actions as handover
from havenline.foundation.handover.models import HandOver
from havenline.foundation.people.models import Agency, Membership
from havenline.journey.intake import actions as intake
from havenline.journey.statistics import queries
from havenline.journey.statistics.queries import Filter
from havenline.journey.takedown import actions as takedown
from havenline.journey.takedown.models import Notice
from havenline.journey.triage import actions as triage
from tests import factories
from tests.journey.statistics.conftest import SPRING
from tests.journey.takedown.host_side import a_notice

pytestmark = pytest.mark.django_db
LAST_WEEK = datetime(2026, 9, 28, 10, 0, tzinfo=moment.LONDON)  # a Monday: the last quarter ends on Wednesday
Removed = Callable[..., list[Notice]]


def shares(by: Membership, today: datetime | None = None, whose: str = "all") -> dict[str, tuple[int | None, int | None]]:
    chosen = Filter.chosen(by=by, today=today.date() if today else moment.today(), whose=whose)
    return {share.code: (share.found, share.of) for share in queries.work(chosen)}


def sent(count: int, by: Membership, *, at: datetime = SPRING, asks: str = "remove") -> list[Notice]:
    with moment.standing_at(at):
        return [a_notice(by, asks=asks, state="sent") for _each in range(count)]


def end(notices: list[Notice], by: Membership, *, after: timedelta, at: datetime = SPRING, how: str = "removed") -> None:
    with moment.standing_at(at + after):
        for notice in notices:
            if how == "removed":
                takedown.record_removed(notice=notice, how="Looked in the isolated viewer.", by=by)
            else:
                takedown.withdraw(notice=notice, reason="Graded wrongly.", by=by)


def test_what_was_removed_is_counted_by_working_days_from_the_notice(analyst: Membership) -> None:
    end(sent(5, analyst), analyst, after=timedelta(days=1))
    end(sent(6, analyst), analyst, after=timedelta(days=6))  # Wednesday to Tuesday: four working days
    found = shares(analyst)
    assert (found["removed_1"], found["removed_3"], found["removed_5"]) == ((5, 11), (5, 11), (11, 11))


def test_what_is_still_there_stays_in_the_share(analyst: Membership) -> None:
    end(sent(5, analyst), analyst, after=timedelta(days=1))
    sent(7, analyst)
    assert shares(analyst)["removed_5"] == (5, 12)


def test_what_was_withdrawn_or_asked_to_preserve_is_no_notice_to_remove(analyst: Membership) -> None:
    end(sent(5, analyst), analyst, after=timedelta(days=1))
    end(sent(5, analyst), analyst, after=timedelta(days=1), how="withdrawn")
    sent(5, analyst, asks="preserve")
    assert shares(analyst)["removed_1"] == (5, 5)


def test_what_ended_as_refused_is_not_removed(analyst: Membership) -> None:
    end(sent(5, analyst), analyst, after=timedelta(days=1))
    refused = sent(5, analyst)
    with moment.standing_at(SPRING + timedelta(days=1)):
        for notice in refused:
            takedown.note_answer(notice=notice, what="refused", words="They will not.", submission=f"call {notice.pk}", by=analyst)
            takedown.settle_refusal(notice=notice, reason="They will not.", by=analyst)
    assert shares(analyst)["removed_5"] == (5, 10)


def test_what_still_has_time_is_not_counted_yet(analyst: Membership) -> None:
    end(sent(5, analyst, at=LAST_WEEK), analyst, at=LAST_WEEK, after=timedelta(days=1))
    sent(6, analyst, at=LAST_WEEK)
    friday = LAST_WEEK + timedelta(days=4)
    with moment.standing_at(friday):
        found = shares(analyst, friday)
    assert (found["removed_3"], found["removed_5"]) == ((5, 11), (5, 5))


def test_fewer_than_five_are_not_told(analyst: Membership) -> None:
    end(sent(4, analyst), analyst, after=timedelta(days=1))
    sent(20, analyst)
    assert shares(analyst)["removed_1"] == (None, None)


def test_what_left_after_the_last_whole_quarter_is_left_out(analyst: Membership) -> None:
    end(sent(5, analyst), analyst, after=timedelta(days=1))
    end(sent(5, analyst, at=SPRING.replace(month=11)), analyst, after=timedelta(days=1), at=SPRING.replace(month=11))
    assert shares(analyst)["removed_1"] == (5, 5)


def test_ones_own_share_counts_no_other_hotlines_notices(analyst: Membership) -> None:
    other = factories.member("analyst", factories.agency("hotline", "Southmere Hotline"))
    end(sent(6, analyst), analyst, after=timedelta(days=1))
    end(sent(7, other), other, after=timedelta(days=1))
    assert shares(analyst)["removed_1"] == (13, 13)
    assert shares(analyst, whose="own")["removed_1"] == (6, 6)


def test_referrals_to_social_care_are_counted_as_decided_within_a_working_day(
    police: Agency, social_care: Agency, investigator: Membership, social_worker: Membership
) -> None:
    def referred(count: int) -> list[HandOver]:
        with moment.standing_at(SPRING):
            return [handover.send(hand_over=factories.hand_over(of=police, to=social_care), by=investigator) for _each in range(count)]

    for days, count in ((1, 5), (5, 6)):
        for one in referred(count):
            with moment.standing_at(SPRING + timedelta(days=days)):
                handover.accept(hand_over=one, by=social_worker)
                handover.answer(hand_over=one, outcome="no_further_action", words="Looked into.", by=social_worker)
    for one in referred(5):
        handover.withdraw(hand_over=one, words="Sent twice.", by=investigator)
    referred(2)  # nobody has answered
    assert shares(investigator)["decided"] == (5, 13)


def test_answers_are_counted_as_read_once_the_reporter_had_them_on_the_screen(hotline: Agency, analyst: Membership) -> None:
    for number in range(8):
        with moment.standing_at(SPRING):
            said = {"who": "adult", "kind": "web_page", "happened": f"A page worried me, number {number}."}
            report = intake.open_report(report=intake.receive(answers=said).report)
            triage.claim(report=report, by=analyst)
            triage.write(report=report, words="Which town is it?", could_be_read="no", by=analyst)
            if number < 5:
                intake.mark_read(report=report)
    assert shares(analyst)["opened_again"] == (5, 8)
