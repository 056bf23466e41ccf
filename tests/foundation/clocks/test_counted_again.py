"""A bank holiday is proclaimed while clocks run: they move, and say so."""

from collections.abc import Iterator
from datetime import date, datetime

import pytest

from havenline.engines import procedure
from havenline.engines.procedure import BankHoliday
from havenline.foundation import moment
from havenline.foundation.clocks import actions as clocks
from havenline.foundation.clocks.models import Clock
from havenline.foundation.clocks.rules import Policy, Step
from havenline.foundation.ledger.queries import of_records
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.records.actions import open_record
from havenline.foundation.work.rounds import DUTIES, discover

THURSDAY = datetime(2026, 12, 10, 10, 0, tzinfo=moment.LONDON)
MOURNING = BankHoliday(date(2026, 12, 18), "Day of national mourning", "Royal Proclamation")


@pytest.fixture(autouse=True)
def _on_thursday() -> Iterator[None]:
    with moment.standing_at(THURSDAY):
        yield
    procedure.proclaim([])


@pytest.fixture
def conference(social_care: Agency, social_worker: Membership) -> Clock:
    record, _key = open_record(kind="child_case", agency=social_care)
    return clocks.start(record=record, rule=Step("initial_child_protection_conference"), agency=social_care, by=social_worker)


def counted_again() -> list[Clock]:
    return [clock for piece in clocks.count_again() for clock in piece]


def test_a_running_clock_moves_and_says_what_it_was_and_why(conference: Clock) -> None:
    was = moment.day_of(conference.due_at)
    procedure.proclaim([MOURNING])
    assert counted_again() == [conference]
    conference.refresh_from_db()
    assert moment.day_of(conference.due_at) == procedure.next_working_day(was) == conference.explanation.due
    assert conference.counted_again == (
        "It was due Tue 5 Jan 2027 until it was counted again on Thu 10 Dec: Day of national mourning, 18 Dec 2026."
    )
    assert [said.verb for said in of_records([conference.record.reference])].count("counted a clock again") == 1


def test_a_policy_of_ours_in_working_days_moves_too(social_care: Agency, social_worker: Membership) -> None:
    record, _key = open_record(kind="child_case", agency=social_care)
    policy = Policy("answer", "Answer", 10, "working days", "from the question")
    clock = clocks.start(record=record, rule=policy, agency=social_care, by=social_worker)
    procedure.proclaim([MOURNING])
    assert counted_again() == [clock]


def test_counted_twice_it_moves_once(conference: Clock) -> None:
    procedure.proclaim([MOURNING])
    counted_again()
    assert counted_again() == []


def test_it_moves_back_where_the_proclamation_is_taken_back(conference: Clock) -> None:
    before = conference.due_at
    procedure.proclaim([MOURNING])
    counted_again()
    procedure.proclaim([])
    counted_again()
    conference.refresh_from_db()
    assert conference.due_at == before
    assert "by rules that were put right" in conference.counted_again


def test_what_was_done_and_what_runs_by_the_hour_stay(conference: Clock, social_care: Agency, social_worker: Membership) -> None:
    clocks.stop(record=conference.record, rule=conference.rule, by=social_worker)
    record, _key = open_record(kind="child_case", agency=social_care)
    clocks.start(
        record=record, rule=Policy("call", "Call", 60 * 24 * 20, "minutes", "from the alarm"), agency=social_care, by=social_worker
    )
    procedure.proclaim([MOURNING])
    assert counted_again() == []
    conference.refresh_from_db()
    assert conference.was_due_at is None


def test_a_round_counts_them_again(conference: Clock) -> None:
    procedure.proclaim([MOURNING])
    discover()
    DUTIES["foundation.work.tasks.count_clocks_again"].does()
    conference.refresh_from_db()
    assert conference.was_due_at is not None
