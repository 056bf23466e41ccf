"""The demo world, played whole through the real actions."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings
from django.test import override_settings
from django_tasks_db.models import DBTaskResult

from havenline.cli import demo_hosts
from havenline.cli.demo import KEPT_IN_THE_DEMO
from havenline.cli.mail_catcher import Catcher
from havenline.foundation import moment
from havenline.foundation.accountability.models import AccessRequest, Breach
from havenline.foundation.clocks.models import Clock
from havenline.foundation.handover.models import HandOver
from havenline.foundation.identifiers.models import Sighting
from havenline.foundation.ledger import queries as ledger
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import ROLES_OF, AgencyKind
from havenline.foundation.records.models import BrokenGlass, Party, Record
from havenline.foundation.retention import actions, rules
from havenline.foundation.work.models import Round
from havenline.journey.intake.models import Report
from havenline.journey.investigation.models import Case
from havenline.journey.prevention.models import AskedSchool, SchoolNotice
from havenline.journey.safeguarding.models import (
    CensusImport,
    ChildCase,
    ConferencePlan,
    ProposedConference,
    ReferrerTold,
    ToldAtOnce,
)
from havenline.journey.takedown.models import Notice
from tests.foundation.post.mail_server import free_port

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


# Each state in which a notice rests; *leaving* lasts for seconds.
STATES_OF_NOTICES = set(Notice.State.values) - {Notice.State.LEAVING, Notice.State.REFUSED, Notice.State.WITHDRAWN}


@pytest.fixture
def demo_mail(tmp_path: Path) -> Iterator[None]:
    """The demo's own mail server: it takes most letters, and refuses some."""
    controller = Controller(Catcher(tmp_path / "mail"), hostname="127.0.0.1", port=free_port())
    controller.start()
    with override_settings(EMAIL_HOST="127.0.0.1", EMAIL_PORT=controller.port):
        yield
    controller.stop()


@pytest.fixture
def settings_of_the_demo() -> Iterator[None]:
    with override_settings(HOST_NAMES=demo_hosts.names_at(free_port())):
        yield


def test_the_demo_world_plays_through_and_shows_every_stage(
    monkeypatch: pytest.MonkeyPatch, demo_mail: None, settings_of_the_demo: None
) -> None:
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
    assert shared.count() == 6
    assert set(Notice.objects.values_list("state", flat=True)) >= STATES_OF_NOTICES
    assert not Round.objects.exclude(problem="").exists()
    assert not DBTaskResult.objects.filter(status="FAILED").exists()
    assert ledger.verify().waiting == 0
    assert Party.objects.filter(shared_by__isnull=False, until__isnull=False).exclude(lawful_basis="").exists()
    assert Record.objects.filter(restricted_at__isnull=False).exists()
    assert [glass.is_open for glass in BrokenGlass.objects.filter(reviewed_at=None)] == [True]
    assert BrokenGlass.objects.filter(was_in_order=True).exists()
    assert AccessRequest.objects.filter(answered_at=None, choices__what="").exists()
    assert [breach.is_late for breach in Breach.objects.filter(decided="")] == [False]
    assert ReferrerTold.objects.get(child_case__referral__told__source="public").told_at is not None
    assert Clock.objects.running().filter(rule="police_protection_ends", due_at__gt=moment.now()).exists()
    assert {told.has_it_at is None for told in ToldAtOnce.objects.all()} == {True, False}
    planned = ProposedConference.objects.filter(plan__state=ConferencePlan.State.READY, on__isnull=False)
    assert planned.filter(booking=None).exists()
    booked = planned.get(booking__isnull=False).booking
    assert booked is not None
    assert booked.room is not None
    assert booked.booked_for > moment.today()
    assert booked.invitations.filter(to_agency__kind=AgencyKind.HEALTH).exists()
    assert ChildCase.objects.filter(census__came_with=CensusImport.objects.get(), record__closed_at=None).count() == 2
    assert list(actions.due_by(rules.read({"report": KEPT_IN_THE_DEMO})["report"], on=moment.today()))
