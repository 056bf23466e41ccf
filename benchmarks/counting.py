"""Clocks that run, in bulk, and how long it takes to count them again. Called inside an installation."""

import random
import time
from datetime import date, timedelta

from benchmarks import people
from havenline.engines import procedure
from havenline.engines.procedure import BankHoliday
from havenline.foundation import moment
from havenline.foundation.clocks import actions as clocks
from havenline.foundation.clocks.models import Clock
from havenline.foundation.people.roles import FileKind
from havenline.foundation.records.actions import open_record

AT_ONCE = 5_000
ON_ONE = 10  # clocks on one record: each record costs a key
STEPS = ("single_assessment", "initial_child_protection_conference", "first_review")
OVER = 60  # days within which they began


def run(*, number: int, seed: int = 7) -> dict[str, float]:
    """Builds `number` running clocks, a third of each step, and counts them again: seconds where nothing moved, and after a bank
    holiday was proclaimed a week from now; how many moved then."""
    chance = random.Random(seed)
    for begin in range(0, number, AT_ONCE):
        _build(min(AT_ONCE, number - begin), chance)
    began = time.perf_counter()
    nothing = sum(map(len, clocks.count_again()))
    still = time.perf_counter() - began
    procedure.proclaim([BankHoliday(_a_working_day(moment.today() + timedelta(days=7)), "Day of national mourning", "Proclamation")])
    began = time.perf_counter()
    moved = sum(map(len, clocks.count_again()))
    return {"none": nothing, "still": still, "moved": moved, "seconds": time.perf_counter() - began}


def _a_working_day(day: date) -> date:
    return procedure.next_working_day(day - timedelta(days=1))


def _build(number: int, chance: random.Random) -> None:
    agency, at = people.analyst().agency, moment.now()
    records = [open_record(kind=FileKind.CHILD_CASE, agency=agency)[0] for _one in range(-(-number // ON_ONE))]
    edition = procedure.edition_in_force(moment.today())
    rows = []
    for place in range(number):
        started = at - timedelta(days=chance.randrange(OVER))
        told = edition.explain(STEPS[place % len(STEPS)], started=moment.day_of(started))
        rows.append(
            Clock(
                record=records[place // ON_ONE],
                about=str(place),
                rule=STEPS[place % len(STEPS)],
                title=told.title,
                edition=edition.name,
                started_at=started,
                due_at=clocks.end_of_day(told.due),
                counted=told.rule,
                source=told.source,
                amount=told.amount,
                unit=told.unit,
                agency=agency,
            )
        )
    Clock.objects.bulk_create(rows)
