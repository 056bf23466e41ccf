"""The front door: a referral that somebody told who has no account, what is known before the decision, who is on duty."""

import io
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from havenline.foundation import moment
from havenline.foundation.clocks.models import Clock
from havenline.foundation.handover import actions as handover
from havenline.foundation.handover import queries as hand_overs
from havenline.foundation.handover.models import HandOver, State
from havenline.foundation.handover.tasks import raise_late_hand_overs
from havenline.foundation.ledger import queries as ledger
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.people.models import Agency, Membership, NotYourRole
from havenline.foundation.people.roles import Team
from havenline.foundation.records import actions as records
from havenline.foundation.records.actions import Silenced
from havenline.journey.intake.pictures import PictureRefused
from havenline.journey.safeguarding import actions, path
from havenline.journey.safeguarding.models import ChildCase, ToldReferral
from havenline.journey.safeguarding.queries import case_page, chronology
from havenline.journey.safeguarding.queries import front_door as door
from tests import factories
from tests.journey.safeguarding.conftest import Refer
from tests.journey.safeguarding.test_findable import found

pytestmark = pytest.mark.django_db

Tell = Callable[..., list[HandOver]]
ROBIN = {"name": "Robin Vale", "age": 9, "school": "Alder Road School"}


@pytest.fixture
def told(on_wednesday: datetime, social_worker: Membership, team_manager: Membership) -> Tell:
    """A neighbour telephones: `told()`, `told(children=[…], source="school")`."""

    def tell(**more: Any) -> list[HandOver]:
        said = {
            "token": "form 1",
            "source": "public",
            "channel": "telephone",
            "received_at": moment.now(),
            "concern": "An adult stranger asked to meet the child.",
            "children": [ROBIN],
            "reporter": "Lee Marsh",
            "contact": "01632 960102",
            "by": social_worker,
        }
        return actions.record_told_referral(**(said | more))

    return tell


@pytest.fixture
def case_told(told: Tell, social_worker: Membership) -> ChildCase:
    """Taken up and decided; whoever telephoned is not told yet."""
    child_case = actions.take_up(hand_over=told()[0], by=social_worker)
    actions.decide(child_case=child_case, outcome="assessment", reason="More must be known.", by=social_worker)
    return child_case


def wrong_in(refused: pytest.ExceptionInfo[actions.ReferralNotPossible]) -> set[str]:
    return set(refused.value.wrong)


# What somebody tells


def test_a_telephone_call_becomes_a_referral_that_has_arrived_and_is_taken_up_like_any_other(told: Tell, social_worker: Membership) -> None:
    [referral] = told()
    assert (referral.state, referral.to_agency, referral.from_outside) == (State.DELIVERED, social_worker.agency, True)
    child_case = actions.take_up(hand_over=referral, by=social_worker)
    assert (child_case.child.name, child_case.child.age, child_case.child.school) == ("Robin Vale", 9, "Alder Road School")
    assert referral.contents()["reporter"] == {"name": "Lee Marsh", "contact": "01632 960102"}


def test_its_clocks_count_from_when_it_was_told_and_the_ledger_shows_when_it_was_recorded(told: Tell, social_worker: Membership) -> None:
    yesterday = moment.now() - timedelta(days=1)
    [referral] = told(channel="letter", received_at=yesterday)
    child_case = actions.take_up(hand_over=referral, by=social_worker)
    decision = Clock.objects.get(record=child_case.record, rule=path.DECISION)
    assert (decision.started_at, moment.day_of(decision.due_at)) == (yesterday, date(2026, 11, 18))
    assert moment.day_of(Clock.objects.get(record=referral.record, rule="answer_to_referrer").due_at) == date(2026, 11, 18)
    entry = next(one for one in ledger.of_records([referral.reference]) if one.verb == "recorded a referral")
    assert moment.day_of(entry.at) == date(2026, 11, 18)


def test_the_same_form_twice_records_it_once(told: Tell) -> None:
    assert [one.pk for one in told()] == [one.pk for one in told()]
    assert ToldReferral.objects.count() == 1


