"""Rounds: each in its time, by one worker, and one that fails stops no other."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from havenline.foundation import moment
from havenline.foundation.work import rounds
from havenline.foundation.work.models import Round

pytestmark = pytest.mark.django_db
ran: list[str] = []


@pytest.fixture(autouse=True)
def only_these_rounds() -> Iterator[None]:
    rounds.discover()
    kept = dict(rounds.DUTIES)
    rounds.DUTIES.clear()
    ran.clear()

    @rounds.every(seconds=60)
    def breaks() -> None:
        raise LookupError("nobody is there")

    @rounds.every(seconds=60)
    def notes() -> None:
        ran.append("noted")

    yield
    rounds.DUTIES.clear()
    rounds.DUTIES.update(kept)


def test_a_round_comes_round_when_its_time_has_come() -> None:
    now = moment.now()
    for seconds in (0, 30, 61):
        with moment.standing_at(now + timedelta(seconds=seconds)):
            rounds.run_due()
    assert ran == ["noted", "noted"]


def test_a_round_that_fails_says_so_and_stops_no_other() -> None:
    rounds.run_due()
    assert ran == ["noted"]
    problems = dict(Round.objects.values_list("task", "problem"))
    assert sorted(problems.values()) == ["", "LookupError: nobody is there"]


def test_a_clock_set_back_does_not_stop_a_round() -> None:
    rounds.run_due()
    with moment.standing_at(moment.now() - timedelta(days=30)):
        rounds.run_due()
    assert ran == ["noted", "noted"]
