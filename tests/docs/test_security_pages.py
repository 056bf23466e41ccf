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
