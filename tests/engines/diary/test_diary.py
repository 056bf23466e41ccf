"""What stands in the diary, what is free, and what is in whose way."""

from dataclasses import replace
from datetime import date, time

from tests.engines.diary.strategies import AFTERNOON, DAYS, MONDAY, MORNING

from havenline.engines import diary
from havenline.engines.diary import Chair, Conference, Diary, Meeting, Room, Sitting

ROOM, CHAIR = Room("Oak", 12), Chair("Pat", frozenset(DAYS), 2)
HOUSE = Diary(DAYS, (MORNING, AFTERNOON), (ROOM,), (CHAIR,))
ONE = Meeting("one", MONDAY, time(9), time(11), "Oak", "Pat", frozenset({"Sam"}))


def troubles(*meetings: Meeting, of: Diary = HOUSE) -> list[tuple[str, str, str, str]]:
    return [(one.meeting, one.trouble, one.who, one.other) for one in diary.conflicts(replace(of, meetings=meetings))]


def test_a_chair_a_room_and_a_person_are_at_one_place_at_a_time() -> None:
    other = replace(ONE, name="two", begins=time(10), ends=time(12))
    assert troubles(ONE, other)[:3] == [
        ("one", "chair twice", "Pat", "two"),
        ("one", "room twice", "Oak", "two"),
        ("one", "person elsewhere", "Sam", "two"),
    ]


def test_one_that_ends_as_the_other_begins_is_not_in_its_way() -> None:
    assert troubles(ONE, replace(ONE, name="two", begins=time(11), ends=time(12))) == []


def test_brothers_and_sisters_held_together_are_one_meeting() -> None:
    one, two = replace(ONE, together="H-1"), replace(ONE, name="two", together="H-1")
    assert troubles(one, two, of=replace(HOUSE, chairs=(replace(CHAIR, most_a_day=1),))) == []


def test_a_day_that_is_no_working_day_a_chair_who_is_not_there_and_whoever_is_away_are_named() -> None:
    weekend = replace(ONE, day=date(2026, 12, 5), chair="", room="", people=frozenset())
    of = replace(HOUSE, chairs=(replace(CHAIR, days=frozenset(DAYS[1:])),), away={"Sam": frozenset({MONDAY})})
    assert troubles(weekend, replace(ONE, name="two"), of=of) == [
        ("two", "chair not there", "Pat", ""),
        ("two", "person away", "Sam", ""),
        ("one", "no working day", "", ""),
    ]


def test_more_than_a_chair_leads_in_a_day_is_named_on_each() -> None:
    of = replace(HOUSE, chairs=(replace(CHAIR, most_a_day=1),))
    two = replace(ONE, name="two", begins=time(14), ends=time(15), room="", people=frozenset())
    assert [trouble for _name, trouble, *_rest in troubles(ONE, two, of=of)] == ["too many for the chair"] * 2


def test_what_is_free_is_what_no_meeting_touches_the_earliest_first() -> None:
    of = replace(HOUSE, meetings=(Meeting("one", MONDAY, time(10, 30), time(14), "Oak"),))
    free = list(of.free_places(Conference("x", MONDAY, DAYS[1])))
    assert [(place.day, place.sitting) for place in free] == [(MONDAY, AFTERNOON), (DAYS[1], MORNING), (DAYS[1], AFTERNOON)]


def test_the_smallest_room_that_does_and_the_chair_of_before_come_first() -> None:
    of = replace(HOUSE, rooms=(Room("Hall", 40), ROOM), chairs=(replace(CHAIR, name="Ash"), CHAIR))
    first = next(iter(of.free_places(Conference("x", MONDAY, MONDAY, chair="Pat"))))
    assert (first.room, first.chair) == ("Oak", "Pat")


def test_places_after_the_last_day_are_asked_for_by_themselves() -> None:
    after = list(HOUSE.free_places(Conference("x", MONDAY, DAYS[-2]), after=True))
    assert {place.day for place in after} == {DAYS[-1]}
    assert list(HOUSE.free_places(Conference("x", MONDAY, DAYS[-1]), after=True)) == []


def test_a_sitting_is_no_longer_than_itself() -> None:
    assert not Sitting(time(9), time(11)).meets(time(11), time(12))
    assert Sitting(time(9), time(11)).meets(time(10, 59), time(12))
