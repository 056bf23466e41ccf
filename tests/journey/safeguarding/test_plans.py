"""A plan of conferences is proposed, never carried out by itself; a person accepts it, whole or in part, and what moved is said."""

import sys
from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from havenline.foundation import moment
from havenline.foundation.ledger.queries import of_records
from havenline.foundation.people.models import Membership, NotYourRole
from havenline.foundation.sharing import actions as sharing
from havenline.foundation.work import queue
from havenline.journey.safeguarding import actions
from havenline.journey.safeguarding.actions import planning
from havenline.journey.safeguarding.models import Booking, ChildCase, ConferencePlan, ConferenceRoom
from havenline.journey.safeguarding.queries import plans
from tests.journey.safeguarding.conference_world import INITIAL, enquiry, on, room
from tests.journey.safeguarding.conftest import Refer

SignIn = Callable[[Membership], Client]
DISCUSSED, TODAY, UNTIL = date(2026, 11, 18), date(2026, 11, 19), date(2026, 12, 18)
NAMES = ("Robin Vale", "Kim Brook", "Toni Fern")


@pytest.fixture
def oak(team_manager: Membership) -> ConferenceRoom:
    return room(team_manager)


@pytest.fixture
def three(refer: Refer, social_worker: Membership, team_manager: Membership, conference_chair: Membership) -> list[ChildCase]:
    return [enquiry(refer, social_worker, name, discussed=DISCUSSED, age=5 + n, school="") for n, name in enumerate(NAMES)]


def made(by: Membership, until: date = UNTIL) -> ConferencePlan:
    with on(TODAY):
        plan = actions.ask_for_plan(until=until, by=by)
        queue.drain()
    plan.refresh_from_db()
    return plan


def test_a_plan_is_made_in_the_background_and_books_nothing(
    three: list[ChildCase], oak: ConferenceRoom, conference_chair: Membership
) -> None:
    with on(TODAY):
        plan = actions.ask_for_plan(until=UNTIL, by=conference_chair)
        assert (plan.state, plan.rows.count()) == ("waiting", 0)
    plan = made(conference_chair)
    assert (plan.state, plan.percent, plan.proven, plan.simple) == ("ready", 100, True, False)
    assert {row.child_case.child.name for row in plan.rows.all()} == set(NAMES)
    assert all(row.on and row.on <= row.last and not row.why for row in plan.rows.all())
    assert not Booking.objects.exists()


def test_asking_twice_is_one_plan_and_making_it_twice_one_set_of_rows(
    three: list[ChildCase], oak: ConferenceRoom, conference_chair: Membership
) -> None:
    with on(TODAY):
        assert actions.ask_for_plan(until=UNTIL, by=conference_chair) == actions.ask_for_plan(until=UNTIL, by=conference_chair)
        plan = made(conference_chair)
        planning.carry_out(plan=ConferencePlan.objects.get(pk=plan.pk))
        ConferencePlan.objects.filter(pk=plan.pk).update(state="working")  # its worker was taken for dead
        planning.carry_out(plan=ConferencePlan.objects.get(pk=plan.pk))
    assert plan.rows.count() == 3


def test_one_plan_of_an_agency_is_made_at_a_time(three: list[ChildCase], conference_chair: Membership, team_manager: Membership) -> None:
    actions.ask_for_plan(until=moment.today() + timedelta(weeks=4), by=conference_chair)
    with pytest.raises(actions.PlanNotReady, match=r"P\. Marsh asked for a plan that is being made"):
        actions.ask_for_plan(until=moment.today() + timedelta(weeks=5), by=team_manager)
    with moment.standing_at(moment.now() + timedelta(hours=2)):  # that one was given up
        assert actions.ask_for_plan(until=moment.today() + timedelta(weeks=5), by=team_manager).asked_by == team_manager


def test_accepting_books_what_was_chosen_and_nothing_else_and_twice_once(
    three: list[ChildCase], oak: ConferenceRoom, conference_chair: Membership
) -> None:
    plan = made(conference_chair)
    first, second, _third = plan.rows.all()
    with on(TODAY):
        for _twice in range(2):
            told = actions.accept(plan=plan, rows=plans.rows(plan, by=conference_chair)[:2], reason="", by=conference_chair)
            assert [one.why_not for one in told] == ["", ""]
    booked = Booking.objects.filter(ended_at=None)
    assert {(one.child_case_id, one.booked_for, one.room_id) for one in booked} == {
        (row.child_case_id, row.on, oak.pk) for row in (first, second)
    }
    assert "accepted a proposed conference" in [said.verb for said in of_records([first.child_case.reference])]


