"""*Working Together to Safeguard Children*, executable: the guidance's steps and clocks, edition by edition, as data.

    edition("2026").due("initial_child_protection_conference", started=date(2026, 11, 19))   # 10 December 2026
    edition("2026").explain("single_assessment", started=date(2026, 11, 18)).skipped          # the bank holidays passed over
    simulate([Event("referral", date(2026, 11, 18))], at=date(2026, 11, 20)).late             # what is overdue, and by how much

An edition is one file (format: editions/README.md); adding one is adding a file. Usable on its own: needs only `holidays`.
"""

from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path

from . import simulation
from .errors import (
    DateOutOfRange,
    EditionRefused,
    EditionUnknown,
    NoEditionInForce,
    OutcomeUnknown,
    ProcedureError,
    StepHasNoLimit,
    StepUnknown,
)
from .guidance import Anchor, Clock, Edition, Guidance, Outcome, Step, Transition
from .periods import Counting, Day, Explanation, Unit, Verified, day_number, due_after, explain_period, in_words
from .reading import read_edition, read_guidance
from .simulation import Event, Situation, State, StepState
from .working_days import ENGLAND, WorkingDays, is_working_day, next_working_day, working_days_between

EDITIONS = Path(__file__).parent / "editions"

__all__ = [
    "EDITIONS",
    "ENGLAND",
    "Anchor",
    "Clock",
    "Counting",
    "DateOutOfRange",
    "Day",
    "Edition",
    "EditionRefused",
    "EditionUnknown",
    "Event",
    "Explanation",
    "Guidance",
    "NoEditionInForce",
    "Outcome",
    "OutcomeUnknown",
    "ProcedureError",
    "Situation",
    "State",
    "Step",
    "StepHasNoLimit",
    "StepState",
    "StepUnknown",
    "Transition",
    "Unit",
    "Verified",
    "WorkingDays",
    "day_number",
    "due_after",
    "edition",
    "edition_in_force",
    "explain_period",
    "guidance",
    "in_words",
    "is_working_day",
    "next_working_day",
    "read_edition",
    "read_guidance",
    "simulate",
    "working_days_between",
]


@cache
def guidance() -> Guidance:
    """The editions that come with the package."""
    return read_guidance(EDITIONS)


def edition(name: str) -> Edition:
    """The edition of that name, such as "2026". Raises EditionUnknown."""
    return guidance().edition(name)


def edition_in_force(on: date) -> Edition:
    """The edition in force on that day. Raises NoEditionInForce."""
    return guidance().in_force(on)


def simulate(events: Iterable[Event], at: date, *, guidance: Guidance | None = None, calendar: WorkingDays = ENGLAND) -> Situation:
    """The state and open clocks of a case on the day `at`, from its events alone (see `simulation.simulate`).

    Raises NoEditionInForce, StepUnknown, OutcomeUnknown.
    """
    return simulation.simulate(events, at=at, guidance=guidance or _packaged(), calendar=calendar)


_packaged = guidance
