"""A copy of a record for the person whom it is about: its passages, each marked where it is about somebody else.

Who makes one is a right of its own (records/fields.toml, redaction). What is withheld from whoever makes it is blacked out of it.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext_lazy as _

from havenline.foundation.records.passages import OTHER, READ, WITHHELD, Passage

REDACTED = _("[redacted: about another person]")


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
