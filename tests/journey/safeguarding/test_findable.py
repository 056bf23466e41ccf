"""A child's case is found by what is known of the child and by what was written of it, whoever wrote it and wherever."""

from datetime import date

import pytest

from havenline.foundation import moment
from havenline.foundation.people.models import Membership
from havenline.foundation.search import queries as search
from havenline.foundation.search.models import Document
from havenline.foundation.sharing import actions as sharing
from havenline.journey.safeguarding import actions
from havenline.journey.safeguarding.models import ChildCase
from tests import factories

pytestmark = pytest.mark.django_db


def found(asked: str, by: Membership) -> list[str]:
    return [hit.record.reference for hit in search.find(asked, by=by) if hit.record.kind == "child_case"]


def test_a_case_is_found_by_the_childs_birthday_and_names_with_a_slip(child_case: ChildCase, social_worker: Membership) -> None:
    actions.change_child(
        child_case=child_case, name="Robin Vale", other_names="Robyn Wray", born_on=date(2017, 3, 2), school="Alder Road", by=social_worker
    )
    for asked in ("robin vael", "2 March 2017", "vale 02/03/2017", "bob vale 2017-03-02", "aldre road", "robyn wray"):
        assert found(asked, social_worker) == [child_case.reference], asked


def test_a_case_is_found_by_what_a_note_a_step_and_a_paper_say(child_case: ChildCase, social_worker: Membership) -> None:
    actions.add_note(child_case=child_case, words="A lighthouse keeper telephoned.", by=social_worker)
    actions.decide(child_case=child_case, outcome="assessment", reason="The ferry timetable.", by=social_worker)
    paper = actions.begin_paper(child_case=child_case, code="visit", by=social_worker)
    actions.save_paper(paper=paper, content={"child_said": "I want to keep my bicycle."}, base=1, by=social_worker)
    for asked in ("lighthouse", "ferries timetables", "bicycles", "vale bicycle"):
        assert found(asked, social_worker) == [child_case.reference], asked
    assert not any(word in Document.objects.get(record=child_case.record).words for word in ("lighthouse", "ferry", "bicycle"))


def test_a_case_is_found_by_the_day_on_which_something_happened(child_case: ChildCase, social_worker: Membership) -> None:
    assert found("18 November 2026", social_worker) == [child_case.reference]


def test_a_case_that_was_found_bears_the_childs_name(child_case: ChildCase, social_worker: Membership) -> None:
    assert [hit.title for hit in search.find("vael", by=social_worker)] == ["Robin Vale, 9"]


def test_a_restricted_case_is_found_by_nobody_who_does_not_hold_it(
    child_case: ChildCase, social_worker: Membership, team_manager: Membership
) -> None:
    colleague = factories.member("social_worker", social_worker.agency)
    sharing.restrict(record=child_case.record, reason="The subject is a colleague.", by=team_manager)
    for asked in ("robin vael", "18 November 2026", child_case.reference):
        assert found(asked, colleague) == []
        assert found(asked, social_worker) == [child_case.reference]


def test_what_was_written_is_not_found_any_more_once_it_was_put_right(child_case: ChildCase, social_worker: Membership) -> None:
    event = actions.decide(child_case=child_case, outcome="assessment", reason="The ferry timetable.", by=social_worker)
    actions.correct(event=event, reason="Wrong case.", did_not_happen=True, happened_on=moment.today(), by=social_worker)
    assert found("timetable", social_worker) == []
    assert found("wrong case", social_worker) == []
