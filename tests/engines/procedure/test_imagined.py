"""The guidance as it might be: nothing that is held changes, and only limits do."""

from datetime import date

import pytest

from havenline.engines import procedure
from havenline.engines.procedure import ENGLAND, Event

EARLY = date(1999, 12, 1)
REFERRED = date(2026, 11, 18)


def case(*events: tuple[str, date, str | None]) -> list[Event]:
    return [Event(step, on, outcome) for step, on, outcome in events]


def dues(guidance: procedure.Guidance, events: list[Event], at: date) -> dict[str, date | None]:
    return {clock.step: clock.due for clock in procedure.simulate(events, at=at, guidance=guidance).open_clocks}


def test_another_limit_for_one_step_moves_its_date_and_no_other() -> None:
    events = case(("referral", REFERRED, None))
    held = dues(procedure.guidance(), events, REFERRED)
    imagined = dues(procedure.with_limit(procedure.guidance(), "single_assessment", 35, "working days", since=EARLY), events, REFERRED)
    assert imagined.pop("single_assessment") == ENGLAND.add(REFERRED, 35)
    assert held.pop("single_assessment") == ENGLAND.add(REFERRED, 45)
    assert imagined == held


def test_the_limits_of_an_edition_hold_for_clocks_that_start_from_that_day() -> None:
    started, later = date(2009, 11, 2), date(2009, 11, 16)
    imagined = procedure.with_limits_of(procedure.guidance(), "2010", since=later)
    for day, amount in ((started, 7), (later, 10)):
        assert dues(imagined, case(("referral", day, None)), day)["initial_assessment"] == ENGLAND.add(day, amount)


def test_a_step_that_the_other_edition_does_not_know_keeps_its_own_limit() -> None:
    imagined = procedure.with_limits_of(procedure.guidance(), "2006", since=EARLY)
    assert dues(imagined, case(("referral", REFERRED, None)), REFERRED)["single_assessment"] == ENGLAND.add(REFERRED, 45)


@pytest.mark.parametrize("name", [edition.name for edition in procedure.guidance().editions])
def test_an_editions_own_limits_change_no_clock_of_it(name: str) -> None:
    edition = procedure.edition(name)
    begins = edition.in_force_from
    imagined = procedure.with_limits_of(procedure.guidance(), name, since=begins)
    for step in edition.steps:
        if step.clock is not None:
            assert imagined.edition(name).due(step.code, begins) == edition.due(step.code, begins)


def test_what_is_held_stays_as_it_is() -> None:
    before = procedure.guidance()
    procedure.with_limits_of(before, "2006", since=EARLY)
    assert procedure.guidance() is before
    assert not any(override.area == "imagined" for edition in before.editions for override in edition.overrides)


def test_an_unknown_edition_or_step_is_refused() -> None:
    with pytest.raises(procedure.EditionUnknown):
        procedure.with_limits_of(procedure.guidance(), "1812", since=EARLY)
    with pytest.raises(procedure.StepUnknown):
        procedure.with_limit(procedure.guidance(), "dance", 3, "months", since=EARLY)
    with pytest.raises(procedure.StepHasNoLimit):
        procedure.with_limit(procedure.guidance(), "strategy_discussion", 3, "months", since=EARLY)


def test_a_further_bank_holiday_is_passed_over_and_one_that_is_taken_away_is_counted() -> None:
    extra = ENGLAND.also(added={date(2026, 12, 23): "One day off"})
    assert extra.add(date(2026, 12, 22), 1) == date(2026, 12, 24)
    assert extra.bank_holiday(date(2026, 12, 23)) == "One day off"
    assert ENGLAND.also(removed={date(2026, 12, 25)}).add(date(2026, 12, 24), 1) == date(2026, 12, 25)
    assert ENGLAND.bank_holiday(date(2026, 12, 23)) is None
    assert extra.also(removed={date(2026, 12, 23)}).is_working_day(date(2026, 12, 23))