def test_twins_with_the_same_birthday_are_two_referrals_of_one_telling(told: Tell, social_worker: Membership) -> None:
    born = date(2019, 7, 1)
    first, second = told(children=[{"name": "Robin Vale", "born_on": born}, {"name": "Kim Vale", "born_on": born}], address="1 Harbour Row")
    assert second.contents()["also_told"] == ["Robin Vale"]
    robin = actions.take_up(hand_over=first, by=social_worker)
    with pytest.raises(actions.ChildMayBeKnown) as offered:
        actions.take_up(hand_over=second, by=social_worker)
    assert [one.may_be_same for one in offered.value.candidates] == [False]  # lives there, and is another child
    kim = actions.take_up(hand_over=second, by=social_worker, is_another_child=True, household=robin.child.household)
    assert (kim.child.household, kim.child.born_on) == (robin.child.household, born)
    assert kim.child != robin.child


@pytest.mark.parametrize("name", ["李小龙", "Nguyễn Văn An", "محمد علي", "Ó Súilleabháin Áine", "Vale"])
def test_a_name_stands_as_it_was_told_in_any_script_and_order_and_is_found(name: str, told: Tell, social_worker: Membership) -> None:
    child_case = actions.take_up(hand_over=told(children=[{"name": name, "age": 7}])[0], by=social_worker)
    assert child_case.child.name == name
    assert [one.child for one in door.known({"name": name, "age": 7}, by=social_worker)] == [child_case.child]


def test_an_unborn_child_is_referred_with_the_day_on_which_it_is_expected(told: Tell, social_worker: Membership) -> None:
    child_case = actions.take_up(hand_over=told(children=[{"expected_on": date(2027, 3, 1)}])[0], by=social_worker)
    assert (child_case.child.expected_on, child_case.child.age) == (date(2027, 3, 1), None)


def test_a_child_with_no_fixed_address_is_told_by_where_it_is_found_and_gets_no_empty_household(
    told: Tell, social_worker: Membership
) -> None:
    [referral] = told(no_fixed_address=True, found_at="With an aunt, Alder Bay")
    child = actions.take_up(hand_over=referral, by=social_worker).child
    assert (child.household, child.no_fixed_address, child.found_at) == (None, True, "With an aunt, Alder Bay")


def test_a_birth_that_nobody_knows_stands_as_it_was_told_beside_its_range(told: Tell, social_worker: Membership) -> None:
    unclear = {"name": "Robin Vale", "born_about": "summer 2019", "born_earliest": date(2019, 6, 1), "born_latest": date(2019, 8, 31)}
    child = actions.take_up(hand_over=told(children=[unclear])[0], by=social_worker).child
    assert (child.born_on, child.born_about, child.age) == (None, "summer 2019", 7)
    assert child.born_in_words == "summer 2019, 1 Jun 2019–31 Aug 2019"


def test_an_age_is_not_made_up_where_the_range_leaves_it_open(told: Tell, social_worker: Membership) -> None:
    unclear = {"name": "Robin Vale", "born_earliest": date(2018, 1, 1), "born_latest": date(2019, 8, 31)}
    assert actions.take_up(hand_over=told(children=[unclear])[0], by=social_worker).child.age is None


def test_what_was_told_of_people_and_numbers_comes_with_the_child_as_whoever_referred_said_it(
    told: Tell, social_worker: Membership
) -> None:
    people = [{"name": "Alex Vale", "relation": "mother", "lives_with": True, "cares_for": True, "is_parent": True}]
    [referral] = told(children=[ROBIN | {"nhs": "943 476 5919"}], people=people)
    child = actions.take_up(hand_over=referral, by=social_worker).child
    [mother] = child.relationships.all()
    assert (mother.name, mother.is_parent, mother.said_on) == ("Alex Vale", True, moment.today())
    assert mother.said_by == "whoever referred: A neighbour, a friend, anybody else"  # never by name
    assert [str(one) for one in child.numbers.all()] == ["nhs 9434765919"]


@pytest.mark.parametrize(
    ("child", "field"),
    [
        ({"name": "Robin Vale", "born_on": date(2027, 1, 1)}, "born_on"),
        ({"name": "Robin Vale", "born_on": date(2008, 11, 18)}, "born_on"),
        ({"name": "Robin Vale", "age": 18}, "age"),
        ({"name": "Robin Vale", "born_latest": date(2001, 1, 1)}, "born_latest"),
        ({"name": "Robin Vale", "born_on": date(2020, 1, 1), "expected_on": date(2027, 1, 1)}, "expected_on"),
        ({"expected_on": date(2028, 1, 1)}, "expected_on"),
        ({"expected_on": date(2026, 1, 1)}, "expected_on"),
        ({"name": "Robin Vale", "born_earliest": date(2020, 1, 1), "born_latest": date(2019, 1, 1)}, "born_latest"),
        ({"name": "Robin Vale", "nhs": "9434765918"}, "nhs"),
        ({}, "name"),
    ],
)
def test_what_cannot_be_is_refused_where_it_was_typed_and_nothing_is_recorded(child: dict[str, Any], field: str, told: Tell) -> None:
    with pytest.raises(actions.ReferralNotPossible) as refused:
        told(children=[ROBIN, child])
    assert wrong_in(refused) == {f"child-2-{field}"}
    assert not HandOver.objects.exists()


