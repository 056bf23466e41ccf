"""What a record says, passage by passage, for whoever copies it: each room says it of its own kinds, in its `passages.py`.

A copy for a court shows them as they are; one for the person whom the record is about has what is about others blacked out.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from havenline.foundation.records.masking import Masked, Sight
from havenline.foundation.records.models import Record

OTHER, READ, WITHHELD = "other", "read", "withheld"


@dataclass(frozen=True)
class Passage:
    """`about`: "other" for a third party (redacted unless a person says otherwise), "read" for free words that may name one, or "".

    "withheld": whoever makes the copy does not read it.
    """

    label: str
    words: str
    about: str = ""


Passages = Callable[[Record, Sight], Iterable[Passage]]
_of_kind: dict[str, Passages] = {}


def register(kind: str, passages: Passages) -> None:
    """Called in a room's `passages.py`."""
    _of_kind[str(kind)] = passages


def kinds() -> set[str]:
    """Those of which some room has said it."""
    return set(_of_kind)


def passages_of(record: Record, sight: Sight) -> list[Passage]:
    """What a copy of this record consists of, for whoever makes it."""
    found = _of_kind[record.kind](record, sight)
    return [replace(one, about=WITHHELD) if isinstance(one.words, Masked) else one for one in found]
