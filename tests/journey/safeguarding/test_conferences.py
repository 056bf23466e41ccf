"""The conference service: places are taken once, what is in the way is said, and what was moved can be put back."""

from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from havenline.foundation.ledger.queries import of_records
from havenline.foundation.people.models import Membership, NotYourRole
from havenline.foundation.sharing import actions as sharing
from havenline.journey.safeguarding import actions
from havenline.journey.safeguarding.models import Booking, ChildCase, ConferenceRoom
from havenline.journey.safeguarding.queries import conferences, diary, windows
from tests.journey.safeguarding.conference_world import INITIAL, another_chair, enquiry, on, room
from tests.journey.safeguarding.conftest import Refer

SignIn = Callable[[Membership], Client]
DISCUSSED, TODAY, DAY = date(2026, 11, 18), date(2026, 11, 19), date(2026, 12, 1)
AT = time(9)


@pytest.fixture
def oak(team_manager: Membership) -> ConferenceRoom:
    return room(team_manager)


@pytest.fixture
def robin(refer: Refer, social_worker: Membership, conference_chair: Membership) -> ChildCase:
    return enquiry(refer, social_worker, "Robin Vale", discussed=DISCUSSED)


@pytest.fixture
def kim(refer: Refer, team_manager: Membership, robin: ChildCase) -> ChildCase:
    return enquiry(refer, team_manager, "Kim Brook", discussed=DISCUSSED, age=6, school="")


def book(child_case: ChildCase, by: Membership, *, day: date = DAY, at: time = AT, **more: object) -> Booking:
    with on(TODAY):
        return actions.book(child_case=child_case, step=INITIAL, booked_for=day, booked_at=at, by=by, **more)  # type: ignore[arg-type]


def test_a_place_is_booked_with_its_room_and_chair_and_stands_on_the_ledger(
    robin: ChildCase, oak: ConferenceRoom, conference_chair: Membership
) -> None:
    booking = book(robin, conference_chair, room=oak, chair=conference_chair)
    assert (booking.room, booking.chair, booking.ends_at) == (oak, conference_chair, time(11))
    assert "booked a meeting" in [said.verb for said in of_records([robin.reference])]


def test_a_room_is_not_booked_twice_at_one_time(
    robin: ChildCase, kim: ChildCase, oak: ConferenceRoom, conference_chair: Membership
) -> None:
    book(robin, conference_chair, room=oak)
    with pytest.raises(actions.PlaceNotFree, match=r"Oak is taken at that time: 09:00, Robin Vale\."):
        book(kim, conference_chair, room=oak, at=time(10, 59))
    assert book(kim, conference_chair, room=oak, at=time(11)).room == oak


def test_a_chair_is_not_booked_twice_at_one_time(robin: ChildCase, kim: ChildCase, conference_chair: Membership) -> None:
    book(robin, conference_chair, chair=conference_chair)
    with pytest.raises(actions.PlaceNotFree, match="chairs another meeting at that time"):
        book(kim, conference_chair, chair=conference_chair)


def test_whoever_holds_both_cases_is_at_one_of_them(
    robin: ChildCase, refer: Refer, social_worker: Membership, oak: ConferenceRoom, conference_chair: Membership, team_manager: Membership
) -> None:
    other = enquiry(refer, social_worker, "Toni Fern", discussed=DISCUSSED, age=5, school="")
    book(robin, conference_chair, room=oak)
    with pytest.raises(actions.PlaceNotFree, match=r"S\. Lindqvist, who holds the case, is at another meeting"):
        book(other, conference_chair, room=room(team_manager, "Elm"))


def test_brothers_and_sisters_are_conferred_about_together(
    robin: ChildCase, kim: ChildCase, oak: ConferenceRoom, conference_chair: Membership, social_worker: Membership
) -> None:
    actions.join_household(child_case=kim, household=robin.child.household, by=social_worker)
    kim.child.refresh_from_db()
    book(robin, conference_chair, room=oak, chair=conference_chair)
    assert book(kim, conference_chair, room=oak, chair=conference_chair).room == oak


@pytest.mark.parametrize(
    ("day", "said"),
    [(date(2026, 12, 25), "Fri 25 Dec is no working day: Christmas Day"), (date(2026, 12, 5), r"is no working day\.")],
)
def test_no_place_is_taken_on_a_day_that_is_no_working_day(
    day: date, said: str, robin: ChildCase, oak: ConferenceRoom, conference_chair: Membership
) -> None:
    with pytest.raises(actions.PlaceNotFree, match=said):
        book(robin, conference_chair, day=day, room=oak, reason="Later.", weekend_confirmed=True)


