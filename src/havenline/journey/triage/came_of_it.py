"""What came of a report in later rooms, for its page at the desk. This room may not import them: each names its own teller here."""

from collections.abc import Callable
from dataclasses import dataclass

from havenline.foundation.people.models import Membership
from havenline.journey.intake.models import Report


@dataclass(frozen=True)
class CameOfIt:
    """One thing that a later room does about a report. `says`: where it stands, in a few words, as under a station of the line."""

    party: str
    name: str
    title: str
    says: str
    has_happened: bool
    reference: str
    url: str
    problem: str = ""


Teller = Callable[[Report, Membership], list[CameOfIt]]
TELLERS: dict[str, Teller] = {}  # the room's name -> what it tells, to whoever may see it


def came_of(report: Report, *, by: Membership) -> list[CameOfIt]:
    """Everything that later rooms tell of this report, oldest first."""
    return [one for tell in TELLERS.values() for one in tell(report, by)]
