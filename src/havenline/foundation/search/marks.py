"""Marks: what a record is found by beside its words. Each stands for something and says it to nobody who only reads the table.

`~d…`, `~s…`, `~r…`  the words of a record with a slip, by their sound, in another form of a name (`engines.linking.slips`)
`~y20170302`  a day that matters in it: a date of birth, a day on which something happened
`~h…`  a word of what lies sealed, under a key that the database does not hold: free text is found, and is not there to be read
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from datetime import date
from functools import cache

from snowballstemmer import stemmer

from havenline.engines import linking
from havenline.foundation.sealing import keys
from havenline.foundation.search.normal import normal

SHORTEST = 3  # letters of a word of sealed text: shorter ones stand everywhere
_WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> list[str]:
    """The words of a text, each once, in its order."""
    return list(dict.fromkeys(_WORD.findall(normal(text))))


def of_word(word: str) -> set[str]:
    return {f"~{key}" for key in linking.slip_keys(word)}


def of_day(day: date) -> str:
    return f"~y{day:%Y%m%d}"


def of_sealed(words: Iterable[str]) -> set[str]:
    """The words of sealed text, each by its stem and by its sound."""
    found: set[str] = set()
    for word in words:
        found |= {blind(word), *blind_sound(word)}
    return found - {""}


def blind(word: str) -> str:
    """One word by its English stem, under the key; none for a short one."""
    return _mac(f"stem {_stem(word)}") if len(word) >= SHORTEST else ""


def blind_sound(word: str) -> set[str]:
    said = linking.sound(word) if len(word) > SHORTEST and word.isalpha() else ""
    return {_mac(f"sound {said}")} if len(said) > 1 else set()


def _mac(what: str) -> str:
    digest = hmac.new(keys.secret("mac.key"), f"search {what}".encode(), hashlib.sha256).digest()
    return f"~h{base64.b32encode(digest[:10]).decode().lower()}"


@cache
def _english() -> object:
    return stemmer("english")


def _stem(word: str) -> str:
    return str(_english().stemWord(word))  # type: ignore[attr-defined]
