"""A paper of a record as PDF that a screen reader can read and a court can take: tagged, with its language and title (PDF/UA-1).

Written by typst in this process, in tens of milliseconds, from data alone: what people wrote is text there, and never markup. Letters
for which this machine has no font are named instead, [U+674E], and the last lines say so: nothing is left out unseen, and nothing
that somebody wrote keeps a paper from being printed.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.utils.translation import gettext as _

TEMPLATE = Path(__file__).with_name("paper.typ")
WRITINGS = 40  # kinds of letters without a font in one paper, before it is written as it is
_NO_FONT = re.compile(r'the text `"(.+?)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_OF_MANY_PAGES = {"CJK", "HANGUL"}  # their letters fill many rows of Unicode


@dataclass(frozen=True)
class Block:
    """A heading; or a question with its answer in `words`, or in `rows` under `columns`."""

    title: str
    words: str = ""
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    is_heading: bool = False

    @property
    def widths(self) -> list[float]:
        """Of each column beside the others: what is longer gets more, up to four times, and a long word its room."""
        cells = [[row[at] for row in (self.columns, *self.rows)] for at in range(len(self.columns))]
        longest = [max(map(len, column)) for column in cells]
        words = [max((len(word) for cell in column for word in cell.split()), default=0) for column in cells]
        return [min(4.0, max(1.0, letters / 14, word / 6)) for letters, word in zip(longest, words, strict=True)]

    @property
    def kind(self) -> str:
        return "heading" if self.is_heading else "rows" if self.rows else "words"


def write(*, title: str, reference: str, agency: str, printed: str, day: date, blocks: Iterable[Block], language: str = "en") -> bytes:
    """The file. `printed` stands at the foot of each page: who printed it, when, and the ledger's entry that says so."""
    said = {
        "title": title.strip() or reference,
        "reference": reference,
        "agency": agency,
        "printed": printed,
        "day": [day.year, day.month, day.day],
        "language": language,
        "blocks": [asdict(block) | {"kind": block.kind, "widths": block.widths} for block in blocks],
    }
    text, without_font = _without_controls(json.dumps(said, ensure_ascii=False)), set[str]()
    for _writing in range(WRITINGS):
        try:
            return _compiled(text, pdf_standards=["ua-1"])
        except typst.TypstError as error:
            found = _NO_FONT.search(str(error))
            if found is None:
                raise
            missing = _ESCAPED.sub(lambda code: chr(int(code[1], 16)), found[1])
            without_font |= {_kind_of(letter) for letter in missing}
            text = json.dumps(_with_note(_named(json.loads(text), without_font)), ensure_ascii=False)
    return _compiled(text)


def _compiled(text: str, **more: Any) -> bytes:
    made = typst.compile(_template(), sys_inputs={"said": text}, **more)
    assert isinstance(made, bytes)  # noqa: S101  (for mypy: one document gives one file)
    return made


def _without_controls(text: str) -> str:
    """JSON writes a control character as \\u0007: it has no sign on paper."""
    return re.sub(r"(?<!\\)((?:\\\\)*)\\u00(?:0[0-8bBcCeEfF]|1[0-9a-fA-F]|7[fF])", r"\1 ", text)


def _kind_of(letter: str) -> str:
    """Letters that a font has or lacks together: a script's row of Unicode, all ideographs, all pictures."""
    category = unicodedata.category(letter)
    if category[0] in "SC":
        return category
    script = unicodedata.name(letter, "").partition(" ")[0].partition("-")[0]
    return script if script in _OF_MANY_PAGES else f"{script} {ord(letter) >> 8}"


def _named(said: Any, without_font: set[str]) -> Any:
    if isinstance(said, str):
        return "".join(f"[U+{ord(letter):04X}]" if ord(letter) > 127 and _kind_of(letter) in without_font else letter for letter in said)
    if isinstance(said, list):
        return [_named(one, without_font) for one in said]
    return {name: _named(one, without_font) for name, one in said.items()} if isinstance(said, dict) else said


def _with_note(said: dict[str, Any]) -> dict[str, Any]:
    note = _(
        "Letters for which this machine has no font stand as their number in Unicode, such as [U+674E]. "
        "With a font for them they are printed as they were written."
    )
    if not any(block["words"] == note for block in said["blocks"]):
        block = Block(_("Not every letter could be printed"), note)
        said["blocks"].append(asdict(block) | {"kind": block.kind, "widths": []})
    return said


@cache
def _template() -> bytes:
    return TEMPLATE.read_bytes()
