"""Reading a census as a stream: a child at a time, however long the file is.

By the standard library's expat. A census has no document type, so one that has is refused at its first character: no entity is ever
declared, expanded or fetched (billion laughs, external entities, parameter entities). What else could grow is bounded below.
"""

import re
from collections import deque
from collections.abc import Iterator
from datetime import date
from typing import Protocol
from xml.parsers import expat

from . import elements
from .errors import Broken, NoCensus, Unsafe
from .records import SHOWN, Assessment, Child, Enquiry, Episode, Header, NotUnderstood, Plan

CHUNK = 1 << 17
LARGEST_CHILD = 1 << 20  # bytes; a long history has some 30,000
LONGEST_SILENCE = 1 << 20  # bytes in which no element begins
DEEPEST = 40
MOST_NAMES = 1_000  # different names of elements and attributes
FIRST_YEAR, LAST_YEAR = 1973, 2099
"""A child of the census is under 26; what lies far from that is a slip of the pen."""

_DATE = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"  # xs:date, and xs:dateTime, which some systems write where a date belongs
    r"(?:T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?"
)
TRUE, FALSE = {"true", "1"}, {"false", "0", ""}
_ENDS_EARLY = {
    expat.errors.codes[message]
    for message in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
}

NOT_ON = "No census has that, so it is not read on."
NO_DATE = "is no date (YYYY-MM-DD)"
TOO_FAR = f"is a date outside {FIRST_YEAR} to {LAST_YEAR}"
MISSING = "is missing"
UNKNOWN = "is an element that the census does not have"


def _any_day_in(words: str) -> date | None:
    found = _DATE.fullmatch(words)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def day_in(words: str) -> date | None:
    """The day that these words are, if a census can hold it."""
    day = _any_day_in(words)
    return day if day and FIRST_YEAR <= day.year <= LAST_YEAR else None


class Source(Protocol):
    """A binary file, or whatever else gives bytes."""

    def read(self, size: int, /) -> bytes: ...


