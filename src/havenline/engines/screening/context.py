"""Whether words that look like a sign are one: not where they are refused, quoted, told of another, or meant as advice."""

import re
from bisect import bisect_left
from typing import Final, NamedTuple

from .rules import Rule, Rules

REACH: Final = 300
"""So many characters to either side are looked at: long sentences cost no more than short ones."""
_SHORT: Final = 40
_NEAR: Final = 120
"""In a sentence no longer than this, a word of class or of a shop says where it was said."""
_SENTENCE_END: Final = re.compile(rb"(?<!\.)\.(?=[ \x01\"]|\Z)|[?!]+(?=[ \x01\"]|\Z)|;")
_CLAUSE_END: Final = re.compile(rb"[,:]| (?:but|so|and then|then|now) ")
_QUOTED: Final = re.compile(rb'"[^"\n]*(?:"|\Z)')


class Said(NamedTuple):
    """One message, folded."""

    words: bytes
    quotations: list[tuple[int, int]]
    advises: dict[tuple[int, int], bool]
    """Of each sentence, once it was asked: whether it warns or teaches."""


def said(words: bytes) -> Said:
    return Said(words, [span.span() for span in _QUOTED.finditer(words)] if b'"' in words else [], {})


def sentence_at(words: bytes, start: int, end: int) -> tuple[int, int]:
    """Where the sentence that holds this span begins and ends."""
    begins, ends = max(0, start - REACH), min(len(words), end + REACH)
    for stop in _SENTENCE_END.finditer(words, begins, start):
        begins = stop.end()
    if after := _SENTENCE_END.search(words, end, ends):
        ends = after.end()
    return begins, ends


def counts(rules: Rules, rule: Rule, message: Said, start: int, end: int, sentence: tuple[int, int]) -> bool:
    """Whether the words at this span are this speaker's own, and meant."""
    words = message.words
    begins, ends = sentence
    if advises(rules, message, sentence) or (ends - begins <= _NEAR and rules.elsewhere.Match(words[begins:ends])):
        return False
    before = words[begins:start]
    if rule.alone and (len(words) - end + start > _SHORT or (words[:start] + words[end:]).strip(b' \x01?!.,:"')):
        return False
    clause = _clause(before)
    if rule.opens and len(clause.split()) > 1:
        return False
    if _SENTENCE_END.search(words, start, end - 1) or _is_quoted(message, start, end):
        return False
    if rule.unless and rule.spared.Match(words[begins:ends]):
        return False
    if clause.strip() and rules.negation.Match(rules.no_negation.sub(b"", clause)):
        return False
    if (told := before.rstrip(b' ,:"')) and rules.reported.Match(told):
        return False
    return not (end < len(words) and rules.told_after.Match(words[end : end + 2 * _SHORT]))


def advises(rules: Rules, message: Said, sentence: tuple[int, int]) -> bool:
    """Whether a sentence warns or teaches."""
    if sentence not in message.advises:
        message.advises[sentence] = rules.advise(message.words[slice(*sentence)])
    return message.advises[sentence]


def only_sentence(message: Said) -> tuple[int, int] | None:
    """The sentence of a short message that has one."""
    end = len(message.words)
    return (0, end) if end <= REACH and not _SENTENCE_END.search(message.words, 0, end - 1) else None


def _clause(before: bytes) -> bytes:
    """What stands before, back to the last comma or "but"."""
    start = 0
    for stop in _CLAUSE_END.finditer(before):
        start = stop.end()
    return before[start:]


def _is_quoted(message: Said, start: int, end: int) -> bool:
    """Inside quotation marks, where these do not hold the whole message."""
    before = bisect_left(message.quotations, (start,)) - 1
    if before < 0 or end >= message.quotations[before][1]:
        return False
    first, last = message.quotations[before]
    around = message.words[max(0, first - REACH) : first] + message.words[last : last + REACH]
    return bool(around.strip(b" \x01.!?"))
