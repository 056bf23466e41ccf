"""Who speaks in a line of a pasted conversation, and where their words begin."""

import re
from functools import lru_cache
from typing import Final, NamedTuple

_CLOCK: Final = r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\s?[AaPp]\.?[Mm]\.?)?"
_DATE: Final = r"(?:\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|(?:[Tt]oday|[Yy]esterday)(?: at)?)"
_TIME: Final = rf"[\[(]?(?:{_DATE},?\s+)?{_CLOCK}[\])]?"
_LINE: Final = re.compile(
    rf"[\s\u200e\u200f\u202a-\u202e\ufeff>*•-]*(?:{_TIME}\s*[-–—|]?\s*[\u200e\u200f~]*)?"
    rf"(?:<(?P<angle>[^<>\n]{{1,40}})>|(?P<name>[^\s:<>\"“”?!][^:<>\"“”?!\n]{{0,40}}?)\s*(?:[\[(](?:{_DATE},?\s+)?{_CLOCK}[\])])?\s*:(?=\s|$|[^\W\d_]{{2}}))\s*"
)
_HEADER: Final = re.compile(rf"\s*(?P<name>\w[^:<>\"“”?!\n]{{0,30}}?)\s*(?:—|–|-|\s)\s*[\[(]?{_DATE},?\s+(?:at )?{_CLOCK}[\])]?\s*$")
# "My teacher says: …", "Remember: …" are no names.
_NO_NAME: Final = re.compile(
    r"\b(?:says?|said|asks?|asked|tells?|told|wrote|writes|text(?:ed)?|message[ds]?|goes|https?|remember|tips?|notes?|warning|advice|rules?"
    r"|lesson|examples?|question|answer|ps|edit|reminder|important|signs?|if|when|never|always|because|is|are|do|not|you|your|the|this|that)\b",
    re.IGNORECASE,
)
_FAMILY: Final = re.compile(
    r"\W*(?:my )?(?:mum|mummy|mom|mam|mama|dad|nan|nana|nanny|gran|granny|grandma|granddad|grandad|grandpa)[\W_]*", re.IGNORECASE
)
LOOK_BACK: Final = 20
"""So many lines without a speaker may follow one message."""


class Message(NamedTuple):
    speaker: str
    start: int
    """Where the words begin, after the time and the name."""


def read(line: str) -> Message:
    """The speaker of one line, empty where it names none. Looks at the beginning of the line only."""
    beginning = line[:120]
    if ":" not in beginning and "<" not in beginning:
        return Message("", 0)
    found = _LINE.match(beginning)
    if not found:
        return Message("", 0)
    name = (found["angle"] or found["name"]).strip(" \t\u200e\u200f~*_")
    if found["name"] and not _is_name(name):
        return Message("", 0)
    return Message(name, found.end())


@lru_cache(maxsize=1 << 12)
def _is_name(words: str) -> bool:
    return len(words.split()) <= 4 and not _NO_NAME.search(words)


def speaker_of(lines: list[str], number: int) -> Message:
    """The speaker of a line: its own, or that of the message which it goes on."""
    message = read(lines[number])
    if message.speaker:
        return message
    for earlier in range(number - 1, max(-1, number - 1 - LOOK_BACK), -1):
        if not lines[earlier].strip():
            break
        if speaker := read(lines[earlier]).speaker:
            return Message(speaker, message.start)
        if header := _HEADER.match(lines[earlier], 0, 120):
            return Message(header["name"], message.start)
    return message


def is_family(speaker: str) -> bool:
    """Whether the speaker is named as a child's own mum, dad or grandparent."""
    return bool(_FAMILY.fullmatch(speaker))
