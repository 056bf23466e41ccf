"""What becomes late if things were otherwise: by the same rules as the case, and nothing is changed by asking."""

from collections.abc import Callable
from datetime import date, time

import pytest
from django.test import Client
from django.urls import reverse

from havenline.engines import procedure
from havenline.foundation.clocks.models import Clock
from havenline.foundation.people.models import Membership
from havenline.journey.safeguarding import actions
from havenline.journey.safeguarding.models import Booking, ChildCase, ConferenceRoom
from havenline.journey.safeguarding.queries import what_if
from havenline.journey.safeguarding.queries.what_if import Imagined, Shift, shifts
from tests.journey.safeguarding.conference_world import INITIAL, enquiry, on, room
from tests.journey.safeguarding.conftest import Refer

SignIn = Callable[[Membership], Client]
DISCUSSED, TODAY, LAST = date(2026, 11, 18), date(2026, 11, 19), date(2026, 12, 9)


@pytest.fixture
def oak(team_manager: Membership) -> ConferenceRoom:
    return room(team_manager)


@pytest.fixture
def robin(refer: Refer, social_worker: Membership, team_manager: Membership, conference_chair: Membership) -> ChildCase:
    return enquiry(refer, social_worker, "Robin Vale", discussed=DISCUSSED)


def asked(by: Membership, **otherwise: object) -> dict[str, Shift]:
    with on(TODAY):
        return {shift.step: shift for shift in shifts(Imagined(**otherwise), by=by)}  # type: ignore[arg-type]


def test_nothing_otherwise_moves_nothing(robin: ChildCase, oak: ConferenceRoom, team_manager: Membership) -> None:
    told = asked(team_manager)
    assert set(told) >= {INITIAL, "single_assessment"}
    assert all(shift.now == shift.then and not shift.becomes_late for shift in told.values())


def test_due_dates_are_those_of_the_case_itself(robin: ChildCase, oak: ConferenceRoom, team_manager: Membership) -> None:
    told = asked(team_manager)
    assert told[INITIAL].now.due == LAST
    assert told["single_assessment"].now.due == procedure.edition("2026").due("single_assessment", DISCUSSED)


def test_a_bank_holiday_moves_what_is_counted_in_working_days_and_takes_the_day_from_the_diary(
    robin: ChildCase, oak: ConferenceRoom, team_manager: Membership, conference_chair: Membership
) -> None:
    with on(TODAY):
        actions.book(child_case=robin, step=INITIAL, booked_for=date(2026, 12, 8), booked_at=time(9), room=oak, by=team_manager)
    shift = asked(team_manager, holiday=date(2026, 12, 8))[INITIAL]
    assert (shift.now.due, shift.then.due) == (LAST, date(2026, 12, 10))
    assert (shift.now.how, shift.then.how) == ("booked", "planned")
    assert "what is booked for Tue 8 Dec can’t be held" in shift.why


def test_a_holiday_on_the_day_of_a_meeting_that_is_counted_in_months_makes_it_late(
    robin: ChildCase, oak: ConferenceRoom, team_manager: Membership, conference_chair: Membership, social_worker: Membership
) -> None:
    held, due = date(2026, 12, 2), date(2027, 3, 2)
    with on(held, 15):
        actions.record_step(child_case=robin, step="section_47_enquiry", outcome="conference", happened_on=held, by=social_worker)
        actions.record_step(child_case=robin, step=INITIAL, outcome="plan_sexual_abuse", happened_on=held, by=conference_chair)
    with on(date(2027, 3, 1)):
        actions.book(
            child_case=robin, step="first_review", booked_for=due, booked_at=time(9), room=oak, chair=conference_chair, by=team_manager
        )
        told = {shift.step: shift for shift in shifts(Imagined(holiday=due), by=team_manager)}
    review = told["first_review"]
    assert review.becomes_late
    assert (review.now.due, review.then.due, review.then.done, review.later_by) == (due, due, date(2027, 3, 3), 1)


def test_what_is_imagined_lies_within_what_is_looked_at(team_manager: Membership, signed_in: SignIn) -> None:
    asked = {"fewer_chairs": "1", "since": "0001-01-01", "until": "9999-12-31"}
    page = signed_in(team_manager).get(reverse("safeguarding:conference_what_if"), asked).content.decode()
    assert "Enter a last day within 200 days of the first" in page


def test_a_bank_holiday_less_is_a_day_on_which_a_conference_can_be_held(
    robin: ChildCase, oak: ConferenceRoom, team_manager: Membership, conference_chair: Membership
) -> None:
    with on(TODAY):
        actions.say_away(who=conference_chair, since=DISCUSSED, until=date(2026, 12, 24), by=team_manager)
    shift = asked(team_manager, no_holiday=date(2026, 12, 25))[INITIAL]
    assert (shift.now.done, shift.then.done) == (date(2026, 12, 29), date(2026, 12, 25))


