"""What the API's document promises, tried out with made-up requests: nothing undeclared comes back."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings

from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.people.actions import make_api_key
from havenline.site.wsgi import application
from tests import factories

schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@pytest.fixture
def bearer(db: None) -> Iterator[str]:
    for signal in (request_started, request_finished):  # a request ends its connection, and with it the test's transaction
        signal.disconnect(close_old_connections)
    factories.agency("hotline")
    _key, raw = make_api_key(agency=factories.agency("platform"), by=INSTALLATION)
    yield raw
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.slow
@schema.parametrize()
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_api_keeps_its_document(case: Any, bearer: str) -> None:
    case.call_and_validate(headers={"Authorization": f"Bearer {bearer}"})
