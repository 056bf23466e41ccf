"""How alike two names are: the same, a variant (a short form, another spelling), alike in sound, of one family, or unlike."""

import re
import tomllib
import unicodedata
from enum import IntEnum
from functools import cache
from pathlib import Path

import jellyfish
from rapidfuzz.distance import JaroWinkler

SPELT_ALIKE = 0.92  # of Jaro and Winkler's measure: one slip of the keyboard in a name of six letters and more
LONG_ENOUGH = 4  # letters: below it one slip makes another name
_NOT_A_LETTER = re.compile(r"[\W\d_]+")
_INSIDE = re.compile(r"['’ʼ`´]")  # O’Brien is one word


class Alike(IntEnum):
    """From unlike to the same."""

    NO = 0
    FAMILY = 1  # the last words are one name, and what stands before them is not: brothers, sisters, twins
    SOUND = 2
    VARIANT = 3
    SAME = 4


def tokens(name: str) -> tuple[str, ...]:
    """The words of a name, in its order, in small letters without marks: `Siân O’Brien-Jones` is (`sian`, `obrien`, `jones`).

    Any script: what has no small letters and no marks stays as it is.
    """
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", _INSIDE.sub("", name)) if not unicodedata.combining(letter))
    return tuple(filter(None, _NOT_A_LETTER.split(plain.replace("ł", "l").replace("Ł", "L").replace("ø", "o").casefold())))


def alike(one: str, other: str) -> Alike:
    """The better of comparing word by word in any order; a name of fewer words may be part of the longer one."""
    first, second = tokens(one), tokens(other)
    if not first or not second:
        return Alike.NO
    if sorted(first) == sorted(second):
        return Alike.SAME
    short, long = sorted((first, second), key=len)
    found = _matched(short, long)
    if found is not None and (len(short) > 1 or len(long) == 1):
        return found
    return Alike.FAMILY if _words(short[-1], long[-1]) >= Alike.VARIANT else Alike.NO


def _matched(short: tuple[str, ...], long: tuple[str, ...]) -> Alike | None:
    """Each word of the shorter has one of its own in the longer; the weakest of these pairs, never better than a variant."""
    free, worst = list(long), Alike.VARIANT
    for word in sorted(short, key=len, reverse=True):
        best = max(free, key=lambda each: _words(word, each))
        how = _words(word, best)
        if how < Alike.SOUND:
            return None
        free.remove(best)
        worst = min(worst, how)
    return worst


@cache
def _words(one: str, other: str) -> Alike:
    if one == other:
        return Alike.SAME
    if rows_of(one) & rows_of(other):
        return Alike.VARIANT
    if min(len(one), len(other)) == 1 and one[0] == other[0]:  # an initial
        return Alike.VARIANT
    if min(len(one), len(other)) >= LONG_ENOUGH and JaroWinkler.similarity(one, other) >= SPELT_ALIKE:
        return Alike.VARIANT
    return Alike.SOUND if sound(one) == sound(other) else Alike.NO


def sound(word: str) -> str:
    """How an English speaker says it (Philips' Metaphone, 1990); a word of another script, or without a sound, is its own."""
    return (jellyfish.metaphone(word) if word.isascii() else "") or word


def rows_of(word: str) -> frozenset[int]:
    """The rows of names.toml in which it stands."""
    return _rows().get(word, frozenset())


@cache
def _rows() -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    rows = tomllib.loads(Path(__file__).with_name("names.toml").read_text(encoding="utf-8"))["same"]
    for number, row in enumerate(rows):
        for name in row:
            found.setdefault(name, set()).add(number)
    return {name: frozenset(numbers) for name, numbers in found.items()}