def test_on_the_eve_of_the_eighteenth_birthday_somebody_is_a_child(told: Tell) -> None:
    assert told(children=[{"name": "Robin Vale", "born_on": date(2008, 11, 19)}])


def test_who_told_what_and_when_is_needed_and_somebody_may_stay_nameless(told: Tell) -> None:
    with pytest.raises(actions.ReferralNotPossible) as refused:
        told(concern=" ", reporter="", received_at=moment.now() + timedelta(hours=1), address="1 Harbour Row", no_fixed_address=True)
    assert wrong_in(refused) == {"concern", "reporter", "received_on", "address"}
    assert told(source="anonymous", reporter="")


def test_no_picture_comes_in_with_what_is_told(told: Tell) -> None:
    with pytest.raises(PictureRefused):
        told(concern="data:image/png;base64," + "iVBORw0KGgo" * 9)


def test_a_chair_records_no_referral(told: Tell, conference_chair: Membership) -> None:
    with pytest.raises(NotYourRole):
        told(by=conference_chair)


def test_another_area_sees_nothing_of_it(told: Tell, elsewhere: Membership) -> None:
    told()
    assert not HandOver.objects.visible_to(elsewhere).exists()
    assert door.waiting(by=elsewhere)["to_take_up"] == []


def test_police_who_refer_somebody_of_18_hear_why_it_is_not_taken_up_and_keep_the_duty(refer: Refer, social_worker: Membership) -> None:
    referral = refer(age=18)
    with pytest.raises(actions.NotAChild, match="Northmere Police"):
        actions.take_up(hand_over=referral, by=social_worker)
    referral.refresh_from_db()
    assert referral.state == State.DELIVERED


def test_what_was_recorded_wrongly_is_withdrawn_by_whoever_recorded_it_and_given_back_to_nobody(
    told: Tell, social_worker: Membership
) -> None:
    [referral] = told()
    assert hand_overs.moves(referral, by=social_worker) == ["accept", "withdraw"]
    with pytest.raises(handover.NotThatMove):
        handover.give_back(hand_over=referral, reason="more_needed", words="More.", by=social_worker)
    handover.withdraw(hand_over=referral, words="Typed twice.", by=social_worker)
    assert not Clock.objects.running().filter(record=referral.record).exists()


def test_a_late_referral_from_outside_is_raised_to_the_area_alone(told: Tell, team_manager: Membership) -> None:
    [referral] = told()
    with moment.standing_at(moment.now() + timedelta(days=3)):
        raise_late_hand_overs()
    raised = [one.agency for clock in Clock.objects.filter(record=referral.record) for one in clock.escalations.all()]
    assert set(raised) == {team_manager.agency}


# Telling whoever referred


def test_a_decision_tells_nobody_who_has_no_account_and_the_answers_clock_runs(case_told: ChildCase, social_worker: Membership) -> None:
    case_told.referral.refresh_from_db()
    assert case_told.referral.state == State.ACCEPTED
    assert Clock.objects.running().filter(record=case_told.referral.record, rule="answer_to_referrer").exists()
    with pytest.raises(handover.NotThatMove):
        actions.answer_referrer(child_case=case_told, words="We assess.", by=social_worker)


def test_a_call_is_recorded_with_who_was_told_when_and_by_whom_and_stops_the_clock_at_its_hour(
    case_told: ChildCase, social_worker: Membership
) -> None:
    with moment.standing_at(moment.now() + timedelta(hours=3)):
        at = moment.now() - timedelta(hours=1)
        row = actions.tell_referrer(
            child_case=case_told, how="telephone", whom="Lee Marsh", words="We assess.", told_at=at, by=social_worker
        )
    case_told.referral.refresh_from_db()
    assert (row.whom, row.words, row.told_at, row.by) == ("Lee Marsh", "We assess.", at, social_worker)
    assert (case_told.referral.state, case_told.referral.answer) == (State.ANSWERED, "assessment")
    assert Clock.objects.get(record=case_told.referral.record, rule="answer_to_referrer").stopped_at == at
    assert {one.step: one.state for one in path.situation(case_told).steps}["answer_to_referrer"] == "done"
    with moment.standing_at(moment.now() + timedelta(hours=3)):
        assert "Lee Marsh" not in case_page.recorded(case_told)[0].what


