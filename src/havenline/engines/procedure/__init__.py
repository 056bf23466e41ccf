"""*Working Together to Safeguard Children*, executable: the guidance's steps and clocks, edition by edition, as data.

    edition("2026").due("initial_child_protection_conference", started=date(2026, 11, 19))   # 10 December 2026
    edition("2026").explain("single_assessment", started=date(2026, 11, 18)).skipped          # the bank holidays passed over
    simulate([Event("referral", date(2026, 11, 18))], at=date(2026, 11, 20)).late             # what is overdue, and by how much

An edition is one file (format: editions/README.md); adding one is adding a file. Usable on its own: needs only `holidays`, and numpy for
`due_many`.
"""

from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path

from . import simulation
from .bank_holidays import BankHoliday, proclaim, proclaimed, read_bank_holidays
from .comparing import Change, Difference, compare
from .errors import (
    DateOutOfRange,
    EditionRefused,
    EditionUnknown,
    NationUnknown,
    NoEditionInForce,
    OutcomeUnknown,
    ProcedureError,
    StepHasNoLimit,
    StepUnknown,
)
from .guidance import Anchor, Clock, Edition, Guidance, Outcome, Override, Step, Transition
from .imagined import with_limit, with_limits_of
from .periods import Counting, Day, Explanation, Unit, Verified, day_number, due_after, explain_period, in_words
from .reading import read_area, read_edition, read_guidance
from .simulation import Event, Situation, State, StepState
from .working_days import (
    ENGLAND,
    NATIONS,
    NORTHERN_IRELAND,
    SCOTLAND,
    WorkingDays,
    is_working_day,
    next_working_day,
    working_days_between,
    working_days_of,
)

EDITIONS = Path(__file__).parent / "editions"

__all__ = [
    "EDITIONS",
    "ENGLAND",
    "NATIONS",
    "NORTHERN_IRELAND",
    "SCOTLAND",
    "Anchor",
    "BankHoliday",
    "Change",
    "Clock",
    "Counting",
    "DateOutOfRange",
    "Day",
    "Difference",
    "Edition",
    "EditionRefused",
    "EditionUnknown",
    "Event",
    "Explanation",
    "Guidance",
    "NationUnknown",
    "NoEditionInForce",
    "Outcome",
    "OutcomeUnknown",
    "Override",
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
    "compare",
    "day_number",
    "due_after",
    "edition",
    "edition_in_force",
    "explain_period",
    "guidance",
    "hold_also",
    "in_words",
    "is_working_day",
    "next_working_day",
    "proclaim",
    "proclaimed",
    "read_area",
    "read_bank_holidays",
    "read_edition",
    "read_guidance",
    "simulate",
    "with_limit",
    "with_limits_of",
    "working_days_between",
    "working_days_of",
]


_folders: tuple[Path, ...] = (EDITIONS,)


@cache
def guidance() -> Guidance:
    """The editions that come with the package, and what was told to `hold_also`."""
    return read_guidance(*_folders)


def hold_also(*folders: Path) -> Guidance:
    """From now on this process answers by these folders too: further editions, areas' own rules, bank holidays proclaimed since. Said
    again, the last holds.

    Raises EditionRefused, and then everything stays as it was.
    """
    global _folders
    read_guidance(EDITIONS, *folders)
    proclaim(read_bank_holidays(*folders))
    _folders = (EDITIONS, *folders)
    guidance.cache_clear()
    return guidance()


def edition(name: str) -> Edition:
    """The edition of that name, such as "2026". Raises EditionUnknown."""
    return guidance().edition(name)


def edition_in_force(on: date) -> Edition:
    """The edition in force on that day. Raises NoEditionInForce."""
    return guidance().in_force(on)


def simulate(
    events: Iterable[Event], at: date | None = None, *, guidance: Guidance | None = None, calendar: WorkingDays = ENGLAND
) -> Situation:
    """The state and open clocks of a case on the day `at`, else of its last event, from its events alone (see `simulation.simulate`).

    Raises NoEditionInForce, StepUnknown, OutcomeUnknown; ProcedureError where neither an event nor a day is given.
    """
    return simulation.simulate(events, at=at, guidance=guidance or _packaged(), calendar=calendar)


_packaged = guidance
