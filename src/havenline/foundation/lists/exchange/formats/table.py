"""Lists as CSV (RFC 4180, UTF-8): a row of names, then a row for each value. The schema is that of docs/platforms/lists-csv.md.

`signal` and `value` must stand there; `action` is *add* or *withdraw*. What we send calls its grade `claimed_grade`, for to whoever reads
it that is our claim, and says in `about` whose word it is. Of others, columns that we do not know are passed over. A file that was cut
off ends inside a line: the last line ends like every other.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator

from havenline.foundation.lists.exchange.told import (
    LONGEST_VALUE,
    SIGNALS,
    NotReadable,
    Told,
    bounded,
    iso,
    moment_in,
    word,
)

COLUMNS = ("signal", "value", "action", "quality", "claimed_grade", "about")
ADD, WITHDRAW = "add", "withdraw"
LONGEST_LINE = 16_384
MOST_ROWS = 20_000_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(told: Iterable[Told]) -> Iterator[str]:
    """The file, a line at a time."""
    yield ",".join(COLUMNS) + "\r\n"
    for one in told:
        about = {name: said for name, said in (("at", iso(one.at) if one.at else ""), ("by", one.by)) if said}
        row = (
            one.signal,
            one.value,
            ADD if one.is_listed else WITHDRAW,
            "" if one.quality is None else str(one.quality),
            one.grade,
            json.dumps(about, ensure_ascii=False, sort_keys=True) if about else "",
        )
        line = io.StringIO()
        csv.writer(line, lineterminator="\r\n").writerow([_plain(cell) for cell in row])
        yield line.getvalue()


def _plain(cell: str) -> str:
    """A cell that a spreadsheet would take for a formula is told apart by an apostrophe, which `read` takes away again."""
    return f"'{cell}" if cell.startswith((*_FORMULA, "'")) else cell


def read(data: bytes) -> Iterator[Told]:
    """Each row of a whole file, in its order. Raises NotReadable, which names the line; a line that names no known signal is one, too."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotReadable(f"The file is not UTF-8: byte {error.start} belongs to no sign. Write it as UTF-8.") from error
    if not text.endswith("\n"):
        raise NotReadable("The file ends inside a line: it was cut off.")
    if "\x00" in text:
        raise NotReadable("The file holds a sign of value 0: it is no CSV in UTF-8.")
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        names = [name.strip().lower() for name in next(lines, [])]
        if not {"signal", "value"} <= set(names) or len(set(names)) != len(names):
            raise NotReadable("Line 1 names the columns, each once; “signal” and “value” are among them.")
        for number, row in enumerate(lines, 1):
            if number > MOST_ROWS:
                raise NotReadable(f"The file has more than {MOST_ROWS:,} rows.")
            if row:
                yield _told(row, names, f"Line {lines.line_num}")
    except csv.Error as error:
        raise NotReadable(f"Line {lines.line_num}: {error}.") from error


def _told(row: list[str], names: list[str], where: str) -> Told:
    if len(row) != len(names):
        raise NotReadable(f"{where} has {len(row)} cells, and line 1 names {len(names)}.")
    if sum(map(len, row)) > LONGEST_LINE:
        raise NotReadable(f"{where} has more than {LONGEST_LINE:,} signs.")
    said = {name: cell.strip().removeprefix("'") for name, cell in zip(names, row, strict=True)}
    signal, action = said["signal"].lower(), said.get("action", "").lower() or ADD
    if signal not in SIGNALS:
        raise NotReadable(f"{where}: {said['signal'][:40]!r} is no signal. There are: {', '.join(SIGNALS)}.")
    if action not in (ADD, WITHDRAW):
        raise NotReadable(f"{where}: the action is {ADD} or {WITHDRAW}, and not {action[:40]!r}.")
    value = bounded(said["value"], LONGEST_VALUE, f"{where}: the value")
    if not value:
        raise NotReadable(f"{where} has no value.")
    quality = said.get("quality", "")
    if quality and not (quality.isascii() and quality.isdecimal() and len(quality) <= 3 and int(quality) <= 100):
        raise NotReadable(f"{where}: the quality is a number from 0 to 100.")
    about = _about(said.get("about", ""), where)
    at = about.get("at", "")
    return Told(
        signal,
        value,
        action == ADD,
        grade=word(said.get("claimed_grade") or said.get("grade", ""), f"{where}: the grade"),
        by=word(about.get("by", ""), f"{where}: by"),
        quality=int(quality) if quality else None,
        at=moment_in(at, f"{where}: at") if at else None,
    )


def _about(text: str, where: str) -> dict[str, str]:
    """The short words that stand in it; whatever else does is passed over."""
    if not text:
        return {}
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotReadable(f"{where}: what is said about a value is one JSON object.") from error
    if not isinstance(said, dict):
        raise NotReadable(f"{where}: what is said about a value is one JSON object.")
    return {name: one for name, one in said.items() if isinstance(one, str)}