def test_a_letter_is_told_once_it_is_posted(case_told: ChildCase, social_worker: Membership, team_manager: Membership) -> None:
    letter = {"how": "letter", "whom": "Lee Marsh\n1 Harbour Row"}
    actions.tell_referrer(child_case=case_told, words="We shall assess.", by=social_worker, **letter)
    second = actions.tell_referrer(child_case=case_told, words="We assess.", by=social_worker, **letter)
    case_told.referral.refresh_from_db()
    assert case_told.referral.state == State.ACCEPTED
    with moment.standing_at(moment.now() + timedelta(days=1)):
        assert Clock.objects.running().filter(record=case_told.referral.record, rule="answer_to_referrer").exists()
        posted = actions.letter_posted(child_case=case_told, by=team_manager)
        assert actions.letter_posted(child_case=case_told, by=team_manager) == posted
    case_told.referral.refresh_from_db()
    assert (posted, case_told.referral.state) == (second, State.ANSWERED)
    assert case_told.referrer_told.exclude(set_aside_at=None).count() == 1


def test_where_nobody_can_be_told_somebody_says_why(case_told: ChildCase, social_worker: Membership) -> None:
    with pytest.raises(actions.ReasonMissing):
        actions.tell_referrer(child_case=case_told, how="nobody", words=" ", by=social_worker)
    actions.tell_referrer(child_case=case_told, how="nobody", words="They left no name.", by=social_worker)
    case_told.referral.refresh_from_db()
    assert case_told.referral.state == State.ANSWERED


def test_nobody_is_told_before_the_decision_or_in_the_future(told: Tell, social_worker: Membership) -> None:
    child_case = actions.take_up(hand_over=told()[0], by=social_worker)
    said = {"how": "telephone", "whom": "Lee Marsh", "words": "We assess.", "by": social_worker}
    with pytest.raises(actions.DecisionMissing):
        actions.tell_referrer(child_case=child_case, **said)
    actions.decide(child_case=child_case, outcome="assessment", reason="More.", by=social_worker)
    for wrong in (timedelta(days=-1), timedelta(hours=1)):
        with pytest.raises(actions.DateNotPossible):
            actions.tell_referrer(child_case=child_case, told_at=moment.now() + wrong, **said)


@pytest.mark.parametrize(
    ("source", "audience"),
    [
        *(("family", "household"), ("school", "school"), ("public", "subject")),
        *((source, "reporter") for source in ("health", "hotline", "police", "another_area", "family", "service")),
    ],
)
def test_whoever_must_not_learn_of_it_is_told_nothing_by_word_or_letter(
    source: str, audience: str, told: Tell, social_worker: Membership
) -> None:
    [referral] = told(source=source, must_not_learn=[audience])
    child_case = actions.take_up(hand_over=referral, by=social_worker)
    actions.decide(child_case=child_case, outcome="assessment", reason="More.", by=social_worker)
    for how in ("telephone", "letter"):
        with pytest.raises(Silenced):
            actions.tell_referrer(child_case=child_case, how=how, whom="Lee Marsh", words="We assess.", by=social_worker)


# What is known before the decision, and who is on duty


def test_a_plan_and_both_households_of_a_child_are_seen_before_the_decision(
    child_case: ChildCase, told: Tell, social_worker: Membership
) -> None:
    actions.add_number(child_case=child_case, system="NHS", number="9434765919", by=social_worker)
    other = actions.take_up(hand_over=told(children=[{"name": "Kim Fern", "age": 4}], address="2 Alder Road")[0], by=social_worker)
    assert other.child.household is not None
    actions.join_household(child_case=child_case, household=other.child.household, at_times=True, by=social_worker)
    [known] = [one for one in door.known({"name": "Robyn", "nhs": "9434765919"}, by=social_worker) if one.child == child_case.child]
    assert [home.pk for home in known.homes] == [child_case.child.household_id, other.child.household_id]
    assert [case.child_case for case in known.cases] == [child_case]
    assert (known.strength, known.cases[0].has_plan) == ("One number", False)


