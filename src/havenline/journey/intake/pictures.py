"""Pictures in disguise: data URLs and encoded bytes in text. They are refused before anything is stored.

Ordinary words, conversations, lists of hashes and long web addresses pass (property-tested): a false refusal
would turn away somebody who needs help.
"""

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_DATA_URL = re.compile(
    r"data\s*:\s*(?:(?:image|video|audio|application|font)\s*/\s*[\w.+-]+[^,\s]{0,200}|[^,\s]{0,100};\s*base64)\s*,", re.IGNORECASE
)
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
# How the first bytes of a JPEG, PNG, GIF, WebP, TIFF, PDF, ZIP, AVIF/MP4 look in base64.
_BEGINNINGS = (
    "/9j/",
    "_9j_",
    "iVBORw0KGgo",
    "R0lGOD",
    "UklGR",
    "SUkqA",
    "TU0AK",
    "JVBERi0",
    "UEsDB",
    "AAAAIGZ0eX",
    "AAAAHGZ0eX",
    "AAAAGGZ0eX",
)
_BEGINNING = re.compile(rf"(?<![A-Za-z0-9+/])(?:{'|'.join(re.escape(b) for b in _BEGINNINGS)})[A-Za-z0-9+/_-]{{60,}}")
_RUN = re.compile(r"[A-Za-z0-9+/_-]{400,}")
_LINES = re.compile(r"(?:[A-Za-z0-9+/_-]{40,}={0,2}[ \t]*\r?\n[ \t]*){5,}[A-Za-z0-9+/_-]*")
_HEX_BEGINNING = re.compile(r"(?<![0-9a-z])(?:ffd8ff|89504e470d0a|47494638)[0-9a-f]{120,}", re.IGNORECASE)
_HEX = re.compile(r"(?:[0-9a-f]{2}[\s,:]?){1000,}", re.IGNORECASE)
LONGEST_IN_AN_ADDRESS = 4000  # signed addresses carry tokens of a thousand characters and more


class PictureRefused(ValueError):
    """A text holds what looks like a picture; says so kindly."""

    def __init__(self) -> None:
        super().__init__(_("This looks like a picture or a file turned into letters. We can’t take pictures. Please tell us in words."))


def in_disguise(text: str) -> bool:
    """Whether a text carries encoded bytes."""
    text = text.translate(_UNSEEN)
    if len(text) < 40:
        return False
    if _DATA_URL.search(text) or _BEGINNING.search(text) or _HEX_BEGINNING.search(text):
        return True
    if any(len(address) > LONGEST_IN_AN_ADDRESS for address in _ADDRESS.findall(text)):
        return True
    rest = _ADDRESS.sub(" ", text)
    if any(_is_mixed(run) for run in _RUN.findall(rest)) or any(_is_mixed(lines) for lines in _LINES.findall(rest)):
        return True
    return any(len(set(run.lower())) > 6 for run in _HEX.findall(rest))


def refuse_in(texts: Iterable[str]) -> None:
    """Raises PictureRefused."""
    if any(in_disguise(text) for text in texts):
        raise PictureRefused


def _is_mixed(run: str) -> bool:
    """Encoded bytes use the whole alphabet; a key held down, or a list of hashes, does not."""
    letters = set(run)
    return (
        len(letters) > 30 and any(c.isupper() for c in letters) and any(c.islower() for c in letters) and any(c.isdigit() for c in letters)
    )
