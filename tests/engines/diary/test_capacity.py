"""What a person finishes by when."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engines.diary.strategies import DAYS, MONDAY

from havenline.engines.diary import Task, finished

tasks = st.lists(st.integers(0, 40), max_size=8).map(
    lambda dues: [Task(f"step {n}", MONDAY + timedelta(days=due)) for n, due in enumerate(dues)]
)


def test_five_a_week_is_one_a_working_day_the_first_due_first() -> None:
    done = finished([Task("b", DAYS[3]), Task("a", DAYS[1])], a_week=5, days=DAYS)
    assert done == {"a": DAYS[0], "b": DAYS[1]}


def test_two_a_week_take_three_days_and_then_two() -> None:
    done = finished([Task("a", MONDAY), Task("b", MONDAY)], a_week=2, days=DAYS)
    assert done == {"a": DAYS[2], "b": DAYS[4]}


def test_what_the_days_do_not_reach_is_not_finished() -> None:
    assert finished([Task("a", MONDAY)], a_week=1, days=DAYS[:4]) == {"a": None}


def test_nothing_a_week_is_refused() -> None:
    with pytest.raises(ValueError, match="leave their days out"):
        finished([], a_week=0, days=DAYS)


@given(tasks=tasks, a_week=st.integers(1, 10), away=st.sets(st.sampled_from(DAYS)))
def test_being_away_never_lets_anything_be_done_earlier(tasks: list[Task], a_week: int, away: set[date]) -> None:
    there = finished(tasks, a_week=a_week, days=DAYS)
    fewer = finished(tasks, a_week=a_week, days=[day for day in DAYS if day not in away])
    for name, day in fewer.items():
        assert day is None or (there[name] or date.max) <= day
