"""A copy of a hand-over; and how answers, which are nested, become passages."""

from collections.abc import Iterable, Mapping
from typing import Any

from havenline.foundation.handover.models import HandOver
from havenline.foundation.handover.reading import in_words
from havenline.foundation.people.roles import FileKind
from havenline.foundation.records.masking import Masked, Sight
from havenline.foundation.records.models import Record
from havenline.foundation.records.passages import Passage, register

NOBODY = frozenset({"report", "kind", "channel", "received", "danger", "from_agency", "answers", "place", "app"})
FREE = frozenset({"concern", "why", "reason", "happened", "conversation"})


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


def of_hand_over(record: Record, sight: Sight) -> Iterable[Passage]:
    return flat(sight.of(HandOver.objects.get(record=record).contents()), nobody=NOBODY, free=FREE)


register(FileKind.HAND_OVER, of_hand_over)
