"""What this room holds of a report, and what of it an erasure leaves."""

import json

import pytest
from django.test import Client

from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.people.actions import make_api_key
from havenline.foundation.people.models import Agency
from havenline.foundation.sealing import copies
from havenline.journey.intake.models import Idempotency, Report
from tests import factories

pytestmark = pytest.mark.django_db


def test_what_a_platform_called_its_request_goes_with_the_report(hotline: Agency) -> None:
    _key, clear = make_api_key(agency=factories.agency("platform"), by=INSTALLATION)
    sent = Client().post(
        "/api/v1/reports",
        json.dumps({"kind": "web_page", "url": "https://page.example/room"}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {clear}", "Idempotency-Key": "of-a-person-7"},
    )
    assert sent.status_code == 201
    report = Report.objects.get()
    assert Idempotency.objects.count() == 1
    copies.destroy(report.reference, report.pk)
    assert not Idempotency.objects.exists()