def test_a_chair_who_is_not_there_or_away_or_has_enough_that_day_is_refused(
    robin: ChildCase, kim: ChildCase, conference_chair: Membership, team_manager: Membership
) -> None:
    actions.set_chairs_week(chair=conference_chair, weekdays=[0, 2, 3], most_a_day=1, by=team_manager)
    with pytest.raises(actions.PlaceNotFree, match="is not there on Tue 1 Dec"):
        book(robin, conference_chair, chair=conference_chair)
    book(robin, conference_chair, day=DAY + timedelta(days=1), chair=conference_chair)
    with pytest.raises(actions.PlaceNotFree, match="more conferences on Wed 2 Dec than in one day at the most"):
        book(kim, conference_chair, day=DAY + timedelta(days=1), at=time(14), chair=conference_chair)
    actions.say_away(who=conference_chair, since=date(2026, 12, 3), until=date(2026, 12, 4), by=team_manager)
    with pytest.raises(actions.PlaceNotFree, match="is not there on Thu 3 Dec"):
        book(kim, conference_chair, day=date(2026, 12, 3), chair=conference_chair)


def test_a_room_that_is_too_small_or_up_a_step_is_refused(
    robin: ChildCase, oak: ConferenceRoom, conference_chair: Membership, social_worker: Membership
) -> None:
    actions.say_need(child_case=robin, people=14, step_free=False, by=social_worker)
    with pytest.raises(actions.PlaceNotFree, match="Oak has 12 places, and 14 people come"):
        book(robin, conference_chair, room=oak)
    actions.say_need(child_case=robin, people=9, step_free=True, by=social_worker)
    with pytest.raises(actions.PlaceNotFree, match="without a step"):
        book(robin, conference_chair, room=oak)


def test_a_room_that_was_given_up_is_not_booked_and_what_is_booked_in_it_stays(
    robin: ChildCase, kim: ChildCase, oak: ConferenceRoom, conference_chair: Membership, team_manager: Membership
) -> None:
    booking = book(robin, conference_chair, room=oak)
    actions.give_up_room(room=oak, by=team_manager)
    with pytest.raises(actions.PlaceNotFree, match="not offered any more"):
        book(kim, conference_chair, room=oak, at=time(14))
    assert Booking.objects.get(pk=booking.pk).ended_at is None
    actions.take_room_back(room=oak, by=team_manager)
    assert book(kim, conference_chair, room=oak, at=time(14)).room == oak


def test_another_agencys_room_is_not_there_to_be_booked(robin: ChildCase, elsewhere: Membership, conference_chair: Membership) -> None:
    with pytest.raises(actions.PlaceNotFree):
        book(robin, conference_chair, room=room(elsewhere, "Their room"))


def test_a_move_and_a_cancellation_can_be_put_back(
    robin: ChildCase, oak: ConferenceRoom, conference_chair: Membership, social_worker: Membership
) -> None:
    first = book(robin, conference_chair, room=oak, chair=conference_chair)
    moved = book(robin, conference_chair, day=DAY + timedelta(days=1), room=oak, chair=conference_chair)
    with on(TODAY):
        again = actions.put_back(booking=first, by=social_worker)
        assert (again.booked_for, again.booked_at, again.room, again.chair) == (DAY, AT, oak, conference_chair)
        actions.cancel_booking(booking=again, reason="A parent is ill.", by=social_worker)
        once_more = actions.put_back(booking=again, by=social_worker)
    standing = robin.bookings.filter(ended_at=None)
    assert [one.pk for one in standing] == [once_more.pk]
    assert {one.pk: one.ended_as for one in robin.bookings.exclude(ended_at=None)} == {
        first.pk: "moved",
        moved.pk: "moved",
        again.pk: "cancelled",
    }


def test_what_was_put_back_too_late_says_who_has_the_place_now(
    robin: ChildCase, kim: ChildCase, oak: ConferenceRoom, conference_chair: Membership, social_worker: Membership
) -> None:
    gone = book(robin, conference_chair, room=oak)
    with on(TODAY):
        actions.cancel_booking(booking=gone, reason="Ill.", by=social_worker)
    book(kim, conference_chair, room=oak)
    with on(TODAY), pytest.raises(actions.PlaceNotFree, match="Kim Brook"):
        actions.put_back(booking=gone, by=social_worker)


