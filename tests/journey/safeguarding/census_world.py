"""A census that goes in by the real actions, and the return that comes out."""

import hashlib
import io
from pathlib import Path

from havenline.engines.census import Content, WholeCensus
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.people.models import Agency
from havenline.journey.safeguarding import actions
from havenline.journey.safeguarding.models import ChildCase

YEAR = 2026


def digest_of(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def contents(data: bytes) -> list[Content]:
    return [one.content or {} for one in WholeCensus(io.BytesIO(data)).children()]


def given_back(agency: Agency, *, year: int = YEAR) -> tuple[actions.Returned, bytes]:
    out = io.StringIO()
    said = actions.export_census(agency=agency, year=year, local_authority="201", out=out, by=INSTALLATION)
    return said, out.getvalue().encode()


def only_case() -> ChildCase:
    return ChildCase.objects.select_related("record__agency", "child").get()
