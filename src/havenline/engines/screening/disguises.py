"""Words that were hidden on purpose, read plainly: letters apart, signs inside words, digits for letters, letters drawn out."""

import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Final, NamedTuple

_APART: Final = re.compile(r"\b[a-z](?:[ \x01._*~|-]{1,3}[a-z]\b){3,}")
# So many letters apart are several words, and so are fewer after one that is a word itself: "a p i c".
_LONG_APART: Final = re.compile(r"\b(?:[a-z](?:[ \x01._*~|-][a-z]\b){7}|[aiur] [a-z](?:[ \x01._*~|-][a-z]\b){2})")
_ONE_APART: Final = re.compile(r"(?<=[a-z])[ \x01._*~|-](?=[a-z])")  # two in a row part words
_BETWEEN: Final = re.compile(r"(?<=[a-z0-9@$!])[\x01._*~|-]+(?=[a-z0-9@$!])")
_DRAWN_OUT: Final = re.compile(r"([a-z])\1{2,}")
_TOKEN: Final = re.compile(r"[a-z0-9@$!]+")
_DIGITS: Final = {one: str.maketrans("0134578@$!", f"o{one}eastbas{one}") for one in "il"}


class Plain(NamedTuple):
    """Folded text read plainly, and for each of its characters (and for its end) the place in the folded text."""

    text: str
    places: list[int]
    run_together: bool = False
    """Whether the words themselves may have lost their gaps."""

    def without(self, spans: Iterable[tuple[int, int]]) -> "Plain":
        text: list[str] = []
        places: list[int] = []
        at = 0
        for start, end in spans:
            text.append(self.text[at:start])
            places.extend(self.places[at:start])
            at = end
        return Plain("".join([*text, self.text[at:]]), places + self.places[at:], self.run_together)


def plainly(folded: str) -> Iterator[Plain]:
    """The few ways in which disguised text may be meant; none where nothing is disguised."""
    plain = Plain(folded, list(range(len(folded) + 1)), run_together=_LONG_APART.search(folded) is not None)
    plain = plain.without(
        (run.start() + gap.start(), run.start() + gap.end())
        for run in _APART.finditer(plain.text)
        for gap in _ONE_APART.finditer(run.group())
    )
    plain = plain.without(sign.span() for sign in _BETWEEN.finditer(plain.text))
    seen = {folded}
    for digits in _DIGITS.values():
        letters = Plain(_TOKEN.sub(partial(_letters, digits=digits), plain.text), plain.places, plain.run_together)
        for kept in (1, 2):
            read = letters.without((run.start() + kept, run.end()) for run in _DRAWN_OUT.finditer(letters.text))
            if read.text not in seen:
                seen.add(read.text)
                yield read


def _letters(token: re.Match[str], digits: dict[int, int]) -> str:
    """Digits for letters, where a word has both; what stands at its end may be an exclamation mark."""
    word = token.group().rstrip("!")
    return (word if word.isdigit() else word.translate(digits)) + token.group()[len(word) :]
