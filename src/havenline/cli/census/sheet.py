"""Every clock of every child, as a file that a spreadsheet opens."""

import csv
from datetime import date
from typing import IO

from havenline.engines.census import Timeliness

COLUMNS = ("child", "clock", "line", "start", "due", "happened", "state", "working_days_late", "working_days_left", "edition")
BEGINS_A_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")


def write(file: IO[str], found: Timeliness) -> None:
    """One row a clock, in the census's order. `working_days_left` stands where it was in time: 0 is the last day."""
    file.write("\ufeff")  # so that a spreadsheet reads it as UTF-8
    rows = csv.writer(file)
    rows.writerow(COLUMNS)
    for case in found.cases():
        left = "" if case.working_days_left is None else case.working_days_left
        dates = (_iso(case.started), _iso(case.due), _iso(case.happened))
        rows.writerow([_plain(case.child), case.clock, case.line, *dates, case.state, case.working_days_late, left, case.rule])


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _plain(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in BEGINS_A_FORMULA else cell
