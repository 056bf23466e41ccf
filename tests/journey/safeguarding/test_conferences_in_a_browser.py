"""The conference service in Chromium: axe, narrow screens, both themes, without JavaScript. Pictures go to `HAVENLINE_PICTURES`."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.urls import reverse

from havenline.engines import procedure
from havenline.foundation import moment
from havenline.foundation.people.models import Membership
from havenline.foundation.work import queue
from havenline.journey.safeguarding import actions
from havenline.journey.safeguarding.models import ChildCase, ConferencePlan
from havenline.journey.safeguarding.queries import windows
from tests import factories
from tests.browser import click_through, found_by_axe, picture, sideways
from tests.journey.safeguarding.conference_world import INITIAL, another_chair, enquiry, room
from tests.journey.safeguarding.conftest import Refer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NAMES = ("Robin Vale", "Kim Brook", "Toni Fern", "Sam Alder", "Lou Marsh", "Ash Wren", "Jo Field", "Max Stone")


def day_ago(count: int) -> date:
    """That many working days before today: the server's own clock is the real one."""
    day: date = moment.today()
    while count:
        day -= timedelta(days=1)
        count -= procedure.is_working_day(day)
    return day


@pytest.fixture
def service(
    transactional_db: None, refer: Refer, social_worker: Membership, team_manager: Membership, conference_chair: Membership
) -> list[ChildCase]:
    """Eight conferences to be held: one late, two of brothers and sisters, two booked in each other's way, one cancelled."""
    another_chair(conference_chair)
    second = factories.member("social_worker", social_worker.agency, "Nic Rowan")
    oak = room(team_manager, "Oak", 12, accessible=True)
    room(team_manager, "Elm", 20)
    found = [
        enquiry(
            refer,
            social_worker,
            name,
            discussed=day_ago((17, 11, 8, 5, 3, 2, 2, 1)[n]),
            owner=second if n % 2 else None,
            age=4 + n,
            school="",
        )
        for n, name in enumerate(NAMES)
    ]
    actions.join_household(child_case=found[5], household=found[4].child.household, by=social_worker)
    soon = procedure.ENGLAND.add(moment.today(), 2)
    place = {"booked_for": soon, "room": oak, "chair": conference_chair}
    actions.book(child_case=found[1], step=INITIAL, booked_at=time(9), by=team_manager, **place)  # type: ignore[arg-type]
    gone = actions.book(child_case=found[2], step=INITIAL, booked_at=time(14), by=team_manager, **place)  # type: ignore[arg-type]
    actions.cancel_booking(booking=gone, reason="A parent is ill.", by=team_manager)
    actions.book(child_case=found[3], step=INITIAL, booked_for=soon, booked_at=time(9, 30), by=team_manager)
    actions.say_away(who=second, since=soon, until=soon, by=team_manager)
    actions.add_sitting(begins=time(9), ends=time(11), by=team_manager)
    actions.add_sitting(begins=time(14), ends=time(16), by=team_manager)
    return found


@pytest.fixture
def plan(service: list[ChildCase], team_manager: Membership) -> ConferencePlan:
    asked = actions.ask_for_plan(until=windows.first_day() + timedelta(weeks=4), by=team_manager)
    queue.drain()
    actions.ask_for_plan(until=windows.first_day() + timedelta(weeks=2), by=team_manager)
    asked.refresh_from_db()
    return asked


def screens(service: list[ChildCase], plan: ConferencePlan) -> dict[str, str]:
    soon = procedure.ENGLAND.add(moment.today(), 2)
    then = {"since": moment.today().isoformat(), "until": (moment.today() + timedelta(days=30)).isoformat()}
    asked = f"fewer_chairs=2&since={then['since']}&until={then['until']}&a_week=2"
    return {
        "week": reverse("safeguarding:conferences") + f"?on={soon}",
        "day": reverse("safeguarding:conferences") + f"?view=day&on={soon}",
        "windows": reverse("safeguarding:conference_windows") + "?show=all",
        "place": reverse("safeguarding:conference_place", args=[service[3].reference, INITIAL]),
        "service": reverse("safeguarding:conference_service"),
        "plans": reverse("safeguarding:conference_plans"),
        "plan": reverse("safeguarding:conference_plan", args=[plan.pk]),
        "what-if": reverse("safeguarding:conference_what_if"),
        "what-if-asked": reverse("safeguarding:conference_what_if") + f"?{asked}",
    }


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_any_screen(
    theme: str, service: list[ChildCase], plan: ConferencePlan, team_manager: Membership, signed_in: Any, opened: Any
) -> None:
    told, client = [], signed_in(team_manager)
    for name, path in screens(service, plan).items():
        page = opened(path, client=client, color_scheme=theme)
        picture(page, f"conferences-{name}-{theme}-1280")
        told += [f"{name} {flaw}" for flaw in found_by_axe(page)]
    assert not told


def test_no_screen_needs_sideways_scrolling_at_320(
    service: list[ChildCase], plan: ConferencePlan, team_manager: Membership, signed_in: Any, opened: Any
) -> None:
    wide, client = [], signed_in(team_manager)
    for name, path in screens(service, plan).items():
        page = opened(path, 320, client=client)
        picture(page, f"conferences-{name}-320")
        wide += [f"{name} {flaw}" for flaw in sideways(page)]
    assert not wide


def test_without_javascript_a_plan_is_asked_for_accepted_and_one_of_it_moved_and_put_back(
    service: list[ChildCase], team_manager: Membership, signed_in: Any, opened: Any
) -> None:
    page = opened(reverse("safeguarding:conference_plans"), client=signed_in(team_manager), java_script_enabled=False)
    click_through(page.get_by_role("button", name="Make a plan"))
    queue.drain()
    click_through(page.get_by_role("link", name="Look again"))
    click_through(page.get_by_role("button", name="Book what is ticked"))
    assert "conferences are booked." in page.content()
    last = service[7]
    booked = last.bookings.get(ended_at=None)
    page.goto(page.url.partition("/desk/")[0] + reverse("safeguarding:conference_place", args=[last.reference, INITIAL]))
    offers = page.get_by_role("radio")
    offers.nth(offers.count() - 1).check()
    click_through(page.get_by_role("button", name="Book this place"))
    assert last.bookings.get(ended_at=None).pk != booked.pk
    page.goto(page.url.partition("/desk/")[0] + reverse("safeguarding:conferences"))
    click_through(page.get_by_role("button", name="Put it back Max Stone"))
    again = last.bookings.get(ended_at=None)
    assert (again.booked_for, again.booked_at, again.room) == (booked.booked_for, booked.booked_at, booked.room)
    assert datetime.combine(again.booked_for, again.booked_at or time.min) > datetime.combine(moment.today(), time.min)
