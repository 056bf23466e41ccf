"""Rules matched word by word. Letter by letter they would be too many: frames, a few words between and topics make long patterns.

Each word that some rule knows is one letter of an alphabet of its own, any other word one more, the end of a sentence another. So
"(send|show) me .. {picture}" is a handful of letters, and a message of nine words nine letters long: RE2 needs few states for either.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

import numpy as np
import re2
from numpy.typing import NDArray

from .alphabet import ANY, STOP, STOPS, WIDTH, Alphabet, LinesSpeller, Speller, as_number, one_of, spans
from .phrases import Language, PhraseRefused, Read, without_last_options

_WORD: Final = re.compile(r"[a-z0-9]+")
_PARTS: Final = 32  # each has two of the 64 bits of a letter's marks
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

    def __init__(self, groups: Mapping[str, str], spellings: Mapping[str, str], common: Mapping[str, int]) -> None:
        super().__init__(groups, spellings, common)
        self.gap, self.any_word = "", f"(?:{ANY})"
        self.alphabet = Alphabet()

    def pattern(self, phrases: Iterable[str]) -> str:
        return f"(?:{'|'.join(self.phrase(phrase).pattern for phrase in phrases)})"

    def composed(self, phrases: Iterable[str]) -> str:
        return f"(?:{'|'.join(map(self.closed, phrases))})"

    def closed(self, phrase: str) -> str:
        """A phrase that ends in parts that may be missing: one of them stands there, or the sentence ends."""
        core, parts = without_last_options(phrase)
        if not parts:
            return self.phrase(phrase).pattern
        read = [self.phrase(part).pattern for part in parts]
        ends = [read[at] + "".join(f"(?:{later})?" for later in read[at + 1 :]) for at in range(len(read))]
        end = f"(?:{self.phrase('{closing}').pattern}){{0,2}}(?:{STOP}|\\z)"
        return f"{self.phrase(core).pattern}(?:{'|'.join(ends)}|{end})"

    def needed(self, phrases: Iterable[str]) -> list[frozenset[bytes]]:
        """Two sets of letters: one of each stands in whatever any of the phrases finds."""
        sets: list[set[str]] = [set(), set()]
        for phrase in phrases:
            rarest = self.rarest(self.phrase(phrase).needs)
            if not rarest:
                raise PhraseRefused(f"“{phrase}”: there is no word that must be there.")
            for needed, words in zip(sets, (rarest[0], rarest[min(1, len(rarest) - 1)]), strict=True):
                needed |= words
        return [frozenset(self.alphabet.letter(word).encode("latin-1") for word in needed) for needed in sets]

    def _word(self, word: str) -> Read:
        written = self.written(word)
        return Read(one_of(map(self.alphabet.letter, written)), (frozenset(written),))

    def _group(self, name: str, phrase: str) -> Read:
        if name == "digits":
            return Read(one_of(self.alphabet.digits()), ())
        return super()._group(name, phrase)


class Phrases(NamedTuple):
    """One rule's phrases, whether they are composed, and whether they hold only at a message's end."""

    say: Sequence[str]
    composed: bool
    alone: bool


class Part(NamedTuple):
    """Composed rules that are searched for together, in texts that have a letter of each of these sets.

    One rule each, while there are few: two in one automaton have a state for each way in which both may be half met, which text that
    repeats nothing meets over and over. One alone has few, but would be searched for in everything: hence what it needs.
    """

    anywhere: Any
    numbers: list[int]
    needs: list[frozenset[bytes]]


class WordRules:
    """All rules, in their order: which of them hold in a text, and where."""

    def __init__(self, rules: Sequence[Phrases], groups: Mapping[str, str], spellings: Mapping[str, str]) -> None:
        texts = [*groups.values(), *(phrase for rule in rules for phrase in rule.say)]
        language = WordLanguage(groups, spellings, Counter(word for text in texts for word in set(_WORD.findall(text))))
        for rule in rules:  # all words are known before any pattern is kept, as `{digits}` may mean one of them
            language.pattern(rule.say)
        language.forget()
        self._patterns = [
            language.composed(rule.say) if rule.composed else language.pattern(rule.say) + (rf"(?:{STOP})*\z" if rule.alone else "")
            for rule in rules
        ]
        self._written = [number for number, rule in enumerate(rules) if not rule.composed]
        self._which_written = re2.Set.SearchSet(options(_MEMORY))
        for number in self._written:
            self._which_written.Add(self._patterns[number].encode("latin-1"))
        self._which_written.Compile()
        self._written_anywhere = self._anywhere([number for number in self._written if not rules[number].alone])
        composed = [number for number, rule in enumerate(rules) if rule.composed]
        self._parts = [
            Part(self._anywhere(numbers), numbers, language.needed(phrase for number in numbers for phrase in rules[number].say))
            for numbers in (composed[first::_PARTS] for first in range(min(_PARTS, len(composed))))
        ]
        self._marks = np.zeros(1 << 16, "u8")  # by letter: two bits for each part, one for each set that it needs
        for at, needed in enumerate(needed for part in self._parts for needed in part.needs):
            self._marks[[as_number(letter.decode("latin-1")) for letter in needed]] |= np.uint64(1 << at)
        self._in_lines = LinesSpeller(language.alphabet)
        self._found: dict[int, Any] = {}  # made when they are first needed: most texts need few
        self._spelt = lru_cache(maxsize=8)(Speller(language.alphabet).spell)
        self._spans = lru_cache(maxsize=8)(spans)

    def _anywhere(self, numbers: Sequence[int]) -> Any:
        # With what stands before as a part of it, as RE2 would otherwise read each place a second time, backwards, for where it begins.
        patterns = "|".join(self._patterns[number] for number in numbers) or r"\z\A."
        return re2.compile(f"(?s:.*?)(?:{patterns})".encode("latin-1"), options(_MEMORY))

    def _pattern(self, number: int) -> Any:
        if number not in self._found:
            self._found[number] = re2.compile(self._patterns[number].encode("latin-1"), options(_MEMORY))
        return self._found[number]

    def lines(self, sketched: bytes) -> set[int]:
        """The lines of a sketch in which a rule may hold, counted from 0."""
        lines = self._in_lines.spell(sketched)
        found = set(_lines(self._written_anywhere, *lines.text()))
        marks = lines.marks(self._marks)
        marks[list(found)] = 0
        for at, part in enumerate(self._parts):
            both = np.uint64(0b11 << 2 * at)
            some = np.flatnonzero(marks & both == both)
            if len(some):
                hits = some[list(_lines(part.anywhere, *lines.text(some)))]
                marks[hits] = 0
                found.update(hits.tolist())
        return found

    def which(self, text: bytes) -> list[int]:
        """The numbers of the rules that hold somewhere in folded text, in their order."""
        spelt = self._spelt(text)
        letters = {spelt[at : at + WIDTH] for at in range(0, len(spelt), WIDTH)}
        holding = [self._written[place] for place in self._which_written.Match(spelt) or ()]
        for part in self._parts:
            if not any(map(letters.isdisjoint, part.needs)) and part.anywhere.match(spelt):
                holding += [one for one in part.numbers if len(part.numbers) == 1 or self._pattern(one).search(spelt)]
        return sorted(holding)

    def find(self, number: int, text: bytes) -> Iterator[tuple[int, int]]:
        """Where one rule holds."""
        spans = self._spans(text)
        for match in self._pattern(number).finditer(self._spelt(text)):
            start, end = match.start() // WIDTH, match.end() // WIDTH - 1
            if text[spans[end][0]] in STOPS:
                end -= 1
            yield spans[start][0], spans[end][1]


def _lines(pattern: Any, letters: bytes, ends: NDArray[np.intp]) -> Iterator[int]:
    """The lines, counted from 0, in which a pattern is found, where each ends at one of `ends`."""
    at = 0
    while match := pattern.match(letters, at):
        line = int(np.searchsorted(ends, match.end()))
        yield line
        at = int(ends[line])
