"""What the API's document promises, tried out with made-up requests: nothing undeclared comes back."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings

from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.people.actions import make_api_key
from havenline.site.wsgi import application
from tests import factories

schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@pytest.fixture
def bearer(db: None) -> str:
    factories.agency("hotline")
    _key, raw = make_api_key(agency=factories.agency("platform"), by=INSTALLATION)
    return raw


@schema.parametrize()
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_api_keeps_its_document(case: Any, bearer: str) -> None:
    case.call_and_validate(headers={"Authorization": f"Bearer {bearer}"})
