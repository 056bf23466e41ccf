"""What the pages about security name is there: each test, each file, each link."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs/security").glob("*.md"))
NAMED = re.compile(r"`((?:tests|src|scripts|docs|fuzz|benchmarks|\.ci)/[\w./*-]+)(?:::(\w+))?`")
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_and_test_that_a_page_names_is_there(page: Path) -> None:
    named = NAMED.findall(page.read_text())
    assert len(named) > 20
    missing = [path for path, _test in named if not list(ROOT.glob(path.rstrip("/")))]
    missing += [f"{path}::{test}" for path, test in named if test and f"def {test}(" not in (ROOT / path).read_text()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_test_is_named_by_halves(page: Path) -> None:
    assert re.findall(r"`(test_\w+\.py)`", page.read_text()) == []


@pytest.mark.parametrize(
    "page", [*PAGES, ROOT / "SECURITY.md", ROOT / "docs/architecture.md", ROOT / "docs/operators.md"], ids=lambda page: page.name
)
def test_every_link_leads_somewhere(page: Path) -> None:
    assert [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()] == []


def test_the_threat_model_has_a_section_for_each_who_attacks() -> None:
    text = (ROOT / "docs/security/threat-model.md").read_text()
    led_to = re.findall(r"\]\(#([\w-]+)\)", text.partition("## Boundaries")[0])
    headings = [re.sub(r"[^\w -]", "", line.lower()).strip().replace(" ", "-") for line in re.findall(r"^## (\d.+)$", text, re.MULTILINE)]
    assert led_to == headings
    assert len(headings) == 6


# How many of levels 1 and 2 each section of ASVS 5.0.0 has: they come first, from 1 on without a gap.
ASVS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1, "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5,
    "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4, "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3, "6.1": 3, "6.2": 11, "6.3": 4, "6.4": 4,
    "6.5": 5, "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2, "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1,
    "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3,
    "11.4": 4, "11.5": 1, "11.6": 1, "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4,
    "14.3": 3, "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4, "17.3": 2,
}  # fmt: skip
ROW = re.compile(r"^\| (\d+\.\d+)\.(\d+) \| ([12]) \| [^|]+ \| (met|\*partly\*|\*\*not met\*\*|not applicable) \| ([^|]*) \| ([^|]*) \|$")


def test_the_table_has_every_requirement_once_and_says_how_it_stands() -> None:
    text = (ROOT / "docs/security/asvs.md").read_text()
    rows = [line for line in text.splitlines() if re.match(r"\| \d", line)]
    read = [ROW.fullmatch(row) for row in rows]
    assert [row for row, fits in zip(rows, read, strict=True) if not fits] == []
    found = [(fits[1], int(fits[2])) for fits in read if fits]
    assert all(sorted(number for one, number in found if one == section) == list(range(1, count + 1)) for section, count in ASVS.items())
    assert {section: sum(one == section for one, _number in found) for section, _number in found} == ASVS


def test_what_does_not_stand_says_why() -> None:
    read = [ROW.fullmatch(line) for line in (ROOT / "docs/security/asvs.md").read_text().splitlines()]
    assert [fits[0] for fits in read if fits and fits[4] != "met" and not fits[5].strip()] == []
    assert [fits[0] for fits in read if fits and fits[4] == "met" and not fits[5].strip() and not fits[6].strip()] == []


def test_the_table_counts_itself_rightly() -> None:
    text = (ROOT / "docs/security/asvs.md").read_text()
    states = [fits[4].strip("*") for line in text.splitlines() if (fits := ROW.fullmatch(line))]
    said = re.search(r"Of (\d+) .*?\*\*(\d+) are met, (\d+) partly, (\d+) not\*\*, and (\d+) do not apply", text, re.DOTALL)
    assert said is not None
    assert [int(one) for one in said.groups()] == [
        len(states),
        *(states.count(one) for one in ("met", "partly", "not met", "not applicable")),
    ]
