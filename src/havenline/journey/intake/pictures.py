"""Pictures in disguise: data URLs and encoded bytes in text. They are refused before anything is stored.

Ordinary words, conversations, lists of hashes and long web addresses pass (property-tested): a false refusal
would turn away somebody who needs help.
"""

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_DATA_URL = re.compile(
    r"data\s{0,9}:\s{0,9}(?:(?:image|video|audio|application|font)\s{0,9}/\s{0,9}[\w.+-]{1,60}[^,\s]{0,100}"
    r"|[^,\s]{0,60};\s{0,9}base64)\s{0,9},",
    re.IGNORECASE,
)
# How the first bytes of a JPEG, PNG, GIF, WebP, TIFF, PDF, ZIP, AVIF/MP4 look in base64, and of the first three in hexadecimal.
_BEGINNINGS = ("/9j/", "_9j_", "iVBORw0KGgo", "R0lGOD", "UklGR", "SUkqA", "TU0AK", "JVBERi0", "UEsDB", "AAAAIGZ0eX", "AAAAHGZ0eX")
_BEGINNING = re.compile(rf"(?<![A-Za-z0-9+/_-])(?:{'|'.join(re.escape(b) for b in _BEGINNINGS)})[A-Za-z0-9+/_-]{{60,}}")
_HEX_BEGINNING = re.compile(r"(?<![0-9a-z])(?:ffd8ff|89504e470d0a|47494638)[0-9a-f]{120,}", re.IGNORECASE)
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/_-]+")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")
_HEX = re.compile(r"[0-9a-fA-F]+")
_HASHES = {32, 40, 56, 64, 96, 128}  # hexadecimal digits of a hash: a list of them is welcome
LONGEST_RUN, LONGEST_HEX = 400, 2000
LINE = 40  # encoded bytes are broken into lines of 60, 64 or 76
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
    return bool(_DATA_URL.search(text) or _BEGINNING.search(text) or _HEX_BEGINNING.search(text)) or _has_long_run(text)


def _has_long_run(text: str) -> bool:
    """Encoded bytes in one piece, or in lines. One pass over the words, so that no text can hold the server up."""
    lines, pairs = "", ""
    for word in text.split():
        if "://" in word:
            if len(word) > LONGEST_IN_AN_ADDRESS:
                return True
            lines, pairs = "", ""
            continue
        if any(len(run) >= LONGEST_RUN and _is_mixed(run) for run in _NOT_BASE64.split(word)):
            return True
        lines = lines + word if (len(word) >= LINE or len(lines) >= LINE) and _BASE64.fullmatch(word) else ""
        if len(lines) >= LONGEST_RUN:
            if _is_mixed(lines):
                return True
            lines = lines[-LINE:]
        for part in re.split("[,:]", word):
            pairs = pairs + part if _HEX.fullmatch(part) and len(part) not in _HASHES else ""
            if len(pairs) >= LONGEST_HEX:
                if len(set(pairs.lower())) > 12:
                    return True
                pairs = ""
    return False


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
