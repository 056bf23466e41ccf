"""What ran late is raised, once, to people; and where nobody is there it is tried again."""

from datetime import timedelta

import pytest

from havenline.foundation import moment
from havenline.foundation.clocks import actions as clocks
from havenline.foundation.clocks import queries
from havenline.foundation.clocks.models import Clock, Escalation
from havenline.foundation.clocks.rules import Policy
from havenline.foundation.ledger.actors import CLOCK
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.records import actions as records
from havenline.foundation.work import rounds
from tests import factories

pytestmark = pytest.mark.django_db
SOON = Policy("test_duty", "Do this", 5, "minutes", "5 minutes from its start")


@pytest.fixture
def clock(police: Agency) -> Clock:
    record, _key = records.open_record(kind="case", agency=police)
    return clocks.start(record=record, rule=SOON, agency=police, by=CLOCK)


def ten_minutes_later() -> None:
    with moment.standing_at(moment.now() + timedelta(minutes=10)):
        rounds.run_due()


def test_a_late_clock_is_raised_once_to_the_supervisors(clock: Clock, police_supervisor: Membership) -> None:
    ten_minutes_later()
    ten_minutes_later()
    escalation = Escalation.objects.get()
    assert (escalation.reached, escalation.names) == (1, "M. Teller")


def test_a_clock_in_time_is_raised_to_nobody(clock: Clock, police_supervisor: Membership) -> None:
    rounds.run_due()
    assert not Escalation.objects.exists()


def test_what_reached_nobody_is_an_error_until_somebody_supervises(clock: Clock, police: Agency) -> None:
    ten_minutes_later()
    assert list(queries.agencies_reached_by_nobody()) == [police]
    factories.member("police_supervisor", police, "Morgan Teller")
    with moment.standing_at(moment.now() + timedelta(minutes=20)):
        rounds.run_due()
    assert list(queries.agencies_reached_by_nobody()) == []
    assert Escalation.objects.get().names == "M. Teller"