def test_a_restricted_case_is_not_told_of_at_the_front_door(
    child_case: ChildCase, told: Tell, social_worker: Membership, social_care: Agency
) -> None:
    record = child_case.record
    record.restricted_at = moment.now()
    record.save(update_fields=["restricted_at"])
    colleague = factories.member("social_worker", social_care)
    assert door.known(ROBIN, by=colleague) == []


def test_another_area_is_asked_without_the_concern_and_its_answer_comes_back(
    told: Tell, social_worker: Membership, elsewhere: Membership
) -> None:
    [referral] = told()
    asked = actions.ask_another_area(referral=referral, area=elsewhere.agency, by=social_worker)
    assert actions.ask_another_area(referral=referral, area=elsewhere.agency, by=social_worker) == asked
    assert "stranger" not in str(asked.contents())
    [waits] = door.asked(referral, by=social_worker)
    assert (waits.area, waits.answer) == ("Eastmere social care", "")
    assert waits.clock is not None
    handover.accept(hand_over=asked, by=elsewhere)
    handover.answer(hand_over=asked, outcome="acted", words="A plan ended in May.", by=elsewhere)
    [answered] = door.asked(referral, by=social_worker)
    assert answered.answer == "Acted on. A plan ended in May."
    assert door.areas_to_ask(referral, by=social_worker) == []


@pytest.fixture
def with_hours(social_care: Agency) -> Agency:
    social_care.opens, social_care.closes = time(9), time(17)
    social_care.save(update_fields=["opens", "closes"])
    factories.member("social_worker", social_care, "Ira Day", team=Team.FRONT_DOOR)
    factories.member("social_worker", social_care, "Noa Night", team=Team.EMERGENCY_DUTY)
    return social_care


@pytest.mark.parametrize(
    ("at", "who", "until"),
    [
        (datetime(2026, 11, 18, 9, 0), "Ira Day", "Wed 18 Nov, 17:00"),
        (datetime(2026, 11, 18, 17, 0), "Noa Night", "Thu 19 Nov, 09:00"),
        (datetime(2026, 11, 20, 23, 0), "Noa Night", "Mon 23 Nov, 09:00"),
        (datetime(2026, 7, 1, 8, 59), "Noa Night", "Wed 1 Jul, 09:00"),  # summer time: nine is nine in London
        (datetime(2026, 12, 24, 18, 0), "Noa Night", "Tue 29 Dec, 09:00"),
    ],
)
def test_out_of_hours_is_the_agencys_own_hours_in_london_and_says_who_is_on_duty(
    at: datetime, who: str, until: str, with_hours: Agency
) -> None:
    with moment.standing_at(at.replace(tzinfo=moment.LONDON)):
        duty = door.on_duty(with_hours)
        assert ([one.name for one in duty.people], duty.until) == ([who], until)


def test_the_list_leads_from_taking_up_to_deciding_to_telling(told: Tell, social_worker: Membership) -> None:
    def stands() -> dict[str, int]:
        return {name: len(rows) for name, rows in door.waiting(by=social_worker).items()}

    [referral] = told()
    assert stands() == {"to_take_up": 1, "to_decide": 0, "to_answer": 0}
    child_case = actions.take_up(hand_over=referral, by=social_worker)
    assert stands() == {"to_take_up": 0, "to_decide": 1, "to_answer": 0}
    actions.decide(child_case=child_case, outcome="assessment", reason="More.", by=social_worker)
    assert stands() == {"to_take_up": 0, "to_decide": 0, "to_answer": 1}
    actions.tell_referrer(child_case=child_case, how="telephone", whom="Lee Marsh", words="We assess.", by=social_worker)
    assert stands() == {"to_take_up": 0, "to_decide": 0, "to_answer": 0}


# The screens


SignIn = Callable[[Membership], Client]
FORM = {
    "token": "form 1",
    "children": "1",
    "people": "2",
    "source": "public",
    "reporter": "Lee Marsh",
    "channel": "telephone",
    "received_on": "2026-11-18",
    "received_at": "09:30",
    "concern": "An adult stranger asked to meet the child.",
    "child-1-name": "Robin Vale",
    "child-1-age": "9",
}


