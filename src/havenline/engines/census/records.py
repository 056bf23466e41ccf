"""What a census says, as plain records. A date is None where the file has none; `unreadable` names elements that hold no date."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from .shape import Content

SHOWN = 80  # letters of what stood in the file


@dataclass(slots=True)
class Header:
    """Who sent what. `reference_date` is the last day of the census's year: what was due before it and has not happened is late."""

    collection: str = ""
    year: str = ""
    local_authority: str = ""
    reference_date: date | None = None


@dataclass(slots=True)
class Assessment:
    line: int
    started: date | None = None
    authorised: date | None = None
    unreadable: frozenset[str] = frozenset()


@dataclass(slots=True)
class Enquiry:
    """A `Section47`: an enquiry under section 47 of the Children Act 1989, and the initial conference that it led to."""

    line: int
    started: date | None = None
    conference: date | None = None
    conference_not_required: bool = False
    unreadable: frozenset[str] = frozenset()


@dataclass(slots=True)
class Plan:
    """A `ChildProtectionPlans`: one plan. `reviews` as the file has them, in its order."""

    line: int
    started: date | None = None
    ended: date | None = None
    reviews: tuple[date, ...] = ()
    unreadable: frozenset[str] = frozenset()


@dataclass(slots=True)
class Episode:
    """A `CINdetails`: from a referral to its closure."""

    line: int
    referral: date | None = None
    assessments: list[Assessment] = field(default_factory=list)
    enquiries: list[Enquiry] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)


@dataclass(slots=True)
class Child:
    """`identifier` is the authority's own (`LAchildID`); without one the pupil's number (`UPN`), and without either the line.

    `content` is all that the census holds of the child, where it was asked for (`WholeCensus`)."""

    line: int
    identifier: str
    episodes: list[Episode]
    content: Content | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was not understood. `child` is None in the header; `said` is what stands there, shortened."""

    child: str | None
    line: int
    element: str
    said: str
    reason: str


class NotUnderstood:
    """Every note is counted, by element and reason; of each of these kinds the first `LISTED` are listed, each with child and line."""

    LISTED = 1_000

    def __init__(self) -> None:
        self.kinds: Counter[tuple[str, str]] = Counter()
        self._listed: list[Note] = []

    def note(self, child: str | None, line: int, element: str, said: str, reason: str) -> None:
        kind = (element[:SHOWN], reason)
        self.kinds[kind] += 1
        if self.kinds[kind] <= self.LISTED:
            self._listed.append(Note(child, line, kind[0], said[:SHOWN], reason))

    @property
    def count(self) -> int:
        return self.kinds.total()

    def __iter__(self) -> Iterator[Note]:
        """Those that are listed, in the order of their lines."""
        return iter(sorted(self._listed, key=lambda note: note.line))
