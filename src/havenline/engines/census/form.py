"""Whether a file is a census by its form: every element where it belongs, in its order, as often as it may stand, holding what it may.

Strict where `reading` is lenient: a return that leaves must have no fault of form, whatever can be read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from xml.parsers import expat

from .reading import CHUNK, DEEPEST, TRUE, Source, day_in
from .records import SHOWN
from .shape import MESSAGE, Group, Leaf

MOST = 10_000
"""Faults of form that are told."""


@dataclass(frozen=True, slots=True)
class FaultOfForm:
    line: int
    element: str
    reason: str


class _Level:
    """An element that is open: what it is, and how far its parts have come."""

    __slots__ = ("at", "part", "seen", "words")

    def __init__(self, part: Leaf | Group | None) -> None:
        self.part, self.at, self.seen = part, 0, False
        self.words: list[str] = []


class _Refused(Exception):
    """Nothing more of this file is read: the fault is told already."""


class _Form:
    def __init__(self) -> None:
        self.faults: list[FaultOfForm] = []
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._document_type
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._take
        self.open = [_Level(Group("", (MESSAGE,)))]

    def tell(self, element: str, reason: str) -> None:
        if len(self.faults) < MOST:
            self.faults.append(FaultOfForm(self.parser.CurrentLineNumber, element[:SHOWN], reason))

    def _document_type(self, *_declared: object) -> None:
        self.tell("", "declares a document type, which no census has")
        raise _Refused

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        above = self.open[-1]
        if attributes:
            self.tell(tag, "has an attribute, which no element of the census has")
        if len(self.open) > DEEPEST:
            self.tell(tag, "stands too deep")
            raise _Refused
        self.open.append(_Level(self._place(above, tag)))

    def _place(self, above: _Level, tag: str) -> Leaf | Group | None:
        """Which part of the element above this is; None where it is none, or stands out of its order."""
        if not isinstance(above.part, Group):
            if above.part is not None:
                self.tell(tag, f"stands inside <{above.part.name}>")
            return None
        parts = above.part.parts
        at = next((number for number, part in enumerate(parts) if part.name == tag), None)
        if at is None:
            self.tell(tag, f"does not belong in <{above.part.name}>" if above.part.name else "is no census")
            return None
        if at < above.at:
            self.tell(tag, f"stands after <{parts[above.at].name}>, before which it belongs")
        elif at == above.at and above.seen and not parts[at].many:
            self.tell(tag, "stands twice")
        else:
            above.at, above.seen = at, True
        return parts[at]

    def _end(self, tag: str) -> None:
        level = self.open.pop()
        if isinstance(level.part, Leaf):
            reason = _wrong(level.part, "".join(level.words))
            if reason:
                self.tell(tag, reason)
        elif "".join(level.words).strip():
            self.tell(tag, "holds words, where only elements belong")

    def _take(self, words: str) -> None:
        level = self.open[-1]
        if len(level.words) < 4 and (isinstance(level.part, Leaf) or words.strip()):
            level.words.append(words[:200])


def _wrong(leaf: Leaf, words: str) -> str:
    if not words:
        return "is empty: what is not known is left out"
    if leaf.kind == "date" and not (len(words) == 10 and day_in(words)):
        return "is no date (YYYY-MM-DD)"
    if leaf.kind == "flag" and words not in TRUE | {"false", "0"}:
        return "is neither true nor false"
    if leaf.kind == "number" and not (words.isascii() and words.isdigit()):
        return "is no number"
    return "is a code that the census does not have" if leaf.codes and words not in leaf.codes else ""


def faults_of_form(source: Source) -> Iterator[FaultOfForm]:
    """What is wrong with the file's form, in its order; nothing where it is well. Never raises for what stands in the file."""
    form = _Form()
    told, has_begun = 0, False
    try:
        while chunk := source.read(CHUNK):
            has_begun = True
            form.parser.Parse(chunk, False)
            yield from form.faults[told:]
            told = len(form.faults)
        if has_begun:
            form.parser.Parse(b"", True)
    except _Refused:
        pass
    except expat.ExpatError as error:
        form.tell("", f"is no well-formed XML: {expat.ErrorString(error.code) or 'it is damaged'}")
    except (LookupError, ValueError):
        form.tell("", "names an encoding that cannot be read")
    if not has_begun:
        form.tell("", "is empty")
    yield from form.faults[told:]
