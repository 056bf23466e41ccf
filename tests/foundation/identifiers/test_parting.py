"""An erased record and its identifiers part; what stands in another record stays there."""

import pytest

from havenline.foundation.identifiers import actions
from havenline.foundation.identifiers.models import Identifier, Sighting
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.people.models import Agency
from havenline.foundation.sealing import copies
from tests import factories

pytestmark = pytest.mark.django_db


def test_an_identifier_stays_with_the_other_record_and_one_that_stands_nowhere_else_goes(hotline: Agency) -> None:
    erased, other = (factories.record("report", hotline) for _one in range(2))
    for record, raw in ((erased, "riverwalk_77"), (other, "riverwalk_77"), (erased, "harbourlight_5")):
        actions.see(record=record, kind="account", raw=f"{raw} at chat.example", source="report", by=INSTALLATION)
    copies.destroy(erased.reference, erased.pk)
    assert [one.identifier.shown for one in Sighting.objects.filter(record=other)] == ["riverwalk_77 at chat.example"]
    assert {one.identifier.shown for one in Sighting.objects.filter(record=erased)} == {"erased"}
    assert not Identifier.objects.filter(canonical__contains="harbourlight").exists()
