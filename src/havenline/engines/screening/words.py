"""Rules matched word by word. Letter by letter they would be too many: frames, a few words between and topics make long patterns.

Each word that some rule knows is one letter of an alphabet of its own, any other word one more, the end of a sentence another. So
"(send|show) me .. {picture}" is a handful of letters, and a message of nine words nine letters long: RE2 needs few states for either.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import repeat
from typing import Any, Final, NamedTuple

import re2

from .phrases import Language, PhraseRefused, without_last_options

_TOKEN: Final = re.compile(rb"[a-z0-9]+|[.?!;]+(?=[ \x01\"]|\Z)")
_STOPS: Final = frozenset(b".?!;")
# A letter is two bytes, the first of which is never a second: so none is found across two. None of them means anything in a pattern.
_FIRST: Final = [chr(code) for code in (*range(0x02, 0x08), *range(0x0E, 0x20), *range(0x80, 0xC0))]
_SECOND: Final = [chr(code) for code in range(0xC0, 0x100)]
_WIDTH: Final = 2
STOP: Final = "\x01\xc0"
OTHER: Final = "\x02\xc0"
NUMBER: Final = "\x02\xc1"
_ANY: Final = "[\x02-\x07\x0e-\x1f\x80-\xbf][\xc0-\xff]"
_LINE: Final = "\x02"
# A sketch as words: whatever is no letter and no digit parts them; line breaks are kept.
_PARTED: Final = bytes(code if code < 128 and (chr(code).isalnum() or code == 10) else 32 for code in range(256))
_MEMORY: Final = 64
"""Megabytes that the pattern of one part of the rules may use, as it needs them. Where they do not suffice RE2 falls back on an
automaton some hundred times slower: look at `benchmarks/screening` after adding rules."""


def _letter(code: int) -> str:
    if code >= len(_FIRST) * len(_SECOND):
        raise PhraseRefused(f"The rules know more than {len(_FIRST) * len(_SECOND):,} words: widen the alphabet in words.py.")
    return _FIRST[code // len(_SECOND)] + _SECOND[code % len(_SECOND)]


def _one_of(letters: Iterable[str]) -> str:
    """A pattern for any of these letters."""
    seconds: dict[str, list[str]] = {}
    for letter in sorted(letters):
        seconds.setdefault(letter[0], []).append(letter[1])
    return "(?:" + "|".join(f"{first}[{''.join(second)}]" for first, second in seconds.items()) + ")"


def _unknown(word: bytes) -> bytes:
    return (STOP if word[0] in _STOPS else NUMBER if word.isdigit() else OTHER).encode("latin-1")


def _spans(text: bytes) -> list[tuple[int, int]]:
    return [token.span() for token in _TOKEN.finditer(text)]


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
        self.gap, self.any_word = "", f"(?:{_ANY})"
        self.letters: dict[str, str] = {}

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
        return _one_of(self.letters.setdefault(one, _letter(len(self.letters) + 2)) for one in self.written(word))

    def _group(self, name: str, phrase: str) -> str:
        if name == "digits":
            return _one_of([NUMBER, *(letter for word, letter in self.letters.items() if word.isdigit())])
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
        self._letters = {word.encode(): letter.encode("latin-1") for word, letter in language.letters.items()}
        self._letter = {str(number): NUMBER for number in range(100)} | language.letters | {_LINE: STOP}
        parts: dict[str, list[int]] = {}
        for number, rule in enumerate(rules):
            parts.setdefault(rule.part, []).append(number)
        self._parts = [self._part(numbers, rules) for numbers in parts.values()]
        self._found: dict[int, Any] = {}  # made when they are first needed: most texts need few
        self._spelt = lru_cache(maxsize=8)(self._spell)
        self._spans = lru_cache(maxsize=8)(_spans)

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

    def _spell(self, text: bytes) -> bytes:
        known = self._letters
        return b"".join([known.get(word) or _unknown(word) for word in _TOKEN.findall(text)])

    def lines(self, sketched: bytes) -> set[int]:
        """The lines of a sketch in which a rule may hold, counted from 0."""
        # All of the text goes through here: hence no loop, nor anything that a later and closer look can do.
        words = sketched.translate(_PARTED).replace(b"\n", b" \x02 ").decode("ascii").split()
        letters = "".join(map(self._letter.get, words, repeat(OTHER))).encode("latin-1")
        return {line for part in self._parts for line in _lines(part.anywhere, letters)}

    def which(self, text: bytes) -> list[int]:
        """The numbers of the rules that hold somewhere in folded text, in their order."""
        letters = self._spelt(text)
        return sorted(part.numbers[place] for part in self._parts for place in part.which.Match(letters) or ())

    def find(self, number: int, text: bytes) -> Iterator[tuple[int, int]]:
        """Where one rule holds."""
        spans = self._spans(text)
        for match in self._pattern(number).finditer(self._spelt(text)):
            start, end = match.start() // _WIDTH, match.end() // _WIDTH - 1
            if text[spans[end][0]] in _STOPS:
                end -= 1
            yield spans[start][0], spans[end][1]


def _lines(pattern: Any, letters: bytes) -> Iterator[int]:
    stop = STOP.encode("latin-1")
    at, line = 0, 0
    while match := pattern.match(letters, at):
        last = match.end() - _WIDTH
        line += letters.count(stop, at, last)
        yield line
        end = letters.find(stop, last)
        if end < 0:
            return
        at, line = end + _WIDTH, line + 1
