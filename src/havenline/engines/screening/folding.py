"""Text as it is meant: lower case, plain letters, nothing that is not seen; and where each letter stood.

Folded text is ASCII and keeps every line break. Apostrophes go ("dont"), lookalike letters become what they look like, marks that
are not seen go, and whatever else is no letter (emoji, other scripts) becomes HIDDEN, which parts words as a space does.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

HIDDEN: Final = "\x01"

# In the form that `str.translate` is quick with: one letter for one, or None where it goes.
_ASCII: Final[dict[int, str | None]] = {code: None if chr(code) in "'`" else chr(code).lower().replace("\r", " ") for code in range(128)}
_RUN: Final = re.compile(r"[^\x00-\x7f]{1,8}")  # short, so that what is remembered of them stays small
_LOWER: Final = bytes(range(256)).lower().replace(b"\r", b" ")
_LOOKALIKES: Final = dict(
    zip(
        "авсеһнијкмопрѕтухԁԛԝԍӏгьАВСЕНІЈКМОРЅТУХіαβεικνορτυχωγηΑΒΕΖΗΙΚΜΝΟΡΤΥΧıłøđħɡɑɩʟᴀʙᴄᴅᴇꜰɢʜɪᴊᴋᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢօսհոցӓ",
        "abcehhnjkmonpstyxdqwglrbabcehijkmopstyxiabeikvoptuxwynabezhikmnoptyxilodhgailabcdefghijkmnoprstuvwyzouhnga",
        strict=True,
    )
)
_APOSTROPHES: Final = frozenset("’‘ʼ´ʹ′＇‛")
_QUOTES: Final = frozenset("“”„‟«»＂″")
_INVISIBLE: Final = frozenset("\u115f\u1160\u3164\uffa0")  # letters by name, blanks to the eye


@lru_cache(maxsize=1 << 14)
def fold_character(character: str) -> str:
    """What one character beyond ASCII stands for: ASCII, perhaps nothing."""
    if character in _APOSTROPHES or character in _INVISIBLE:
        return ""
    if character in _QUOTES:
        return '"'
    code = ord(character)
    for first in (0x1F150, 0x1F170, 0x1F1E6):  # letters in black circles, in black squares, and those of flags
        if first <= code < first + 26:
            return chr(ord("a") + code - first)
    folded = []
    for part in unicodedata.normalize("NFKD", character)[:4]:
        category = unicodedata.category(part)
        if part < "\x80":
            folded.append(part.lower())
        elif part in _LOOKALIKES:
            folded.append(_LOOKALIKES[part])
        elif part.lower() in _LOOKALIKES:
            folded.append(_LOOKALIKES[part.lower()])
        elif category in ("Mn", "Me", "Cf") or part in _APOSTROPHES or part in _INVISIBLE:
            continue
        else:
            folded.append(" " if category[0] == "Z" or category == "Cc" else HIDDEN)
    return "".join(folded).replace("\n", " ")


@lru_cache(maxsize=1 << 14)
def _fold_run(run: str) -> str:
    return "".join(map(fold_character, run))


def fold(text: str) -> str:
    """The folded text, with as many line breaks as the text has."""
    if not text.isascii():
        text = _RUN.sub(lambda run: _fold_run(run.group()), text)
    return text.translate(_ASCII)


def sketch(text: str) -> bytes:
    """Folded as far as the first search needs, much faster: what is beyond ASCII stays; that search knows what may hide a word."""
    return text.replace("’", "").encode("utf-8", "replace").translate(_LOWER, b"'`")


def places(text: str) -> list[int]:
    """For each character of `fold(text)`, and for its end, the place in `text` that it came from."""
    if text.isascii():
        return [*(place for place, character in enumerate(text) if character not in "'`"), len(text)]
    found: list[int] = []
    for place, character in enumerate(text):
        folded = _ASCII[ord(character)] if character < "\x80" else fold_character(character).translate(_ASCII)
        found.extend([place] * len(folded or ""))
    found.append(len(text))
    return found