def test_the_form_records_a_referral_and_leads_to_what_is_known(
    on_wednesday: datetime, social_worker: Membership, team_manager: Membership, signed_in: SignIn
) -> None:
    client = signed_in(social_worker)
    assert client.get(reverse("safeguarding:told")).status_code == 200
    answer = client.post(reverse("safeguarding:told"), FORM, follow=True)
    [told] = ToldReferral.objects.all()
    assert answer.redirect_chain[-1][0] == reverse("safeguarding:take_up", args=[told.hand_over.reference])
    page = answer.content.decode()
    assert "Lee Marsh" in page
    assert "Nobody here looks like this child" in page
    assert "The duty is yours already" in page


def test_a_refused_form_says_it_beside_the_field_and_keeps_everything(
    on_wednesday: datetime, social_worker: Membership, signed_in: SignIn
) -> None:
    said = FORM | {"children": "3", "child-3-name": "Kim Vale", "child-3-born_on": "2001-01-01", "person-1-relation": ""}
    answer = signed_in(social_worker).post(reverse("safeguarding:told"), said)
    assert answer.status_code == 422
    form = answer.context["form"]
    assert list(form.errors) == ["child-3-born_on"]  # the second child was left empty
    assert form["child-3-name"].value() == "Kim Vale"
    assert not ToldReferral.objects.exists()


def test_another_child_and_another_person_are_added_without_losing_or_judging_anything(
    on_wednesday: datetime, social_worker: Membership, signed_in: SignIn
) -> None:
    client = signed_in(social_worker)
    answer = client.post(reverse("safeguarding:told"), FORM | {"add": "child", "concern": "", "must_not_learn": ["subject", "school"]})
    form = answer.context["form"]
    assert (answer.status_code, form.child_count, form["child-1-name"].value()) == (200, 2, "Robin Vale")
    assert form["must_not_learn"].value() == ["subject", "school"]
    assert form["token"].value() == "form 1"
    assert client.post(reverse("safeguarding:told"), FORM | {"add": "person"}).context["form"].people_count == 3


def test_the_page_before_the_decision_shows_what_is_known_where_the_child_is_and_what_other_areas_said(
    told: Tell, social_worker: Membership, elsewhere: Membership, signed_in: SignIn
) -> None:
    referral = told(found_at="With an aunt, Alder Bay")[0]
    client = signed_in(social_worker)
    asked = client.post(reverse("safeguarding:ask_area", args=[referral.reference]), {"area": elsewhere.agency.slug}, follow=True)
    assert "Has not answered yet" in asked.content.decode()
    child_case = actions.take_up(hand_over=referral, by=social_worker)
    page = client.get(reverse("safeguarding:decide", args=[child_case.reference])).content.decode()
    for words in ("With an aunt, Alder Bay", "Has not answered yet", "This child", "On duty now", "A neighbour, a friend, anybody else"):
        assert words in page
    assert 'name="answer"' not in page  # nobody reads it there


def test_the_front_door_lists_what_waits_and_its_list_is_a_look(told: Tell, social_worker: Membership, signed_in: SignIn) -> None:
    [referral] = told()
    page = signed_in(social_worker).get(reverse("safeguarding:front_door")).content.decode()
    assert referral.reference in page
    assert "A neighbour, a friend, anybody else" in page


def test_a_letter_is_written_printed_and_posted_on_one_page(case_told: ChildCase, social_worker: Membership, signed_in: SignIn) -> None:
    client, page = signed_in(social_worker), reverse("safeguarding:answer", args=[case_told.reference])
    letter = reverse("safeguarding:letter", args=[case_told.reference])
    assert client.get(letter).status_code == 404
    client.post(page, {"how": "letter", "whom": "Lee Marsh\n1 Harbour Row", "words": "We assess."})
    assert "A letter waits to be posted" in client.get(page).content.decode()
    assert "A letter waits to be posted" in client.get(reverse("safeguarding:child_case", args=[case_told.reference])).content.decode()
    printed = client.get(letter)
    assert printed["Content-Type"] == "application/pdf"
    assert "printed" in {one.reason for one in ledger.of_records([case_told.reference], looks=True)}
    wrong = client.post(page, {"posted_on": "2026-11-30"})
    assert wrong.status_code == 422
    assert client.post(page, {"posted_on": "2026-11-18"}).status_code == 302
    case_told.referral.refresh_from_db()
    assert case_told.referral.state == State.ANSWERED


