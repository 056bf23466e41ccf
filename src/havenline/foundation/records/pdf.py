"""A paper of a record as PDF that a screen reader can read and a court can take: tagged, with its language and title (PDF/UA-1).

Written by typst in this process, in tens of milliseconds, from data alone: what people wrote is text there, and never markup.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from pathlib import Path

import typst

TEMPLATE = Path(__file__).with_name("paper.typ")


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
        """Of each column beside the others: what is longer gets more, up to four times."""
        longest = [max(len(row[at]) for row in (self.columns, *self.rows)) for at in range(len(self.columns))]
        return [min(4.0, max(1.0, letters / 14)) for letters in longest]

    @property
    def kind(self) -> str:
        return "heading" if self.is_heading else "rows" if self.rows else "words"


def write(*, title: str, reference: str, agency: str, printed: str, day: date, blocks: Iterable[Block], language: str = "en") -> bytes:
    """The file. `printed` stands at the foot of each page: who printed it, when, and the ledger's entry that says so."""
    said = {
        "title": title,
        "reference": reference,
        "agency": agency,
        "printed": printed,
        "day": [day.year, day.month, day.day],
        "language": language,
        "blocks": [asdict(block) | {"kind": block.kind, "widths": block.widths} for block in blocks],
    }
    made = typst.compile(_template(), sys_inputs={"said": json.dumps(said, ensure_ascii=False)}, pdf_standards=["ua-1"])
    assert isinstance(made, bytes)  # noqa: S101  (for mypy: one document gives one file)
    return made


@cache
def _template() -> bytes:
    return TEMPLATE.read_bytes()
