from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from havenline.engines import procedure
from havenline.engines.procedure import WorkingDays, due_after, explain_period
from havenline.engines.procedure.periods import COUNTINGS, UNITS

days = st.dates(date(1999, 1, 1), date(2030, 12, 31))
periods = st.fixed_dictionaries({"amount": st.integers(1, 60), "unit": st.sampled_from(UNITS), "counting": st.sampled_from(COUNTINGS)})


def explained(**changed: Any) -> procedure.Explanation:
    return explain_period(
        **{
            "amount": 5,
            "unit": "working days",
            "started": date(2026, 11, 19),
            "title": "Access to children settled",
            "rule": "5 working days from the question",
            "source": "Our policy",
            "verified": "policy",
            **changed,
        }
    )


def test_a_working_day_period_does_not_count_the_day_it_starts() -> None:
    assert due_after(1, "working days", date(2026, 11, 18)) == date(2026, 11, 19)


def test_a_period_that_starts_on_a_saturday_has_its_first_day_on_monday() -> None:
    assert due_after(1, "working days", date(2026, 11, 21)) == date(2026, 11, 23)


def test_a_period_that_starts_at_christmas_has_its_first_day_after_the_bank_holidays() -> None:
    assert due_after(1, "working days", date(2026, 12, 25)) == date(2026, 12, 29)


def test_three_days_beginning_with_the_event_count_the_event_as_day_1() -> None:
    assert due_after(3, "calendar days", date(2026, 11, 20), counting="beginning with") == date(2026, 11, 22)


def test_three_months_from_30_november_end_on_the_last_day_of_february() -> None:
    assert due_after(3, "months", date(2026, 11, 30)) == date(2027, 2, 28)
    assert due_after(3, "months", date(2027, 11, 30)) == date(2028, 2, 29)


def test_a_month_end_that_exists_is_kept() -> None:
    assert due_after(6, "months", date(2026, 8, 31)) == date(2027, 2, 28)
    assert due_after(6, "months", date(2026, 2, 28)) == date(2026, 8, 28)


def test_72_hours_run_out_on_the_third_day_after() -> None:
    assert due_after(72, "hours", date(2026, 11, 20)) == date(2026, 11, 23)


def test_a_date_on_a_weekend_stays_and_the_last_working_day_before_it_is_told() -> None:
    explanation = explained(amount=3, unit="months", started=date(2026, 11, 28))
    assert explanation.due == date(2027, 2, 28)  # a Sunday
    assert explanation.last_working_day == date(2027, 2, 26)
    assert not explanation.falls_on_working_day


def test_a_period_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        due_after(0, "working days", date(2026, 11, 20))


def test_every_day_of_the_ribbon_is_numbered_or_tells_why_not() -> None:
    ribbon = [(day.date.day, day.kind, day.number, day.name) for day in explained(amount=3, started=date(2026, 12, 23)).days]
    assert ribbon == [
        (23, "counted", 0, ""),
        (24, "counted", 1, ""),
        (25, "bank holiday", None, "Christmas Day"),
        (26, "weekend", None, "Boxing Day"),
        (27, "weekend", None, ""),
        (28, "bank holiday", None, "Boxing Day (substitute day)"),
        (29, "counted", 2, ""),
        (30, "counted", 3, ""),
    ]


def test_the_day_of_the_start_is_day_0_even_on_a_sunday() -> None:
    first = explained(started=date(2026, 11, 22)).days[0]
    assert (first.kind, first.number) == ("counted", 0)


def test_the_bank_holidays_skipped_are_named_without_those_of_the_weekend() -> None:
    skipped = explained(amount=45, started=date(2026, 11, 18)).skipped
    assert [day.date for day in skipped] == [date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)]


def test_the_days_after_the_due_date_are_told_by_the_same_calendar() -> None:
    explanation = explained(calendar=WorkingDays(added={date(2026, 11, 27): "Added"}))
    assert not explanation.is_working_day(date(2026, 11, 27))
    assert explained().is_working_day(date(2026, 11, 27))


CLOSED = {date(2026, 12, 24): "Office closed", date(2026, 12, 26): "Office closed", date(2026, 12, 29): "Office closed"}


def test_an_agencys_own_closures_are_shown_and_move_nothing() -> None:
    told = explained(started=date(2026, 12, 22), closures=CLOSED)
    assert told.due == explained(started=date(2026, 12, 22)).due == date(2026, 12, 31)
    assert [(day.date.day, day.number, day.closed) for day in told.closed] == [(24, 2, "Office closed"), (29, 3, "Office closed")]
    assert [day.number for day in told.days] == [day.number for day in explained(started=date(2026, 12, 22)).days]


def test_where_the_office_is_closed_on_the_last_day_the_last_open_day_before_it_is_told() -> None:
    told = explained(amount=3, started=date(2026, 12, 22), closures=CLOSED)
    assert (told.due, told.last_open_day, told.last_working_day) == (date(2026, 12, 29), date(2026, 12, 23), date(2026, 12, 29))


def test_an_office_that_is_closed_all_the_time_is_late_like_any_other() -> None:
    shut = {date(2026, 11, day): "Moved house" for day in range(19, 31)}
    told = explained(closures=shut)
    assert (told.due, told.last_open_day) == (date(2026, 11, 26), date(2026, 11, 26))


def test_calendar_days_skip_nothing() -> None:
    explanation = explained(amount=8, unit="calendar days", started=date(2026, 12, 24), counting="beginning with")
    assert [day.number for day in explanation.days] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert explanation.skipped == ()


def test_the_days_of_months_carry_no_numbers() -> None:
    assert {day.number for day in explained(amount=3, unit="months").days} == {None}


def test_a_clock_of_our_own_policy_is_explained_by_the_same_code_and_says_that_it_is_policy() -> None:
    explanation = explained()
    assert (explanation.due, explanation.verified, explanation.step) == (date(2026, 11, 26), "policy", None)


def test_one_is_singular() -> None:
    assert procedure.in_words(1, "working days") == "1 working day"
    assert procedure.in_words(3, "months") == "3 months"


@given(days, st.integers(0, 400), periods)
def test_a_due_date_never_comes_earlier_when_the_start_moves_later(started: date, later: int, period: dict[str, Any]) -> None:
    assert due_after(started=started, **period) <= due_after(started=started + timedelta(days=later), **period)


@given(days, st.sets(st.integers(0, 90), min_size=1, max_size=5), periods)
def test_an_added_bank_holiday_never_makes_a_date_earlier(started: date, offsets: set[int], period: dict[str, Any]) -> None:
    more = WorkingDays(added={started + timedelta(days=offset): "Added" for offset in offsets})
    assert due_after(started=started, calendar=more, **period) >= due_after(started=started, **period)


@given(days, periods)
def test_an_explanation_agrees_with_its_date(started: date, period: dict[str, Any]) -> None:
    explanation = explained(started=started, **period)
    assert explanation.due == due_after(started=started, **period)
    assert explanation.days[0].date == started
    assert explanation.days[-1].date == explanation.due
    assert all(b.date - a.date == timedelta(days=1) for a, b in zip(explanation.days, explanation.days[1:], strict=False))
    if period["unit"] in ("working days", "calendar days"):
        assert explanation.days[-1].number == period["amount"]


@given(days, st.sets(st.integers(0, 90), max_size=20), periods)
def test_closures_never_move_a_date(started: date, offsets: set[int], period: dict[str, Any]) -> None:
    shut = {started + timedelta(days=offset): "Closed" for offset in offsets}
    assert explained(started=started, closures=shut, **period).due == explained(started=started, **period).due
