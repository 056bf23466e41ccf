import pytest

from havenline.foundation.accountability import disclosure
from havenline.foundation.people.models import Membership
from havenline.journey.investigation import actions
from havenline.journey.investigation.models import Subject

pytestmark = pytest.mark.django_db


def test_in_a_copy_of_a_case_children_are_other_people_and_so_are_subjects_where_there_are_several(
    identified: Subject, investigator: Membership
) -> None:
    actions.name_subject(subject=identified, name="Sam Reed", by=investigator)
    details = {"name": "Robin Vale", "town": "Northmere"}
    actions.note_child_within_reach(subject=identified, details=details, how="own_children", age=9, by=investigator)
    about = {one.words: one.about for one in disclosure.passages_of(identified.case.record)}
    assert (about["Sam Reed"], about["Robin Vale"]) == ("read", "other")
    actions.open_subject(case=identified.case, by=investigator)
    assert {one.words: one.about for one in disclosure.passages_of(identified.case.record)}["Sam Reed"] == "other"
