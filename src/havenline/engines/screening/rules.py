"""The rules as they stand in `signs/*.toml` and `language.toml`, read once and made ready."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

import re2

from .finding import Sign, sign_file
from .phrases import GAP, Language

LANGUAGE: Final = Path(__file__).parent / "language.toml"
# Letters apart, signs inside words, digits for letters, letters drawn out: what may hide a word (see disguises.py).
DISGUISED: Final = "|".join(
    [
        r"\b[a-z](?:[ \x01._*~|-]{1,3}[a-z]\b){3}",
        r"[a-z][\x01._*~|-]+[a-z]",
        r"[a-z][0134578@$!][a-z]|\b[013457@$][a-z]{3}|[a-z]{2}[0134@$]\b",
        *(letter * 3 for letter in "abcdefghijklmnopqrstuvxyz"),
    ]
)


@dataclass(frozen=True)
class Rule:
    """What is looked for, and when it does not count. Patterns are over folded bytes."""

    sign: Sign
    reason: str
    alone: bool
    """Only where it is all that a message says."""
    everyday: bool
    """Not where it is the child's own mum or dad who says it: between them it is everyday."""
    say: str
    unless_said: str | None

    @cached_property
    def found(self) -> Any:
        """Finds it. Made when it is first needed: most texts need few rules."""
        return compiled(self.say)

    @cached_property
    def unless(self) -> Any | None:
        return compiled(self.unless_said) if self.unless_said else None


@dataclass(frozen=True)
class Rules:
    rules: tuple[Rule, ...]
    candidates: Any
    """Finds each place where any rule may hold: the only pattern that sees the whole text."""
    which: Any
    """Says which rules hold in one line."""
    disguised: Any
    openings: Any
    negation: Any
    no_negation: Any
    reported: Any
    advice: Any


def compiled(pattern: str) -> Any:
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.never_capture = True
    options.max_mem = 64 << 20
    options.log_errors = False
    return re2.compile(pattern.encode(), options)


@cache
def rules() -> Rules:
    with LANGUAGE.open("rb") as file:
        words = tomllib.load(file)
    language = Language(words["groups"], words["spellings"])
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.max_mem = 256 << 20
    options.log_errors = False
    which = re2.Set.SearchSet(options)
    read: list[Rule] = []
    anywhere: list[str] = []
    alone: list[str] = []
    for sign in Sign:
        about = sign_file(sign)
        for rule in about["rule"]:
            pattern = language.pattern(rule["say"])
            (alone if rule.get("alone") else anywhere).append(pattern)
            which.Add(pattern.encode())
            unless = rule.get("unless")
            read.append(
                Rule(
                    sign=sign,
                    reason=rule["reason"],
                    alone=rule.get("alone", False),
                    everyday=about.get("everyday", False),
                    say=pattern,
                    unless_said=language.pattern(unless) if unless else None,
                )
            )
    which.Compile()
    openings = rf"{language.pattern(words['split']['openings'])}[^a-z0-9\n]*$"

    def guard(name: str, phrases: Iterable[str] | None = None) -> Any:
        return compiled(language.pattern(phrases or words["guards"][name]))

    return Rules(
        rules=tuple(read),
        candidates=compiled("(?m)" + "|".join([*anywhere, rf"(?:^|[>:)\]-] )(?:{'|'.join(alone)})[^a-z0-9\n]*$", openings, DISGUISED])),
        which=which,
        disguised=compiled(DISGUISED),
        openings=compiled(openings.removesuffix("$") + r"\z"),
        negation=compiled(rf"{language.pattern(words['guards']['negation'])}(?:{GAP}[a-z0-9]+){{0,4}}[^a-z0-9\n]*\z"),
        no_negation=guard("no_negation"),
        reported=guard("reported"),
        advice=guard("advice"),
    )
