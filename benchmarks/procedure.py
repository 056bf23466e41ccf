"""How fast is the guidance counted? Due dates one by one and at once, and the clocks of whole cases, beside plain Python.

One process, one core, processor time, medians. The peers give the same dates, which is checked: a loop over days with the `holidays`
package, dateutil's months, numpy's own business days, and a hard-coded procedure of one edition as systems have it.
"""

import random
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from statistics import median

import holidays
import numpy as np
from dateutil.relativedelta import relativedelta

from benchmarks.tables import Table
from havenline.engines import procedure
from havenline.engines.procedure import Event

DATES, CASES, SLOW, ROUNDS = 1_000_000, 100_000, 20_000, 5
CONFERENCE, ASSESSMENT, REVIEW, ORDER = (
    "initial_child_protection_conference",
    "single_assessment",
    "first_review",
    "emergency_protection_order_ends",
)
LIMITS = ((CONFERENCE, 15, "working days"), (ASSESSMENT, 45, "working days"), (REVIEW, 3, "months"), (ORDER, 8, "calendar days"))
OUTCOMES = ("no_further_action", "assessment", "strategy_discussion_now")
HOLIDAYS = holidays.country_holidays("GB", subdiv="ENG", years=range(1999, 2033))


def measure(*, dates: int = DATES, cases: int = CASES, slow: int = SLOW, rounds: int = ROUNDS) -> Iterator[Table]:
    yield due_dates(dates, slow, rounds)
    yield whole_cases(cases, min(cases, slow), rounds)


def due_dates(dates: int, slow: int, rounds: int) -> Table:
    table = Table(
        "Due dates",
        ("", "dates", "a second", "times the loop"),
        note="Starts by chance from 1999 to 2030. `due_many` gives an array from an array; the others a date from a date.",
    )
    starts = np.datetime64("1999-12-01") + np.random.default_rng(6).integers(0, 11_000, dates)
    few = starts[:slow].tolist()
    edition = procedure.edition("2026")
    busy = np.array(sorted(HOLIDAYS), dtype="datetime64[D]")
    for step, amount, unit in (
        (CONFERENCE, 15, "working days"),
        (ASSESSMENT, 45, "working days"),
        (REVIEW, 3, "months"),
        (ORDER, 8, "calendar days"),
    ):
        loop = by_loop(amount) if unit == "working days" else (lambda day: day + relativedelta(months=3)) if unit == "months" else None
        ways: dict[str, tuple[int, Callable[[], object]]] = {}
        if loop is not None:
            name = "a loop over the days with `holidays`" if unit == "working days" else "dateutil's relativedelta"
            ways[name] = slow, lambda loop=loop: [loop(day) for day in few]  # type: ignore[misc]
        ways["edition.due, one by one"] = slow, lambda step=step: [edition.due(step, started=day) for day in few]  # type: ignore[misc]
        if unit == "working days":
            # A start on a weekend is day 0 too: numpy is asked from the last business day up to it.
            ways["numpy's busday_offset"] = (
                dates,
                lambda amount=amount: np.busday_offset(starts, amount, roll="preceding", holidays=busy),  # type: ignore[misc]
            )
        ways["edition.due_many"] = dates, lambda step=step: edition.due_many(step, starts)  # type: ignore[misc]
        told = {name: list(np.array(act()[:slow], dtype="datetime64[D]")) for name, (_, act) in ways.items()}  # type: ignore[index]
        if any(dates != told["edition.due_many"] for dates in told.values()):
            raise AssertionError(f"{step}: the ways give different dates")
        base = 0.0
        for name, (number, act) in ways.items():
            a_second = number / _took(act, rounds)
            base = base or a_second
            table.add(f"{amount} {unit}: {name}", f"{number:,}", f"{a_second:,.0f}", f"{a_second / base:,.1f}")
    return table


def by_loop(amount: int) -> Callable[[date], date]:
    def due(started: date) -> date:
        day, left = started, amount
        while left:
            day += timedelta(days=1)
            if day.weekday() < 5 and day not in HOLIDAYS:
                left -= 1
        return day

    return due


