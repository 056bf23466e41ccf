"""The demo world, played whole through the real actions."""

import pytest
from django.conf import settings
from django_tasks_db.models import DBTaskResult

from havenline.foundation.handover.models import HandOver
from havenline.foundation.identifiers.models import Sighting
from havenline.foundation.ledger import queries as ledger
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import ROLES_OF, AgencyKind
from havenline.foundation.work.models import Round
from havenline.journey.intake.models import Report
from havenline.journey.investigation.models import Case
from havenline.journey.prevention.models import AskedSchool, SchoolNotice

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_the_demo_world_plays_through_and_shows_every_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    from havenline.cli import world

    monkeypatch.setattr(settings, "LEDGER_APPENDS", False)
    company = world.build(lambda _ended, _of: None)

    for agency in Agency.objects.exclude(kind=AgencyKind.INSTALLATION):
        held = set(Membership.objects.current().filter(agency=agency).values_list("role", flat=True))
        if agency.kind in {AgencyKind.HOTLINE, AgencyKind.POLICE}:
            assert held == set(ROLES_OF[agency.kind]), f"{agency} lacks a role that its clocks need"
    assert len([account for account in company.accounts() if "email" in account]) >= 25
    assert Report.objects.count() >= 40
    assert Report.objects.filter(waits_since__isnull=False).count() >= 10
    assert Case.objects.filter(ending="subject").count() >= 10
    assert Case.objects.filter(ending="no_subject").exists()
    assert {"delivered", "accepted", "returned", "answered"} <= set(HandOver.objects.values_list("state", flat=True))
    assert SchoolNotice.objects.filter(acknowledgement__isnull=False).exists()
    assert SchoolNotice.objects.filter(opened_at=None, letters__isnull=False).exists()
    assert AskedSchool.objects.filter(answer="unknown", hand_over__state="accepted").exists()
    shared = Sighting.objects.filter(identifier__canonical="riverwalk_77 at chat.example", record__kind="report")
    assert shared.count() == 5
    assert not Round.objects.exclude(problem="").exists()
    assert not DBTaskResult.objects.filter(status="FAILED").exists()
    assert ledger.verify().waiting == 0
