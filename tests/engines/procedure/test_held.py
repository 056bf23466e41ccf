"""What a process answers by, beside the editions that come with the package."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from havenline.engines import procedure

AREA = """
area = "Coventry"
[[override]]
edition = "2010"
step = "initial_assessment"
from = 2010-05-01
clock = { amount = 7 }
source = "Local procedure"
verified = "secondary"
"""


@pytest.fixture(autouse=True)
def _only_the_packages_afterwards() -> Iterator[None]:
    yield
    procedure.hold_also()


def test_a_folder_that_is_held_counts_in_every_answer(tmp_path: Path) -> None:
    (tmp_path / "area.toml").write_text(AREA)
    assert procedure.edition("2010").due("initial_assessment", started=date(2012, 3, 1)) == date(2012, 3, 15)
    procedure.hold_also(tmp_path)
    assert procedure.edition("2010").due("initial_assessment", started=date(2012, 3, 1)) == date(2012, 3, 12)
    assert procedure.edition_in_force(date(2012, 3, 1)).overrides
    (clock,) = [
        c for c in procedure.simulate([procedure.Event("referral", date(2012, 3, 1))]).open_clocks if c.step == "initial_assessment"
    ]
    assert clock.due == date(2012, 3, 12)


def test_a_folder_that_is_refused_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "area.toml").write_text(AREA.replace('2010"', '2011"'))
    before = procedure.guidance()
    with pytest.raises(procedure.EditionRefused):
        procedure.hold_also(tmp_path)
    assert procedure.guidance() is before
