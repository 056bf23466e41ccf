"""The search: one pattern over the whole text finds candidate lines; only these are read closely."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from .context import REACH, advises, counts, only_sentence, said, sentence_at
from .conversation import LOOK_BACK, is_family, speaker_of
from .disguises import plainly
from .finding import Finding, Sign
from .folding import fold, places, sketch
from .rules import Rule, Rules, rules

BLOCK: Final = 1 << 19
"""So many characters are worked on at once. A longer line is read in pieces of this size, parted at a space where there is one."""


def screen(text: str) -> list[Finding]:
    """Every warning sign in a conversation, in its order. Never raises."""
    return list(_screen(_blocks(text)))


def screen_lines(lines: Iterable[str]) -> Iterator[Finding]:
    """The same for lines as they come, such as an open file's: holds only a small part of them at once."""
    return _screen(_gathered(lines))


Block = tuple[str, bool]
"""Whole lines without the last line break, or a piece of a line too long; and whether that line goes on after it."""


def _blocks(text: str) -> Iterator[Block]:
    at, end = 0, len(text)
    while at <= end:
        stop = min(at + BLOCK, end)
        goes_on = False
        if stop < end and text[stop] != "\n":
            if (line_break := text.rfind("\n", at, stop)) >= 0:
                stop = line_break
            else:
                space = text.rfind(" ", at + BLOCK // 2, stop)
                stop, goes_on = (space + 1 if space >= 0 else stop), True
        yield text[at:stop], goes_on
        at = stop if goes_on else stop + 1


def _gathered(lines: Iterable[str]) -> Iterator[Block]:
    held: list[str] = []
    size = 0
    for line in lines:
        held.append(line.removesuffix("\n"))
        size += len(line)
        if size >= BLOCK:
            yield from _blocks("\n".join(held))
            held, size = [], 0
    yield from _blocks("\n".join(held))


def _screen(blocks: Iterable[Block]) -> Iterator[Finding]:
    known = rules()
    number, column = 1, 0  # of where the block begins
    before: list[str] = []  # the lines just before it, for who speaks and for questions split over two messages
    for block, goes_on in blocks:
        lines = block.split("\n")
        yield from Passage(known, before + lines, len(before), number - len(before), column).findings(sketch(block))
        number, column = (number, column + len(block)) if goes_on else (number + len(lines), 0)
        before = [] if goes_on else (before + lines)[-LOOK_BACK - 1 :]


@dataclass(frozen=True)
class Passage:
    """Some lines of a conversation, the first so many of them for context only."""

    rules: Rules
    lines: list[str]
    skipped: int
    number: int
    """Of the first of these lines, counted in the whole."""
    column: int
    """Where the first line that is not skipped begins, in its own line."""

    def findings(self, sketched: bytes) -> Iterator[Finding]:
        """All findings, given the sketch of all lines that are not skipped."""
        if self.skipped:
            yield from self._split_over(self.skipped - 1)
        by_words, by_letters = {self.skipped + line for line in self.rules.by_words.lines(sketched)}, set(self._by_letters(sketched))
        for index in sorted(by_words | by_letters):
            yield from self._in_line(index, closely=index in by_letters)

    def _by_letters(self, sketched: bytes) -> Iterator[int]:
        """The lines in which something may stand that is not seen by words: disguises, what is a whole message, what the next goes on."""
        at, index = 0, self.skipped
        while candidate := self.rules.candidates.search(sketched, at):
            index += sketched.count(b"\n", at, candidate.start())
            yield index
            line_end = sketched.find(b"\n", candidate.start())
            if line_end < 0:
                return
            at, index = line_end + 1, index + 1

    def _in_line(self, index: int, closely: bool) -> Iterator[Finding]:
        """All findings in a line; `closely` where something may be hidden in it, or may go on in the next."""
        line = self.lines[index]
        message = speaker_of(self.lines, index)
        words = line[message.start :]
        opens = closely and self.rules.opens.Match(fold(words).encode("ascii"))
        for rule, start, end in found(words, is_family(message.speaker), closely):
            start, end = start + message.start, end + message.start
            yield self._finding(rule, index, message.speaker, line[start:end], start, end)
        if opens:
            yield from self._split_over(index)

    def _split_over(self, index: int) -> Iterator[Finding]:
        """What begins in this message and ends in the next of the same speaker: "how old", "are you?"."""
        if index + 1 >= len(self.lines) or not self.lines[index + 1].strip():
            return
        message, following = speaker_of(self.lines, index), speaker_of(self.lines, index + 1)
        if message.speaker != following.speaker:
            return
        begins = max(message.start, len(self.lines[index]) - REACH)
        first, then = self.lines[index][begins:].rstrip(), self.lines[index + 1][following.start :][:REACH]
        both = f"{first} {then}"
        for rule, start, end in found(both, is_family(message.speaker), closely=True):
            if start < len(first) < end:
                yield self._finding(rule, index, message.speaker, both[start:end], begins + start, begins + len(first))

    def _finding(self, rule: Rule, index: int, speaker: str, text: str, start: int, end: int) -> Finding:
        shift = self.column if index == self.skipped else 0
        reason = f"{speaker or 'Whoever wrote this'} {rule.reason}. A reason to look closer, never proof."
        return Finding(rule.sign, self.number + index, speaker, text, reason, start + shift, end + shift)


def found(words: str, by_family: bool, closely: bool) -> Sequence[tuple[Rule, int, int]]:
    """Each rule that holds in one person's words, and where; for each sign in each sentence the one that covers most.

    Short messages are judged once: people repeat themselves.
    """
    return _found_before(words, by_family, closely) if len(words) <= REACH else _found(words, by_family, closely)


def _found(words: str, by_family: bool, closely: bool) -> Sequence[tuple[Rule, int, int]]:
    known = rules()
    folded = fold(words)
    text = folded.encode("ascii")
    hits = list(_hits(known, text, by_family))
    if closely and known.disguised.Match(text):
        for plain in plainly(folded):
            at = plain.places
            for rule, start, end, sentence in _hits(known, plain.text.encode("ascii"), by_family, plain.run_together):
                hits.append((rule, at[start], at[end - 1] + 1, at[sentence]))
    if not hits:
        return ()
    widest: dict[tuple[Sign, int], tuple[Rule, int, int]] = {}
    for rule, start, end, sentence in hits:
        other = widest.get((rule.sign, sentence))
        if other is None or end - start > other[2] - other[1]:
            widest[rule.sign, sentence] = (rule, start, end)
    placed = sorted(widest.values(), key=lambda one: one[1:])
    if words.isascii() and len(folded) == len(words):
        return placed
    at = places(words)
    return [(rule, at[start], at[end - 1] + 1) for rule, start, end in placed]


_found_before: Final = lru_cache(maxsize=1 << 12)(_found)


def _hits(rules: Rules, text: bytes, by_family: bool, run_together: bool = False) -> Iterator[tuple[Rule, int, int, int]]:
    """Each place where a rule holds and counts: the rule, start, end and the start of its sentence, in the folded text."""
    message = said(text)
    holding = rules.holding(text, run_together)
    only = only_sentence(message)
    if holding and only and advises(rules, message, only):
        return
    seen: set[Sign] = set()
    for rule in holding:
        # Composed rules come last, and say less well what was found: they are not asked where another has found it.
        if (rule.everyday and by_family) or (rule.composed and only and rule.sign in seen):
            continue
        for start, end in rules.places(rule, text, run_together):
            sentence = sentence_at(text, start, end)
            if counts(rules, rule, message, start, end, sentence):
                seen.add(rule.sign)
                yield rule, start, end, sentence[0]
