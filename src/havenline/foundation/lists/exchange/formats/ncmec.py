"""NCMEC's hash sharing, version 2: XML over HTTPS, as clients of it read and send it.

A query asks for what changed between two moments, and follows `paging/next` to the end. What is withdrawn comes as `deletedImage`, with
its number alone. Read by the standard library's expat, which is told to refuse a document type (decision 0064).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from havenline.foundation.lists.exchange.told import (
    LONGEST_IDENT,
    LONGEST_VALUE,
    MOST_ON_A_PAGE,
    NotReadable,
    Page,
    Told,
    bounded,
    iso,
    moment_in,
    word,
)

NAMESPACE = "https://hashsharing.ncmec.org/hashsharing/v2"
DEEPEST, LONGEST_TEXT, MOST_FINGERPRINTS = 12, 4_096, 24
# A fingerprint's element, by our signal; and the word that stands for it in an address.
FINGERPRINTS = {"md5": "md5", "sha1": "sha1", "sha256": "sha256", "pdq": "pdq"}
TYPES = {"MD5": "md5", "SHA1": "sha1", "SHA256": "sha256", "PDQ": "pdq"}
NEXT_BEGINS = "/v2/entries?"


@dataclass(frozen=True)
class Member:
    """An organisation, by its number there."""

    number: int
    name: str


# Writing


def write_page(
    told: Iterable[Told],
    *,
    member: Member,
    latest: datetime,
    next_: str = "",
    reasons: Mapping[str, Sequence[tuple[bool, str, Member]]] | None = None,
) -> Iterator[str]:
    """A page of entries, a piece at a time. `reasons`: by an entry's number, what members said of it (affirmative, reason, who)."""
    entries = list(told)
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<queryResult xmlns="{NAMESPACE}">'
    yield f'<images count="{len(entries)}" maxTimestamp="{iso(latest)}">'
    for one in entries:
        yield _entry(one, member, (reasons or {}).get(one.ident, ()))
    yield "</images>"
    if next_:
        yield f"<paging><next>{escape(next_)}</next></paging>"
    yield "</queryResult>\n"


def _entry(one: Told, member: Member, said: Sequence[tuple[bool, str, Member]]) -> str:
    name = "image" if one.is_listed else "deletedImage"
    at = f"<timestamp>{iso(one.at)}</timestamp>" if one.at else ""
    head = f"<{name}>{_member(member)}{at}<id>{escape(one.ident)}</id>"
    if not one.is_listed:
        return f"{head}</{name}>"
    grade = f"<classification>{escape(one.grade)}</classification>" if one.grade else ""
    element = FINGERPRINTS[one.signal]
    print_ = f"<fingerprints><{element}>{escape(one.value)}</{element}></fingerprints>"
    return f"{head}{grade}{print_}{_feedback(one.signal, said)}</{name}>"


def _feedback(signal: str, said: Sequence[tuple[bool, str, Member]]) -> str:
    if not said:
        return ""
    of = quoteattr(next(name for name, kept in TYPES.items() if kept == signal))
    yes = "".join(_member(member) for good, _reason, member in said if good)
    no: dict[str, str] = {}
    for good, reason, member in said:
        if not good:
            no[reason] = no.get(reason, "") + _member(member)
    reasons = "".join(f"<reason name={quoteattr(name)}/><members>{members}</members>" for name, members in no.items())
    affirmative = f"<affirmativeFeedback type={of}><members>{yes}</members></affirmativeFeedback>" if yes else ""
    negative = f"<negativeFeedback type={of}><reasons>{reasons}</reasons></negativeFeedback>" if reasons else ""
    return f"<feedback>{affirmative}{negative}</feedback>"


def _member(member: Member) -> str:
    return f'<member id="{member.number}">{escape(member.name)}</member>'


def write_status(member: Member) -> str:
    return _document("status", f"<username>{escape(member.name)}</username>{_member(member)}")


def write_members(members: Iterable[Member]) -> str:
    return _document("members", "".join(_member(one) for one in members))


def write_reasons(kind: str, reasons: Iterable[tuple[str, str]]) -> str:
    """`reasons`: number and name of each."""
    inside = "".join(f'<availableFeedbackReason guid={quoteattr(guid)} name={quoteattr(name)} type="Negative"/>' for guid, name in reasons)
    of = f"fingerprintType={quoteattr(kind)}"
    return _document("availableFeedback", f"<availableFeedbackReasons {of}>{inside}</availableFeedbackReasons>")


def write_error(words: str) -> str:
    return _document("error", f"<message>{escape(words)}</message>")


