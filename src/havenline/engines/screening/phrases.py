"""Phrases, as the rules write them, made into regular expressions over folded text. How they are written: signs/README.md."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

# What may stand between two words of one phrase. That a sentence ends there is looked at later (context.py): so this stays small.
GAP: Final = r"[^a-z0-9\n]+"
WORD: Final = "[a-z0-9]+"
_RAW: Final = {"word": WORD, "digits": "[0-9]+"}
_PIECE: Final = re.compile(r"\{\w+\}|[a-z0-9]+|[()|\[\]]")


class PhraseRefused(ValueError):
    """A phrase that cannot be read; the words say which and why."""


class Language:
    """Word groups and spellings, with which phrases are read."""

    def __init__(self, groups: Mapping[str, str], spellings: Mapping[str, str]) -> None:
        self._groups = groups
        self._spellings = spellings
        several = sorted((words for words in spellings if " " in words), key=len, reverse=True)
        self._several = re.compile(rf"(?<![\w{{])(?:{'|'.join(several)})(?!\w)" if several else r"(?!)")
        self._read: dict[str, str] = {}

    def pattern(self, phrases: Iterable[str]) -> str:
        """One regular expression (RE2 and `re` alike) that finds any of the phrases, as whole words, in folded text."""
        return rf"\b(?:{'|'.join(map(self.phrase, phrases))})\b"

    def phrase(self, phrase: str) -> str:
        phrase = self._several.sub(lambda words: f"({words.group()}|{self._spellings[words.group()]})", phrase)
        pieces = _PIECE.findall(phrase)
        if "".join(pieces) != re.sub(r"[\s,]+", "", phrase):
            raise PhraseRefused(f"“{phrase}”: only lower-case words, (a|b), [optional] and {{group}} are understood.")
        pieces.reverse()
        read = self._alternatives(pieces, phrase)
        if pieces:
            raise PhraseRefused(f"“{phrase}”: a bracket is closed that was not opened.")
        return read

    def _alternatives(self, pieces: list[str], phrase: str) -> str:
        options = [self._sequence(pieces, phrase)]
        while pieces and pieces[-1] == "|":
            pieces.pop()
            options.append(self._sequence(pieces, phrase))
        return options[0] if len(options) == 1 else f"(?:{'|'.join(options)})"

    def _sequence(self, pieces: list[str], phrase: str) -> str:
        leading, built = "", ""
        while pieces and pieces[-1] not in "|)]":
            piece = pieces.pop()
            if piece in ("(", "["):
                item = self._alternatives(pieces, phrase)
                if not pieces or pieces.pop() != {"(": ")", "[": "]"}[piece]:
                    raise PhraseRefused(f"“{phrase}”: a bracket is not closed.")
            elif piece[0] == "{":
                item = self._group(piece[1:-1], phrase)
            else:
                item = self._word(piece)
            if piece == "[" and built:
                built += f"(?:{GAP}{item})?"
            elif piece == "[":
                leading += f"(?:{item}{GAP})?"
            else:
                built += f"{GAP}{item}" if built else item
        if not built:
            raise PhraseRefused(f"“{phrase}”: a part has no word that must be there.")
        return leading + built

    def _group(self, name: str, phrase: str) -> str:
        if name in _RAW:
            return _RAW[name]
        if name not in self._groups:
            raise PhraseRefused(f"“{phrase}”: there is no group {{{name}}}.")
        if name not in self._read:
            self._read[name] = self.phrase(self._groups[name])
        return self._read[name]

    def _word(self, word: str) -> str:
        spellings = sorted({word, *self._spellings.get(word, "").split()})
        return spellings[0] if len(spellings) == 1 else f"(?:{'|'.join(spellings)})"