def whole_cases(cases: int, slow: int, rounds: int) -> Table:
    table = Table(
        "The open clocks of whole cases",
        ("", "cases", "seconds", "µs a case", "times the peer"),
        note="Cases of 2014 to 2026, three in ten to a plan, each asked on a day of its own. The peer knows one edition, no reasons.",
    )
    made = [made_up(number) for number in range(cases)]
    for events, at in made[:slow]:
        told = {clock.step: clock.due for clock in procedure.simulate(events, at).open_clocks}
        if told != hard_coded(events, at):
            raise AssertionError(f"the peer sees other clocks: {events}, {at}")
    peer = _took(lambda: [hard_coded(events, at) for events, at in made[:slow]], rounds) / slow
    ours = _took(lambda: [procedure.simulate(events, at).open_clocks for events, at in made], min(rounds, 3)) / cases
    whole = _took(lambda: [procedure.simulate(events, at).steps for events, at in made[:slow]], rounds) / slow
    table.add("peer: hard-coded, a loop over the days", f"{slow:,}", f"{peer * slow:.2f}", f"{peer * 1e6:.0f}", "1.0")
    table.add("simulate, its open clocks", f"{cases:,}", f"{ours * cases:.2f}", f"{ours * 1e6:.0f}", f"{peer / ours:.1f}")
    table.add("simulate, every step of the path", f"{slow:,}", f"{whole * slow:.2f}", f"{whole * 1e6:.0f}", f"{peer / whole:.1f}")
    print(f"{sum(len(events) for events, _ in made) / cases:.1f} events a case", flush=True)
    return table


def made_up(number: int) -> tuple[list[Event], date]:
    """What happened to a case, and the day on which somebody asks."""
    chance = random.Random(number)
    day = date(2014, 1, 6) + timedelta(days=chance.randrange(4_600))
    events = [Event("referral", day)]

    def then(step: str, most: int, outcome: str | None = None) -> None:
        nonlocal day
        day += timedelta(days=chance.randint(0, most))
        events.append(Event(step, day, outcome))

    decided = chance.choices(OUTCOMES, (35, 35, 30))[0]
    then("decision_on_referral", 2, decided)
    then("answer_to_referrer", 3)
    if decided == "assessment":
        then("single_assessment", 60, "child_in_need")
    elif decided == "strategy_discussion_now":
        then("strategy_discussion", 2, "joint_enquiry")
        then("section_47_enquiry", 12, "conference")
        then(CONFERENCE, 8, "plan_neglect")
        then("child_protection_plan", 0)
        then("first_core_group", 12)
        then("single_assessment", 30, "child_protection")
        then("first_review", 80, "continue")
    at = events[0].on + timedelta(days=chance.randrange(200))
    return events, at


def hard_coded(events: list[Event], at: date) -> dict[str, date]:
    """By open step the day on which it is due: one edition, written into the code."""
    happened = {event.step: event for event in events if event.on <= at}
    limits = {"decision_on_referral": 1, "answer_to_referrer": 1, "referrer_chases": 3, ASSESSMENT: 45}
    open_now = {}
    if "referral" in happened:
        decided = happened.get("decision_on_referral")
        for step, amount in limits.items():
            if step in happened or (step == "referrer_chases" and "answer_to_referrer" in happened):
                continue
            if step == ASSESSMENT and decided and decided.outcome == "no_further_action":
                continue
            open_now[step] = by_loop(amount)(happened["referral"].on)
    if "strategy_discussion" in happened and CONFERENCE not in happened:
        open_now[CONFERENCE] = by_loop(15)(happened["strategy_discussion"].on)
    if CONFERENCE in happened:
        if "first_core_group" not in happened:
            open_now["first_core_group"] = by_loop(10)(happened[CONFERENCE].on)
        if REVIEW not in happened:
            open_now[REVIEW] = happened[CONFERENCE].on + relativedelta(months=3)
    if REVIEW in happened:
        open_now["later_review"] = happened[REVIEW].on + relativedelta(months=6)
    return open_now


def _took(act: Callable[[], object], rounds: int) -> float:
    """Seconds of processor time, the median."""
    took = []
    for _round in range(rounds):
        began = time.process_time()
        act()
        took.append(time.process_time() - began)
    return median(took)
