"""Bank holidays that are proclaimed, or moved, at short notice: an installation's own file, until the `holidays` package knows them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from .working_days import NATIONS, working_days_of


@dataclass(frozen=True)
class BankHoliday:
    """One day. `instead_of`: the bank holiday that it takes the place of. `nations`: as in `NATIONS`."""

    day: date
    name: str
    source: str
    instead_of: date | None = None
    nations: tuple[str, ...] = ("england",)


_held: tuple[BankHoliday, ...] = ()


def proclaimed() -> tuple[BankHoliday, ...]:
    """What this process counts by beside the package's own, as it was last told."""
    return _held


def proclaim(holidays: Iterable[BankHoliday]) -> None:
    """From now on every nation’s working days are counted by these too; of what was proclaimed before, only what is among them holds."""
    global _held
    held = _held = tuple(holidays)
    for calendar in set(NATIONS.values()):
        here = [one for one in held if calendar in {working_days_of(nation) for nation in one.nations}]
        calendar.proclaim({one.day: one.name for one in here}, {one.instead_of for one in here if one.instead_of})