def test_what_moved_meanwhile_is_said_and_hinders_no_other(
    three: list[ChildCase], oak: ConferenceRoom, conference_chair: Membership, signed_in: SignIn
) -> None:
    plan = made(conference_chair)
    rows = plans.rows(plan, by=conference_chair)
    taken = rows[0]
    assert taken.on
    assert taken.begins
    with on(TODAY):  # somebody books another case into that very place
        place = {"booked_for": taken.on, "booked_at": taken.begins, "room": oak, "chair": conference_chair}
        actions.book(child_case=rows[2].child_case, step=INITIAL, **place, by=conference_chair)  # type: ignore[arg-type]
        page = signed_in(conference_chair).get(reverse("safeguarding:conference_plan", args=[plan.pk])).content.decode()
        assert "changed since" in page
        assert "Oak is taken at that time" in page
        assert "It was booked meanwhile." in page
        told = actions.accept(plan=plan, rows=rows, reason="", by=conference_chair)
    assert [bool(one.why_not) for one in told] == [True, False, True]
    assert Booking.objects.filter(ended_at=None).count() == 2


def test_a_case_that_moved_on_is_said(
    three: list[ChildCase], oak: ConferenceRoom, conference_chair: Membership, social_worker: Membership
) -> None:
    plan = made(conference_chair)
    with on(TODAY):
        event = three[0].events.get(step="strategy_discussion")
        actions.correct(event=event, did_not_happen=True, reason="It was another child.", by=social_worker)
        shown = plans.shown(plan, by=conference_chair)
    assert [one.changed for one in shown["kept"] if one.row.child_case == three[0]] == ["It is not due any more."]
    assert (shown["open"], shown["changed"]) == (2, 1)


def test_what_cannot_be_kept_says_why_and_is_booked_later_only_with_a_reason(
    three: list[ChildCase], oak: ConferenceRoom, conference_chair: Membership, team_manager: Membership
) -> None:
    last = date(2026, 12, 9)
    actions.say_away(who=conference_chair, since=DISCUSSED, until=last, by=team_manager)
    plan = made(conference_chair)
    rows = plans.rows(plan, by=conference_chair)
    assert {row.why for row in rows} == {"no chair"}
    assert plans.why_in_words(rows[0]) == "No chair is there on any day until Wed 9 Dec."
    assert all(row.on and row.on > last for row in rows)
    with on(TODAY):
        (told,) = actions.accept(plan=plan, rows=rows[:1], reason="", by=conference_chair)
        assert "say why it cannot be earlier" in told.why_not
        (told,) = actions.accept(plan=plan, rows=rows[:1], reason="Our only chair is ill.", by=conference_chair)
    assert told.why_not == ""
    assert Booking.objects.get().words == "Our only chair is ill."


def test_brothers_and_sisters_are_planned_into_one_place(
    three: list[ChildCase], oak: ConferenceRoom, conference_chair: Membership, social_worker: Membership
) -> None:
    actions.join_household(child_case=three[1], household=three[0].child.household, by=social_worker)
    plan = made(conference_chair)
    place = {row.child_case_id: (row.on, row.begins, row.room_id, row.chair_id) for row in plan.rows.all()}
    assert place[three[0].pk] == place[three[1].pk] != place[three[2].pk]
    with on(TODAY):
        told = actions.accept(plan=plan, rows=plans.rows(plan, by=conference_chair), reason="", by=conference_chair)
    assert [one.why_not for one in told] == ["", "", ""]


def test_what_is_booked_or_due_later_is_not_planned(three: list[ChildCase], oak: ConferenceRoom, conference_chair: Membership) -> None:
    with on(TODAY):
        actions.book(child_case=three[0], step=INITIAL, booked_for=date(2026, 12, 1), booked_at=time(9), by=conference_chair)
    assert {row.child_case_id for row in made(conference_chair).rows.all()} == {three[1].pk, three[2].pk}
    assert not made(conference_chair, until=date(2026, 12, 2)).rows.exists()