def test_what_stands_or_took_place_is_not_put_back(robin: ChildCase, conference_chair: Membership, social_worker: Membership) -> None:
    booking = book(robin, conference_chair)
    with pytest.raises(actions.NotOfThisCase, match="nothing to put back"):
        actions.put_back(booking=booking, by=social_worker)


def test_settings_that_cannot_be_say_why(
    oak: ConferenceRoom, team_manager: Membership, social_worker: Membership, elsewhere: Membership
) -> None:
    with pytest.raises(actions.SettingNotPossible, match="room of that name"):
        room(team_manager)
    with pytest.raises(actions.SettingNotPossible, match="after the beginning"):
        actions.add_sitting(begins=time(11), ends=time(9), by=team_manager)
    actions.add_sitting(begins=time(9), ends=time(11), by=team_manager)
    with pytest.raises(actions.SettingNotPossible, match="overlaps"):
        actions.add_sitting(begins=time(10), ends=time(12), by=team_manager)
    with pytest.raises(actions.SettingNotPossible, match="own agency"):
        actions.say_away(who=elsewhere, since=DAY, until=DAY, by=team_manager)
    with pytest.raises(actions.SettingNotPossible, match="on or after the first"):
        actions.say_away(who=social_worker, since=DAY, until=TODAY, by=team_manager)
    with pytest.raises(NotYourRole):
        room(social_worker, "Mine")


def test_the_window_of_a_conference_offers_each_free_sitting_once_with_the_cases_own_chair(
    robin: ChildCase, oak: ConferenceRoom, conference_chair: Membership, social_worker: Membership, kim: ChildCase
) -> None:
    another_chair(conference_chair)
    actions.name_people(child_case=robin, chair=conference_chair, by=social_worker)
    book(kim, conference_chair, day=date(2026, 11, 20), room=oak, chair=conference_chair)
    robin.refresh_from_db()
    with on(TODAY):
        window = windows.of_case(robin, INITIAL)
        assert window is not None
        house = windows.house_for(conference_chair, [window])
        free = windows.free_places(window, house)
    assert (window.first, window.last) == (date(2026, 11, 20), date(2026, 12, 9))
    assert {house.chairs[place.chair] for place in free} == {conference_chair}
    assert len(free) == 14 * 3 - 1
    assert (free[0].day, free[0].sitting.begins) == (date(2026, 11, 20), time(11, 15))


def test_a_bar_says_in_words_and_day_by_day_what_is_free(
    robin: ChildCase, oak: ConferenceRoom, conference_chair: Membership, kim: ChildCase
) -> None:
    with on(TODAY):
        window = windows.of_case(robin, INITIAL)
        assert window is not None
        bar = windows.bar(window, windows.house_for(conference_chair, [window]))
    assert bar.free == 42
    assert "Fri 20 Nov (3)" in bar.alternative
    classes = {cell["title"].partition(":")[0]: cell["classes"] for cell in bar.cells}
    assert "has-places" in classes["Fri 20 Nov 2026"]
    assert "is-weekend" in classes["Sat 21 Nov 2026"]
    assert "is-due" in classes["Wed 9 Dec 2026"]


# The screens


def test_the_diary_shows_the_week_and_the_day_and_what_is_in_the_way(
    robin: ChildCase, kim: ChildCase, oak: ConferenceRoom, conference_chair: Membership, team_manager: Membership, signed_in: SignIn
) -> None:
    book(robin, conference_chair, room=oak, chair=conference_chair)
    actions.say_away(who=robin.record.owner, since=DAY, until=DAY, by=team_manager)  # type: ignore[arg-type]
    browser, where = signed_in(conference_chair), reverse("safeguarding:conferences")
    with on(TODAY):
        week = browser.get(where, {"on": "2026-12-03"}).content.decode()
        by_day = browser.get(where, {"on": "2026-12-01", "view": "day"}).content.decode()
    for page in (week, by_day):
        assert "Robin Vale" in page
        assert "S. Lindqvist, who holds the case, is away on Tue 1 Dec." in page
        assert "Find another place" in page
    assert "Tuesday 1 December 2026" in by_day
    assert "Oak" in by_day


