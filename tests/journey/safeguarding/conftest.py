"""A referral that waits at social care, and a case that was taken up from it, made by the real actions."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from havenline.foundation.handover import actions as handover
from havenline.foundation.handover.models import HandOver
from havenline.foundation.handover.purposes import REFERRAL_TO_SOCIAL_CARE
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import FileKind
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Record
from havenline.journey.safeguarding import actions
from havenline.journey.safeguarding.models import ChildCase
from tests import factories
from tests.journey.safeguarding.census_world import digest_of


def package(name: str = "Robin Vale", **child: Any) -> dict[str, Any]:
    told = {"name": name, "age": 9, "town": "Northmere", "school": "Alder Road School", "household": "one child", "address": ""}
    return {
        "child": told | child,
        "concern": "An adult stranger asked to meet the child.",
        "why": "Access to children was found.",
        "from_person": "Dana Amara",
        "from_agency": "Northmere Police",
        "urgent": False,
        "subject": None,
        "report": None,
    }


Refer = Callable[..., HandOver]


@pytest.fixture
def refer(investigator: Membership, social_care: Agency) -> Refer:
    """Police refer a child: `refer()`, `refer(name=…, address=…)`; of a case of theirs that there is: `refer(source=…)`."""

    def send(obligation: str = "child 1", source: Record | None = None, **child: Any) -> HandOver:
        if source is None:
            source, _key = records.open_record(kind=FileKind.CASE, agency=investigator.agency, owner=investigator)
        owed = handover.owe(
            source=source,
            purpose=REFERRAL_TO_SOCIAL_CARE,
            obligation=obligation,
            from_agency=investigator.agency,
            to_agency=social_care,
            package=package(**child),
            by=investigator,
        )
        return handover.send(hand_over=owed, by=investigator)

    return send


@pytest.fixture
def referral(on_wednesday: datetime, refer: Refer, social_worker: Membership, team_manager: Membership) -> HandOver:
    return refer()


@pytest.fixture
def child_case(referral: HandOver, social_worker: Membership, team_manager: Membership) -> ChildCase:
    """Robin Vale's case, taken up on Wednesday 18 November 2026 at 10:06."""
    return actions.take_up(hand_over=referral, by=social_worker)


@pytest.fixture
def elsewhere(db: None) -> Membership:
    """A team manager of another council."""
    return factories.member("team_manager", factories.agency("social_care", "Eastmere social care"), "Ash Rowan")


@pytest.fixture
def holder(on_wednesday: datetime, social_worker: Membership, team_manager: Membership) -> Membership:
    return social_worker


@pytest.fixture
def take(tmp_path: Path, holder: Membership) -> Any:
    """Take a census in: `take(text)`."""

    def take_in(text: str, *, name: str = "cin.xml") -> actions.Reading:
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        return actions.import_census(file=file, digest=digest_of(file), agency=holder.agency, holder=holder, by=INSTALLATION)

    return take_in
