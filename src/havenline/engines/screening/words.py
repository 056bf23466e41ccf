"""Rules matched word by word. Letter by letter they would be too many: frames, a few words between and topics make long patterns.

Each word that some rule knows is one letter of an alphabet of its own, any other word one more, the end of a sentence another. So
"(send|show) me .. {picture}" is a handful of letters, and a message of nine words nine letters long: RE2 needs few states for either.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

import re2

from .alphabet import ANY, STOP, STOPS, WIDTH, Alphabet, LinesSpeller, Speller, one_of, spans
from .phrases import Language, without_last_options

_MEMORY: Final = 64
"""Megabytes that the pattern of one part of the rules may use, as it needs them. Where they do not suffice RE2 falls back on an
automaton some hundred times slower: look at `benchmarks/screening` after adding rules."""


def options(memory: int) -> re2.Options:
    """How every pattern of the rules is read: of bytes, quietly, in so many megabytes."""
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.never_capture = True
    options.log_errors = False
    options.max_mem = memory << 20
    return options


class WordLanguage(Language):
    """The same phrases as regular expressions over words."""

    def __init__(self, groups: Mapping[str, str], spellings: Mapping[str, str]) -> None:
        super().__init__(groups, spellings)
        self.gap, self.any_word = "", f"(?:{ANY})"
        self.alphabet = Alphabet()

    def pattern(self, phrases: Iterable[str]) -> str:
        return f"(?:{'|'.join(map(self.phrase, phrases))})"

    def composed(self, phrases: Iterable[str]) -> str:
        return f"(?:{'|'.join(map(self.closed, phrases))})"

    def closed(self, phrase: str) -> str:
        """A phrase that ends in parts that may be missing: one of them stands there, or the sentence ends."""
        core, parts = without_last_options(phrase)
        if not parts:
            return self.phrase(phrase)
        read = [self.phrase(part) for part in parts]
        ends = [read[at] + "".join(f"(?:{later})?" for later in read[at + 1 :]) for at in range(len(read))]
        return f"{self.phrase(core)}(?:{'|'.join(ends)}|(?:{self.phrase('{closing}')}){{0,2}}(?:{STOP}|\\z))"

    def _word(self, word: str) -> str:
        return one_of(map(self.alphabet.letter, self.written(word)))

    def _group(self, name: str, phrase: str) -> str:
        if name == "digits":
            return one_of(self.alphabet.digits())
        return super()._group(name, phrase)


class Phrases(NamedTuple):
    """One rule's phrases, the part of the rules that it belongs to, whether they are composed, and hold only at a message's end."""

    say: Sequence[str]
    part: str
    composed: bool
    alone: bool


class Part(NamedTuple):
    """Rules that are searched for together. All at once would be one automaton with a state for each way in which they may be half met."""

    anywhere: Any
    which: Any
    numbers: list[int]


class WordRules:
    """All rules, in their order: which of them hold in a text, and where."""

    def __init__(self, rules: Sequence[Phrases], groups: Mapping[str, str], spellings: Mapping[str, str]) -> None:
        language = WordLanguage(groups, spellings)
        for rule in rules:  # all words are known before any pattern is kept, as `{digits}` may mean one of them
            language.pattern(rule.say)
        language.forget()
        self._patterns = [
            language.composed(rule.say) if rule.composed else language.pattern(rule.say) + (rf"(?:{STOP})*\z" if rule.alone else "")
            for rule in rules
        ]
        self._in_lines = LinesSpeller(language.alphabet)
        parts: dict[str, list[int]] = {}
        for number, rule in enumerate(rules):
            parts.setdefault(rule.part, []).append(number)
        self._parts = [self._part(numbers, rules) for numbers in parts.values()]
        self._found: dict[int, Any] = {}  # made when they are first needed: most texts need few
        self._spelt = lru_cache(maxsize=8)(Speller(language.alphabet).spell)
        self._spans = lru_cache(maxsize=8)(spans)

    def _part(self, numbers: list[int], rules: Sequence[Phrases]) -> Part:
        which = re2.Set.SearchSet(options(_MEMORY))
        for number in numbers:
            which.Add(self._patterns[number].encode("latin-1"))
        which.Compile()
        anywhere = "|".join(self._patterns[number] for number in numbers if not rules[number].alone)
        # With what stands before as a part of it, as RE2 would otherwise read each place a second time, backwards, for where it begins.
        return Part(re2.compile(f"(?s:.*?)(?:{anywhere})".encode("latin-1"), options(_MEMORY)), which, numbers)

    def _pattern(self, number: int) -> Any:
        if number not in self._found:
            self._found[number] = re2.compile(self._patterns[number].encode("latin-1"), options(_MEMORY))
        return self._found[number]

    def lines(self, sketched: bytes) -> set[int]:
        """The lines of a sketch in which a rule may hold, counted from 0."""
        letters, ends = self._in_lines.spell(sketched)
        return {line for part in self._parts for line in _lines(part.anywhere, letters, ends)}

    def which(self, text: bytes) -> list[int]:
        """The numbers of the rules that hold somewhere in folded text, in their order."""
        letters = self._spelt(text)
        return sorted(part.numbers[place] for part in self._parts for place in part.which.Match(letters) or ())

    def find(self, number: int, text: bytes) -> Iterator[tuple[int, int]]:
        """Where one rule holds."""
        spans = self._spans(text)
        for match in self._pattern(number).finditer(self._spelt(text)):
            start, end = match.start() // WIDTH, match.end() // WIDTH - 1
            if text[spans[end][0]] in STOPS:
                end -= 1
            yield spans[start][0], spans[end][1]


def _lines(pattern: Any, letters: bytes, ends: Sequence[int]) -> Iterator[int]:
    at = 0
    while match := pattern.match(letters, at):
        line = bisect_left(ends, match.end() - WIDTH)
        yield line
        if line == len(ends):
            return
        at = ends[line] + WIDTH
