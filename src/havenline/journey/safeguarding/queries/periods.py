"""Years, quarters and months of the statutory return: its year begins on 1 April."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

YEARS, QUARTERS, MONTHS = 4, 8, 12
FIRST_MONTH = 4
LENGTHS = {"year": 12, "quarter": 3, "month": 1}


@dataclass(frozen=True)
class Period:
    """From a first day up to and including a last. `code` as an address says it: year-2026-04, quarter-2026-07, month-2026-11."""

    kind: str
    first: date

    @property
    def last(self) -> date:
        return months_after(self.first, LENGTHS[self.kind]) - timedelta(days=1)

    @property
    def code(self) -> str:
        return f"{self.kind}-{self.first:%Y-%m}"

    @property
    def words(self) -> str:
        if self.kind == "month":
            return date_format(self.first, "F Y")
        return _("%(first)s to %(last)s") % {"first": date_format(self.first, "j M Y"), "last": date_format(self.last, "j M Y")}

    @property
    def year(self) -> "Period":
        return year_of(self.first)

    @property
    def months(self) -> list["Period"]:
        """Those of its year."""
        return [Period("month", months_after(self.year.first, number)) for number in range(12)]

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last


def months_after(first: date, number: int) -> date:
    """The first day of the month so many months after (or, where negative, before) that one."""
    months = first.year * 12 + first.month - 1 + number
    return date(months // 12, months % 12 + 1, 1)


def year_of(day: date) -> Period:
    return Period("year", date(day.year - (day.month < FIRST_MONTH), FIRST_MONTH, 1))


def periods(today: date) -> dict[str, list[Period]]:
    """Those that can be chosen, by kind, the running one first."""
    year, month = year_of(today).first, today.replace(day=1)
    quarter = months_after(month, -((month.month - FIRST_MONTH) % 3))
    return {
        "year": [Period("year", months_after(year, -12 * number)) for number in range(YEARS)],
        "quarter": [Period("quarter", months_after(quarter, -3 * number)) for number in range(QUARTERS)],
        "month": [Period("month", months_after(month, -number)) for number in range(MONTHS)],
    }


def period_of(code: str, *, today: date) -> Period:
    """The one that is called so; the year that runs where none is."""
    every = [period for kind in periods(today).values() for period in kind]
    return next((period for period in every if period.code == code), year_of(today))
