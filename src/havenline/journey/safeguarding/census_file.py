"""A council's census as it is taken in: what of it becomes cases, and what is refused and why. Nothing is stored here."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO

from havenline.engines import procedure
from havenline.engines.census import Content, WholeCensus
from havenline.journey.safeguarding.census_events import day

LONGEST_NUMBER = 40  # letters of a child's own number
LATER = frozenset({"ExpectedPersonBirthDate", "InitialCPCtarget", "CINPlanEndDate"})  # may lie ahead


@dataclass(frozen=True)
class Refused:
    """What is not taken in. `child` is the authority's number, or where the child stands."""

    child: str
    line: int
    element: str
    said: str
    reason: str


@dataclass(frozen=True)
class FoundEpisode:
    referred_on: date
    ordinal: int
    content: Content
    line: int


@dataclass(frozen=True)
class FoundChild:
    """`content` is what the census says of the child itself."""

    number: str
    content: Content
    episodes: list[FoundEpisode]


@dataclass
class Refusals:
    """All are counted, by reason; the first of each reason are listed."""

    LISTED = 1_000
    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)
    listed: list[Refused] = field(default_factory=list)

    def tell(self, child: str, line: int, element: str, said: str, reason: str) -> None:
        self.kinds[element, reason] += 1
        if self.kinds[element, reason] <= self.LISTED:
            self.listed.append(Refused(child, line, element, said, reason))

    @property
    def count(self) -> int:
        return self.kinds.total()


class CensusFile:
    """One reading of a file. `refused`, `not_understood`, `reference` and `digest` (SHA-256 of all that was read) hold at its end."""

    def __init__(self, source: BinaryIO, *, today: date, report: Callable[[int], None] = lambda _read: None) -> None:
        self._source, self._report, self._hash = source, report, hashlib.sha256()
        self.today = today
        self.census = WholeCensus(self)
        self.refused = Refusals()
        self._numbers: set[str] = set()

    def read(self, size: int, /) -> bytes:
        piece = self._source.read(size)
        self._hash.update(piece)
        self._report(len(piece))
        return piece

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    @property
    def reference(self) -> date:
        """Up to when the census knows: its reference date, or today where that lies ahead or is missing."""
        return min(self.census.header.reference_date or self.today, self.today)

    @property
    def year(self) -> int | None:
        words = self.census.header.year
        return int(words) if words.isdecimal() and len(words) == 4 else None

    def children(self) -> Iterator[FoundChild]:
        """Every child that can be taken in, with at least one episode. Raises census.CensusError."""
        for child in self.census.children():
            content = child.content or {}
            number = str(content.get("LAchildID", ""))
            reason = self._of_child(number)
            if reason:
                self.refused.tell(child.identifier, child.line, "LAchildID", number, reason)
                continue
            self._numbers.add(number)
            episodes = self._episodes(number, child.line, content.pop("CINdetails", []), [one.line for one in child.episodes])
            if episodes:
                yield FoundChild(number, content, episodes)

    def _of_child(self, number: str) -> str:
        if not number:
            return "is missing: without the authority’s number a child would be taken in again each time"
        if len(number) > LONGEST_NUMBER:
            return f"is longer than {LONGEST_NUMBER} letters"
        return "stands for another child too; the first is taken" if number in self._numbers else ""

    def _episodes(self, number: str, line: int, contents: list[Content], lines: list[int]) -> list[FoundEpisode]:
        found: list[FoundEpisode] = []
        of_day: Counter[date] = Counter()
        if not contents:
            self.refused.tell(number, line, "CINdetails", "", "is missing: a child without an episode has no case")
        for at, content in enumerate(contents):
            element, said, reason = self._of_episode(content)
            begins = lines[at] if len(lines) == len(contents) else line
            if reason:
                self.refused.tell(number, begins, element, said, reason)
                continue
            referred_on = day(content, "CINreferralDate")
            assert referred_on is not None  # noqa: S101  (it was refused)
            of_day[referred_on] += 1
            found.append(FoundEpisode(referred_on, of_day[referred_on], content, begins))
        return found

    def _of_episode(self, content: Content) -> tuple[str, str, str]:
        """Element, what stands there, and why it is refused; an empty reason where it is not."""
        referred_on = day(content, "CINreferralDate")
        if referred_on is None:
            return "CINreferralDate", "", "is missing or no date: without it an episode has no beginning"
        for name, words in _days(content):
            if name not in LATER and date.fromisoformat(words) > self.today:
                return name, words, "lies in the future"
        try:
            procedure.edition_in_force(min(date.fromisoformat(words) for name, words in _days(content) if name not in LATER))
        except procedure.NoEditionInForce:
            return "CINreferralDate", referred_on.isoformat(), "belongs to an episode of a time of which no edition of the guidance is held"
        return "", "", ""


def _days(content: Content) -> Iterator[tuple[str, str]]:
    """Every date in an episode."""
    for name, said in content.items():
        for one in said if isinstance(said, list) else (said,):
            if isinstance(one, dict):
                yield from _days(one)
            elif name.lower().endswith("date") or name in ("DateOfInitialCPC", "InitialCPCtarget"):
                yield name, one
