"""Bank holidays that are proclaimed, or moved, at short notice: an installation's own file, until the `holidays` package knows them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from .errors import EditionRefused
from .places import Place
from .rows import RowReader
from .working_days import FIRST_YEAR, LAST_YEAR, NATIONS, working_days_of

KEYS = {"day", "name", "source", "instead_of", "nations"}


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


def read_bank_holidays(*folders: Path) -> tuple[BankHoliday, ...]:
    """What the files of these folders with a `bank_holiday` proclaim. Raises EditionRefused with every problem of every file."""
    found: list[BankHoliday] = []
    problems: list[str] = []
    for path in (path for folder in folders for path in sorted(folder.glob("*.toml"))):
        try:
            reader = _Reader.of(path)
        except EditionRefused as refused:
            problems.extend(refused.problems)
            continue
        if "bank_holiday" in reader.data:
            found.extend(reader.bank_holidays())
            problems.extend(reader.problems)
    if problems:
        raise EditionRefused(problems)
    return tuple(found)


class _Reader(RowReader):
    def bank_holidays(self) -> list[BankHoliday]:
        self._only(self.places.top, self.data, {"bank_holiday"})
        rows = self._rows(self.places.top, self.data, "bank_holiday")
        return [self._bank_holiday(self.places.table("bank_holiday", number, row), row) for number, row in enumerate(rows)]

    def _bank_holiday(self, at: Place, row: Mapping[str, Any]) -> BankHoliday:
        self._only(at, row, KEYS)
        day = self._date(at, row, "day")
        if not FIRST_YEAR < day.year < LAST_YEAR:
            self.problem(at, "day", f"bank holidays are known for {FIRST_YEAR + 1} to {LAST_YEAR - 1}")
        nations = self._codes(at, row, "nations") if "nations" in row else ("england",)
        for nation in nations:
            if nation not in NATIONS:
                self.problem(at, "nations", f"no nation {nation!r}; choose of: {', '.join(NATIONS)}", nation)
        return BankHoliday(
            day=day,
            name=self._text(at, row, "name"),
            source=self._text(at, row, "source"),
            instead_of=self._date(at, row, "instead_of") if "instead_of" in row else None,
            nations=nations,
        )
