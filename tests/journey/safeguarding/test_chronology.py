"""A child's chronology: over all cases and agencies that may be seen, narrowed, drawn, and on paper."""

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from havenline.foundation import moment
from havenline.foundation.ledger import queries as ledger
from havenline.foundation.people.models import Membership
from havenline.foundation.sharing import actions as sharing
from havenline.journey.safeguarding import actions
from havenline.journey.safeguarding.models import ChildCase, Relationship
from havenline.journey.safeguarding.queries import chronology as queries
from tests import factories
from tests.conftest import WEDNESDAY
from tests.journey.safeguarding.conftest import Refer

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Membership], Client]


def told(child_case: ChildCase, by: Membership, **narrow: Any) -> list[queries.Event]:
    return queries.narrowed(queries.chronology(queries.cases_of(child_case, by=by), by=by), **narrow)


def words_of(answer: Any) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages).split())


@pytest.fixture
def lived(child_case: ChildCase, social_worker: Membership) -> ChildCase:
    """A week of a child's case: decided, seen, somebody moved in, and what was entered late."""
    actions.decide(child_case=child_case, outcome="assessment", reason="To understand more.", by=social_worker)
    with moment.standing_at(WEDNESDAY + timedelta(days=5)):
        actions.record_seen(child_case=child_case, happened_on=date(2026, 11, 20), view="Wants to stay.", by=social_worker)
        actions.tell(child_case=child_case, whom="health", words="One page.", happened_on=date(2026, 11, 23), by=social_worker)
        actions.add_relationship(
            child_case=child_case, name="Alex Vale", relation="parent", said_by="the school", lives_with=True, by=social_worker
        )
        actions.add_note(child_case=child_case, words="A lighthouse keeper telephoned.", by=social_worker)
    return child_case


def test_every_kind_of_entry_stands_in_its_order_with_its_agency_and_its_file(lived: ChildCase, social_worker: Membership) -> None:
    events = told(lived, social_worker)
    assert [event.sort for event in events] == sorted(event.sort for event in events)
    assert {event.kind for event in events} == {"step", "seen", "told", "between", "around", "note"}
    assert {event.agency.name for event in events} == {"Northmere Police", "Northmere social care"}
    assert {event.source for event in events} == {lived.reference, lived.referral.reference}
    assert all(event.url for event in events)


def test_what_was_entered_on_a_later_day_says_so(lived: ChildCase, social_worker: Membership) -> None:
    [seen] = told(lived, social_worker, kinds=["seen"])
    assert (seen.on, seen.recorded) == (date(2026, 11, 20), "Mon 23 Nov")


def test_a_step_that_was_put_right_stands_as_it_is_now(lived: ChildCase, social_worker: Membership) -> None:
    wrong = lived.events.get(step="decision_on_referral")
    actions.correct(event=wrong, reason="A slip.", outcome="no_further_action", happened_on=wrong.happened_on, by=social_worker)
    [decided] = [event for event in told(lived, social_worker, kinds=["step"]) if "ecision" in event.what]
    assert "No further action" in decided.what


def test_what_was_withdrawn_is_marked_on_the_page_on_the_plot_and_on_paper_with_who_says_why(
    lived: ChildCase, social_worker: Membership, team_manager: Membership, signed_in: SignedIn
) -> None:
    with moment.standing_at(WEDNESDAY + timedelta(days=6)):
        one = Relationship.objects.get(name="Alex Vale")
        actions.withdraw_relationship(child_case=lived, relationship=one, why="Another Alex.", by=team_manager)
    [event] = told(lived, social_worker, kinds=["around"])
    assert event.what == "Withdrawn, it never was so: Alex Vale, parent, lives with the child"
    assert event.words == f"Said by the school. Withdrawn Tue 24 Nov, 10:06 by {team_manager.short_name}: Another Alex."
    drawn = queries.plot(told(lived, social_worker))
    assert drawn is not None
    [mark] = [mark for lane in drawn["lanes"] for mark in lane["marks"] if "Alex Vale" in mark[2]]
    assert "Withdrawn" in mark[2]
    paper = words_of(signed_in(social_worker).get(reverse("safeguarding:chronology_pdf", args=[lived.reference])))
    assert "Withdrawn, it never was so: Alex Vale" in paper
    assert "Another Alex." in paper


