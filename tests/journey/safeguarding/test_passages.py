from datetime import date

from havenline.foundation.people.models import Membership
from havenline.foundation.records.masking import sight_of
from havenline.foundation.records.models import Record
from havenline.foundation.records.passages import Passage, passages_of
from havenline.journey.safeguarding import actions
from havenline.journey.safeguarding.models import ChildCase


def passages(of: Record, by: Membership) -> list[Passage]:
    return passages_of(of, sight_of(of, by=by))


def test_in_a_copy_of_a_childs_case_everybody_is_another_person_and_notes_are_to_be_read(
    child_case: ChildCase, social_worker: Membership
) -> None:
    actions.change_child(child_case=child_case, name="Robin Vale", born_on=date(2017, 3, 2), language="Welsh", by=social_worker)
    actions.add_relationship(child_case=child_case, name="Alex Vale", relation="parent", said_by="the school", by=social_worker)
    actions.add_note(child_case=child_case, words="Seen at home.", by=social_worker)
    about = {one.words: one.about for one in passages(child_case.record, social_worker)}
    assert about["Robin Vale"] == about["Alex Vale, parent"] == about["Welsh"] == "other"
    assert about["Seen at home."] == "read"
    package = {one.words: one.about for one in passages(child_case.referral.record, social_worker)}
    assert package["Robin Vale"] == package["Dana Amara"] == "other"
    assert package["An adult stranger asked to meet the child."] == "read"