class Census:
    """One file. `children()` reads it, once; `header`, `not_understood`, `count` (children) and `line` grow while it does.

    Variants are read as they come: with or without namespaces, in any case; one `Reviews` with many `CPPreviewDate` or many with one;
    an element of its own for each assessment or plan inside its group's, or several in a row in one. Elements that the census does
    not have are listed, and what is known inside them is read.
    """

    def __init__(self, source: Source) -> None:
        self.header = Header()
        self.not_understood = NotUnderstood()
        self.count = 0
        self._source = source
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse_document_type
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._end
        # tag as written -> its name, "" where it is unknown; names that need nothing done map to None
        self._names: dict[str, str | None] = {}
        self._attributes: set[str] = set()
        self._ready: deque[Child] = deque()
        self._depth = 0
        self._begun = 0  # elements, so far
        self._read = 0  # bytes, so far
        self._unknown_at = 0  # the depth of the outermost unknown element, 0 outside one
        self._leaf: str | None = None
        self._leaf_at = self._leaf_line = 0
        self._text: list[str] = []
        self._has_children = False
        self._dates: dict[str, date] = {}
        self._child_line = 0  # 0 outside a child
        self._child_from = 0
        self._identifiers: dict[str, str] = {}
        self._notes: list[tuple[int, str, str, str]] = []  # of this child, whose identifier may come later
        self._episodes: list[Episode] = []
        self._episode: Episode | None = None
        self._referral_told = False
        self._child_at = 0
        self._open: dict[str, _Group] = {}  # by group: what is being read of it

    @property
    def line(self) -> int:
        return self._parser.CurrentLineNumber

    def children(self) -> Iterator[Child]:
        """Every child, in the file's order. Raises NoCensus, Unsafe, Broken; OSError where the file cannot be read."""
        silent = 0
        while chunk := self._source.read(CHUNK):
            begun = self._begun
            self._parse(chunk, last=False)
            self._read += len(chunk)
            silent = 0 if self._begun > begun else silent + len(chunk)
            if silent > LONGEST_SILENCE:
                raise Unsafe(f"More than a megabyte after line {self.line:,} without one element. {NOT_ON}")
            if self._child_line and self._read - self._child_from > LARGEST_CHILD + CHUNK:
                raise Unsafe(f"The child that begins on line {self._child_line:,} is longer than a megabyte. {NOT_ON}")
            while self._ready:
                yield self._ready.popleft()
        if not self._read:
            raise NoCensus("The file is empty.")
        self._parse(b"", last=True)
        yield from self._ready
        if not self._has_children:
            raise NoCensus("The file begins as a census does, but holds no <Children>.")
        self._check_collection()
        self._settle_reference_date()

    # The parser and its bounds

    def _parse(self, chunk: bytes, *, last: bool) -> None:
        try:
            self._parser.Parse(chunk, last)
        except expat.ExpatError as error:
            raise self._said_of(error, last) from error
        except (LookupError, ValueError) as error:  # Python's own, for an encoding that expat and it do not have
            if self._begun:
                raise
            raise NoCensus(f"The file names an encoding that cannot be read: {error}.") from error

    def _said_of(self, error: expat.ExpatError, last: bool) -> NoCensus | Broken:
        words = expat.ErrorString(error.code) or "it is damaged"
        if not self._begun:
            return NoCensus(f"This is no XML (line {error.lineno}: {words}), so it is no census.")
        if last and error.code in _ENDS_EARLY:
            where = f"inside the child {self._who()}, which is number {self.count + 1:,}" if self._child_line else "outside any child"
            return Broken(f"The file ends too early: on line {error.lineno:,}, {where}. Export it again.", error.lineno)
        where = f", in the child {self._who()}" if self._child_line else ""
        return Broken(
            f"The file is no well-formed XML: line {error.lineno:,}, column {error.offset + 1:,}{where}: {words}. Export it again.",
            error.lineno,
        )

    def _refuse_document_type(self, *_declared: object) -> None:
        raise Unsafe(
            "The file declares a document type (<!DOCTYPE …>). A census has none, and one can be used to attack, so it is not read."
        )

    def _learn(self, tag: str) -> str | None:
        """What an element is called, however it is written: None where nothing need be done, "" where it is unknown."""
        if len(self._names) + len(self._attributes) >= MOST_NAMES:
            raise Unsafe(f"More than {MOST_NAMES:,} different names of elements. {NOT_ON}")
        name = elements.KNOWN.get(tag.rpartition(":")[2].lower(), "")
        self._names[tag] = None if name in elements.NOT_READ else elements.ALSO.get(name, name)
        return self._names[tag]

    # Elements

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        self._begun += 1
        self._depth += 1
        if self._depth > DEEPEST:
            raise Unsafe(f"Elements stand more than {DEEPEST} deep on line {self.line:,}. {NOT_ON}")
        name = self._names[tag] if tag in self._names else self._learn(tag)
        if attributes:
            self._attributes.update(attributes)
            if len(self._attributes) > MOST_NAMES:
                raise Unsafe(f"More than {MOST_NAMES:,} different attributes. {NOT_ON}")
        if self._begun == 1 and name != elements.ROOT:
            raise NoCensus(f"The file begins with <{tag[:SHOWN]}>; a census begins with <{elements.ROOT}>.")
        if self._leaf is not None:
            self._mark(self.line, tag, "", f"stands inside <{self._leaf}>")
        elif name is None:
            return
        elif name in elements.DATES or name in _TEXTS:
            self._leaf, self._leaf_at, self._leaf_line = name, self._depth, self.line
            self._text.clear()
            self._parser.CharacterDataHandler = self._collect
        elif name in elements.FIELDS:
            self._begin_group(name)
        elif name == elements.EPISODE:
            self._begin_episode(told=False)
        elif name == elements.CHILD:
            self._begin_child()
        elif name == elements.CHILDREN:
            self._has_children = True
            self._check_collection()
        elif not name:
            self._begin_unknown(tag)

    def _end(self, tag: str) -> None:
        depth = self._depth
        self._depth = depth - 1
        if self._leaf is not None:
            if depth == self._leaf_at:
                self._parser.CharacterDataHandler = None
                leaf, self._leaf = self._leaf, None
                self._take(leaf, "".join(self._text).strip())
            return
        name = self._names[tag]
        if name is None:
            return
        if name in elements.FIELDS:
            if (group := self._open.get(name)) and group.depth == depth:
                self._close(name)
        elif name == elements.EPISODE:
            self._end_episode()
        elif name == elements.CHILD:
            self._end_child(depth)
        elif depth == self._unknown_at:
            self._unknown_at = 0

    def _collect(self, piece: str) -> None:
        if len(self._text) < 4:
            self._text.append(piece[:200])

    def _begin_unknown(self, tag: str) -> None:
        if not self._unknown_at:
            self._unknown_at = self._depth
            self._mark(self.line, tag, "", UNKNOWN)

    # A child

    def _begin_child(self) -> None:
        if self._child_line:
            self._mark(self.line, elements.CHILD, "", "stands inside another child")
            return
        self._has_children = True
        self._child_line, self._child_at, self._child_from = self.line, self._depth, self._read
        self._identifiers.clear()
        self._notes = []
        self._episodes, self._episode = [], None
        self._open.clear()

    def _end_child(self, depth: int) -> None:
        if not self._child_line or depth != self._child_at:
            return
        if not self._identifiers.get("LAchildID"):
            self._mark(self._child_line, "LAchildID", "", MISSING)
        who = self._who()
        for line, element, said, reason in self._notes:
            self.not_understood.note(who, line, element, said, reason)
        self._ready.append(Child(self._child_line, who, self._episodes))
        self._child_line = 0
        self._notes = []
        self.count += 1

    def _who(self) -> str:
        return self._identifiers.get("LAchildID") or self._identifiers.get("UPN") or f"on line {self._child_line}"

    def _mark(self, line: int, element: str, said: str, reason: str) -> None:
        """Not understood, in this child or, outside one, in the header."""
        if self._child_line:
            self._notes.append((line, element, said, reason))
        else:
            self.not_understood.note(None, line, element, said, reason)

    def _end_episode(self) -> None:
        if self._episode is not None and not self._referral_told:
            self._mark(self._episode.line, "CINreferralDate", "", MISSING)
        self._episode = None

    def _begin_episode(self, *, told: bool) -> Episode:
        self._episode, self._referral_told = Episode(self.line), told
        self._episodes.append(self._episode)
        return self._episode

    def _in_episode(self) -> Episode:
        """The episode that is open; one without a referral where a group stands straight in its child."""
        return self._episode or self._begin_episode(told=True)

    # Groups that run clocks

    def _begin_group(self, name: str) -> None:
        held = self._open.get(name)
        if held is not None and (held.said or held.unreadable or held.reviews):
            self._close(name)
        if self._child_line:
            self._open[name] = _Group(self.line, self._depth)

    def _close(self, name: str) -> None:
        group = self._open.pop(name)
        start = elements.FIELDS[name][0]
        if start not in group.said and start not in group.unreadable:
            self._mark(group.line, start, "", MISSING)
        said, unreadable, episode = group.said, frozenset(group.unreadable), self._in_episode()
        if name == "Assessments":
            episode.assessments.append(Assessment(group.line, said.get(start), said.get("AssessmentAuthorisationDate"), unreadable))
        elif name == "Section47":
            episode.enquiries.append(
                Enquiry(group.line, said.get(start), said.get("DateOfInitialCPC"), group.conference_not_required, unreadable)
            )
        else:
            episode.plans.append(Plan(group.line, said.get(start), said.get("CPPendDate"), tuple(group.reviews), unreadable))

    # Leaves

    def _take(self, name: str, words: str) -> None:
        if name in elements.DATES:
            self._take_date(name, words)
        elif name in elements.FLAGS:
            self._take_flag(name, words.lower())
        elif self._child_line:
            if name in elements.IDENTIFIERS and words and self._identifiers.setdefault(name, words) != words:
                self._mark(self._leaf_line, name, words, "stands twice; the first is taken")
        elif name == "Collection":
            self.header.collection = words
        elif name == "Year":
            self.header.year = words
        elif name == "LEA":
            self.header.local_authority = words

    def _take_date(self, name: str, words: str) -> None:
        day = self._dates.get(words) or self._date_in(name, words)
        group_name = elements.GROUP_OF.get(name)
        if group_name is None:
            if name == "CINreferralDate" and words and self._child_line:
                self._in_episode().referral, self._referral_told = day, True
            elif day is not None and name == "ReferenceDate" and not self._child_line:
                self.header.reference_date = day
            return
        group = self._open.get(group_name)
        if group is None:
            if name != "DateOfInitialCPC":  # which an episode may have of its own, for a conference without an enquiry
                self._mark(self._leaf_line, name, words, f"stands outside <{group_name}>, so it is not counted")
            return
        if not words:
            return
        if name == elements.FIELDS[group_name][0] and (name in group.said or name in group.unreadable):
            self._close(group_name)
            group = self._open[group_name] = _Group(self._leaf_line, group.depth)
        if day is None:
            group.unreadable.add(name)
        elif name == "CPPreviewDate":
            group.reviews.append(day)
        elif group.said.setdefault(name, day) != day:
            self._mark(self._leaf_line, name, words, "stands twice; the first is taken")

    def _take_flag(self, name: str, words: str) -> None:
        group = self._open.get(elements.GROUP_OF[name])
        if group is None:
            self._mark(self._leaf_line, name, words, f"stands outside <{elements.GROUP_OF[name]}>, so it is not counted")
        elif words in TRUE:
            group.conference_not_required = True
        elif words not in FALSE:
            group.unreadable.add(name)
            self._mark(self._leaf_line, name, words, "is neither true nor false")

    def _date_in(self, name: str, words: str) -> date | None:
        """None for no date: marked, unless nothing stands there."""
        if not words:
            return None
        day = _any_day_in(words)
        if day is None:
            self._mark(self._leaf_line, name, words, NO_DATE)
        elif not FIRST_YEAR <= day.year <= LAST_YEAR:
            self._mark(self._leaf_line, name, words, TOO_FAR)
            return None
        elif len(words) == 10:  # so that no more are kept than there are days
            self._dates[words] = day
        return day

    def _check_collection(self) -> None:
        collection = self.header.collection
        if collection and collection.upper() != "CIN":
            raise NoCensus(f"This is a return of the collection “{collection[:SHOWN]}”; the Children in Need census is “CIN”.")

    def _settle_reference_date(self) -> None:
        """At the end, since a header may stand there. Without a date it is the year's 31 March, as the collection defines it."""
        header = self.header
        if header.reference_date is not None:
            return
        year = int(header.year) if re.fullmatch("[0-9]{4}", header.year) else 0
        if FIRST_YEAR <= year <= LAST_YEAR:
            header.reference_date = date(year, 3, 31)
            self.not_understood.note(None, 1, "ReferenceDate", "", f"{MISSING}: 31 March of the header's Year is taken")
        else:
            self.not_understood.note(
                None, 1, "ReferenceDate", "", f"{MISSING}: what has not happened cannot be called late, and stands as open"
            )


class _Group:
    """What has been read of a group that is still open."""

    __slots__ = ("conference_not_required", "depth", "line", "reviews", "said", "unreadable")

    def __init__(self, line: int, depth: int) -> None:
        self.line, self.depth = line, depth
        self.said: dict[str, date] = {}
        self.reviews: list[date] = []
        self.unreadable: set[str] = set()
        self.conference_not_required = False


_TEXTS = {*elements.IDENTIFIERS, *elements.OF_THE_HEADER, *elements.FLAGS} - elements.DATES
