"""What `havenline doctor` finds."""

import pytest

from havenline.cli import checks
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import AgencyKind
from tests import factories

pytestmark = pytest.mark.django_db


def test_an_installation_without_a_hotline_is_told_that_danger_reaches_nobody() -> None:
    finding = checks.on_call()
    assert not finding.ok
    assert "no hotline" in finding.said


def test_a_gap_in_a_rota_names_its_hotline(analyst: Membership) -> None:
    factories.agency(AgencyKind.HOTLINE, "Southmere Hotline")
    assert "Southmere Hotline from" in checks.on_call().said
