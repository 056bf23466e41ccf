"""What `havenline doctor` finds."""

import pytest

from havenline.cli import checks
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import AgencyKind
from havenline.foundation.post import actions as post
from havenline.foundation.work import queue
from tests import factories
from tests.foundation.post.mail_server import mail_server

pytestmark = pytest.mark.django_db


def test_an_installation_without_a_hotline_is_told_that_danger_reaches_nobody() -> None:
    finding = checks.on_call()
    assert not finding.ok
    assert "no hotline" in finding.said


def test_a_gap_in_a_rota_names_its_hotline(analyst: Membership) -> None:
    factories.agency(AgencyKind.HOTLINE, "Southmere Hotline")
    assert "Southmere Hotline from" in checks.on_call().said


def test_a_letter_that_came_back_is_a_note_and_not_an_illness() -> None:
    assert checks.letters().ok
    post.queue_letter(to="kit@care.example", subject="A message waits", body="Something waits.", why="test", by=INSTALLATION)
    with mail_server("550 No such mailbox"):
        queue.drain()
    finding = checks.letters()
    assert (finding.ok, finding.said) == (None, "1 came back or could not be sent")
    assert "/desk/work/" in finding.to_do
