"""What a clock says on its chip: always in the days that it counts, and never differently from its ribbon."""

from datetime import date, datetime, timedelta

import pytest

from havenline.engines.procedure import Unit
from havenline.foundation import moment
from havenline.foundation.clocks import actions as clocks
from havenline.foundation.clocks.models import Clock
from havenline.foundation.clocks.rules import Policy
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.records.actions import open_record
from havenline.site.look.ribbon import ribbon

MONDAY = datetime(2026, 12, 14, 10, 0, tzinfo=moment.LONDON)


@pytest.fixture
def clock_of(social_care: Agency, social_worker: Membership) -> object:
    def started(amount: int, unit: Unit) -> Clock:
        record, _key = open_record(kind="child_case", agency=social_care)
        policy = Policy("answer", "Answer", amount, unit, "from the question")
        return clocks.start(record=record, rule=policy, agency=social_care, by=social_worker)

    with moment.standing_at(MONDAY):
        yield started


def said(clock: Clock, on: date) -> str:
    with moment.standing_at(datetime.combine(on, MONDAY.timetz())):
        return clock.reading.text


def test_working_days_are_counted_over_weekends_and_bank_holidays(clock_of) -> None:
    clock = clock_of(10, "working days")
    assert said(clock, date(2026, 12, 14)) == "Due in 10 working days"
    assert moment.day_of(clock.due_at) == date(2026, 12, 30)
    assert said(clock, date(2026, 12, 30)) == "Due today"
    assert said(clock, date(2027, 1, 4)) == "Late by 2 working days"  # New Year's Day and a weekend are none


def test_an_order_of_calendar_days_speaks_of_days(clock_of) -> None:
    clock = clock_of(4, "calendar days")
    assert said(clock, date(2026, 12, 14)) == "Due in 4 days"
    assert said(clock, date(2026, 12, 20)) == "Late by 2 days"


@pytest.mark.parametrize("unit", ["working days", "calendar days", "months"])
@pytest.mark.parametrize("after", range(1, 30, 4))
def test_chip_and_ribbon_say_the_same_lateness(clock_of, unit: Unit, after: int) -> None:
    clock = clock_of(1, unit)
    on = moment.day_of(clock.due_at) + timedelta(days=after)
    laid = ribbon(clock.explanation, on)
    late = max(1, sum("is-late" in cell.classes for cell in laid.cells))
    assert said(clock, on).split()[2] == str(late)


def test_a_clock_stopped_too_late_stays_late_for_ever(clock_of, social_worker: Membership) -> None:
    clock = clock_of(1, "working days")
    with moment.standing_at(MONDAY + timedelta(days=3)):
        clocks.stop(record=clock.record, rule="answer", by=social_worker)
    clock.refresh_from_db()
    assert (clock.reading.kind, clock.reading.text) == ("done late", "Done late")


def test_a_clock_stopped_in_time_says_on_which_day(clock_of, social_worker: Membership) -> None:
    clock = clock_of(10, "working days")
    with moment.standing_at(MONDAY + timedelta(days=7)):
        clocks.stop(record=clock.record, rule="answer", by=social_worker)
    clock.refresh_from_db()
    assert clock.reading.text == "Done on day 5 of 10"


def test_a_void_clock_is_not_needed_any_more_and_never_late(clock_of, social_worker: Membership) -> None:
    clock = clock_of(1, "working days")
    clocks.void(record=clock.record, rule="answer", reason="withdrawn", by=social_worker)
    clock.refresh_from_db()
    assert said(clock, date(2027, 1, 4)) == "Not needed any more"


def test_a_clock_of_minutes_says_its_day_once_that_is_over(clock_of) -> None:
    clock = clock_of(15, "minutes")
    with moment.standing_at(MONDAY + timedelta(minutes=45)):
        assert (clock.reading.text, clock.reading.date_text) == ("Late by 30 minutes", "10:15")
    with moment.standing_at(MONDAY + timedelta(days=2)):
        assert clock.reading.date_text == "Mon 14 Dec, 10:15"
