"""What a list tells of one value, whatever format says it. No Django here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

LONGEST_VALUE, LONGEST_WORD, LONGEST_IDENT, MOST_ABOUT = 2_000, 200, 120, 12
MOST_ON_A_PAGE = 10_000
# What a digest's text may be as it travels; whether it is one, the list says that takes it in.
SIGNALS = ("pdq", "md5", "sha1", "sha256", "url", "host", "video")


class NotReadable(Exception):
    """What a source sent is not what its format says; names the place."""


@dataclass(frozen=True, slots=True)
class Told:
    """One value that is listed, or is no longer.

    `ident`: the number under which whoever sends it keeps it; several values may share one. A withdrawal may name nothing but that: then
    `signal` and `value` are empty. `grade` and `by` are the sender's own words. `about`: short words, for people.
    """

    signal: str
    value: str
    is_listed: bool = True
    ident: str = ""
    grade: str = ""
    by: str = ""
    quality: int | None = None
    at: datetime | None = None
    about: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """What one answer of a source told. `next`: how the source says that it goes on; empty: this was the last one."""

    told: tuple[Told, ...]
    next: str = ""
    latest: datetime | None = None  # the newest moment that it names
    not_understood: int = 0  # values of kinds that we do not keep


def bounded(text: str, longest: int, what: str) -> str:
    """Raises NotReadable for what is longer, or holds signs that no such text has."""
    if len(text) > longest:
        raise NotReadable(f"{what} has {len(text):,} signs, more than {longest:,}.")
    if any(sign < " " or sign == "\x7f" for sign in text):
        raise NotReadable(f"{what} holds a control sign.")
    return text


def word(text: object, what: str = "a word") -> str:
    """A short word of the sender's, without what no screen shows. Raises NotReadable."""
    return bounded(" ".join(str(text).split()), LONGEST_WORD, what)


def moment_in(text: str, what: str) -> datetime:
    """A moment as ISO 8601 writes it, to the second; without a zone it is UTC. Raises NotReadable."""
    try:
        found = datetime.fromisoformat(text.strip()).replace(microsecond=0)
    except ValueError as error:
        raise NotReadable(f"{what} is no moment: {text[:40]!r}.") from error
    try:
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except OverflowError as error:
        raise NotReadable(f"{what} is no moment: {text[:40]!r}.") from error


def iso(at: datetime) -> str:
    """To the second, in UTC."""
    return f"{at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat()}Z"  # strftime writes the year 900 as 900
