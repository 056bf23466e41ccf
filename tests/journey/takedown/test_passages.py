from havenline.foundation.people.models import Membership
from havenline.foundation.records.masking import sight_of
from havenline.foundation.records.passages import passages_of
from havenline.journey.takedown import actions
from havenline.journey.takedown.models import Notice
from tests.journey.takedown.conftest import PAGE


def test_a_copy_of_a_notice_says_what_was_asked_of_whom_and_how_it_ended_and_holds_no_link(sent: Notice, analyst: Membership) -> None:
    actions.record_removed(notice=sent, how="Looked at through the archive’s index.", by=analyst)
    said = {one.label: one.words for one in passages_of(sent.record, sight_of(sent.record, by=analyst))}
    assert said["host"] == "pictures.example"
    assert (said["items"], said["how it ended"]) == ("1", "Looked at through the archive’s index.")
    assert PAGE not in str(said)
