"""One spelling for what is stored and what is asked: *llyn* finds *Llŷn*, *strasse* finds *Straße*."""

import re
import unicodedata

_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "’": "'"})


def normal(text: str) -> str:
    """Lower case, no accents, one space between words."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(bare.translate(_LETTERS).split())


def terms(asked: str, *, most: int = 10) -> list[str]:
    """The words of a question, for a search of each by its beginning."""
    return re.findall(r"[^\W_]+", normal(asked))[:most]
