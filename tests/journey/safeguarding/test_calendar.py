"""A calendar of clocks behind a secret: references and steps, no name, and nothing to be learnt from an address that is none."""

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from havenline.foundation import moment
from havenline.foundation.ledger import queries as ledger
from havenline.foundation.ledger.models import Entry
from havenline.foundation.people.models import Membership, NotYourRole
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Silence
from havenline.foundation.sharing import actions as sharing
from havenline.journey.safeguarding import actions
from havenline.journey.safeguarding.models import CalendarFeed, ChildCase, WrongCalendar
from tests import factories
from tests.conftest import WEDNESDAY
from tests.journey.safeguarding.conference_world import INITIAL, another_chair, enquiry
from tests.journey.safeguarding.conftest import Refer

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Membership], Client]


def asked(token: str) -> Any:
    return Client().get(reverse("safeguarding:calendar", args=[token]))


def titles(token: str) -> list[str]:
    answer = asked(token)
    assert answer.status_code == 200, answer.content
    return [str(event["summary"]) for event in Calendar.from_ical(answer.content).walk("VEVENT")]


def feed_of(by: Membership, whose: str = "mine") -> str:
    return actions.make_feed(whose=whose, by=by)[1]


def test_a_calendar_shows_references_and_steps_and_no_name(child_case: ChildCase, social_worker: Membership) -> None:
    actions.change_child(child_case=child_case, name="Robin Vale", school="Alder Road School", by=social_worker)
    token = feed_of(social_worker)
    assert f"{child_case.reference}: Decision on the referral due" in titles(token)
    told = asked(token).content.decode().replace("\r\n ", "")
    assert not any(words in told for words in ("Robin", "Vale", "Alder", "Lindqvist", "http"))


def test_a_worker_has_their_own_a_manager_the_teams_and_conferences_are_the_conference_services(
    child_case: ChildCase, social_worker: Membership, team_manager: Membership, conference_chair: Membership, refer: Refer
) -> None:
    colleague = factories.member("social_worker", social_worker.agency)
    other = actions.take_up(hand_over=refer(name="Kim Brook", age=4), by=colleague)
    actions.decide(child_case=child_case, outcome="strategy_discussion_now", reason="Near.", by=social_worker)
    actions.record_step(
        child_case=child_case, step="strategy_discussion", outcome="joint_enquiry", happened_on=moment.today(), by=social_worker
    )
    actions.book(
        child_case=child_case, step="initial_child_protection_conference", booked_for=moment.today() + timedelta(days=7), by=social_worker
    )
    assert not [one for one in titles(feed_of(social_worker)) if other.reference in one]
    assert [one for one in titles(feed_of(team_manager, "team")) if other.reference in one]
    chaired = titles(feed_of(conference_chair, "conferences"))
    assert chaired
    assert all("conference" in one.lower() for one in chaired)
    assert [one for one in chaired if one.endswith("booked")]


def test_a_social_worker_makes_no_calendar_of_the_team(social_worker: Membership, signed_in: SignedIn) -> None:
    with pytest.raises(NotYourRole):
        actions.make_feed(whose="team", by=social_worker)
    assert signed_in(social_worker).post(reverse("safeguarding:calendars"), {"whose": "team"}).status_code == 422


@pytest.mark.parametrize("audience", [Silence.Audience.HOUSEHOLD, Silence.Audience.SUBJECT])
def test_what_somebody_near_the_child_must_not_learn_of_is_left_out_and_counted(
    child_case: ChildCase, social_worker: Membership, team_manager: Membership, audience: str
) -> None:
    token = feed_of(social_worker)
    before = titles(token)
    records.keep_silent(
        record=child_case.referral.source, audience=audience, reason="Not arrested.", by=None, actor=team_manager
    )  # on the path, not on the case
    assert titles(token) == [f"{len(before)} more at the desk only"]


def test_a_silence_towards_others_than_those_near_the_child_leaves_a_workers_dates_alone(
    child_case: ChildCase, social_worker: Membership, team_manager: Membership
) -> None:
    records.keep_silent(record=child_case.record, audience=Silence.Audience.HOST, reason="Not yet.", by=team_manager, actor=team_manager)
    assert [one for one in titles(feed_of(social_worker)) if child_case.reference in one]


def test_a_restricted_case_stands_in_no_calendar(child_case: ChildCase, social_worker: Membership, team_manager: Membership) -> None:
    sharing.restrict(record=child_case.record, reason="The subject is a colleague.", by=team_manager)
    for by, whose in ((social_worker, "mine"), (team_manager, "team")):
        assert not [one for one in titles(feed_of(by, whose)) if child_case.reference in one]


def test_a_restricted_referral_stands_in_no_calendar(refer: Refer, police_supervisor: Membership, team_manager: Membership) -> None:
    referral = refer()
    feed = feed_of(team_manager, "team")
    assert [one for one in titles(feed) if referral.reference in one]
    sharing.restrict(record=referral.record, reason="The subject is a colleague.", by=police_supervisor)
    assert not [one for one in titles(feed) if referral.reference in one]


def test_wrong_addresses_of_earlier_hours_are_not_kept(client: Client) -> None:
    with moment.standing_at(moment.now() - timedelta(hours=3)):
        client.get(reverse("safeguarding:calendar", args=["nobody-has-this"]))
    client.get(reverse("safeguarding:calendar", args=["nobody-has-this"]))
    assert WrongCalendar.objects.count() == 1


