"""A copy of a record for the person whom it is about: its passages, each marked where it is about somebody else.

Who makes one is a right of its own (records/fields.toml, redaction). What is withheld from whoever makes it is blacked out of it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from havenline.foundation.handover.models import HandOver
from havenline.foundation.handover.reading import in_words
from havenline.foundation.people.roles import FileKind
from havenline.foundation.records.masking import Masked, Sight
from havenline.foundation.records.models import Record

REDACTED = _("[redacted: about another person]")
OTHER, READ, WITHHELD = "other", "read", "withheld"


@dataclass(frozen=True)
class Passage:
    """`about`: "other" for a third party (redacted unless a person says otherwise), "read" for free words that may name one, or "".

    "withheld": whoever makes the copy does not read it, so it is redacted.
    """

    label: str
    words: str
    about: str = ""


Passages = Callable[[Record, Sight], Iterable[Passage]]
_of_kind: dict[str, Passages] = {}


def register(kind: str, passages: Passages) -> None:
    """Called in a room's `passages.py`."""
    _of_kind[str(kind)] = passages


def passages_of(record: Record, sight: Sight) -> list[Passage]:
    """What a copy of this record consists of, for whoever makes it; nothing where no room has said it."""
    of_kind = _of_kind.get(record.kind)
    found = of_kind(record, sight) if of_kind else ()
    return [replace(one, about=WITHHELD) if isinstance(one.words, Masked) else one for one in found]


def flat(said: Mapping[str, Any], *, nobody: frozenset[str], free: frozenset[str], above: str = "", about: str = "") -> Iterable[Passage]:
    """Every value of nested answers as a passage. It is about another person unless its key is in `nobody`, or in `free`: words to be read.

    Marked by default: an answer that is added to a form later must not leave because nobody thought of it here.
    """
    for key, value in said.items():
        label = f"{above}{key.replace('_', ' ')}"
        whom = about or ("" if key in nobody else "read" if key in free else "other")
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, Mapping):
                inside = "" if key in nobody else whom  # what is in a place is looked at part by part
                yield from flat(one, nobody=nobody, free=free, above=f"{label}: ", about="other" if inside == "other" else "")
            elif one not in ("", None, False, True):
                yield Passage(label, one if isinstance(one, Masked) else in_words(one, key), whom)


def copy_of(passages: Iterable[Passage], *, kept: set[int], out: set[int]) -> list[dict[str, Any]]:
    """The passages as they leave. One about somebody else says only that it is there, unless it is in `kept`; so does one in `out`.

    What is redacted is nowhere in it: neither its words nor how long they are.
    """
    said = []
    for number, one in enumerate(passages):
        redacted = number in out or one.about == WITHHELD or (one.about == OTHER and number not in kept)
        said.append(asdict(one) | {"words": str(REDACTED) if redacted else one.words, "redacted": redacted})
    return said


def counted(passages: Iterable[Passage], copy: list[dict[str, Any]]) -> str:
    """What was blacked out of a copy and why, in numbers: `3 of 9 redacted: 1 about others, 1 withheld, 1 read`. For the ledger."""
    why = Counter(one.about for one, left in zip(passages, copy, strict=True) if left["redacted"])
    said = [f"{why[about]} {words}" for about, words in ((OTHER, "about others"), (WITHHELD, "withheld"), (READ, "read")) if why[about]]
    return f"{why.total()} of {len(copy)} redacted" + (f": {', '.join(said)}" if said else "")


PACKAGE_NOBODY = frozenset({"report", "kind", "channel", "received", "danger", "from_agency", "answers", "place", "app"})
PACKAGE_FREE = frozenset({"concern", "why", "reason", "happened", "conversation"})


def _of_hand_over(record: Record, sight: Sight) -> Iterable[Passage]:
    return flat(sight.of(HandOver.objects.get(record=record).contents()), nobody=PACKAGE_NOBODY, free=PACKAGE_FREE)


register(FileKind.HAND_OVER, _of_hand_over)
