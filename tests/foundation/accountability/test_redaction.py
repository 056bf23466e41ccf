"""What is blacked out of a copy for the person whom it is about: by whom, seen by whom, and what is left of it."""

import json
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from havenline.foundation.accountability import actions
from havenline.foundation.accountability.models import AccessRequest, Choice
from havenline.foundation.ledger.models import Entry
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import AgencyKind, Role
from havenline.foundation.records.masking import sight_of
from havenline.foundation.records.models import Record
from havenline.foundation.records.passages import passages_of
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_wednesday")]
PACKAGE = {
    "concern": "An adult stranger asked to meet the child.",
    "answers": {"reporter": {"name": "Marlow Penhale"}, "child": {"name": "Robin Vale", "town": "Larkhaven"}},
}


def asked_of(record: Record, by: Membership) -> Choice:
    request = actions.receive_request(name="Sam Reed", contact="1 High Road", asks="", received_on=date(2026, 11, 17), by=by)
    return actions.ask_about(request=request, record=record, by=by)


def everything(record: Record, by: Membership) -> set[int]:
    return set(range(len(passages_of(record, sight_of(record, by=by)))))


@pytest.fixture
def officer() -> Membership:
    return factories.member(Role.DESIGNATED_OFFICER, factories.agency(AgencyKind.LADO))


@pytest.fixture
def own(officer: Membership) -> Record:
    """A hand-over of the designated officer's: theirs to disclose, with fields that they do not read."""
    return factories.hand_over(of=officer.agency, to=factories.agency(AgencyKind.POLICE), package=PACKAGE).record


def test_who_reads_a_field_may_not_black_it_out_for_that(senior_analyst: Membership, analyst: Membership) -> None:
    report = factories.report(analyst.agency)
    choice = asked_of(report.record, senior_analyst)
    with pytest.raises(actions.NotYours, match="Senior analyst"):
        actions.decide(choice=choice, what="disclose", reason="Theirs.", kept=set(), by=analyst)


def test_what_is_withheld_from_whoever_makes_a_copy_is_blacked_out_of_it_whatever_they_tick(officer: Membership, own: Record) -> None:
    choice = asked_of(own, officer)
    marked = {one.about for one in passages_of(own, sight_of(own, by=officer)) if "Withheld" in one.words}
    assert marked == {"withheld"}
    choice = actions.decide(choice=choice, what="disclose", reason="Theirs.", kept=everything(own, officer), by=officer)
    text = json.dumps(choice.copy)
    assert "Robin Vale" in text
    assert "Withheld" not in text  # said to whoever makes it, and not to whom it is for
    assert "Marlow Penhale" not in text
    assert "Larkhaven" not in text


def test_a_copy_leaves_once_another_of_the_agency_has_looked_at_it(officer: Membership, own: Record, signed_in: Any) -> None:
    another = factories.member(Role.DESIGNATED_OFFICER, officer.agency)
    choice = asked_of(own, officer)
    actions.decide(choice=choice, what="disclose", reason="Theirs.", kept=set(), by=officer)
    with pytest.raises(actions.NotDecided, match="Somebody else"):
        actions.answer(request=choice.request, by=officer)
    page = reverse("accountability:request", args=[choice.request.number])
    assert "somebody else of your agency" in signed_in(officer).get(page).content.decode()
    looked_at = signed_in(another).get(page).content.decode()
    assert "An adult stranger asked to meet the child." in looked_at
    assert "Write the letter and close the request" in looked_at
    assert actions.answer(request=choice.request, by=another).answered_by == another


def test_where_the_agency_has_nobody_else_a_copy_leaves_by_one_hand(officer: Membership, own: Record) -> None:
    choice = asked_of(own, officer)
    actions.decide(choice=choice, what="disclose", reason="Theirs.", kept=set(), by=officer)
    assert actions.answer(request=choice.request, by=officer).answered_at is not None


def test_a_letter_and_its_copy_hold_nothing_of_what_was_blacked_out_nor_how_long_it_was(
    officer: Membership, own: Record, signed_in: Any
) -> None:
    choice = asked_of(own, officer)
    actions.decide(choice=choice, what="disclose", reason="Theirs.", kept=set(), out=everything(own, officer), by=officer)
    actions.answer(request=choice.request, by=officer)
    letter = signed_in(officer).get(reverse("accountability:letter", args=[choice.request.number])).content.decode()
    assert "[redacted: about another person]" in letter
    assert not [words for words in ("Robin Vale", "Marlow", "Penhale", "Larkhaven", "stranger") if words in letter]
    redacted = {one["words"] for one in Choice.objects.get().copy if one["redacted"]}
    assert len(redacted) == 1


def test_the_ledger_keeps_how_many_were_blacked_out_and_why_and_never_what(officer: Membership, own: Record) -> None:
    choice = asked_of(own, officer)
    concern = next(n for n, one in enumerate(passages_of(own, sight_of(own, by=officer))) if one.about == "read")
    actions.decide(choice=choice, what="disclose", reason="Theirs.", kept=set(), out={concern}, by=officer)
    entry = json.loads(Entry.objects.get(body__contains="decided what is disclosed").body)
    assert entry["reason"].endswith("disclose, 4 of 4 redacted: 1 about others, 2 withheld, 1 read")
    assert len(entry["changed"]) == 64
    assert AccessRequest.objects.count() == 1
    assert not Entry.objects.filter(body__contains="Robin Vale").exists()