@pytest.mark.parametrize(
    ("narrow", "what"),
    [
        ({"kinds": ["note"]}, {"Note"}),
        ({"words": "lighthouse"}, {"Note"}),
        ({"words": "light keep"}, {"Note"}),
        ({"since": date(2026, 11, 20), "until": date(2026, 11, 20)}, {"Child seen and spoken to; their view recorded"}),
        ({"words": "elephant"}, set()),
        ({"kinds": ["seen"], "agency": "northmere-police"}, set()),
    ],
)
def test_entries_are_narrowed_by_kind_period_agency_and_words(
    lived: ChildCase, social_worker: Membership, narrow: dict[str, Any], what: set[str]
) -> None:
    assert {event.what for event in told(lived, social_worker, **narrow)} == what


def test_what_was_booked_and_moved_who_was_invited_and_came_and_who_took_the_case_over_stand_in_it(
    lived: ChildCase, social_worker: Membership, team_manager: Membership
) -> None:
    day, discussion = WEDNESDAY.date(), "strategy_discussion"
    with moment.standing_at(WEDNESDAY + timedelta(days=5)):
        book = {"child_case": lived, "step": discussion, "by": social_worker}
        actions.book(booked_for=day + timedelta(days=6), **book)
        booking = actions.book(booked_for=day + timedelta(days=7), reason="A room.", **book)
        invitation = actions.invite(booking=booking, agency="health", name="Dr Lane", by=social_worker)
    with moment.standing_at(WEDNESDAY + timedelta(days=7)):
        actions.note_who_came(invitation=invitation, came=True, by=social_worker)
        colleague = factories.member("social_worker", social_worker.agency, "Uma Stone")
        actions.reassign(child_case=lived, to=colleague, words="Promised a call.", by=team_manager)
    steps = {event.what: event for event in told(lived, social_worker, kinds=["step"])}
    assert {"Strategy discussion booked for Tue 24 Nov: Moved", "Strategy discussion booked for Wed 25 Nov"} <= set(steps)
    given = f"Case given to {colleague.short_name}; held by {social_worker.short_name} until then"
    assert steps[given].words == ""  # the note is for whoever took it over
    [invited] = [event for event in told(lived, social_worker, kinds=["told"]) if "Dr Lane" in event.what]
    assert "Came." in invited.words


def test_it_runs_over_the_cases_of_a_child_that_was_merged_more_than_once(
    lived: ChildCase, refer: Refer, social_worker: Membership, team_manager: Membership
) -> None:
    more = [
        actions.take_up(hand_over=refer(obligation=f"child {n}", name=name), by=social_worker, is_another_child=True)
        for n, name in ((2, "Robyn Vale"), (3, "Bob Vale"))
    ]
    first, second, third = lived.child, more[0].child, more[1].child
    first.merged_into = second
    first.save()
    second.merged_into = third
    second.save()
    for case in (lived, *more):
        case = ChildCase.objects.get(pk=case.pk)
        assert {one.pk for one in queries.cases_of(case, by=social_worker)} == {lived.pk, more[0].pk, more[1].pk}


def test_it_runs_over_every_case_of_the_child(lived: ChildCase, refer: Refer, social_worker: Membership) -> None:
    with moment.standing_at(WEDNESDAY + timedelta(days=30)):
        again = actions.take_up(hand_over=refer(obligation="child 2"), child=lived.child, by=social_worker)
        assert {event.source for event in told(again, social_worker, kinds=["step"])} == {lived.reference, again.reference}
        assert told(again, social_worker) == told(lived, social_worker)


def test_a_siblings_case_of_the_same_path_stands_in_no_chronology_of_this_child(
    lived: ChildCase, refer: Refer, social_worker: Membership
) -> None:
    assert lived.referral is not None
    referred = refer(obligation="child 2", source=lived.referral.source, name="Toni Fern", age=4)
    sibling = actions.take_up(hand_over=referred, by=social_worker)
    assert not [event for event in told(lived, social_worker) if sibling.reference in event.source]


def test_what_another_area_did_is_told_only_to_whoever_may_see_it(
    lived: ChildCase, social_worker: Membership, elsewhere: Membership
) -> None:
    transfer = actions.transfer(child_case=lived, to=elsewhere.agency, reason="They moved.", by=social_worker)
    there = actions.take_up(hand_over=transfer, by=elsewhere, is_another_child=True)
    actions.add_note(child_case=there, words="Settled in.", by=elsewhere)
    assert not [event for event in told(lived, social_worker) if event.words == "Settled in."]
    assert not [event for event in told(there, elsewhere) if "lighthouse" in event.words]
    assert [event for event in told(there, elsewhere) if event.kind == "between"]


