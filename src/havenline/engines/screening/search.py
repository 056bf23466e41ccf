"""The search: one pattern over the whole text finds candidate lines; only these are read closely."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from . import context
from .conversation import Message, is_family, speaker_of
from .disguises import plainly
from .finding import Finding, Sign
from .folding import fold, places
from .rules import Rule, Rules, rules

BLOCK: Final = 1 << 18
"""So many characters are worked on at once. A longer line is read in pieces of this size, parted at a space where there is one."""


def screen(text: str) -> list[Finding]:
    """Every warning sign in a conversation, in its order. Never raises."""
    return list(_screen(_blocks(text)))


def screen_lines(lines: Iterable[str]) -> Iterator[Finding]:
    """The same for lines as they come, such as an open file's: holds only a small part of them at once."""
    return _screen(_gathered(lines))


Block = tuple[str, bool]
"""Whole lines without the last line break; or a piece of a line too long, and whether the line goes on after it."""


def _blocks(text: str) -> Iterator[Block]:
    at, end = 0, len(text)
    while at < end:
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
        for finding in _in_lines(known, before + lines, fold(block), len(before)):
            shift = column if finding.line == len(before) + 1 else 0
            yield replace(finding, line=finding.line - len(before) + number - 1, start=finding.start + shift, end=finding.end + shift)
        number, column = (number, column + len(block)) if goes_on else (number + len(lines), 0)
        before = [] if goes_on or len(lines) < 2 else lines[-21:]


def _in_lines(known: Rules, lines: list[str], folded: str, skipped: int) -> Iterator[Finding]:
    """Findings in those lines that come after the first so many, which are there for context."""
    text = folded.encode("ascii")
    at, number = 0, skipped
    while candidate := known.candidates.search(text, at):
        place = candidate.start()
        number += text.count(b"\n", at, place)
        line_end = text.find(b"\n", place)
        line_end = len(text) if line_end < 0 else line_end
        yield from _in_line(known, lines, number, text[text.rfind(b"\n", 0, place) + 1 : line_end])
        at, number = line_end + 1, number + 1
        if at > len(text):
            break


def _in_line(known: Rules, lines: list[str], number: int, folded: bytes) -> Iterator[Finding]:
    line = lines[number]
    message = speaker_of(lines, number)
    words = line[message.start :]
    found = _in_words(known, words, message.speaker)
    for rule, start, end in sorted(found, key=lambda one: one[1:]):
        yield _finding(rule, number, message, line, message.start + start, message.start + end)


def _in_words(known: Rules, words: str, speaker: str) -> list[tuple[Rule, int, int]]:
    folded = fold(words)
    found = _matches(known, folded, speaker, None)
    if known.disguised.search(folded.encode("ascii")):
        for plain in plainly(folded):
            found += _matches(known, plain.text, speaker, plain.places)
    if not found:
        return []
    original = places(words) if len(folded) != len(words) or not words.isascii() else None
    kept: dict[tuple[Sign, int], tuple[Rule, int, int]] = {}
    for rule, start, end, sentence in found:
        known_one = kept.get((rule.sign, sentence))
        if known_one is None or end - start > known_one[2] - known_one[1]:
            kept[rule.sign, sentence] = (rule, start, end)
    if original is None:
        return list(kept.values())
    return [(rule, original[start], original[end - 1] + 1) for rule, start, end in kept.values()]


def _matches(known: Rules, folded: str, speaker: str, at: list[int] | None) -> list[tuple[Rule, int, int, int]]:
    text = folded.encode("ascii")
    found = []
    message = None
    for index in known.which.Match(text) or ():
        rule = known.rules[index]
        if rule.everyday and speaker and is_family(speaker):
            continue
        for match in rule.found.finditer(text):
            start, end = match.span()
            if rule.alone and (text[:start] + text[end:]).strip(b" \x01?!.,"):
                continue
            message = message or context.said(text)
            if context.counts(known, rule, message, start, end):
                sentence = context.sentence_at(text, start, end)[0]
                found.append((rule, start, end, sentence) if at is None else (rule, at[start], at[end - 1] + 1, at[sentence]))
    return found


def _finding(rule: Rule, number: int, message: Message, line: str, start: int, end: int) -> Finding:
    who = message.speaker or "Whoever wrote this"
    return Finding(
        sign=rule.sign,
        line=number + 1,
        speaker=message.speaker,
        text=line[start:end],
        reason=f"{who} {rule.reason}. A reason to look closer, never proof.",
        start=start,
        end=end,
    )
