"""Visits and core groups are set for a day ahead like any meeting, and their papers say that they took place."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from havenline.foundation import moment
from havenline.foundation.people.models import Membership
from havenline.journey.safeguarding import actions, path
from havenline.journey.safeguarding.actions import calendars
from havenline.journey.safeguarding.models import Booking, CalendarFeed, ChildCase, PaperVersion
from havenline.journey.safeguarding.queries import calendar
from havenline.journey.safeguarding.queries import day as days
from tests.conftest import WEDNESDAY

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 11, 20)


def booked(child_case: ChildCase, by: Membership, step: str = path.VISIT, on: date = FRIDAY) -> Booking:
    return actions.book(child_case=child_case, step=step, booked_for=on, booked_at=time(15), by=by)


def written(child_case: ChildCase, code: str, by: Membership, **said: str) -> None:
    """Begin a paper, answer what it needs, and finish it."""
    paper = actions.begin_paper(child_case=child_case, code=code, by=by)
    by_kind: dict[str, Any] = {
        "people": [{"name": "Sam Lindqvist", "agency": "social_care", "there": "yes", "why_not": ""}],
        "rows": [{"what": "A quiet room for homework."}],
    }
    content = {one.name: by_kind.get(one.kind, "What was said.") for one in paper.form.fields if one.needed and one.name not in said}
    actions.save_paper(paper=paper, content={**content, **said}, base=1, by=by)
    actions.finish_paper(paper=paper, by=by, seen=PaperVersion.objects.filter(paper=paper).latest("number").number)


def with_a_plan(child_case: ChildCase, social_worker: Membership, conference_chair: Membership) -> None:
    for step, outcome, by in (
        ("strategy_discussion", "joint_enquiry", social_worker),
        ("section_47_enquiry", "conference", social_worker),
        ("initial_child_protection_conference", "plan_neglect", conference_chair),
    ):
        actions.record_step(child_case=child_case, step=step, outcome=outcome, happened_on=date(2026, 11, 18), by=by)


def test_a_visit_is_booked_for_any_day_ahead_and_moved_by_booking_another(child_case: ChildCase, social_worker: Membership) -> None:
    first, second = booked(child_case, social_worker), booked(child_case, social_worker, on=date(2026, 11, 23))
    first.refresh_from_db()
    assert (first.ended_as, second.ended_at) == (Booking.Ended.MOVED, None)
    with pytest.raises(actions.DateNotPossible):
        booked(child_case, social_worker, on=date(2026, 11, 17))


def test_the_paper_of_a_visit_says_that_it_took_place(child_case: ChildCase, social_worker: Membership) -> None:
    visit = booked(child_case, social_worker)
    with moment.standing_at(WEDNESDAY + timedelta(days=2, hours=8)):
        written(child_case, path.VISIT, social_worker, on="2026-11-20", child_seen="yes", seen_alone="yes")
    visit.refresh_from_db()
    assert visit.ended_as == Booking.Ended.TOOK_PLACE


def test_a_visit_that_found_nobody_took_place_too(child_case: ChildCase, social_worker: Membership) -> None:
    visit = booked(child_case, social_worker)
    with moment.standing_at(WEDNESDAY + timedelta(days=2, hours=8)):
        written(child_case, path.VISIT, social_worker, on="2026-11-20", child_seen="no")
    visit.refresh_from_db()
    assert visit.ended_as == Booking.Ended.TOOK_PLACE
    assert not child_case.notes.exists()


def test_a_note_that_the_child_was_seen_ends_what_was_booked_until_then_and_no_later_one(
    child_case: ChildCase, social_worker: Membership
) -> None:
    visit = booked(child_case, social_worker)
    actions.record_seen(child_case=child_case, happened_on=date(2026, 11, 18), by=social_worker)
    visit.refresh_from_db()
    assert visit.ended_at is None
    with moment.standing_at(WEDNESDAY + timedelta(days=2, hours=8)):
        actions.record_seen(child_case=child_case, happened_on=FRIDAY, by=social_worker)
    visit.refresh_from_db()
    assert visit.ended_as == Booking.Ended.TOOK_PLACE


def test_a_core_group_is_booked_once_the_first_was_held_and_while_the_plan_runs(
    child_case: ChildCase, social_worker: Membership, conference_chair: Membership
) -> None:
    with pytest.raises(actions.StepNotNext):
        booked(child_case, social_worker, path.CORE_GROUP)
    with moment.standing_at(datetime(2026, 11, 18, 16, 0, tzinfo=moment.LONDON)):
        with_a_plan(child_case, social_worker, conference_chair)
        with pytest.raises(actions.StepNotNext):
            booked(child_case, social_worker, path.CORE_GROUP)
        actions.record_step(child_case=child_case, step="first_core_group", outcome="", happened_on=date(2026, 11, 18), by=social_worker)
        group = booked(child_case, social_worker, path.CORE_GROUP)
    with moment.standing_at(WEDNESDAY + timedelta(days=2, hours=8)):
        written(child_case, path.CORE_GROUP, social_worker, held_on="2026-11-20")
    group.refresh_from_db()
    assert group.ended_as == Booking.Ended.TOOK_PLACE


def test_a_child_with_a_visit_ahead_is_none_to_plan_until_its_day_is_past(child_case: ChildCase, social_worker: Membership) -> None:
    assert days.day(by=social_worker)["visits"]
    booked(child_case, social_worker)
    shown = days.day(by=social_worker)
    assert shown["visits"] == []
    assert [(one["title"], one["has_passed"]) for one in shown["booked"]] == [("Visit", False)]
    with moment.standing_at(WEDNESDAY + timedelta(days=3)):
        shown = days.day(by=social_worker)
        assert shown["visits"]
        assert [one["has_passed"] for one in shown["booked"]] == [True]


def test_a_visit_is_booked_from_the_day_and_stands_on_the_case_without_invitations(
    child_case: ChildCase, social_worker: Membership, signed_in: Any
) -> None:
    browser: Client = signed_in(social_worker)
    page = reverse("safeguarding:book", args=[child_case.reference, path.VISIT])
    assert page in browser.get(reverse("safeguarding:day")).content.decode()
    answer = browser.post(page, {"booked_for": "2026-11-20", "booked_at": "15:00"}, follow=True)
    shown = answer.content.decode()
    visit = child_case.bookings.get()
    assert "Visit</strong>, Fri 20 Nov" in shown
    assert reverse("safeguarding:invitations", args=[child_case.reference, visit.pk]) not in shown
    assert browser.get(reverse("safeguarding:book", args=[child_case.reference, "no_such_step"])).status_code == 404


def test_a_visit_stands_in_the_workers_calendar_by_its_reference(child_case: ChildCase, social_worker: Membership) -> None:
    booked(child_case, social_worker)
    feed, _secret = calendars.make_feed(whose=CalendarFeed.Whose.MINE, by=social_worker)
    titles = [one.title for one in calendar.entries(feed)[0]]
    assert f"{child_case.reference}: Visit booked" in titles


def test_the_conference_service_is_not_told_of_visits(child_case: ChildCase, social_worker: Membership) -> None:
    from havenline.journey.safeguarding.queries import conferences

    booked(child_case, social_worker)
    shown = conferences.shown(by=social_worker, on=FRIDAY, by_day=True)
    assert [one.meetings for one in shown["days"]] == [()]