def test_who_may_not_see_a_case_sees_that_its_room_is_taken_and_not_by_whom(
    robin: ChildCase, kim: ChildCase, oak: ConferenceRoom, conference_chair: Membership, team_manager: Membership, signed_in: SignIn
) -> None:
    book(robin, team_manager, room=oak)
    sharing.restrict(record=robin.record, reason="A colleague.", by=team_manager)
    with on(TODAY):
        page = signed_in(conference_chair).get(reverse("safeguarding:conferences"), {"on": "2026-12-01"}).content.decode()
        assert "Robin Vale" not in page
        assert robin.reference not in page
        assert "A case that you do not see" in page
        with pytest.raises(actions.PlaceNotFree) as refused:
            actions.book(child_case=kim, step=INITIAL, booked_for=DAY, booked_at=AT, room=oak, by=conference_chair)
    assert "Robin" not in str(refused.value)


def test_a_household_is_not_told_by_the_diary_that_an_unseen_case_is_its_own(
    robin: ChildCase, kim: ChildCase, oak: ConferenceRoom, conference_chair: Membership, team_manager: Membership
) -> None:
    actions.join_household(child_case=kim, household=robin.child.household, by=team_manager)
    kim.child.refresh_from_db()
    book(robin, team_manager, room=oak)
    sharing.restrict(record=robin.record, reason="A colleague.", by=team_manager)
    with on(TODAY), pytest.raises(actions.PlaceNotFree, match="a case that you do not see"):
        actions.book(child_case=kim, step=INITIAL, booked_for=DAY, booked_at=AT, room=oak, by=conference_chair)


def test_of_a_case_that_is_not_seen_the_diary_tells_neither_the_meeting_nor_who_is_in_it(
    robin: ChildCase, oak: ConferenceRoom, conference_chair: Membership, team_manager: Membership, social_worker: Membership
) -> None:
    book(robin, team_manager, room=oak, chair=conference_chair)
    sharing.restrict(record=robin.record, reason="A colleague.", by=team_manager)
    with on(TODAY):
        actions.say_away(who=social_worker, since=DAY, until=DAY, by=conference_chair)
        shown = conferences.shown(by=conference_chair, on=DAY, by_day=True)
    (meeting,) = shown["days"][0].meetings
    assert (meeting.title, meeting.child, meeting.chair, meeting.troubles, meeting.room) == ("", "", "", (), "Oak")
    assert shown["conflicts"] == []


@pytest.mark.parametrize("number", ["²", "9" * 5000, "-1", ""])
def test_a_number_that_is_none_names_no_room(number: str, oak: ConferenceRoom, conference_chair: Membership) -> None:
    assert conferences.room_of(number, by=conference_chair) is None


def test_a_free_place_is_booked_from_the_cases_window(
    robin: ChildCase, oak: ConferenceRoom, conference_chair: Membership, social_worker: Membership, signed_in: SignIn
) -> None:
    browser, where = signed_in(social_worker), reverse("safeguarding:conference_place", args=[robin.reference, INITIAL])
    with on(TODAY):
        page = browser.get(where).content.decode()
        assert "Tue 1 Dec, 09:00–11:00, Oak, P. Marsh" in page
        assert browser.post(where, {"place": "2026-12-01 09:00", "reason": ""}).status_code == 302
    (booking,) = robin.bookings.filter(ended_at=None)
    assert (booking.booked_for, booking.room, booking.chair) == (DAY, oak, conference_chair)


def test_a_place_that_was_taken_meanwhile_is_said_where_it_was_chosen(
    robin: ChildCase, kim: ChildCase, oak: ConferenceRoom, conference_chair: Membership, social_worker: Membership, signed_in: SignIn
) -> None:
    book(kim, conference_chair, room=oak)
    where = reverse("safeguarding:conference_place", args=[robin.reference, INITIAL])
    with on(TODAY):
        answer = signed_in(social_worker).post(where, {"place": "2026-12-01 11:15", "room": oak.pk, "chair": ""})
        refused = signed_in(social_worker).post(where, {"place": "2026-12-01 09:00"})
    assert answer.status_code == 302
    assert refused.status_code == 422
    assert robin.bookings.filter(ended_at=None).count() == 1


def test_the_page_of_windows_shows_each_once_and_another_area_none(
    robin: ChildCase, oak: ConferenceRoom, conference_chair: Membership, elsewhere: Membership, signed_in: SignIn
) -> None:
    where = reverse("safeguarding:conference_windows")
    with on(TODAY):
        page = signed_in(conference_chair).get(where).content.decode()
        theirs = signed_in(elsewhere).get(where).content.decode()
    assert page.count(reverse("safeguarding:conference_place", args=[robin.reference, INITIAL])) == 1
    assert "42 sittings are free" in page
    assert "Robin Vale" not in theirs
    assert "Nothing waits for a place" in theirs