def test_how_a_referrer_was_told_stands_in_the_chronology_and_not_who_they_are(case_told: ChildCase, social_worker: Membership) -> None:
    actions.tell_referrer(child_case=case_told, how="telephone", whom="Lee Marsh", words="We assess.", by=social_worker)
    events = chronology.chronology(chronology.cases_of(case_told, by=social_worker), by=social_worker)
    [event] = [one for one in events if one.what == "Answer to the referrer: By telephone"]
    assert (event.kind, event.words) == ("told", "We assess.")
    assert not any("Marsh" in f"{one.what} {one.words}" for one in events)
    assert found("assess", social_worker) == [case_told.reference]
    assert found("marsh", social_worker) == []


def test_a_silence_keeps_the_letter_from_being_printed(case_told: ChildCase, social_worker: Membership, signed_in: SignIn) -> None:
    actions.tell_referrer(child_case=case_told, how="letter", whom="Lee Marsh", words="We assess.", by=social_worker)
    records.keep_silent(record=case_told.record, audience="subject", reason="Not yet.", by=social_worker, actor=social_worker)
    answer = signed_in(social_worker).get(reverse("safeguarding:letter", args=[case_told.reference]), follow=True)
    assert "Silence until it is lifted" in answer.content.decode()
    with pytest.raises(Silenced):
        actions.letter_posted(child_case=case_told, by=social_worker)


def test_another_area_finds_no_letter_and_asks_about_no_referral(
    case_told: ChildCase, elsewhere: Membership, social_care: Agency, signed_in: SignIn
) -> None:
    client = signed_in(elsewhere)
    assert client.get(reverse("safeguarding:letter", args=[case_told.reference])).status_code == 404
    ask = reverse("safeguarding:ask_area", args=[case_told.referral.reference])
    assert client.post(ask, {"area": social_care.slug}).status_code == 404


def test_who_referred_is_named_to_whoever_asks_back_and_withheld_from_the_chair(
    case_told: ChildCase, social_worker: Membership, conference_chair: Membership, signed_in: SignIn
) -> None:
    actions.tell_referrer(child_case=case_told, how="letter", whom="Lee Marsh\n1 Harbour Row", words="We assess.", by=social_worker)
    pages = [reverse(f"safeguarding:{name}", args=[case_told.reference]) for name in ("child_case", "answer", "household")]
    event = case_told.events.get(step=path.DECISION)
    pages += [
        reverse("safeguarding:copy_step", args=[case_told.reference, event.pk]),
        reverse("handover:show", args=[case_told.referral.reference]),
    ]
    assert "Lee Marsh" in signed_in(social_worker).get(pages[1]).content.decode()
    chairs = signed_in(conference_chair)
    assert "Lee Marsh" not in chairs.get(pages[1]).content.decode()
    actions.letter_posted(child_case=case_told, by=social_worker)
    for page in pages:
        assert "Lee Marsh" not in chairs.get(page).content.decode()
    assert chairs.get(reverse("safeguarding:letter", args=[case_told.reference])).status_code in (403, 404)
    with pytest.raises(NotYourRole):
        actions.tell_referrer(child_case=case_told, how="telephone", whom="Lee", words="We assess.", by=conference_chair)


# Who is told of siblings, and who can read an answer


@pytest.fixture
def siblings(told: Tell, social_worker: Membership) -> list[ChildCase]:
    """Two children of one telling, taken up and decided."""
    cases = [
        actions.take_up(hand_over=one, by=social_worker)
        for one in told(children=[{"name": "Robin Vale", "age": 9}, {"name": "Kim Fern", "age": 4}])
    ]
    for child_case in cases:
        actions.decide(child_case=child_case, outcome="assessment", reason="More.", by=social_worker)
    return cases


def test_one_call_tells_of_siblings_at_once(siblings: list[ChildCase], social_worker: Membership, signed_in: SignIn) -> None:
    first, second = siblings
    page = reverse("safeguarding:answer", args=[first.reference])
    assert "Kim Fern" in signed_in(social_worker).get(page).content.decode()
    said = {"how": "telephone", "whom": "Lee Marsh", "words": "We assess both.", "told_on": "2026-11-18", "also": [str(second.pk)]}
    signed_in(social_worker).post(page, said)
    for child_case in siblings:
        child_case.referral.refresh_from_db()
        assert child_case.referral.state == State.ANSWERED


def test_one_letter_tells_of_siblings_and_is_posted_once(siblings: list[ChildCase], social_worker: Membership) -> None:
    first, second = siblings
    said = {"how": "letter", "whom": "Lee Marsh\n1 Harbour Row", "words": "We assess both.", "by": social_worker}
    actions.tell_referrer(child_case=first, also=[second], **said)
    actions.letter_posted(child_case=first, by=social_worker)
    second.referral.refresh_from_db()
    assert second.referral.state == State.ANSWERED


