"""Phrases, as the rules write them, made into regular expressions over folded text. How they are written: signs/README.md."""

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

# What may stand between two words of one phrase. That a sentence ends there is looked at later (context.py): so this stays small.
GAP: Final = r"[^a-z0-9\n]+"
WORD: Final = "[a-z0-9]+"
_RAW: Final = {"word": WORD, "digits": "[0-9]+"}
_FEW: Final = {"..": 3, "...": 6}
"""So many words, whichever they are, may stand there."""
_PIECE: Final = re.compile(r"\{\w+\}|[a-z0-9]+|\.{2,3}|[()|\[\]]")

_DROPS_ITS_G: Final = re.compile(r"[a-z]{3,}ing")  # "talkin", "mornin"; not "bring", "king"


class PhraseRefused(ValueError):
    """A phrase that cannot be read; the words say which and why."""


class Read(NamedTuple):
    """A phrase as it was read."""

    pattern: str
    needs: tuple[frozenset[str], ...]
    """Sets of words: one of each stands in whatever the pattern finds."""


def pieces_of(phrase: str) -> list[str]:
    """The words, brackets and groups of a phrase, in their order."""
    pieces = _PIECE.findall(phrase)
    if "".join(pieces) != re.sub(r"[\s,]+", "", phrase):
        raise PhraseRefused(f"“{phrase}”: only lower-case words, (a|b), [optional], {{group}} and “..” are understood.")
    return pieces


def without_last_options(phrase: str) -> tuple[str, list[str]]:
    """A phrase without the parts that may be missing at its end, and these."""
    pieces = pieces_of(phrase)
    parts: list[str] = []
    while pieces[-1] == "]":
        depth, at = 0, len(pieces)
        while at == len(pieces) or depth:
            at -= 1
            depth += {"]": 1, ")": 1, "[": -1, "(": -1}.get(pieces[at], 0)
        parts.insert(0, " ".join(pieces[at + 1 : -1]))
        del pieces[at:]
    return " ".join(pieces), parts


class Language:
    """Word groups and spellings, with which phrases are read as regular expressions over letters.

    `common`: how often a word is used, beside the others; it decides what is the rarest that a phrase needs.
    """

    def __init__(self, groups: Mapping[str, str], spellings: Mapping[str, str], common: Mapping[str, int] | None = None) -> None:
        self.gap, self.any_word = GAP, WORD
        self._groups = groups
        self._spellings = spellings
        self._common = common or {}
        several = sorted((words for words in spellings if " " in words), key=len, reverse=True)
        self._several = re.compile(rf"(?<![\w{{])(?:{'|'.join(several)})(?!\w)" if several else r"(?!)")
        self._read: dict[str, Read] = {}

    def pattern(self, phrases: Iterable[str]) -> str:
        """One regular expression (RE2 and `re` alike) that finds any of the phrases, as whole words, in folded text."""
        return rf"\b(?:{'|'.join(self.phrase(phrase).pattern for phrase in phrases)})\b"

    def with_spellings(self, phrase: str) -> str:
        """The phrase with the other ways in which several words of it are written."""
        return self._several.sub(lambda words: f"({words.group()}|{self._spellings[words.group()]})", phrase)

    def group(self, name: str) -> str | None:
        """What a group stands for; nothing where it stands for any word."""
        return self._groups.get(name)

    def forget(self) -> None:
        """Groups are read anew."""
        self._read.clear()

    def rarest(self, needs: Iterable[frozenset[str]]) -> list[frozenset[str]]:
        """The same sets, first those of which fewest texts have a word. Squares, as one common word undoes ten rare ones."""
        return sorted(needs, key=lambda words: sum(1 + self._common.get(word, 0) ** 2 for word in words))

    def phrase(self, phrase: str) -> Read:
        pieces = pieces_of(self.with_spellings(phrase))
        pieces.reverse()
        read = self._alternatives(pieces, phrase)
        if pieces:
            raise PhraseRefused(f"“{phrase}”: a bracket is closed that was not opened.")
        return read

    def _alternatives(self, pieces: list[str], phrase: str) -> Read:
        options = [self._sequence(pieces, phrase)]
        while pieces and pieces[-1] == "|":
            pieces.pop()
            options.append(self._sequence(pieces, phrase))
        options = list(dict.fromkeys(options))
        if len(options) == 1:
            return options[0]
        needs = (
            (frozenset[str]().union(*(self.rarest(option.needs)[0] for option in options)),) if all(one.needs for one in options) else ()
        )
        return Read(f"(?:{'|'.join(option.pattern for option in options)})", needs)

    def _sequence(self, pieces: list[str], phrase: str) -> Read:
        leading, built = "", ""
        needs: list[frozenset[str]] = []
        while pieces and pieces[-1] not in "|)]":
            piece = pieces.pop()
            if piece in _FEW:
                if not built:
                    raise PhraseRefused(f"“{phrase}”: nothing stands before “{piece}”.")
                built += f"(?:{self.gap}{self.any_word}){{0,{_FEW[piece]}}}"
                continue
            if piece in ("(", "["):
                item = self._alternatives(pieces, phrase)
                if not pieces or pieces.pop() != {"(": ")", "[": "]"}[piece]:
                    raise PhraseRefused(f"“{phrase}”: a bracket is not closed.")
            elif piece[0] == "{":
                item = self._group(piece[1:-1], phrase)
            else:
                item = self._word(piece)
            if piece == "[" and built:
                built += f"(?:{self.gap}{item.pattern})?"
            elif piece == "[":
                leading += f"(?:{item.pattern}{self.gap})?"
            else:
                built += f"{self.gap}{item.pattern}" if built else item.pattern
                needs += item.needs
        if not built:
            raise PhraseRefused(f"“{phrase}”: a part has no word that must be there.")
        return Read(leading + built, tuple(needs))

    def _group(self, name: str, phrase: str) -> Read:
        if name in _RAW:
            return Read(self.any_word if name == "word" else _RAW[name], ())
        if name not in self._groups:
            raise PhraseRefused(f"“{phrase}”: there is no group {{{name}}}.")
        if name not in self._read:
            self._read[name] = self.phrase(self._groups[name])
        return self._read[name]

    def written(self, word: str) -> list[str]:
        """All ways in which a word is written."""
        return sorted({word, *self._spellings.get(word, "").split(), *([word[:-1]] if _DROPS_ITS_G.fullmatch(word) else [])})

    def _word(self, word: str) -> Read:
        spellings = self.written(word)
        return Read(spellings[0] if len(spellings) == 1 else f"(?:{'|'.join(spellings)})", (frozenset(spellings),))
