"""The rules as they stand in `signs/*.toml` and `language.toml`, read once and made ready."""

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

import re2

from .finding import Sign, sign_file
from .phrases import GAP, Language
from .words import Phrases, WordRules, options

LANGUAGE: Final = Path(__file__).parent / "language.toml"
# Megabytes that a pattern of all rules may use, as it needs them. Where they do not suffice RE2 falls back on an automaton some hundred
# times slower: look at `benchmarks/screening` after adding rules.
ALL_RULES: Final = 256
# Letters apart, signs inside words, digits for letters, letters drawn out: what may hide a word (see disguises.py).
DISGUISED: Final = "|".join(
    [
        r"\b[a-z](?:[ \x01._*~|-]{1,3}[a-z]\b){3}",
        r"[a-z][\x01._*~|-]+[a-z]",
        r"[a-z][0134578@$!]{1,3}[a-z]|\b[013457@$][a-z]{3}|[a-z]{2}[0134@$]\b",
        *(letter * 3 for letter in "abcdefghijklmnopqrstuvxyz"),
    ]
)

LONG_NUMBER: Final = "[0-9]{3}"  # which `by_words` does not tell from a word
# The same in a sketch (UTF-8): anything glued between letters (or what stands for one), and whatever looks like a Latin letter or has one
# in it. Not pictures.
UNFOLDED: Final = "|".join(
    [
        r"[a-z0-9@$!][\x80-\xff._*~|-]*[\x80-\xff][\x80-\xff._*~|-]*[a-z0-9@$!]",
        r"\b[a-z][ ._*~|-]{0,3}[\x80-\xff]+[ ._*~|-]{0,3}[a-z]\b",
        r"[\xc3-\xd6]|\xe1[\xb4-\xbb]|\xe2[\x84\x85\x92\x93]|\xea\x9c|\xef[\xbc\xbd]|\xf0\x9d|\xf0\x9f[\x84-\x87]",
    ]
)


@dataclass(frozen=True)
class Rule:
    """What is looked for, and when it does not count."""

    number: int
    sign: Sign
    reason: str
    say: str
    """As a pattern over folded letters: only for words that have lost their gaps. Otherwise rules are matched by words (words.py)."""
    unless: str | None
    """Takes the sign away where it stands in the same sentence."""
    alone: bool
    """Only where it is all that a message says."""
    opens: bool
    """Only where a sentence begins with it, after one word at most: in the middle of one it is no question."""
    everyday: bool
    """Not where it is the child's own mum or dad who says it: between them it is everyday."""
    composed: bool
    """Made of frames, a few words and topics (signs/README.md)."""

    # Made when they are first needed: most texts need few rules.

    @cached_property
    def found_run_together(self) -> Any:
        return pattern(run_together(self.say))

    @cached_property
    def spared(self) -> Any:
        return any_of([self.unless or r"\z\A."])


class Rules:
    """All rules, and the patterns that hold for all of them."""

    def __init__(self, read: Sequence[Rule], by_words: WordRules, language: Language, words: dict[str, Any]) -> None:
        guards: dict[str, list[str]] = words["guards"]
        openings = rf"{language.pattern(words['split']['openings'])}[^a-z0-9\n]*"
        alone = "|".join(rule.say for rule in read if rule.alone)
        self.rules = tuple(read)
        self.by_words = by_words
        self.candidates = pattern(
            "(?m)" + "|".join([rf"(?:^|[>:)\]-] )[\x80-\xff]*(?:{alone})[^a-z0-9\n]*$", rf"{openings}$", LONG_NUMBER, DISGUISED, UNFOLDED]),
            memory=ALL_RULES,
        )
        """Finds each place in a sketch where a rule may hold that `by_words` does not see."""
        self.disguised = any_of([DISGUISED])
        self.opens = any_of([rf"{openings}\z"])
        negation, no_negation = language.pattern(guards["negation"]), language.pattern(guards["no_negation"])
        self.negation = any_of([rf"{negation}(?:{GAP}[a-z0-9]+){{0,4}}[^a-z0-9]*\z"])
        self.no_negation = pattern(no_negation)
        self.reported = any_of([language.pattern(guards["reported"])])
        self.elsewhere = any_of([language.pattern(guards["elsewhere"])])
        self.told_after = any_of([rf"(?:\A|[,\"?!]) *{language.pattern(guards['told_after'])}"])
        self.no_advice = pattern(language.pattern(guards["no_advice"]))
        self.advice = any_of([language.pattern(guards["advice"])])

    @cached_property
    def which_run_together(self) -> Any:
        """Which rules hold where nothing tells one word from the next: letters apart. Seldom needed."""
        return any_of(run_together(rule.say) if rule.say else r"\z\A." for rule in self.rules)

    def advise(self, sentence: bytes) -> bool:
        """Whether a sentence warns or teaches, beside what only looks like it."""
        return bool(self.advice.Match(sentence)) and bool(self.advice.Match(self.no_advice.sub(b"", sentence)))

    def holding(self, text: bytes, run_together: bool) -> list[Rule]:
        """The rules that hold somewhere in folded text."""
        numbers = self.which_run_together.Match(text) or [] if run_together else self.by_words.which(text)
        return [self.rules[number] for number in numbers]

    def places(self, rule: Rule, text: bytes, run_together: bool) -> Iterator[tuple[int, int]]:
        """Where in folded text one rule holds."""
        if run_together:
            return (match.span() for match in rule.found_run_together.finditer(text))
        return self.by_words.find(rule.number, text)


def run_together(pattern: str) -> str:
    """The same words with or without gaps between them."""
    return pattern.removeprefix(r"\b").removesuffix(r"\b").replace(GAP, GAP.removesuffix("+") + "*")


def pattern(pattern: str, *, memory: int = 64) -> Any:
    return re2.compile(pattern.encode(), options(memory))


def any_of(patterns: Iterable[str]) -> Any:
    """What says which of these are in a text, and not where: much quicker to ask than a pattern."""
    which = re2.Set.SearchSet(options(ALL_RULES))
    for one in patterns:
        which.Add(one.encode())
    which.Compile()
    return which


@cache
def rules() -> Rules:
    with LANGUAGE.open("rb") as file:
        words = tomllib.load(file)
    language = Language(words["groups"], words["spellings"])
    read = [(sign, rule, table == "composed") for table in ("rule", "composed") for sign in Sign for rule in sign_file(sign).get(table, [])]
    by_words = WordRules(
        [Phrases(rule["say"], composed, rule.get("alone", False)) for _sign, rule, composed in read],
        words["groups"],
        words["spellings"],
    )
    return Rules(
        [
            Rule(
                number=number,
                sign=sign,
                reason=rule["reason"],
                say="" if composed else language.pattern(rule["say"]),
                unless=language.pattern(unless) if (unless := [*rule.get("unless", []), *sign_file(sign).get("unless", [])]) else None,
                alone=rule.get("alone", False),
                opens=rule.get("opens", False),
                everyday=rule.get("everyday", sign_file(sign).get("everyday", False)),
                composed=composed,
            )
            for number, (sign, rule, composed) in enumerate(read)
        ],
        by_words,
        language,
        words,
    )
