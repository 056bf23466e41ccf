"""Who is around a child, as a picture and as a table; numbers in other systems; a step as text; what is entered late."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from havenline.foundation import moment
from havenline.foundation.clocks.models import Clock
from havenline.foundation.handover.trace import trace_for
from havenline.foundation.ledger import queries as ledger
from havenline.foundation.people.models import Membership
from havenline.journey.safeguarding import actions, path
from havenline.journey.safeguarding.models import ChildCase, Household, Relationship
from havenline.journey.safeguarding.queries import around, case_page, copying
from havenline.site.look.around import around as draw
from tests import factories

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]


def at(name: str, child_case: ChildCase, *more: Any) -> str:
    return reverse(f"safeguarding:{name}", args=[child_case.reference, *more])


@pytest.fixture
def mother(child_case: ChildCase, social_worker: Membership) -> Relationship:
    said = {"name": "Alex Vale", "relation": "mother", "said_by": "the school", "is_parent": True, "lives_with": True, "cares_for": True}
    return actions.add_relationship(child_case=child_case, by=social_worker, **said)


# The people around a child


def test_the_picture_shows_who_lives_with_the_child_who_cares_and_who_said_so(
    child_case: ChildCase, mother: Relationship, social_worker: Membership
) -> None:
    said = {"name": "Jo Fern", "relation": "father", "said_by": "the child", "cares_for": True}
    actions.add_relationship(child_case=child_case, by=social_worker, **said)
    actions.add_relationship(child_case=child_case, name="Ash Reed", relation="neighbour", said_by="the school", by=social_worker)
    drawing = around.shown(child_case, by=social_worker)["drawing"]
    assert drawing["inside"] == [{"name": "Alex Vale", "relation": "mother, parent", "said": "the school, Wed 18 Nov", "cares": True}]
    assert [(one["name"], one["cares"]) for one in drawing["outside"]] == [("Jo Fern", True), ("Ash Reed", False)]
    svg = draw(drawing)
    assert svg.count('class="around-cares"') == 2
    assert "style=" not in svg
    for words in ("Alex Vale", "the school, Wed 18 Nov", "1 live with the child, 2 do not"):
        assert words in svg


def test_two_statements_on_one_person_are_one_box(child_case: ChildCase, mother: Relationship, social_worker: Membership) -> None:
    said = {"name": "alex vale", "relation": "carer", "said_by": "the child"}
    actions.add_relationship(child_case=child_case, by=social_worker, **said)
    [box] = around.shown(child_case, by=social_worker)["drawing"]["inside"]
    assert box["relation"] == "mother, carer, parent"


def test_a_sibling_of_either_household_stands_in_the_picture_and_what_is_restricted_does_not(
    child_case: ChildCase, refer: Any, social_worker: Membership
) -> None:
    home = child_case.child.household
    assert home is not None
    sibling = actions.take_up(hand_over=refer(name="Kim Fern", age=4), by=social_worker, is_another_child=True, household=home)
    assert around.shown(child_case, by=social_worker)["drawing"]["siblings"] == ["Kim Fern"]
    sibling.record.restricted_at = moment.now()
    sibling.record.save(update_fields=["restricted_at"])
    colleague = factories.member("social_worker", social_worker.agency)
    assert around.shown(child_case, by=colleague)["drawing"] is None


def test_too_many_people_are_a_table_alone(child_case: ChildCase, social_worker: Membership) -> None:
    for number in range(around.MOST_DRAWN + 1):
        actions.add_relationship(child_case=child_case, name=f"Person {number}", relation="aunt", said_by="the child", by=social_worker)
    shown = around.shown(child_case, by=social_worker)
    assert (shown["drawing"], len(shown["now_so"])) == (None, around.MOST_DRAWN + 1)


def test_a_statement_that_ended_stays_with_who_said_so_and_from_when(
    child_case: ChildCase, mother: Relationship, social_worker: Membership
) -> None:
    actions.end_relationship(child_case=child_case, relationship=mother, said_by="the child", ended_on=date(2026, 11, 2), by=social_worker)
    mother.refresh_from_db()
    assert (mother.ended_on, mother.ended_said_by, mother.closed_by) == (date(2026, 11, 2), "the child", social_worker)
    assert (mother.name, mother.said_by) == ("Alex Vale", "the school")
    shown = around.shown(child_case, by=social_worker)
    assert (shown["now_so"], shown["no_longer"], shown["drawing"]) == ([], [mother], None)


def test_a_statement_that_never_was_so_is_withdrawn_with_why_and_is_not_found_any_more(
    child_case: ChildCase, mother: Relationship, social_worker: Membership, signed_in: SignIn
) -> None:
    client = signed_in(social_worker)
    page = client.get(at("household", child_case)).content.decode()
    assert '<svg class="network around"' in page
    with pytest.raises(actions.ReasonMissing):
        actions.withdraw_relationship(child_case=child_case, relationship=mother, why=" ", by=social_worker)
    client.post(at("household", child_case), {"ended": mother.pk, "never_was": "1", "said_by": "Another child’s mother: wrong file."})
    mother.refresh_from_db()
    assert (mother.withdrawn_at is not None, mother.ended_on, mother.name) == (True, None, "Alex Vale")
    assert not Relationship.objects.standing().exists()
    after = client.get(at("household", child_case)).content.decode()
    assert "Never was so, Wed 18 Nov: Another child’s mother: wrong file." in after
    assert not client.get(reverse("search:find"), {"q": "Alex Vale"}).context["hits"]


def test_said_again_after_it_was_withdrawn_it_is_a_statement_of_its_own(
    child_case: ChildCase, mother: Relationship, social_worker: Membership
) -> None:
    actions.withdraw_relationship(child_case=child_case, relationship=mother, why="Wrong file.", by=social_worker)
    said = {"name": "Alex Vale", "relation": "mother", "said_by": "the child", "is_parent": True, "lives_with": True, "cares_for": True}
    again = actions.add_relationship(child_case=child_case, by=social_worker, **said)
    assert again != mother


def test_a_child_is_not_born_before_its_parent(child_case: ChildCase, social_worker: Membership) -> None:
    said = {"name": "Alex Vale", "relation": "mother", "said_by": "the school", "is_parent": True}
    actions.add_relationship(child_case=child_case, born_on=date(1990, 5, 1), by=social_worker, **said)
    with pytest.raises(actions.DateNotPossible, match="Alex Vale") as refused:
        actions.change_child(child_case=child_case, name="Robin Vale", born_on=date(1990, 5, 1), by=social_worker)
    assert set(refused.value.wrong) == {"born_on"}
    actions.change_child(child_case=child_case, name="Robin Vale", born_on=date(2017, 5, 1), by=social_worker)
    child_case.child.refresh_from_db()
    with pytest.raises(actions.DateNotPossible):
        actions.add_relationship(child_case=child_case, born_on=date(2018, 1, 1), by=social_worker, **said)


def test_a_date_of_birth_in_the_future_is_refused_beside_its_field_and_nothing_typed_is_lost(
    child_case: ChildCase, social_worker: Membership, signed_in: SignIn
) -> None:
    said = {"name": "Robin Vale", "born_on": "2027-01-01", "school": "Beech Lane School", "as_read": actions.read_mark(child_case.child)}
    answer = signed_in(social_worker).post(at("change_child", child_case), said)
    form = answer.context["form"]
    assert (answer.status_code, list(form.errors), form["school"].value()) == (422, ["born_on"], "Beech Lane School")


def test_a_child_lives_in_two_households_and_never_twice_in_one(child_case: ChildCase, social_worker: Membership) -> None:
    first = child_case.child.household
    second = Household.objects.create(agency=social_worker.agency, number="H-2222", address="2 Alder Road", made_at=moment.now())
    assert first is not None
    actions.join_household(child_case=child_case, household=second, at_times=True, by=social_worker)
    child_case.child.refresh_from_db()
    assert (child_case.child.household, child_case.child.other_household) == (first, second)
    for home, at_times in ((first, True), (second, False)):
        with pytest.raises(actions.NotOfThisCase):
            actions.join_household(child_case=child_case, household=home, at_times=at_times, by=social_worker)


# Numbers in other systems


def test_a_number_that_is_used_no_longer_stays_with_its_day_and_speaks_against_nobody(
    child_case: ChildCase, social_worker: Membership, signed_in: SignIn
) -> None:
    number = actions.add_number(child_case=child_case, system="Casebook", number="77", by=social_worker)
    client = signed_in(social_worker)
    client.post(at("same", child_case), {"do": "end", "which": number.pk})
    number.refresh_from_db()
    assert number.ended_on == moment.today()
    assert "(ended)" in client.get(at("child_case", child_case)).content.decode()
    assert "Add or end" in client.get(at("child_case", child_case)).content.decode()
    again = actions.add_number(child_case=child_case, system="Casebook", number="77", by=social_worker)
    assert (again.pk, again.ended_on) == (number.pk, None)


# A step as text


def test_a_step_copies_out_as_text_and_the_ledger_says_who_took_it_out(
    child_case: ChildCase, social_worker: Membership, signed_in: SignIn
) -> None:
    actions.add_number(child_case=child_case, system="NHS", number="9434765919", by=social_worker)
    event = actions.decide(child_case=child_case, outcome="assessment", reason="More must be known.", by=social_worker)
    answer = signed_in(social_worker).get(at("copy_step", child_case, event.pk), {"as": "text"})
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    text = answer.content.decode()
    assert text.startswith(f"Decision on the referral\nRobin Vale, {child_case.reference}, NHS 9434765919\n")
    for line in ("When: Wed 18 Nov, 10:06", "Outcome: Assessment", "By: S. Lindqvist", "Note: More must be known."):
        assert line in text.splitlines()
    looks = [one for one in ledger.of_records([child_case.reference], looks=True) if one.reason == "copied_out"]
    assert [one.actor for one in looks] == [social_worker.ledger_name]


def test_a_paper_copies_out_with_its_questions_and_the_columns_of_its_tables(child_case: ChildCase, social_worker: Membership) -> None:
    paper = actions.begin_paper(child_case=child_case, code="strategy_discussion", by=social_worker)
    said = {"known": "An adult is near the child.", "took_part": [{"name": "Ash", "agency": "police", "there": "yes", "why_not": ""}]}
    actions.save_paper(paper=paper, content=said, base=1, by=social_worker)
    text = copying.of_paper(paper)
    assert "An adult is near the child." in text
    assert any(line.startswith("- ") and "Ash" in line and "Police" in line for line in text.splitlines())


def test_the_page_holds_the_text_in_a_field_for_whoever_has_no_script(
    child_case: ChildCase, social_worker: Membership, signed_in: SignIn
) -> None:
    event = child_case.events.get()
    page = signed_in(social_worker).get(at("copy_step", child_case, event.pk)).content.decode()
    assert '<textarea class="input copy-text" id="text" rows="18" readonly' in page
    assert child_case.referral.reference in page


def test_another_area_copies_nothing_out(child_case: ChildCase, elsewhere: Membership, signed_in: SignIn) -> None:
    assert signed_in(elsewhere).get(at("copy_step", child_case, child_case.events.get().pk)).status_code == 404


# What is entered late or out of its order


def test_an_event_entered_late_moves_the_clocks_to_its_day_and_both_days_are_shown(
    child_case: ChildCase, social_worker: Membership, signed_in: SignIn
) -> None:
    actions.decide(child_case=child_case, outcome="strategy_discussion_now", reason="An adult is near.", by=social_worker)
    with moment.standing_at(moment.now() + timedelta(days=7)):
        event = actions.record_step(
            child_case=child_case, step="strategy_discussion", outcome="joint_enquiry", happened_on=date(2026, 11, 19), by=social_worker
        )
        conference = Clock.objects.get(record=child_case.record, rule=path.INITIAL_CONFERENCE)
        assert (moment.day_of(conference.started_at), moment.day_of(conference.due_at)) == (date(2026, 11, 19), date(2026, 12, 10))
        line = next(one for one in case_page.recorded(child_case) if one.step == event.pk)
        assert (line.when, line.recorded_at) == ("Thu 19 Nov", "Wed 25 Nov, 10:06")
        entry = next(one for one in ledger.of_records([child_case.reference]) if one.object == event.ledger_object)
        assert (moment.day_of(entry.at), entry.reason) == (date(2026, 11, 25), "strategy_discussion: joint_enquiry, on 2026-11-19")
        assert "written down Wed 25 Nov, 10:06" in signed_in(social_worker).get(at("child_case", child_case)).content.decode()
        told = [step.text for step in trace_for(child_case.record, by=social_worker).steps]
        assert any("which happened on Thu 19 Nov 2026" in words for words in told)


def test_an_event_entered_out_of_its_order_gives_the_same_clocks_as_in_its_order(
    child_case: ChildCase, social_worker: Membership, team_manager: Membership
) -> None:
    actions.decide(child_case=child_case, outcome="strategy_discussion_now", reason="An adult is near.", by=social_worker)
    at_once = {"outcome": "joint_enquiry", "by": social_worker, "happened_at": time(9)}
    with moment.standing_at(datetime(2026, 11, 27, 12, 0, tzinfo=moment.LONDON)):
        first = actions.record_step(child_case=child_case, step="strategy_discussion", happened_on=date(2026, 11, 26), **at_once)
        actions.record_step(child_case=child_case, step="section_47_enquiry", happened_on=date(2026, 11, 26), by=social_worker)
        actions.correct(
            event=first, reason="It was a week earlier.", outcome="joint_enquiry", happened_on=date(2026, 11, 19), by=team_manager
        )
        conference = Clock.objects.running().get(record=child_case.record, rule=path.INITIAL_CONFERENCE)
        assert moment.day_of(conference.due_at) == date(2026, 12, 10)
        shown = {one.step: one.due for one in path.situation(child_case).open_clocks}
        assert shown[path.INITIAL_CONFERENCE] == date(2026, 12, 10)
