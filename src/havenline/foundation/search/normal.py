"""One spelling for what is stored and what is asked: *llyn* finds *Llŷn*, *strasse* finds *Straße*."""

import re
import unicodedata

_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "’": "'"})


def normal(text: str) -> str:
    """Lower case, no accents, one space between words."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(bare.translate(_LETTERS).split())


_GROUPS = re.compile(r"(?<!\w)\d{2,}(?:[ -]\d{2,})+(?!\w)")
MANY_DIGITS = 8


def long_numbers(text: str) -> list[str]:
    """Numbers that are written in groups, each as one word: `943 476 5919`."""
    return [one for one in (re.sub(r"\D", "", found) for found in _GROUPS.findall(text)) if len(one) >= MANY_DIGITS]


def in_one_word(text: str) -> str:
    """The text with such numbers in one word."""

    def join(found: re.Match[str]) -> str:
        digits = re.sub(r"\D", "", found.group())
        return digits if len(digits) >= MANY_DIGITS else found.group()

    return _GROUPS.sub(join, text)


def terms(asked: str, *, most: int = 10) -> list[str]:
    """The words of a question, for a search of each by its beginning."""
    return re.findall(r"[^\W_]+", normal(asked))[:most]