def _document(root: str, inside: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{NAMESPACE}">{inside}</{root}>\n'


# Reading


@dataclass
class _Open:
    """An element that has begun and not ended."""

    name: str
    attributes: dict[str, str]
    text: list[str] = field(default_factory=list)
    length: int = 0


class _Reader:
    """Hears expat. Every element's end is looked at once; nothing of it is kept but what a page is made of."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._begins
        self.parser.EndElementHandler = self._ends
        self.parser.CharacterDataHandler = self._says
        self.parser.StartDoctypeDeclHandler = self._no_doctype
        self.path: list[_Open] = []
        self.root = ""
        self.entry: dict[str, str] | None = None
        self.prints: list[tuple[str, str]] = []
        self.told: list[Told] = []
        self.next = ""
        self.latest: datetime | None = None
        self.not_understood = self.entries = 0
        self.feedback: list[tuple[bool, str]] = []

    def read(self, data: bytes) -> None:
        try:
            self.parser.Parse(data, True)
        except expat.ExpatError as error:
            raise NotReadable(f"Line {error.lineno}: {expat.errors.messages.get(error.code, 'this is no XML')}.") from error
        except (ValueError, LookupError, UnicodeError) as error:  # an encoding that Python does not know
            raise NotReadable(f"Line {self.parser.CurrentLineNumber}: {str(error)[:100]}.") from error

    @property
    def place(self) -> str:
        return f"Line {self.parser.CurrentLineNumber}"

    def _no_doctype(self, *_said: object) -> None:
        raise NotReadable(f"{self.place}: a document type. No page of entries has one, so it is not read on.")

    def _begins(self, whole: str, attributes: dict[str, str]) -> None:
        name = whole.rpartition(":")[2]
        if not self.path:
            self.root = name
        if len(self.path) >= DEEPEST:
            raise NotReadable(f"{self.place}: elements stand more than {DEEPEST} deep in each other.")
        self.path.append(_Open(name, attributes))
        if len(self.path) == 3 and self.path[1].name in ("images", "videos"):
            self.entry, self.prints = {}, []
            self.entries += 1
            if self.entries > MOST_ON_A_PAGE:
                raise NotReadable(f"{self.place}: more than {MOST_ON_A_PAGE:,} entries on a page.")
        elif len(self.path) == 2 and name in ("images", "videos") and (said := attributes.get("maxTimestamp")):
            at = moment_in(said, f"{self.place}: maxTimestamp")
            self.latest = max(self.latest or at, at)

    def _says(self, text: str) -> None:
        if not self.path:
            return
        here = self.path[-1]
        here.length += len(text)
        if here.length > LONGEST_TEXT:
            raise NotReadable(f"{self.place}: <{here.name}> holds more than {LONGEST_TEXT:,} signs.")
        here.text.append(text)

    def _ends(self, _name: str) -> None:
        here = self.path.pop()
        text, depth = "".join(here.text).strip(), len(self.path)
        if self.entry is not None and depth == 2:
            self._entry_ends(here.name)
        elif self.entry is not None and depth == 3:
            if here.name == "member":
                self.entry["member"] = word(here.attributes.get("id", ""), f"{self.place}: a member's number")
                self.entry["by"] = word(text, f"{self.place}: a member's name")
            elif here.name in ("id", "timestamp", "classification"):
                if here.name in self.entry:
                    raise NotReadable(f"{self.place}: an entry has two of <{here.name}>.")
                self.entry[here.name] = text
        elif self.entry is not None and depth == 4 and self.path[-1].name == "fingerprints" and text:
            if len(self.prints) >= MOST_FINGERPRINTS:
                raise NotReadable(f"{self.place}: an entry has more than {MOST_FINGERPRINTS} fingerprints.")
            self.prints.append((here.name.lower(), bounded(text, LONGEST_VALUE, f"{self.place}: <{here.name}>")))
        elif depth == 2 and self.path[1].name == "paging" and here.name == "next":
            self.next = text
        elif self.root == "feedbackSubmission" and depth == 1:
            self.feedback.append((here.name == "affirmative", ""))
        elif self.root == "feedbackSubmission" and here.name == "guid":
            self.feedback.append((False, bounded(text, 40, f"{self.place}: <guid>")))

    def _entry_ends(self, name: str) -> None:
        said, self.entry = self.entry or {}, None
        kind = name.lower()
        if kind not in ("image", "video", "deletedimage", "deletedvideo"):
            raise NotReadable(f"{self.place}: <{name[:40]}> is no entry.")
        if not said.get("id") or not said.get("member"):
            raise NotReadable(f"{self.place}: an entry without its number or its member.")
        ident = bounded(f"{said['member']}-{said['id']}", LONGEST_IDENT, f"{self.place}: an entry's number")
        at = moment_in(said["timestamp"], f"{self.place}: timestamp") if said.get("timestamp") else None
        if kind.startswith("deleted"):
            self.told.append(Told("", "", False, ident, at=at))
            return
        about = {"kind": kind}
        known = [(signal, value) for signal, value in self.prints if signal in FINGERPRINTS]
        self.not_understood += len(self.prints) - len(known)
        grade = word(said.get("classification", ""), f"{self.place}: classification")
        for signal, value in known:
            self.told.append(Told(signal, value, True, ident, grade, said["by"], at=at, about=about))
        if not known:  # it may have had some that it has no longer
            self.told.append(Told("", "", False, ident, at=at))


def read_page(data: bytes) -> Page:
    """One page of entries. An entry's values share its number, and stand side by side; of one that was deleted stands its number alone.

    Raises NotReadable.
    """
    reader = _Reader()
    reader.read(data)
    if reader.root != "queryResult":
        raise NotReadable(f"The page is <{reader.root[:40]}>, and no <queryResult>.")
    return Page(tuple(reader.told), reader.next, reader.latest, reader.not_understood)


def read_feedback(data: bytes) -> tuple[bool, str]:
    """What a member says of a fingerprint: whether it affirms it, and else the number of its reason. Raises NotReadable."""
    reader = _Reader()
    reader.read(data)
    votes = [one for one in reader.feedback if one[0] or one[1]]
    if reader.root != "feedbackSubmission" or len(votes) != 1:
        raise NotReadable("Send a <feedbackSubmission> with <affirmative/>, or with <negative> and the number of one reason.")
    return votes[0]
