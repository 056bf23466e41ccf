"""What is chosen: a period and whose cases. Each choice is a view on cells that the choices can tell apart."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import AgencyKind
from havenline.journey.statistics.disclosure import Tally, Vector
from havenline.journey.statistics.periods import FOUR, PARTS, PERIODS, Quarters, quarters

ALL_AGENCIES, OWN_AGENCY = "all", "own"
# Whose own work is counted. A designated officer, or an auditor, holds none of it.
HOLDERS = frozenset({AgencyKind.HOTLINE, AgencyKind.POLICE, AgencyKind.SOCIAL_CARE})


@dataclass(frozen=True)
class Filter:
    """A person's choice on a day. What the address says and nobody offers falls back to the first choice."""

    by: Membership
    today: date
    period: str = FOUR
    whose: str = ALL_AGENCIES

    @classmethod
    def chosen(cls, *, by: Membership, today: date, period: str = "", whose: str = "") -> "Filter":
        period = period if period in dict(PERIODS) else FOUR
        own = whose == OWN_AGENCY and cls.offers_own(by)
        return cls(by, today, period, OWN_AGENCY if own else ALL_AGENCIES)

    @staticmethod
    def offers_own(by: Membership) -> bool:
        return by.agency.kind in HOLDERS

    @property
    def is_own(self) -> bool:
        return self.whose == OWN_AGENCY

    @property
    def quarters(self) -> Quarters:
        return quarters(self.today)

    @property
    def view(self) -> Vector:
        return view(self.period, self.whose)

    def order(self) -> list[Vector]:
        """Every view that this person can choose, in the order in which they are told: everybody's first, the longest first."""
        agencies = (ALL_AGENCIES, OWN_AGENCY) if self.offers_own(self.by) else (ALL_AGENCIES,)
        return [view(period, whose) for whose in agencies for period in PARTS]


def view(period: str, whose: str) -> Vector:
    """Eight cells: the four parts of time, each for the own agency and for the others."""
    return tuple(mark if is_own or whose == ALL_AGENCIES else 0 for mark in PARTS[period] for is_own in (True, False))


class Cells:
    """Counts into the eight cells; what lies after the last whole quarter is left out."""

    def __init__(self, chosen: Filter) -> None:
        self._quarters, self._own = chosen.quarters, chosen.by.agency_id
        self._found: Counter[int] = Counter()
        self._of: Counter[int] = Counter()

    def add(self, when: datetime, agencies: tuple[int, ...], *, found: bool) -> None:
        part = self._quarters.part_of(when)
        if part is None:
            return
        cell = part * 2 + (0 if self._own in agencies else 1)
        self._of[cell] += 1
        self._found[cell] += found

    def tally(self) -> Tally:
        return Tally(tuple(self._found[cell] for cell in range(8)), tuple(self._of[cell] for cell in range(8)))
