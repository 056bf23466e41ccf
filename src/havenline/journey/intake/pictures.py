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
# How the first bytes of a JPEG, PNG, GIF, WebP, TIFF, PDF, ZIP, AVIF/MP4 look in base64, and of the first three in hexadecimal; and gzip.
_BEGINNINGS = ("/9j/", "_9j_", "iVBORw0KGgo", "R0lGOD", "UklGR", "SUkqA", "TU0AK", "JVBERi0", "UEsDB", "AAAAIGZ0eX", "AAAAHGZ0eX", "H4sI")
_BEGINNING = re.compile(rf"(?<![A-Za-z0-9+/_-])(?:{'|'.join(re.escape(b) for b in _BEGINNINGS)})[A-Za-z0-9+/_-]{{60,}}")
_HEX_BEGINNING = re.compile(r"(?<![0-9a-z])(?:ffd8ff|89504e470d0a|47494638)[0-9a-f]{120,}", re.IGNORECASE)
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/_-]+")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")
_HEX = re.compile(r"[0-9a-fA-F]+")
_PERCENT, _QUOTED = re.compile(r"%([0-9A-Fa-f]{2})"), re.compile(r"=([0-9A-F]{2})")
_NUMBERS = re.compile(r"(?:(?<!\d)\d{1,3}\s+){200,}")
_UUENCODED = re.compile(r"^M[ -`]{56,60}\r?$", re.MULTILINE)
_BASE32 = re.compile(r"[A-Z2-7]+=*")
ESCAPES = 60  # bytes that are written by their number
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
    if _DATA_URL.search(text) or _BEGINNING.search(text) or _HEX_BEGINNING.search(text):
        return True
    return _has_long_run(text) or _is_escaped(text) or _has_other_alphabet(text)


def _is_escaped(text: str) -> bool:
    """Bytes by their numbers: %89PNG, =89PNG, 137 80 78. What spells UTF-8 is somebody's writing in an address or a letter."""
    for sign, escape in (("%", _PERCENT), ("=", _QUOTED)):
        if text.count(sign) < ESCAPES:
            continue
        run = b"".join(bytes.fromhex(one) for one in escape.findall(text))
        if len(run) >= ESCAPES and not _spells(run):
            return True
    if len(_UUENCODED.findall(text)) >= 8:
        return True
    return any(len(set(run.split())) > 60 for run in _NUMBERS.findall(text.replace(",", " ")))


def _spells(run: bytes) -> bool:
    """Whether most of these bytes are UTF-8: characters of other scripts come as two to four in a row."""
    return run.decode(errors="replace").count("\ufffd") * 10 < len(run)


def _has_other_alphabet(text: str) -> bool:
    """Base32, Ascii85 and base85: one word of many hundred characters that uses the whole alphabet."""
    for word in text.split():
        if len(word) < LONGEST_RUN or "://" in word or not word.isascii():
            continue
        used = set(word)
        if _BASE32.fullmatch(word) and len(used) > 28:
            return True
        marks = sum(not one.isalnum() for one in used)
        if marks >= 12 and len(used) > 60:
            return True
    return False


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