def test_the_secret_is_stored_as_a_digest_and_shown_once(social_worker: Membership, signed_in: SignedIn) -> None:
    browser, page = signed_in(social_worker), reverse("safeguarding:calendars")
    answer = browser.post(page, {"whose": "mine"})
    address = answer.context["address"]
    token = address.rstrip("/").rpartition("/")[2]
    assert address in answer.content.decode()
    assert token not in browser.get(page).content.decode()
    assert not CalendarFeed.objects.filter(token_hash__contains=token[:12]).exists()
    assert asked(token).status_code == 200
    assert not Entry.objects.filter(body__contains=token).exists()


def test_one_that_never_was_was_ended_has_run_out_or_is_of_somebody_who_left_is_answered_alike(social_worker: Membership) -> None:
    answers = [asked("x" * 43)]
    feed, token = actions.make_feed(whose="mine", by=social_worker)
    actions.end_feed(feed=feed, by=social_worker)
    answers.append(asked(token))
    token = feed_of(social_worker)
    with moment.standing_at(moment.now() + timedelta(days=181)):
        answers.append(asked(token))
    social_worker.person.is_active = False
    social_worker.person.save()
    answers.append(asked(token))
    assert {(one.status_code, one.content, tuple(sorted(one.headers.items()))) for one in answers} == {
        (404, answers[0].content, tuple(sorted(answers[0].headers.items())))
    }


def test_a_new_one_ends_the_one_before_it(social_worker: Membership) -> None:
    first = feed_of(social_worker)
    second = feed_of(social_worker)
    assert (asked(first).status_code, asked(second).status_code) == (404, 200)


def test_guessing_has_a_budget_that_costs_nobody_who_has_an_address(social_worker: Membership, on_wednesday: Any) -> None:
    token = feed_of(social_worker)
    for number in range(60):
        assert asked(f"guess{number}").status_code == 404
    refused = asked("one more")
    assert (refused.status_code, refused["Retry-After"]) == (429, "60")
    assert asked(token).status_code == 200
    with moment.standing_at(WEDNESDAY + timedelta(minutes=1)):
        assert asked("one more").status_code == 404


def test_when_it_was_last_used_is_shown_and_a_look_stands_on_the_ledger_once_for_half_a_day(
    child_case: ChildCase, social_worker: Membership, signed_in: SignedIn
) -> None:
    token = feed_of(social_worker)
    for minutes in (0, 15, 30, 13 * 60):
        with moment.standing_at(WEDNESDAY + timedelta(minutes=minutes)):
            asked(token)
    looks = [one for one in map(ledger.read, Entry.objects.filter(actor=social_worker.ledger_name)) if one.reason == "calendar"]
    assert len(looks) == 2
    assert "18 Nov 2026 23:06" in signed_in(social_worker).get(reverse("safeguarding:calendars")).content.decode()


def test_nobody_ends_another_persons_calendar(social_worker: Membership, team_manager: Membership, signed_in: SignedIn) -> None:
    feed, token = actions.make_feed(whose="mine", by=social_worker)
    assert signed_in(team_manager).post(reverse("safeguarding:end_calendar", args=[feed.pk])).status_code == 404
    assert asked(token).status_code == 200
    assert signed_in(social_worker).post(reverse("safeguarding:end_calendar", args=[feed.pk])).status_code == 302
    assert asked(token).status_code == 404


def test_the_same_thing_keeps_its_name_in_a_calendar_and_tells_no_number(child_case: ChildCase, social_worker: Membership) -> None:
    token = feed_of(social_worker)
    one, other = ({str(e["uid"]) for e in Calendar.from_ical(asked(token).content).walk("VEVENT")} for _time in range(2))
    assert one == other
    assert len(one) > 1


def test_a_calendar_is_read_and_nothing_else(social_worker: Membership) -> None:
    token = feed_of(social_worker)
    address = reverse("safeguarding:calendar", args=[token])
    assert Client().post(address).status_code == 405
    assert Client(enforce_csrf_checks=True).post(address).status_code == 405
    answer = Client().get(address)
    assert answer["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


def test_a_meeting_is_its_chairs_who_is_booked_for_it_and_lasts_as_long_as_it_is_booked(
    refer: Refer, social_worker: Membership, conference_chair: Membership, on_wednesday: Any
) -> None:
    other = another_chair(conference_chair)
    case = enquiry(refer, social_worker, "Robin Vale", discussed=WEDNESDAY.date())
    actions.name_people(child_case=case, chair=other, by=social_worker)
    day = WEDNESDAY.date() + timedelta(days=9)
    actions.book(child_case=case, step=INITIAL, booked_for=day, booked_at=time(10), minutes=120, chair=conference_chair, by=social_worker)

    def booked(by: Membership) -> list[Any]:
        events = Calendar.from_ical(asked(feed_of(by)).content).walk("VEVENT")
        return [event for event in events if str(event["summary"]).endswith("booked")]

    [event] = booked(conference_chair)
    assert event["dtend"].dt - event["dtstart"].dt == timedelta(minutes=120)
    assert booked(other) == []
