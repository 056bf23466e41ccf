from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from havenline.foundation import moment
from havenline.foundation.accountability import actions
from havenline.foundation.accountability.models import Breach
from havenline.foundation.people.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_wednesday")]
SignIn = Callable[[Membership], Client]


def breach(by: Membership) -> Breach:
    return actions.record_breach(what="A list was sent to a wrong address.", known_at=moment.now(), happened_at=None, by=by)


def test_the_regulator_is_to_be_notified_within_72_hours_of_its_being_known(senior_analyst: Membership, on_wednesday: datetime) -> None:
    found = breach(senior_analyst)
    assert found.due_at == on_wednesday + timedelta(hours=72)
    with moment.standing_at(on_wednesday + timedelta(hours=72)):
        assert not found.is_late
    with moment.standing_at(on_wednesday + timedelta(hours=72, seconds=1)):
        assert found.is_late
        assert actions.decide_breach(breach=found, decided="notified", reason="IC-12", by=senior_analyst).is_late


def test_not_to_notify_needs_a_reason_and_can_still_become_a_notification(senior_analyst: Membership) -> None:
    found = breach(senior_analyst)
    with pytest.raises(actions.WordsMissing):
        actions.decide_breach(breach=found, decided="not_notified", reason=" ", by=senior_analyst)
    actions.decide_breach(breach=found, decided="not_notified", reason="It was encrypted.", by=senior_analyst)
    found = actions.decide_breach(breach=found, decided="notified", reason="IC-12", by=senior_analyst)
    assert found.reason == "IC-12"
    with pytest.raises(actions.NotDecided):
        actions.decide_breach(breach=found, decided="not_notified", reason="After all.", by=senior_analyst)


def test_the_register_is_read_by_the_agency_and_oversight_and_written_by_the_agency_alone(
    senior_analyst: Membership, analyst: Membership, police_supervisor: Membership, auditor: Membership, signed_in: SignIn
) -> None:
    browser = signed_in(senior_analyst)
    made = browser.post(reverse("accountability:breaches"), {"what": "A list went astray.", "known_at": "2026-11-18T09:00"})
    browser.post(made.url, {"act": "decide", "decided": "not_notified", "reason": "It was encrypted."})
    browser.post(made.url, {"act": "told", "words": "Two families, by telephone."})
    page = browser.get(made.url).content.decode()
    assert all(words in page for words in ("A list went astray.", "It was encrypted.", "Two families, by telephone.", "21 Nov 2026 09:00"))
    reader = signed_in(auditor)
    assert "A list went astray." in reader.get(made.url).content.decode()
    assert reader.post(reverse("accountability:breaches"), {"what": "x", "known_at": "2026-11-18T09:00"}).status_code == 404
    reader.post(made.url, {"act": "told", "words": "Everybody."})
    assert Breach.objects.get().told.count() == 1
    assert signed_in(police_supervisor).get(made.url).status_code == 404
    assert signed_in(analyst).get(made.url).status_code == 404


def test_what_happened_is_sealed(senior_analyst: Membership) -> None:
    assert b"wrong address" not in bytes(breach(senior_analyst).what_sealed)
