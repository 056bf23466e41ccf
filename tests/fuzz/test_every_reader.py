"""Whatever comes from outside, whoever reads it returns, or says in its own words that it is none: the targets of `fuzz/`, by hypothesis.

`fuzz/corpus/` holds one well-formed input of each at least, and each input that was once found to break one.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz import targets

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "fuzz/corpus"
NAMES = sorted(targets.TARGETS)


def known_inputs() -> Iterator[tuple[str, Path]]:
    yield from ((folder.name, path) for folder in sorted(CORPUS.iterdir()) for path in sorted(folder.iterdir()))


def inputs_of(name: str) -> st.SearchStrategy[bytes]:
    """Arbitrary bytes, arbitrary text, JSON that goes deep, and known inputs with a piece taken out or put in."""
    known = [path.read_bytes() for path in sorted((CORPUS / name).iterdir())]
    piece = st.one_of(
        st.binary(max_size=8), st.text(max_size=4).map(str.encode), st.sampled_from([b"\n", b"\r\n", b"\x00", b"0", b'"', b"["])
    )
    changed = st.tuples(st.sampled_from(known), st.integers(0, 2_000), st.integers(0, 40), piece).map(
        lambda said: said[0][: said[1] % (len(said[0]) + 1)] + said[3] + said[0][said[1] % (len(said[0]) + 1) + said[2] :]
    )
    return st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: text.encode()), changed)


@pytest.mark.parametrize("name", NAMES)
def test_whatever_it_is_given_it_returns_or_says_that_it_is_none(name: str) -> None:
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(inputs_of(name))
    def read(data: bytes) -> None:
        targets.TARGETS[name](data)

    read()


@pytest.mark.parametrize(("name", "path"), known_inputs(), ids=lambda one: one.name if isinstance(one, Path) else one)
def test_each_known_input_is_read(name: str, path: Path) -> None:
    targets.TARGETS[name](path.read_bytes())


@pytest.mark.parametrize("name", NAMES)
def test_the_first_input_of_each_is_well_formed_and_read_to_its_end(name: str) -> None:
    targets.BARE[name]((CORPUS / name / "well-formed").read_bytes())


def test_the_table_names_every_target_and_no_other() -> None:
    table = (ROOT / "fuzz/README.md").read_text()
    assert sorted(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == NAMES


def test_the_corpus_has_a_folder_for_every_target_and_no_other() -> None:
    assert sorted(folder.name for folder in CORPUS.iterdir()) == NAMES
