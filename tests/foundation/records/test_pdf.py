"""A paper as PDF: tagged, and printed whatever somebody wrote into it."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from havenline.foundation.records import pdf
from havenline.foundation.records.pdf import Block


def written(*blocks: Block, title: str = "Visit") -> bytes:
    said: dict[str, Any] = {"reference": "SC-7K2M-94QD", "agency": "Northmere social care", "printed": "Printed", "day": date(2026, 11, 30)}
    return pdf.write(title=title, blocks=blocks, **said)


def read(file: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(file)).pages)


@pytest.mark.parametrize(
    "words", ["I am fine 🙂", "李小龙 is at home", "bell\x07 and line", "﷽", "x\u200d\u202ey", "a\x00b", "\U0001f468\u200d\U0001f469"]
)
def test_what_no_font_has_keeps_no_paper_from_being_printed(words: str) -> None:
    text = read(written(Block("The child said", words), Block("", columns=["Who"], rows=[[words]]), title=words))
    assert "The child said" in text
    for letter in words:
        assert letter in text or not letter.isprintable() or f"U+{ord(letter):04X}" in text.replace("\n", "")


def test_a_paper_that_names_letters_says_why() -> None:
    assert "no font" in read(written(Block("Said", "🙂"))).replace("\n", " ")
    assert "no font" not in read(written(Block("Said", "Zoë Ó’Brien")))


def test_what_was_written_is_text_and_never_markup() -> None:
    text = read(written(Block("Said", '#import "x" *bold* $x$ `code` \\u0007 "quoted" @ref <label>')))
    assert '#import "x" *bold* $x$ `code` \\u0007 "quoted" @ref <label>' in text


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.text(max_size=30))
def test_any_words_can_be_printed(words: str, title: str) -> None:
    file = written(Block(title, words), title=title)
    assert PdfReader(BytesIO(file)).trailer["/Root"]["/MarkInfo"]["/Marked"]  # type: ignore[index]
