"""Marks: what a record is found by beside its words. Each stands for something and says it to nobody who only reads the table.

`~d…`, `~s…`, `~r…`  the words of a record with a slip, by their sound, in another form of a name (`engines.linking.slips`)
`~y20170302`  a day that matters in it: a date of birth, a day on which something happened
`~h…`  a word of what lies sealed, under a key that the database does not hold: free text is found, and is not there to be read
"""

import base64
import hmac
import re
from collections.abc import Callable, Iterable
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
    with_key = _under_the_key()
    return {with_key(said) for word in words for said in (*_stem_of(word), *_sound_of(word))}


def blind(word: str) -> str:
    """One word by its English stem, under the key; none for a short one."""
    return "".join(map(_under_the_key(), _stem_of(word)))


def blind_sound(word: str) -> set[str]:
    return set(map(_under_the_key(), _sound_of(word)))


def _stem_of(word: str) -> list[str]:
    return [f"stem {_stem(word)}"] if len(word) >= SHORTEST else []


def _sound_of(word: str) -> list[str]:
    said = linking.sound(word) if len(word) > SHORTEST and word.isalpha() else ""
    return [f"sound {said}"] if len(said) > 1 else []


def _under_the_key() -> Callable[[str], str]:
    """What makes a mark of a stem or a sound. The key is read once, however many words there are."""
    key = keys.secret("mac.key")

    def mark(what: str) -> str:
        digest = hmac.digest(key, f"search {what}".encode(), "sha256")
        return f"~h{base64.b32encode(digest[:10]).decode().lower()}"

    return mark


@cache
def _english() -> object:
    return stemmer("english")


def _stem(word: str) -> str:
    return str(_english().stemWord(word))  # type: ignore[attr-defined]
