import pytest

from havenline.foundation.people.models import Membership
from havenline.foundation.records.masking import sight_of
from havenline.foundation.records.passages import Passage, passages_of
from havenline.journey.investigation import actions
from havenline.journey.investigation.models import Subject

pytestmark = pytest.mark.django_db


def passages(of: Subject, by: Membership) -> list[Passage]:
    return passages_of(of.case.record, sight_of(of.case.record, by=by))


def test_in_a_copy_of_a_case_children_are_other_people_and_so_are_subjects_where_there_are_several(
    identified: Subject, investigator: Membership
) -> None:
    actions.name_subject(subject=identified, name="Sam Reed", by=investigator)
    details = {"name": "Robin Vale", "town": "Northmere"}
    actions.note_child_within_reach(subject=identified, details=details, how="own_children", age=9, by=investigator)
    about = {one.words: one.about for one in passages(identified, investigator)}
    assert (about["Sam Reed"], about["Robin Vale"]) == ("read", "other")
    actions.open_subject(case=identified.case, by=investigator)
    assert {one.words: one.about for one in passages(identified, investigator)}["Sam Reed"] == "other"
