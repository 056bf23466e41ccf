"""Reading the English register of schools (GIAS, `edubasealldataYYYYMMDD.csv`): a line at a time, whatever its size.

The file is Windows-1252 (UTF-8 with a byte order mark is understood too) and has well over a hundred columns, of which ten are read.
It has no column for the safeguarding lead, rows outside England, and closed schools that stay for ever.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

COLUMNS = {
    "urn": "URN",
    "name": "EstablishmentName",
    "local_authority": "LA (name)",
    "town": "Town",
    "postcode": "Postcode",
    "telephone": "TelephoneNum",
    "phase": "PhaseOfEducation (name)",
    "status": "EstablishmentStatus (name)",
    "closed_on": "CloseDate",
    "kind": "TypeOfEstablishment (name)",
}
NOT_IN_ENGLAND = frozenset(
    {"Welsh establishment", "British schools overseas", "Offshore schools", "Service children's education", "Service children’s education"}
)
STATUS = {"Open": "open", "Open, but proposed to close": "open", "Proposed to open": "proposed", "Closed": "closed"}
LONGEST = {"name": 200, "local_authority": 100, "town": 100, "postcode": 10, "telephone": 30, "phase": 60}
_BOM = b"\xef\xbb\xbf"


class NotTheRegister(ValueError):
    """The file is not the register's; says which columns are missing."""


@dataclass(frozen=True)
class Row:
    """One school as the file has it."""

    line: int
    urn: int
    name: str
    local_authority: str
    town: str
    postcode: str
    telephone: str
    phase: str
    status: str
    closed_on: date | None


@dataclass(frozen=True)
class BadRow:
    """A line that cannot be taken, and why."""

    line: int
    why: str


@dataclass(frozen=True)
class Abroad:
    """A row of a school outside England, which another register keeps."""

    line: int


def read(path: Path) -> Iterator[Row | BadRow | Abroad]:
    """Each row of the file. Raises NotTheRegister before the first, OSError."""
    with path.open("rb") as peek:
        encoding = "utf-8-sig" if peek.read(3) == _BOM else "cp1252"
    with path.open(encoding=encoding, errors="surrogateescape", newline="") as text:
        rows = csv.reader(text)
        try:
            head = [name.strip() for name in next(rows)]
        except (StopIteration, csv.Error) as error:
            raise NotTheRegister("The file is empty, or is no table.") from error
        missing = [name for name in COLUMNS.values() if name not in head]
        if missing:
            raise NotTheRegister(
                f"The file lacks the columns {', '.join(missing)}. Take “edubasealldata….csv” from the register of schools."
            )
        where = {ours: head.index(theirs) for ours, theirs in COLUMNS.items()}
        seen: dict[int, int] = {}
        while True:
            try:
                cells = next(rows)
            except StopIteration:
                return
            except csv.Error as error:
                yield BadRow(rows.line_num, f"it cannot be read as a row ({error})")
                continue
            if cells:
                yield _checked(_row(cells, where, len(head), rows.line_num), seen)


def _checked(row: Row | BadRow | Abroad, seen: dict[int, int]) -> Row | BadRow | Abroad:
    if not isinstance(row, Row):
        return row
    before = seen.setdefault(row.urn, row.line)
    return row if before == row.line else BadRow(row.line, f"URN {row.urn} stands on line {before} already")


def _row(cells: list[str], where: dict[str, int], width: int, line: int) -> Row | BadRow | Abroad:
    if len(cells) != width:
        return BadRow(line, f"it has {len(cells)} columns, the head has {width}")
    said = {name: " ".join(cells[at].split()) for name, at in where.items()}
    if any(_is_no_text(value) for value in said.values()):
        return BadRow(line, "it holds bytes that are no text in the file’s encoding")
    if said["kind"] in NOT_IN_ENGLAND:
        return Abroad(line)
    urn = said["urn"]
    if not (urn.isascii() and urn.isdigit() and len(urn) <= 8 and int(urn) > 0):
        return BadRow(line, f"its URN is “{urn[:20]}”, which is no number")
    if not said["name"]:
        return BadRow(line, "it has no name")
    if said["status"] not in STATUS:
        return BadRow(line, f"its status is “{said['status'][:40]}”, which we don’t know")
    too_long = next((name for name, most in LONGEST.items() if len(said[name]) > most), "")
    if too_long:
        return BadRow(line, f"its {COLUMNS[too_long]} is longer than {LONGEST[too_long]} characters")
    status = STATUS[said["status"]]
    try:
        closed_on = _day(said["closed_on"]) if status == "closed" else None
    except ValueError:
        return BadRow(line, f"its CloseDate is “{said['closed_on'][:20]}”, which is no day")
    kept = {name: said[name] for name in LONGEST}
    return Row(line=line, urn=int(urn), status=status, closed_on=closed_on, **kept)


def _is_no_text(value: str) -> bool:
    return any("\ud800" <= c <= "\udfff" or c < " " or c == "\x7f" for c in value)


def _day(said: str) -> date | None:
    return datetime.strptime(said, "%d-%m-%Y").date() if said else None  # noqa: DTZ007  (a day has no zone)
