"""Weeks, months and quarters on London's calendar."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from havenline.journey.statistics.periods import FOUR, LAST_YEAR, PARTS, THIS_YEAR, months, place_of, quarters, weeks

days = st.dates(date(2000, 1, 1), date(2100, 12, 31))


@given(days)
def test_weeks_are_whole_follow_each_other_and_have_ended(day):
    found = weeks(day)
    assert len(found) == 26
    assert all(a.end == b.start for a, b in itertools.pairwise(found))
    assert {span.start.weekday() for span in found} == {0}
    assert {(span.start.hour, span.end.date() - span.start.date()) for span in found} == {(0, timedelta(days=7))}
    assert timedelta(0) <= day - found[-1].end.date() < timedelta(days=7)


def test_the_week_in_which_the_clocks_go_back_has_an_hour_more():
    of_october = weeks(date(2026, 10, 28))[-1]
    assert of_october.end.astimezone(UTC) - of_october.start.astimezone(UTC) == timedelta(days=7, hours=1)
    assert place_of(datetime(2026, 10, 18, 23, 30, tzinfo=UTC), [of_october]) == 0  # half past midnight on Monday, in London
    assert place_of(datetime(2026, 10, 25, 23, 30, tzinfo=UTC), [of_october]) == 0  # the same in UTC is still Sunday


def test_the_week_in_which_the_clocks_go_forward_has_an_hour_less():
    of_march = weeks(date(2026, 4, 1))[-1]
    assert of_march.end.astimezone(UTC) - of_march.start.astimezone(UTC) == timedelta(days=7, hours=-1)


def test_a_week_over_the_year_s_end_is_one_week():
    over = weeks(date(2026, 1, 6))[-1]
    assert (over.start.date(), over.last_day) == (date(2025, 12, 29), date(2026, 1, 4))


@given(days)
def test_months_are_whole_follow_each_other_and_have_ended(day):
    found = months(day)
    assert len(found) == 12
    assert all(a.end == b.start for a, b in itertools.pairwise(found))
    assert {span.start.day for span in found} == {1}
    assert found[-1].end.date() == day.replace(day=1)


@given(days, st.datetimes(datetime(1999, 1, 1), datetime(2101, 1, 1), timezones=st.just(UTC)))
def test_each_moment_lies_in_one_part_of_time_or_has_not_ended(day, when):
    found = quarters(day)
    part = found.part_of(when)
    london = when.astimezone(found.ends.tzinfo).date()
    if part is None:
        assert london >= found.end
    else:
        assert london < found.end
        assert bool(PARTS[THIS_YEAR][part]) == (london.year == day.year)
        assert bool(PARTS[LAST_YEAR][part]) == (london.year == day.year - 1)
        assert bool(PARTS[FOUR][part]) == (london >= found.four)


@pytest.mark.parametrize(
    ("day", "end", "next_end"),
    [
        (date(2026, 11, 25), date(2026, 10, 1), date(2026, 12, 31)),
        (date(2026, 12, 31), date(2026, 10, 1), date(2026, 12, 31)),
        (date(2027, 1, 1), date(2027, 1, 1), date(2027, 3, 31)),
        (date(2026, 6, 30), date(2026, 4, 1), date(2026, 6, 30)),
    ],
)
def test_a_quarter_counts_from_the_day_after_its_end(day, end, next_end):
    assert (quarters(day).end, quarters(day).next_end) == (end, next_end)


def test_periods_are_said_by_their_days():
    found = quarters(date(2026, 11, 25))
    assert found.in_words(FOUR) == "1 Oct 2025 to 30 Sep 2026"
    assert found.in_words(THIS_YEAR) == "1 Jan 2026 to 30 Sep 2026"
    assert found.in_words(LAST_YEAR) == "1 Jan 2025 to 31 Dec 2025"
    assert found.in_words("all") == "up to 30 Sep 2026"
    assert quarters(date(2027, 2, 1)).in_words(THIS_YEAR) == "this year, of which no quarter has ended"
