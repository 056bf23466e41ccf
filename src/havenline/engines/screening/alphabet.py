"""An alphabet whose letters are words: each that some rule knows, any number, any other word, and the end of a sentence.

A letter is two bytes, the first of which is never a second: so none is found across two. None of them means anything in a pattern.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

_FIRST: Final = [chr(code) for code in (*range(0x02, 0x08), *range(0x0E, 0x20), *range(0x80, 0xC0))]
_SECOND: Final = [chr(code) for code in range(0xC0, 0x100)]
WIDTH: Final = 2
STOP: Final = "\x01\xc0"
OTHER: Final = "\x02\xc0"
NUMBER: Final = "\x02\xc1"
ANY: Final = "[\x02-\x07\x0e-\x1f\x80-\xbf][\xc0-\xff]"
_TOKEN: Final = re.compile(rb"[a-z0-9]+|[.?!;]+(?=[ \x01\"]|\Z)")
STOPS: Final = frozenset(b".?!;")


class Full(ValueError):
    """There are more words than letters."""


class Alphabet:
    """Letters for words, as they are asked for."""

    def __init__(self) -> None:
        self.letters: dict[str, str] = {}

    def letter(self, word: str) -> str:
        """The word's letter, from now on."""
        return self.letters.setdefault(word, _letter(len(self.letters) + 2))

    def digits(self) -> list[str]:
        """All letters that are a number."""
        return [NUMBER, *(letter for word, letter in self.letters.items() if word.isdigit())]


def _letter(code: int) -> str:
    if code >= len(_FIRST) * len(_SECOND):
        raise Full(f"The rules know more than {len(_FIRST) * len(_SECOND):,} words: widen the alphabet in alphabet.py.")
    return _FIRST[code // len(_SECOND)] + _SECOND[code % len(_SECOND)]


def one_of(letters: Iterable[str]) -> str:
    """A pattern for any of these letters."""
    seconds: dict[str, list[str]] = {}
    for letter in sorted(letters):
        seconds.setdefault(letter[0], []).append(letter[1])
    return "(?:" + "|".join(f"{first}[{''.join(second)}]" for first, second in seconds.items()) + ")"


def spans(text: bytes) -> list[tuple[int, int]]:
    """Where each letter of folded text stands in it."""
    return [token.span() for token in _TOKEN.finditer(text)]


class Speller:
    """Folded text as letters."""

    def __init__(self, alphabet: Alphabet) -> None:
        self._letters = {word.encode(): letter.encode("latin-1") for word, letter in alphabet.letters.items()}

    def spell(self, text: bytes) -> bytes:
        known = self._letters
        return b"".join([known.get(word) or _unknown(word) for word in _TOKEN.findall(text)])


def _unknown(word: bytes) -> bytes:
    return (STOP if word[0] in STOPS else NUMBER if word.isdigit() else OTHER).encode("latin-1")


# A sketch as words: whatever is no letter and no digit parts them; a line break is a word of its own.
_PARTED: Final = bytes(code if code < 128 and (chr(code).isalnum() or code == 10) else 32 for code in range(256))
_LINE: Final = "\n"
_SPACE: Final = 32
_SLOTS: Final = 17  # bits: few words share one
_BYTES: Final = np.array([(1 << 8 * count) - 1 for count in range(9)], dtype="<u8")  # so many bytes, and none after them
_FIRST_EIGHT, _NEXT_EIGHT = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0xC2B2AE3D27D4EB4F)  # odd, and as good as random
_LETTER: Final = np.uint64(0xFFFF)


@dataclass(frozen=True)
class Lines:
    """The lines of a text as letters, each with a STOP at its end."""

    letters: NDArray[np.uint16]
    begins: NDArray[np.intp]
    """Where each line begins; and, last, where the last ends."""

    def marks(self, table: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """For each line the bits of all its letters, by a table of the bits of each."""
        return np.bitwise_or.reduceat(table[self.letters], self.begins[:-1])

    def text(self, lines: NDArray[np.intp] | None = None) -> tuple[bytes, NDArray[np.intp]]:
        """All lines, or some, one after another as a text for patterns; and where in it each ends."""
        if lines is None:
            return self.letters.tobytes(), self.begins[1:] * WIDTH
        begins = self.begins[lines]
        lengths = self.begins[lines + 1] - begins
        ends = np.cumsum(lengths)
        places = np.arange(ends[-1]) + np.repeat(begins - ends + lengths, lengths)
        return self.letters[places].tobytes(), ends * WIDTH


class LinesSpeller:
    """Very much text as letters, by arithmetic on whole arrays: a loop over its words takes twice as long. Only line breaks end a sentence.

    A word is known by its first sixteen characters, mixed to 48 bits. Should two mix to the same they are spelt alike: a line is looked at
    once too often, never passed over.
    """

    def __init__(self, alphabet: Alphabet) -> None:
        letters = {str(number): NUMBER for number in range(100)} | alphabet.letters | {_LINE: STOP}
        words = sorted(letters)
        by_slot: dict[int, list[np.uint64]] = {}
        for word, mixed in zip(words, _mixed(" ".join(words).encode()), strict=True):
            by_slot.setdefault(int(mixed >> np.uint64(64 - _SLOTS)), []).append(mixed & ~_LETTER | as_number(letters[word]))
        self._tables = np.zeros((max(map(len, by_slot.values())), 1 << _SLOTS), "u8")  # what is mixed, and in place of its end the letter
        for slot, known in by_slot.items():
            self._tables[: len(known), slot] = known

    def spell(self, sketched: bytes) -> Lines:
        """The letters of a sketch, line by line."""
        mixed = _mixed((sketched + b"\n").translate(_PARTED).replace(b"\n", b" \n "))
        slot = (mixed >> np.uint64(64 - _SLOTS)).astype(np.intp)
        letters = np.full(len(mixed), as_number(OTHER), "<u2")
        for table in self._tables:
            known = table[slot]
            np.copyto(letters, known.astype("<u2"), where=known ^ mixed <= _LETTER)
        begins = np.flatnonzero(letters == as_number(STOP)) + 1
        return Lines(letters, np.concatenate([[0], begins]))


def as_number(letter: str) -> np.uint64:
    """A letter as it stands in an array of them."""
    return np.uint64(int.from_bytes(letter.encode("latin-1"), "little"))


def _mixed(words: bytes) -> NDArray[np.uint64]:
    """Words with spaces between them, each as a number."""
    text = b" " + words + b" " * 17
    is_space = np.frombuffer(text, np.uint8) == _SPACE
    edges = np.flatnonzero(is_space[:-1] != is_space[1:]) + 1
    start, end = edges[::2], edges[1::2]
    length = end - start
    eight = np.ndarray(shape=(len(text) - 7,), dtype="<u8", buffer=text, strides=(1,))  # from each place on
    mixed: NDArray[np.uint64] = (eight[start] & _BYTES.take(length, mode="clip")) * _FIRST_EIGHT
    longer = np.flatnonzero(length > 8)
    mixed[longer] ^= (eight[start[longer] + 8] & _BYTES.take(length[longer] - 8, mode="clip")) * _NEXT_EIGHT
    return mixed
