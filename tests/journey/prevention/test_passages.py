from typing import Any

from havenline.foundation.people.models import Membership
from havenline.foundation.records.masking import sight_of
from havenline.foundation.records.models import Record
from havenline.foundation.records.passages import passages_of
from havenline.journey.prevention import actions
from havenline.journey.prevention.models import SchoolNotice
from tests.journey.prevention.conftest import WORDS
from tests.journey.prevention.test_lead import CONCERN


def said(record: Record, by: Membership) -> dict[str, tuple[str, Any]]:
    return {one.words: (one.label, one.about) for one in passages_of(record, sight_of(record, by=by))}


def test_a_copy_of_a_notice_to_a_school_says_what_it_said(notice: SchoolNotice, analyst: Membership) -> None:
    found = said(notice.record, analyst)
    assert found["Alder Road School"] == ("school", "")
    assert found[WORDS] == ("words", "read")


def test_in_a_copy_of_a_concern_the_child_is_another_person_and_what_was_written_is_to_be_read(
    lead: Membership, social_worker: Membership
) -> None:
    concern = actions.raise_concern(by=lead, **CONCERN)
    found = said(concern.record, lead)
    assert found["Kim Reed"][1] == "other"
    assert found[CONCERN["concern"]][1] == found[CONCERN["why"]][1] == "read"
