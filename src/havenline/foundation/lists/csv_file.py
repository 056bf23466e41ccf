"""Lists as CSV: read line by line, every problem by its line; and written so that reading it again changes nothing.

The schema is docs/platforms/lists-csv.md. Nothing here touches a database.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from typing import IO, Any, Protocol

from django.utils.translation import gettext as _

from havenline.foundation.lists.actions import Line, NewEntry
from havenline.foundation.lists.models import ListEntry

COLUMNS = ("signal", "value", "action", "quality", "grade", "claimed_grade", "reason", "about")
NEEDED = ("signal", "value")
ADD, WITHDRAW = "add", "withdraw"
LONGEST_LINE = 8_000  # characters
LONGEST_NAME = 40


class NotThisFile(ValueError):
    """It is no list in CSV; says what one begins with."""


class Reads(Protocol):
    """What `lines_of` reads: bytes, as a file opened in binary gives them."""

    def readline(self, size: int = -1, /) -> bytes: ...


def lines_of(source: Reads) -> Iterator[Line]:
    """Each line of the file, or what is wrong with it. Blank lines and lines that begin with # are left out. Raises NotThisFile."""
    rows = _rows(source)
    _number, names = next(((number, row) for number, row, why in rows if not why), (0, []))
    columns = _columns(names)
    for number, row, why in rows:
        yield _line(number, columns, row) if not why else _wrong(number, why)


def _rows(source: Reads) -> Iterator[tuple[int, list[str], str]]:
    """Line by line: a quote that is never closed takes one line with it, and not the rest of the file."""
    number = 0
    while raw := source.readline(LONGEST_LINE * 4):
        number += 1
        if not raw.endswith(b"\n") and len(raw) >= LONGEST_LINE * 4:
            while raw and not raw.endswith(b"\n"):
                raw = source.readline(LONGEST_LINE * 4)
            yield number, [], _("The line is longer than %(most)s characters.") % {"most": LONGEST_LINE}
            continue
        try:
            text = raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
        except UnicodeDecodeError:
            yield number, [], _("The line is not written in UTF-8.")
            continue
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        if "\x00" in text:
            yield number, [], _("The line holds a sign that no text has.")
            continue
        try:
            yield number, next(csv.reader(io.StringIO(text), strict=True), []), ""
        except csv.Error:
            yield number, [], _("A quotation mark is opened and never closed, or stands in the middle of a value.")


def _columns(names: list[str]) -> list[str]:
    columns = [name.strip().lower() for name in names]
    missing = [name for name in NEEDED if name not in columns]
    unknown = [name[:LONGEST_NAME] for name in columns if name not in COLUMNS]
    if missing or unknown or len(set(columns)) != len(columns):
        known = ", ".join(COLUMNS)
        said = _("The first line names the columns: signal and value, and as many as are wanted of these: %(known)s.") % {"known": known}
        if unknown:
            said += " " + _("This is none of them: %(unknown)s.") % {"unknown": ", ".join(unknown[:5])}
        raise NotThisFile(said)
    return columns


def _line(number: int, columns: list[str], row: list[str]) -> Line:
    if len(row) != len(columns):
        return _wrong(
            number, _("The line has %(n)s values, and the first line names %(of)s columns.") % {"n": len(row), "of": len(columns)}
        )
    said = dict(zip(columns, (value.strip() for value in row), strict=True))
    action = said.get("action", "").lower() or ADD
    if action not in (ADD, WITHDRAW):
        return _wrong(number, _("The action is add or withdraw; this says “%(said)s”.") % {"said": action[:LONGEST_NAME]})
    quality: int | None = None
    if said.get("quality"):
        if not (said["quality"].isascii() and said["quality"].isdigit() and len(said["quality"]) <= 3):
            return _wrong(number, _("A quality is a whole number from 0 to 100."))
        quality = int(said["quality"])
    about: Any = {}
    if said.get("about"):
        try:
            about = json.loads(said["about"])
        except (ValueError, RecursionError):
            about = None
        if not isinstance(about, dict):
            return _wrong(number, _("What is said about an entry is one JSON object."))
    entry = NewEntry(said["signal"], said["value"], quality, said.get("grade", ""), said.get("claimed_grade", ""), about)
    return Line(number, entry, action == WITHDRAW, said.get("reason", "")[:300])


def _wrong(number: int, why: str) -> Line:
    return Line(number, NewEntry("", ""), problem=why)


def digest_of(file: IO[bytes]) -> str:
    """SHA-256 of a whole file, which is then at its beginning again."""
    digest = hashlib.sha256()
    while lot := file.read(1 << 20):
        digest.update(lot)
    file.seek(0)
    return digest.hexdigest()


def written(entries: Iterable[ListEntry], *, withdrawn: bool = False) -> Iterator[str]:
    """The file, line by line: of entries that stand, or with those that were withdrawn as such. Read again, it changes nothing."""
    yield _row(COLUMNS)
    for entry in entries:
        if not entry.is_live and not withdrawn:
            continue
        yield _row(
            (
                entry.signal,
                entry.value,
                ADD if entry.is_live else WITHDRAW,
                "" if entry.quality is None else entry.quality,
                entry.grade,
                entry.claimed_grade,
                entry.withdrawn_reason,
                json.dumps(entry.about, ensure_ascii=False, sort_keys=True) if entry.about else "",
            )
        )


def _row(values: Iterable[object]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(values)
    return line.getvalue()
