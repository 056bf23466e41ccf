"""Whatever is pasted: nothing raises, every finding is where it says, and no disguise and no neighbour changes what is found."""

import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from havenline.engines.screening import Finding, screen, screen_lines
from havenline.engines.screening.folding import fold, places
from havenline.engines.screening.search import BLOCK

SHOWN = [
    line.split("\t")
    for line in (Path(__file__).parent / "to_be_found.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
LINES = st.sampled_from([line for _sign, line in SHOWN])
WORDS = st.sampled_from(
    [
        "how old are you",
        "keep it secret",
        "s e c r e t",
        "don’t tell",
        "\u200b",
        "😂",
        '"',
        ": ",
        "Sam: ",
        "\n",
        " ",
        "3",
        "ｍ",
        "aaa",
        "\x00",
        "\ud800",
        "i",
    ]
)
ANYTHING = st.one_of(st.text(), st.lists(st.one_of(WORDS, LINES), max_size=30).map("".join))
quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def brief(findings: list[Finding]) -> list[tuple[int, str]]:
    return [(finding.line, str(finding.sign)) for finding in findings]


@quick
@given(ANYTHING)
def test_every_finding_is_where_it_says(text: str) -> None:
    lines = text.split("\n")
    for finding in screen(text):
        line = lines[finding.line - 1]
        assert 0 <= finding.start < finding.end <= len(line)
        words = line[finding.start : finding.end]
        # Where a question is split over two messages, the columns are those of its first part.
        assert finding.text == words or finding.text.startswith(f"{words} ")
        assert finding.speaker in text
        assert finding.reason


@quick
@given(st.text())
def test_places_name_each_folded_character(text: str) -> None:
    at = places(text)
    folded = fold(text)
    assert folded.isascii()
    assert len(at) == len(folded) + 1
    assert at == sorted(at)
    assert folded.count("\n") == text.count("\n")


@quick
@given(ANYTHING)
def test_lines_as_they_come_give_the_same(text: str) -> None:
    assert list(screen_lines(line + "\n" for line in text.split("\n"))) == screen(text)


@quick
@given(ANYTHING)
def test_a_text_twice_has_its_findings_twice(text: str) -> None:
    once = screen(text)
    again = [replace(finding, line=finding.line + text.count("\n") + 2) for finding in once]
    assert screen(f"{text}\n\n{text}") == once + again


@quick
@given(LINES, st.sampled_from(["\u200b", "\u2060", "\u00ad", "\ufe0f", "\u200f"]), st.data())
def test_marks_that_are_not_seen_hide_nothing(line: str, mark: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(line.find(": ") + 2, len(line)))
    assert brief(screen(line[:place] + mark + line[place:])) == brief(screen(line))


@quick
@given(LINES, st.sampled_from(["upper", "title", "swapcase"]))
def test_capitals_hide_nothing(line: str, how: str) -> None:
    assert set(brief(screen(line))) <= set(brief(screen(getattr(line, how)())))


@quick
@given(LINES, st.sampled_from(["😂", "🤫🤫", " ❤️ "]), st.data())
def test_pictures_between_words_hide_nothing(line: str, picture: str, data: st.DataObject) -> None:
    spaces = [place for place, letter in enumerate(line) if letter == " " and place > line.find(": ") + 1]
    if not spaces or "s e c" in line:
        return
    place = data.draw(st.sampled_from(spaces))
    assert brief(screen(line[:place] + picture + line[place:])) == brief(screen(line))


@quick
@given(LINES)
def test_full_width_and_accented_letters_hide_nothing(line: str) -> None:
    wide = "".join(chr(ord(letter) + 0xFEE0) if letter.isalpha() and letter.isascii() else letter for letter in line)
    accented = unicodedata.normalize("NFC", "".join(f"{letter}\u0301" if letter in "aeou" else letter for letter in line))
    assert brief(screen(wide)) == brief(screen(line)) == brief(screen(accented))


@pytest.mark.parametrize(
    "text",
    [
        " " * 30_000,
        "\n" * 30_000,
        "😂" * 30_000,
        '"' * 30_000,
        "\u200f" * 30_000,
        ":" * 30_000,
        "a" * 30_000,
        "<" * 30_000,
        "[1" * 10_000,
    ],
)
def test_hostile_input_gives_nothing_and_ends(text: str) -> None:
    assert screen(text) == []


def test_one_long_line_is_read_to_its_end() -> None:
    line = "maths homework " * (2 * BLOCK // 15 + 9) + "how old are you"
    (finding,) = screen(f"hello\n{line}\nRobin: send me a picture")[:-1]
    assert (finding.line, line[finding.start : finding.end]) == (2, "how old are you")


def test_where_a_block_ends_changes_nothing() -> None:
    text = "Robin: how old\nRobin: are you?\nSam: ok\n\n" * (2 * BLOCK // 40)
    found = screen(text)
    assert [finding.line for finding in found] == list(range(1, text.count("\n"), 4))
    assert {finding.text for finding in found} == {"how old are you"}
