"""A child's case is found by what is known of the child and by what was written of it, whoever wrote it and wherever."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from havenline.foundation import moment
from havenline.foundation.people.models import Membership
from havenline.foundation.sealing.models import Key
from havenline.foundation.search import queries as search
from havenline.foundation.search.models import Document
from havenline.foundation.sharing import actions as sharing
from havenline.journey.safeguarding import actions
from havenline.journey.safeguarding.actions.findable import make_case_findable
from havenline.journey.safeguarding.models import ChildCase
from tests import factories
from tests.census_files import assessment, child, episode, message
from tests.journey.safeguarding.census_world import only_case

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


# What is only added costs what it is itself, not what the case holds


def marks_of(child_case: ChildCase) -> str:
    return Document.objects.get(record=child_case.record).marks


def test_what_was_added_word_by_word_is_found_as_if_it_were_indexed_afresh(
    child_case: ChildCase, social_worker: Membership, team_manager: Membership
) -> None:
    actions.decide(child_case=child_case, outcome="assessment", reason="The ferry timetable.", by=social_worker)
    actions.add_note(child_case=child_case, words="A lighthouse keeper telephoned.", by=social_worker)
    actions.record_step(
        child_case=child_case,
        step="strategy_discussion",
        outcome="joint_enquiry",
        happened_on=moment.today(),
        note="Held by telephone in the harbour office.",
        by=social_worker,
    )
    colleague = factories.member("social_worker", social_worker.agency)
    actions.reassign(child_case=child_case, to=colleague, words="The bicycle is promised for Friday.", by=team_manager)
    added = marks_of(child_case)
    make_case_findable(child_case)
    assert added == marks_of(child_case)


def what_a_step_asks(child_case: ChildCase, by: Membership, step: str, outcome: str) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        actions.record_step(child_case=child_case, step=step, outcome=outcome, happened_on=moment.today(), note="Why.", by=by)
    return [one["sql"] for one in asked.captured_queries]


def test_a_step_opens_the_cases_key_once_and_reads_nothing_that_was_written_before(
    child_case: ChildCase, social_worker: Membership
) -> None:
    for number in range(5):
        actions.add_note(child_case=child_case, words=f"Note {number}.", by=social_worker)
    asked = what_a_step_asks(child_case, social_worker, "decision_on_referral", "assessment")
    assert len([one for one in asked if Key._meta.db_table in one]) == 1
    assert [one for one in asked if "safeguarding_casenote" in one] == []


def test_a_case_that_nothing_finds_yet_is_indexed_whole_by_the_next_step(child_case: ChildCase, social_worker: Membership) -> None:
    actions.add_note(child_case=child_case, words="A lighthouse keeper telephoned.", by=social_worker)
    Document.objects.filter(record=child_case.record).delete()
    actions.decide(child_case=child_case, outcome="assessment", reason="The ferry timetable.", by=social_worker)
    for asked in ("robin vale", "lighthouse", "ferry"):
        assert found(asked, social_worker) == [child_case.reference], asked


def test_a_case_of_a_census_is_found_by_each_of_its_days(take: Any, holder: Membership) -> None:
    take(message(child("A1", episode(assessment("2025-04-02", "2025-05-01")))))
    for asked in ("1 May 2025", "1 June 2015"):
        assert found(asked, holder) == [only_case().reference], asked
