"""Grades, second persons, and what carries over."""

import pytest

from havenline.foundation.ledger.models import Entry
from havenline.journey.triage import actions, errors, queries
from havenline.journey.triage.standing import standing
from tests.journey.triage.conftest import SHA

pytestmark = pytest.mark.django_db

HASHED = {"kind": "web_page", "platform": {"hashes": [SHA]}}
ADDRESS = {"kind": "web_page", "place": {"urls": ["https://chat.example/room"]}}


def graded(report, grade, by):
    actions.claim(report=report, by=by)
    return actions.grade(item=report.items.get(), grade=grade, by=by)


def test_unsure_asks_a_second_person_and_never_the_same(arrives, analyst, second_analyst):
    report = arrives(**ADDRESS)
    graded(report, "U", analyst)
    item = report.items.get()
    assert standing(item) is None
    with pytest.raises(errors.SecondPersonNeeded):
        actions.grade(item=item, grade="B", by=analyst)
    assert list(queries.waiting_for_second_person(second_analyst)) == [report]
    assert not queries.waiting_for_second_person(analyst)
    actions.grade(item=item, grade="B", by=second_analyst)
    assert standing(item).grade == "B"


def test_a_grade_of_the_same_hash_carries_over_by_one_confirmation(arrives, analyst):
    earlier = graded(arrives(**HASHED), "N", analyst)
    later = arrives(**HASHED)
    actions.claim(report=later, by=analyst)
    [view] = queries.items(later, by=analyst).views
    assert (view.known.offer.earlier, view.known.offer.is_exact) == (earlier, True)
    made = actions.carry_over(item=view.item, earlier=earlier, by=analyst)
    assert (made.grade, made.carried_over_from) == ("N", earlier)


def test_not_illegal_is_not_even_shown_for_the_same_address(arrives, analyst):
    earlier = graded(arrives(**ADDRESS), "N", analyst)
    later = arrives(**ADDRESS)
    actions.claim(report=later, by=analyst)
    [view] = queries.items(later, by=analyst).views
    assert not view.known.is_known
    with pytest.raises(errors.CannotCarryOver):
        actions.carry_over(item=view.item, earlier=earlier, by=analyst)


def test_a_grade_of_the_same_address_is_known_but_graded_anew(arrives, analyst):
    earlier = graded(arrives(**ADDRESS), "B", analyst)
    later = arrives(**ADDRESS)
    [view] = queries.items(later, by=analyst).views
    assert ([one.assessment for one in view.known.earlier], view.known.offer) == ([earlier], None)


def test_showing_an_address_counts_a_look(arrives, analyst):
    report = arrives(**ADDRESS)
    actions.claim(report=report, by=analyst)
    before = Entry.objects.filter(record=report.reference, body__contains='"look":true').count()
    assert actions.look_at_item(item=report.items.get(), by=analyst) == "https://chat.example/room"
    assert Entry.objects.filter(record=report.reference, body__contains='"look":true').count() == before + 1