def test_a_restricted_case_of_the_child_is_not_told(
    lived: ChildCase, refer: Refer, social_worker: Membership, team_manager: Membership
) -> None:
    colleague = factories.member("social_worker", social_worker.agency)
    again = actions.take_up(hand_over=refer(obligation="child 2"), child=lived.child, by=colleague)
    sharing.restrict(record=lived.record, reason="The subject is a colleague.", by=team_manager)
    assert {event.source for event in told(again, colleague, kinds=["step"])} == {again.reference}


def test_each_case_that_is_shown_is_a_look_with_who_is_around_the_child(
    lived: ChildCase, refer: Refer, social_worker: Membership, signed_in: SignedIn
) -> None:
    again = actions.take_up(hand_over=refer(obligation="child 2"), child=lived.child, by=social_worker)
    signed_in(social_worker).get(reverse("safeguarding:chronology", args=[again.reference]))
    for case in (lived, again):
        looks = [one for one in ledger.of_records([case.reference], looks=True) if one.look]
        assert looks
        assert "others" in looks[-1].shown


def test_the_page_is_narrowed_by_its_address_and_says_what_is_wrong_with_it(
    lived: ChildCase, social_worker: Membership, signed_in: SignedIn
) -> None:
    page, browser = reverse("safeguarding:chronology", args=[lived.reference]), signed_in(social_worker)
    assert "lighthouse" in browser.get(page).content.decode()
    assert "lighthouse" not in browser.get(page, {"kinds": ["seen"]}).content.decode()
    wrong = browser.get(page, {"since": "2026-12-01", "until": "2026-11-01"})
    assert wrong.status_code == 422
    assert "not before the first one" in wrong.content.decode()
    assert "No entry fits" in browser.get(page, {"words": "elephant"}).content.decode()


def test_the_paper_has_what_the_page_shows_and_says_that_it_is_an_extract(
    lived: ChildCase, social_worker: Membership, signed_in: SignedIn
) -> None:
    page, browser = reverse("safeguarding:chronology_pdf", args=[lived.reference]), signed_in(social_worker)
    whole, extract = words_of(browser.get(page)), words_of(browser.get(page, {"kinds": ["note"]}))
    assert "Wants to stay." in whole
    assert "An extract" not in whole
    assert "lighthouse" in extract
    assert "Wants to stay." not in extract
    assert "An extract" in extract


def test_a_paper_of_the_chronology_is_on_the_ledger_of_each_case_in_it(
    lived: ChildCase, refer: Refer, social_worker: Membership, signed_in: SignedIn
) -> None:
    again = actions.take_up(hand_over=refer(obligation="child 2"), child=lived.child, by=social_worker)
    signed_in(social_worker).get(reverse("safeguarding:chronology_pdf", args=[again.reference]))
    for case in (lived, again):
        assert "printed" in [one.reason for one in ledger.of_records([case.reference], looks=True)]


def test_the_whole_case_as_pdf_holds_the_chronology_over_all_cases(
    lived: ChildCase, refer: Refer, social_worker: Membership, signed_in: SignedIn
) -> None:
    again = actions.take_up(hand_over=refer(obligation="child 2"), child=lived.child, by=social_worker)
    whole = words_of(signed_in(social_worker).get(reverse("safeguarding:case_pdf", args=[again.reference])))
    assert "Chronology over all" in whole
    assert "lighthouse" in whole


def test_who_reads_by_broken_glass_has_no_paper_of_it(
    lived: ChildCase, elsewhere: Membership, auditor: Membership, signed_in: SignedIn
) -> None:
    sharing.break_glass(reference=lived.reference, reason="A child may be in danger tonight.", by=elsewhere)
    browser = signed_in(elsewhere)
    assert browser.get(reverse("safeguarding:chronology", args=[lived.reference])).status_code == 200
    assert browser.get(reverse("safeguarding:chronology_pdf", args=[lived.reference])).status_code == 404


def test_the_plot_has_a_lane_for_each_kind_and_a_mark_for_each_entry(lived: ChildCase, social_worker: Membership) -> None:
    events = told(lived, social_worker)
    drawn = queries.plot(events)
    assert drawn is not None
    assert sum(len(lane["marks"]) for lane in drawn["lanes"]) == len(events)
    assert queries.plot(events[:1]) is None