def test_a_shorter_limit_makes_late_what_its_holder_comes_to_too_late(
    robin: ChildCase, oak: ConferenceRoom, team_manager: Membership
) -> None:
    told = asked(team_manager, step="single_assessment", amount=1, a_week=1)
    shift = told["single_assessment"]
    assert shift.becomes_late
    assert shift.then.due == date(2026, 11, 19)
    assert "due Thu 19 Nov instead of" in shift.why[0]
    assert not told[INITIAL].becomes_late


def test_another_editions_limits_are_counted_for_the_open_cases(refer: Refer, social_worker: Membership, team_manager: Membership) -> None:
    child_case = enquiry(refer, social_worker, "Robin Vale", discussed=DISCUSSED)
    assert child_case
    told = asked(team_manager, edition="1999")
    assert all(shift.now.due == shift.then.due for shift in told.values())  # no limit that these have in common differs


def test_whoever_is_away_does_nothing_in_that_time(robin: ChildCase, oak: ConferenceRoom, team_manager: Membership) -> None:
    holder = robin.record.owner
    before = asked(team_manager, a_week=5)
    told = asked(team_manager, a_week=5, away=holder, since=date(2026, 11, 16), until=date(2027, 3, 31))
    assert not before["single_assessment"].now.late
    assert told["single_assessment"].becomes_late
    assert told[INITIAL].becomes_late  # whoever holds the case has to be there
    assert all("S. Lindqvist" in told[step].owner for step in ("single_assessment",))


def test_no_chair_left_makes_every_conference_late_that_has_no_other(
    robin: ChildCase, oak: ConferenceRoom, team_manager: Membership
) -> None:
    told = asked(team_manager, fewer_chairs=1, since=DISCUSSED, until=date(2026, 12, 18))
    assert told[INITIAL].becomes_late
    assert told[INITIAL].then.done == date(2026, 12, 21)
    assert told[INITIAL].later_by == 8
    assert not told["single_assessment"].becomes_late


def test_less_done_in_a_week_never_lets_anything_be_done_earlier(
    robin: ChildCase, oak: ConferenceRoom, refer: Refer, social_worker: Membership, team_manager: Membership
) -> None:
    for n, name in enumerate(("Kim Brook", "Toni Fern")):
        enquiry(refer, social_worker, name, discussed=DISCUSSED, age=5 + n, school="")
    with on(TODAY):
        told = shifts(Imagined(a_week=5, then_a_week=1), by=team_manager)
    for shift in told:
        assert shift.then.done is None or (shift.now.done or date.max) <= shift.then.done
    assert any(shift.then.how == "work" and shift.then.done != shift.now.done for shift in told)


def test_asking_changes_nothing(robin: ChildCase, oak: ConferenceRoom, team_manager: Membership) -> None:
    def state() -> tuple[list[object], ...]:
        return list(Clock.objects.values_list("pk", "due_at")), list(Booking.objects.values_list()), [procedure.guidance()]

    before = state()
    asked(team_manager, holiday=TODAY, edition="2006", fewer_chairs=1, since=DISCUSSED, until=LAST)
    assert state() == before


def test_the_page_answers_with_a_table_a_plot_and_how_it_was_counted(
    robin: ChildCase, oak: ConferenceRoom, team_manager: Membership, signed_in: SignIn
) -> None:
    where = reverse("safeguarding:conference_what_if")
    with on(TODAY):
        browser = signed_in(team_manager)
        assert "Ask beside this" in browser.get(where).content.decode()
        said = {"fewer_chairs": "1", "since": "2026-11-18", "until": "2026-12-18"}
        page = browser.get(where, said).content.decode()
    assert "1 step becomes late" in page
    assert "1 chair fewer from Wed 18 Nov to Fri 18 Dec." in page
    assert "Robin Vale: Initial child" in page
    assert "8 working days late" in page


def test_what_is_half_said_is_asked_for_beside_its_field(robin: ChildCase, team_manager: Membership, signed_in: SignIn) -> None:
    answer = signed_in(team_manager).get(reverse("safeguarding:conference_what_if"), {"fewer_chairs": "2", "step": "single_assessment"})
    assert answer.status_code == 422
    assert "Enter from when until when" in answer.content.decode()
    assert "Enter the limit that the step would have" in answer.content.decode()


def test_another_area_learns_nothing(robin: ChildCase, elsewhere: Membership, signed_in: SignIn) -> None:
    with on(TODAY):
        page = signed_in(elsewhere).get(reverse("safeguarding:conference_what_if"), {"holiday": "2026-12-08"}).content.decode()
    assert "Robin Vale" not in page
    assert "0 steps become late" in page


def test_a_list_that_would_take_too_long_is_cut_and_the_page_says_how_many_are_left_out(
    robin: ChildCase, oak: ConferenceRoom, team_manager: Membership, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = reverse("safeguarding:conference_what_if")
    form = {"a_week": "4", "holiday": "2026-12-08"}
    with on(TODAY):
        browser = signed_in(team_manager)
        assert "left out" not in browser.get(address, form).content.decode()
        monkeypatch.setattr(what_if, "EFFORT", 0.0)
        page = browser.get(address, form).content.decode()
    assert "1 conference or review is left out: to look for its place would take too long." in page
    assert set(asked(team_manager)) >= {"single_assessment"}
    assert INITIAL not in asked(team_manager)