def test_what_was_cancelled_is_put_back_from_the_diary(
    robin: ChildCase, oak: ConferenceRoom, conference_chair: Membership, signed_in: SignIn
) -> None:
    booking = book(robin, conference_chair, room=oak)
    browser, where = signed_in(conference_chair), reverse("safeguarding:conferences")
    with on(TODAY):
        actions.cancel_booking(booking=booking, reason="Ill.", by=conference_chair)
        assert "Put it back" in browser.get(where).content.decode()
        browser.post(reverse("safeguarding:put_back", args=[robin.reference, booking.pk]))
        assert "Put it back" not in browser.get(where).content.decode()
    assert robin.bookings.filter(ended_at=None, room=oak, booked_for=DAY).count() == 1


def test_the_service_enters_rooms_sittings_weeks_and_absences(conference_chair: Membership, signed_in: SignIn) -> None:
    browser, where = signed_in(conference_chair), reverse("safeguarding:conference_service")
    browser.post(where, {"act": "room", "room-name": "Ash", "room-places": "9", "room-accessible": "on"})
    browser.post(where, {"act": "sitting", "sitting-begins": "10:00", "sitting-ends": "12:00"})
    browser.post(where, {"act": "week", "which": conference_chair.pk, "weekdays": ["1", "2"], "most_a_day": "3"})
    browser.post(where, {"act": "away", "away-who": conference_chair.pk, "away-since": "2027-01-04", "away-until": "2027-01-08"})
    with on(TODAY):
        page = browser.get(where).content.decode()
        house = diary.read(conference_chair, date(2027, 1, 4), date(2027, 1, 15))
    assert "Ash" in page
    assert [(room.places, room.accessible) for room in house.diary.rooms] == [(9, True)]
    assert [(one.begins, one.ends) for one in house.diary.sittings] == [(time(10), time(12))]
    (chair,) = house.diary.chairs
    assert (sorted(chair.days), chair.most_a_day) == ([date(2027, 1, 12), date(2027, 1, 13)], 3)


def test_what_was_typed_wrong_stands_there_with_what_to_do(conference_chair: Membership, signed_in: SignIn) -> None:
    where = reverse("safeguarding:conference_service")
    answer = signed_in(conference_chair).post(where, {"act": "room", "room-name": "Ash", "room-places": "0"})
    assert answer.status_code == 422
    assert "Enter 1 or more" in answer.content.decode()
    assert 'value="Ash"' in answer.content.decode()


def test_a_social_worker_sees_the_diary_and_sets_up_nothing(robin: ChildCase, social_worker: Membership, signed_in: SignIn) -> None:
    browser = signed_in(social_worker)
    assert browser.get(reverse("safeguarding:conferences")).status_code == 200
    for name in ("conference_service", "conference_plans", "conference_what_if"):
        assert browser.get(reverse(f"safeguarding:{name}")).status_code == 404


def test_a_chairs_own_desk_shows_what_they_are_booked_for_and_no_other_chairs(
    robin: ChildCase, kim: ChildCase, oak: ConferenceRoom, conference_chair: Membership, social_worker: Membership, signed_in: SignIn
) -> None:
    other = another_chair(conference_chair)
    actions.name_people(child_case=kim, chair=conference_chair, by=social_worker)
    kim.refresh_from_db()
    book(robin, conference_chair, room=oak, chair=conference_chair)
    book(kim, conference_chair, at=time(14), room=oak, chair=other)
    with on(TODAY):
        mine = signed_in(conference_chair).get(reverse("safeguarding:clocks")).context["booked"]
    assert [one["child"] for one in mine] == ["Robin Vale, 9"]


def test_the_first_chair_who_is_booked_chairs_the_case_and_the_conferences_clock_is_theirs(
    robin: ChildCase, conference_chair: Membership
) -> None:
    def holders() -> set[Membership | None]:
        return {clock.owner for clock in robin.record.clocks.running().filter(rule=INITIAL)}

    assert conference_chair not in holders()
    book(robin, conference_chair, chair=conference_chair)
    robin.refresh_from_db()
    assert (robin.chair, holders()) == (conference_chair, {conference_chair})
    assert "named who manages and chairs" in [one.verb for one in of_records([robin.reference])]
    another = another_chair(conference_chair)
    book(robin, conference_chair, day=DAY + timedelta(days=1), chair=another)
    robin.refresh_from_db()
    assert (robin.chair, holders()) == (conference_chair, {conference_chair})
