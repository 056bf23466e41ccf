"""Keys under which a described person is found again: whoever may be the same shares one, and few others do."""

import re
import unicodedata
from datetime import date
from itertools import combinations
from typing import TYPE_CHECKING

from havenline.engines.linking.names import rows_of, sound, tokens

if TYPE_CHECKING:
    from havenline.engines.linking.likeness import Described

MOST_WORDS = 6  # of a name: every pair of them is a key
_POSTCODE = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})\b")
_NUMBER = re.compile(r"\b\d+[A-Z]?\b")


def keys_of(person: "Described") -> frozenset[str]:
    """Short texts. Two people who `compare` finds alike share one; a slip that changes a name's sound is found by what else is known."""
    found = {f"number {system} {number}" for system, number in person.numbers.items() if number}
    for name in person.names:
        words = tokens(name)[:MOST_WORDS]
        for one, other in combinations(words, 2):
            pairs = {(a, b) for a in _said(one) for b in _said(other)}
            pairs |= {(one[0], b) for b in _said(other)} | {(a, other[0]) for a in _said(one)}  # an initial, and never two
            found |= {f"name {' '.join(sorted(pair))}" for pair in pairs}
        if len(words) == 1:
            found |= {f"name {word}" for word in _said(words[0])}
    if person.born_on is not None:
        found |= {f"born {day.isoformat()}" for day in _written(person.born_on)}
    if home := address_key(person.address):
        found.add(f"home {home}")
    return frozenset(found)


def _said(word: str) -> set[str]:
    """Its sound, and the rows of names that it belongs to."""
    return {sound(word), *(f"#{row}" for row in rows_of(word))}


def _written(day: date) -> set[date]:
    """The day, and the one that whoever exchanges day and month writes."""
    return {day, day.replace(month=day.day, day=day.month)} if day.day <= 12 else {day}


def address_key(address: str) -> str:
    """`12 sr11aa` for `Flat 2, 12 Osier Lane, SR1 1AA`'s last number and postcode; without a postcode, its letters and digits.

    Empty where nothing but a town is told, since a town is no home.
    """
    plain = unicodedata.normalize("NFKD", address).upper()
    numbers = [found.group() for found in _NUMBER.finditer(_POSTCODE.sub(" ", plain))]
    if code := _POSTCODE.search(plain):
        return f"{' '.join(numbers)} {code[1]}{code[2]}".strip().lower() if numbers else ""
    letters = re.sub(r"[^A-Z0-9]+", " ", plain).strip().lower()
    return letters if numbers else ""
