"""A clock of a request or a breach that nears its end, or ran out, is told to a person: by mail, once for each, and on its page."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from havenline.foundation import moment
from havenline.foundation.accountability import actions, tasks
from havenline.foundation.accountability.models import Breach, Raised
from havenline.foundation.ledger.models import Entry
from havenline.foundation.people.models import Membership
from havenline.foundation.post.models import Letter

pytestmark = pytest.mark.django_db


def breach(by: Membership) -> Breach:
    return actions.record_breach(what="A letter went astray.", known_at=moment.now(), happened_at=None, by=by)


def after(start: datetime, **more: int) -> list[tuple[str, int]]:
    """The round comes twice, that much later: what was raised so far, and to how many."""
    with moment.standing_at(start + timedelta(**more)):
        for _twice in range(2):
            tasks.raise_requests_and_breaches()
    return list(Raised.objects.order_by("at").values_list("what", "reached"))


def test_a_breach_is_told_to_supervisors_a_day_before_its_72_hours_end_and_when_they_ended(
    on_wednesday: datetime, team_manager: Membership
) -> None:
    breach(team_manager)
    assert after(on_wednesday, hours=47) == []
    assert after(on_wednesday, hours=48) == [("soon", 1)]
    assert after(on_wednesday, hours=72, minutes=1) == [("soon", 1), ("late", 1)]
    assert set(Letter.objects.values_list("to", flat=True)) == {team_manager.person.email}
    assert not Letter.objects.filter(body__contains="BR-").exists()


def test_a_breach_that_was_decided_is_raised_to_nobody(on_wednesday: datetime, team_manager: Membership) -> None:
    actions.decide_breach(breach=breach(team_manager), decided="not_notified", reason="Nobody could read it.", by=team_manager)
    assert after(on_wednesday, hours=100) == []


def test_a_request_is_told_a_week_before_its_month_ends_and_after_its_last_day(on_wednesday: datetime, team_manager: Membership) -> None:
    said = {"name": "Sam Reed", "contact": "1 High Road", "asks": "", "received_on": moment.today()}
    request = actions.receive_request(**said, by=team_manager)
    assert after(on_wednesday, days=22) == []
    assert after(on_wednesday, days=23) == [("soon", 1)]
    assert after(on_wednesday, days=30) == [("soon", 1)]
    assert after(on_wednesday, days=31) == [("soon", 1), ("late", 1)]
    assert Entry.objects.filter(record=request.number, body__contains="raised that it is late").count() == 1


def test_where_nobody_supervises_it_says_so_and_is_told_once_somebody_does(
    on_wednesday: datetime, team_manager: Membership, auditor: Membership, signed_in: Any
) -> None:
    made = breach(team_manager)
    Membership.objects.filter(pk=team_manager.pk).update(until=on_wednesday + timedelta(hours=1))
    assert after(on_wednesday, hours=73) == [("late", 0)]
    assert "nobody supervises here" in signed_in(auditor).get(reverse("accountability:breach", args=[made.number])).content.decode()
    Membership.objects.filter(pk=team_manager.pk).update(until=None)
    assert after(on_wednesday, hours=74) == [("late", 1)]