def test_a_case_of_another_telling_is_not_answered_with_it(siblings: list[ChildCase], told: Tell, social_worker: Membership) -> None:
    other = actions.take_up(hand_over=told(token="form 2", children=[{"name": "Ari Reed", "age": 2}])[0], by=social_worker)
    actions.decide(child_case=other, outcome="assessment", reason="More.", by=social_worker)
    said = {"how": "telephone", "whom": "Lee Marsh", "words": "We assess.", "by": social_worker}
    with pytest.raises(actions.NotOfThisCase):
        actions.tell_referrer(child_case=siblings[0], also=[other], **said)
    assert not siblings[0].referrer_told.exists()  # the whole act was taken back


def test_whoever_referred_by_an_account_reads_the_answer_on_their_own_page(
    child_case: ChildCase, social_worker: Membership, investigator: Membership, signed_in: SignIn
) -> None:
    actions.decide(child_case=child_case, outcome="assessment", reason="More.", answer="We meet the family on Friday.", by=social_worker)
    page = signed_in(investigator).get(reverse("handover:show", args=[child_case.referral.reference])).content.decode()
    assert "We meet the family on Friday." in page
    assert child_case.referral.reference in signed_in(investigator).get(reverse("handover:tray")).content.decode()


def test_where_nobody_of_the_referrers_agency_can_read_it_the_page_says_to_telephone(
    child_case: ChildCase, social_worker: Membership, investigator: Membership, signed_in: SignIn
) -> None:
    actions.decide(child_case=child_case, outcome="assessment", reason="More.", by=social_worker)
    page = reverse("safeguarding:answer", args=[child_case.reference])
    assert "Telephone them as well" not in signed_in(social_worker).get(page).content.decode()
    investigator.until = moment.now()
    investigator.save(update_fields=["until"])
    assert "Telephone them as well" in signed_in(social_worker).get(page).content.decode()


def test_a_plan_that_runs_is_said_before_the_decision_and_one_that_ended_is_not(
    child_case: ChildCase, social_worker: Membership, conference_chair: Membership
) -> None:
    def has_plan() -> list[bool]:
        return [case.has_plan for one in door.known(ROBIN, by=social_worker) for case in one.cases]

    def step(code: str, outcome: str, day: date, by: Membership) -> None:
        with moment.standing_at(datetime.combine(day, time(15), tzinfo=moment.LONDON)):
            actions.record_step(child_case=child_case, step=code, outcome=outcome, happened_on=day, by=by)

    actions.decide(child_case=child_case, outcome="strategy_discussion_now", reason="Near.", by=social_worker)
    step("strategy_discussion", "joint_enquiry", date(2026, 11, 19), social_worker)
    step("section_47_enquiry", "conference", date(2026, 12, 2), social_worker)
    with moment.standing_at(datetime(2026, 12, 3, 9, tzinfo=moment.LONDON)):
        assert has_plan() == [False]
    step(path.INITIAL_CONFERENCE, "plan_sexual_abuse", date(2026, 12, 8), conference_chair)
    with moment.standing_at(datetime(2026, 12, 9, 9, tzinfo=moment.LONDON)):
        assert has_plan() == [True]


@pytest.mark.parametrize(("source", "code"), [("public", "1D"), ("school", "2A"), ("anonymous", "9"), ("service", "8")])
def test_the_census_tells_who_referred_by_what_they_are(told: Tell, social_worker: Membership, source: str, code: str) -> None:
    who = {"reporter": "", "contact": ""} if source == "anonymous" else {}
    actions.take_up(hand_over=told(source=source, **who)[0], by=social_worker)
    out = io.StringIO()
    actions.export_census(agency=social_worker.agency, year=2027, local_authority="201", out=out, by=INSTALLATION)
    assert f"<ReferralSource>{code}</ReferralSource>" in out.getvalue()


def test_a_chair_is_led_to_what_a_chair_may_open(told: Tell, conference_chair: Membership, signed_in: Any) -> None:
    [referral] = told()
    browser = signed_in(conference_chair)
    page = browser.get(reverse("safeguarding:front_door")).content.decode()
    assert reverse("safeguarding:take_up", args=[referral.reference]) not in page
    address = reverse("handover:show", args=[referral.reference])
    assert address in page
    assert browser.get(address).status_code == 200
