"""A copy of a record for the person whom it is about: its passages, each marked where it is about somebody else."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from havenline.foundation.handover.models import HandOver
from havenline.foundation.people.roles import FileKind
from havenline.foundation.records.models import Record

REDACTED = _("[redacted: about another person]")


@dataclass(frozen=True)
class Passage:
    """`about`: "other" for a third party (redacted unless a person says otherwise), "read" for free words that may name one, or ""."""

    label: str
    words: str
    about: str = ""


Passages = Callable[[Record], Iterable[Passage]]
_of_kind: dict[str, Passages] = {}


def register(kind: str, passages: Passages) -> None:
    """Called in a room's `passages.py`."""
    _of_kind[str(kind)] = passages


def passages_of(record: Record) -> list[Passage]:
    """What a copy of this record consists of; nothing where no room has said it."""
    of_kind = _of_kind.get(record.kind)
    return list(of_kind(record)) if of_kind else []


def flat(said: Mapping[str, Any], *, others: frozenset[str], free: frozenset[str], above: str = "") -> Iterable[Passage]:
    """Every value of nested answers as a passage. A key in `others` marks all below it; a key in `free` holds words to be read."""
    for key, value in said.items():
        label = f"{above}{key.replace('_', ' ')}"
        about = "other" if key in others else "read" if key in free else ""
        if isinstance(value, Mapping):
            inside = flat(value, others=others, free=free, above=f"{label}: ")
            yield from (Passage(one.label, one.words, about or one.about) for one in inside)
        elif isinstance(value, list):
            for one in value:
                if isinstance(one, Mapping):
                    yield from (
                        Passage(p.label, p.words, about or p.about) for p in flat(one, others=others, free=free, above=f"{label}: ")
                    )
                elif one not in ("", None):
                    yield Passage(label, str(one), about)
        elif value not in ("", None, False):
            yield Passage(label, str(value), about)


def copy_of(passages: Iterable[Passage], *, kept: set[int], out: set[int]) -> list[dict[str, Any]]:
    """The passages as they leave. One about somebody else says only that it is there, unless it is in `kept`; so does one in `out`."""
    said = []
    for number, one in enumerate(passages):
        redacted = number in out or (one.about == "other" and number not in kept)
        said.append(asdict(one) | {"words": str(REDACTED) if redacted else one.words, "redacted": redacted})
    return said


PACKAGE_OTHERS = frozenset({"child", "children", "from_person", "decided_by", "identifiers", "subject", "reporter", "you", "contact"})
PACKAGE_FREE = frozenset({"answers", "concern", "why", "reason", "happened", "conversation"})


def _of_hand_over(record: Record) -> Iterable[Passage]:
    return flat(HandOver.objects.get(record=record).contents(), others=PACKAGE_OTHERS, free=PACKAGE_FREE)


register(FileKind.HAND_OVER, _of_hand_over)
