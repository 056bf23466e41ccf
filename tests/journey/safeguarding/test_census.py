"""A council's own census: previewed, taken in once, worked on, and given back with nothing lost."""

import hashlib
import io
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from benchmarks.census import Maker

from havenline.engines.census import Content, WholeCensus, faults_of_form
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.people.models import Agency, Membership
from havenline.journey.safeguarding import actions
from havenline.journey.safeguarding.models import ChildCase

YEAR = 2026


def digest_of(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def contents(data: bytes) -> list[Content]:
    return [one.content or {} for one in WholeCensus(io.BytesIO(data)).children()]


@pytest.fixture
def holder(on_wednesday: datetime, social_worker: Membership, team_manager: Membership) -> Membership:
    return social_worker


@pytest.fixture
def take(tmp_path: Path, holder: Membership) -> Any:
    """Take a census in: `take(text)`."""

    def take_in(text: str, *, name: str = "cin.xml") -> actions.Reading:
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        return actions.import_census(file=file, digest=digest_of(file), agency=holder.agency, holder=holder, by=INSTALLATION)

    return take_in


def given_back(agency: Agency, *, year: int = YEAR) -> tuple[actions.Returned, bytes]:
    out = io.StringIO()
    said = actions.export_census(agency=agency, year=year, local_authority="201", out=out, by=INSTALLATION)
    return said, out.getvalue().encode()


def only_case() -> ChildCase:
    return ChildCase.objects.select_related("record__agency", "child").get()


def test_a_synthetic_census_goes_in_and_comes_out_with_nothing_lost(take: Any, holder: Membership) -> None:
    text = io.StringIO()
    Maker().write(text, 300)
    read = take(text.getvalue())
    assert (read.refused.count, read.not_understood.count, read.new_children) == (0, 0, 300)
    _said, out = given_back(holder.agency)
    assert contents(out) == contents(text.getvalue().encode())
    assert list(faults_of_form(io.BytesIO(out))) == []
