"""England's *Children in Need census* (the DfE's XML), read as a stream, and what it says of the statutory dates.

    with open("cin.xml", "rb") as file:
        found = timeliness(Census(file), calendar)          # `calendar` tells due dates and working days: see Calendar
    found.count("conference_15")                            # Count(due=214, in_time=190, late=19, open=5)
    [case.child for case in found.late_cases("first_review")]
    list(found.not_understood)                              # what could not be read, each with child and line

Usable on its own: needs only `numpy`. A child at a time, whatever the file's length; document types and entities are refused.
"""

from .counting import (
    CLOCKS,
    IN_WORKING_DAYS,
    LAST_DAYS,
    STARTS,
    STATES,
    Calendar,
    Case,
    Clock,
    Count,
    Drift,
    Month,
    State,
    Timeliness,
    timeliness,
)
from .errors import Broken, CensusError, NoCensus, NoDueDate, Unsafe
from .form import FaultOfForm, faults_of_form
from .reading import Census
from .records import Assessment, Child, Enquiry, Episode, Header, Note, NotUnderstood, Plan
from .rules import ASKED, NOT_ASKED, Asked, Fault, Rules, upn_is_right
from .shape import Content
from .whole import WholeCensus
from .writing import write

__all__ = [
    "ASKED",
    "CLOCKS",
    "IN_WORKING_DAYS",
    "LAST_DAYS",
    "NOT_ASKED",
    "STARTS",
    "STATES",
    "Asked",
    "Assessment",
    "Broken",
    "Calendar",
    "Case",
    "Census",
    "CensusError",
    "Child",
    "Clock",
    "Content",
    "Count",
    "Drift",
    "Enquiry",
    "Episode",
    "Fault",
    "FaultOfForm",
    "Header",
    "Month",
    "NoCensus",
    "NoDueDate",
    "NotUnderstood",
    "Note",
    "Plan",
    "Rules",
    "State",
    "Timeliness",
    "Unsafe",
    "WholeCensus",
    "faults_of_form",
    "timeliness",
    "upn_is_right",
    "write",
]