def test_whoever_has_left_gets_no_plan(three: list[ChildCase], conference_chair: Membership) -> None:
    with on(TODAY):
        plan = actions.ask_for_plan(until=UNTIL, by=conference_chair)
        conference_chair.until = moment.now()
        conference_chair.save()
        queue.drain()
    plan.refresh_from_db()
    assert (plan.state, plan.rows.count()) == ("refused", 0)


def test_a_case_that_the_asker_may_not_see_is_neither_planned_nor_shown_to_them(
    three: list[ChildCase], oak: ConferenceRoom, conference_chair: Membership, team_manager: Membership, signed_in: SignIn
) -> None:
    whole = made(team_manager)
    sharing.restrict(record=three[0].record, reason="A colleague.", by=team_manager)
    assert {row.child_case_id for row in made(conference_chair).rows.all()} == {three[1].pk, three[2].pk}
    with on(TODAY):
        page = signed_in(conference_chair).get(reverse("safeguarding:conference_plan", args=[whole.pk])).content.decode()
    assert "Robin Vale" not in page
    assert "Kim Brook" in page


def test_only_the_conference_service_of_the_agency_asks_and_accepts(
    three: list[ChildCase],
    oak: ConferenceRoom,
    conference_chair: Membership,
    social_worker: Membership,
    elsewhere: Membership,
    signed_in: SignIn,
) -> None:
    plan = made(conference_chair)
    with pytest.raises(NotYourRole):
        actions.ask_for_plan(until=UNTIL, by=social_worker)
    with pytest.raises(actions.PlanNotReady):
        actions.accept(plan=plan, rows=[], reason="", by=elsewhere)
    assert signed_in(elsewhere).get(reverse("safeguarding:conference_plan", args=[plan.pk])).status_code == 404


def test_a_plan_is_accepted_from_its_page(
    three: list[ChildCase], oak: ConferenceRoom, conference_chair: Membership, signed_in: SignIn
) -> None:
    browser = signed_in(conference_chair)
    with on(TODAY):
        asked = browser.post(reverse("safeguarding:conference_plans"), {"until": UNTIL.isoformat()})
        where = asked.url  # type: ignore[attr-defined]
        assert "Waits for its turn" in browser.get(where).content.decode()
        queue.drain()
        page = browser.get(where).content.decode()
        assert "No plan keeps more of these dates: that is proven." in page
        assert "Choose the conferences" in browser.post(where, {"reason": ""}, follow=True).content.decode()
        chosen = [str(row.pk) for row in ConferencePlan.objects.get().rows.all()[:2]]
        page = browser.post(where, {"row": chosen, "reason": ""}, follow=True).content.decode()
    assert "2 conferences are booked." in page
    assert Booking.objects.filter(ended_at=None).count() == 2


@pytest.mark.parametrize("until", [TODAY, TODAY + timedelta(weeks=14)])
def test_a_plan_is_of_the_coming_weeks(until: date, conference_chair: Membership) -> None:
    with on(TODAY), pytest.raises(actions.SettingNotPossible, match="within the next 13 weeks"):
        actions.ask_for_plan(until=until, by=conference_chair)


def test_without_the_solver_a_plan_goes_by_due_date_and_its_page_says_so(
    three: list[ChildCase], oak: ConferenceRoom, conference_chair: Membership, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "havenline.engines.diary.solving", raising=False)
    monkeypatch.setitem(sys.modules, "ortools", None)  # as where the extra is not installed
    monkeypatch.setitem(sys.modules, "ortools.sat.python", None)
    plan = made(conference_chair)
    assert (plan.state, plan.simple, plan.proven, plan.rows.count()) == ("ready", True, False, 3)
    with on(TODAY):
        page = signed_in(conference_chair).get(reverse("safeguarding:conference_plan", args=[plan.pk])).content.decode()
    assert "Made by due date alone" in page


def test_a_plans_page_asks_no_more_of_many_cases_than_of_few(
    refer: Refer, three: list[ChildCase], oak: ConferenceRoom, social_worker: Membership, conference_chair: Membership
) -> None:
    def asked() -> int:
        plan = made(conference_chair)
        with on(TODAY), CaptureQueriesContext(connection) as questions:
            assert plans.shown(plan, by=conference_chair)["open"] == plan.rows.count()
        return len(questions)

    few = asked()
    for number in range(6):
        enquiry(refer, social_worker, f"Ash {number}", discussed=DISCUSSED, age=3 + number, school="")
    assert asked() == few
