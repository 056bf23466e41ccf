"""An area with rooms and chairs, and cases whose conferences wait, made by the real actions."""

from datetime import date, datetime, time
from typing import Any

from havenline.foundation import moment
from havenline.foundation.people.models import Membership
from havenline.journey.safeguarding import actions
from havenline.journey.safeguarding.models import ChildCase, ConferenceRoom
from tests import factories
from tests.journey.safeguarding.conftest import Refer

INITIAL = "initial_child_protection_conference"


def on(day: date, hour: int = 10) -> Any:
    return moment.standing_at(datetime.combine(day, time(hour), tzinfo=moment.LONDON))


def enquiry(refer: Refer, by: Membership, name: str, *, discussed: date, owner: Membership | None = None, **child: Any) -> ChildCase:
    """A case in which a strategy discussion of that day began an enquiry: its conference is due 15 working days later."""
    with on(discussed, 9):
        child_case = actions.take_up(hand_over=refer(name=name, **child), by=by, is_another_child=True, owner=owner)
        actions.decide(child_case=child_case, outcome="strategy_discussion_now", reason="Near.", answer="Today.", by=by)
        actions.record_step(
            child_case=child_case, step="strategy_discussion", outcome="joint_enquiry", happened_on=discussed, happened_at=time(8), by=by
        )
    return child_case


def room(by: Membership, name: str = "Oak", places: int = 12, accessible: bool = False) -> ConferenceRoom:
    return actions.add_room(name=name, places=places, accessible=accessible, by=by)


def another_chair(like: Membership, name: str = "Lee Arden") -> Membership:
    return factories.member("conference_chair", like.agency, name)
