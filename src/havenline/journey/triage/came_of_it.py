"""What came of a report in later rooms, for its page at the desk. This room may not import them: each registers its own teller."""

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
_tellers: list[Teller] = []


def register(teller: Teller) -> None:
    """Called in the `ready` of the room that tells. What it tells is limited to what the person may see."""
    _tellers.append(teller)


def came_of(report: Report, *, by: Membership) -> list[CameOfIt]:
    """Everything that later rooms tell of this report, oldest first."""
    return [one for tell in _tellers for one in tell(report, by)]
