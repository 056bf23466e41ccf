"""Diaries and conferences of any kind, for hypothesis; and what must hold of every plan, counted anew."""

from collections import Counter
from datetime import date, time, timedelta

from hypothesis import strategies as st

from havenline.engines import diary
from havenline.engines.diary import Chair, Conference, Diary, Meeting, Place, Room, Sitting

MONDAY = date(2026, 11, 30)
DAYS = tuple(day for day in (MONDAY + timedelta(days=n) for n in range(19)) if day.weekday() < 5)
MORNING, NOON, AFTERNOON = Sitting(time(9), time(11)), Sitting(time(11, 15), time(13, 15)), Sitting(time(14), time(16))
PEOPLE = ("Sam", "Lee", "Kit")

rooms = st.lists(st.tuples(st.integers(1, 3), st.booleans()), max_size=3).map(
    lambda found: tuple(Room(f"Room {n}", places * 6, accessible) for n, (places, accessible) in enumerate(found))
)
chairs = st.lists(st.tuples(st.sets(st.sampled_from(DAYS), max_size=8), st.integers(1, 2)), max_size=3).map(
    lambda found: tuple(Chair(f"Chair {n}", frozenset(days), most) for n, (days, most) in enumerate(found))
)
meetings = st.lists(
    st.tuples(
        st.sampled_from(DAYS), st.sampled_from([9, 10, 12, 15]), st.integers(0, 2), st.integers(0, 2), st.sets(st.sampled_from(PEOPLE))
    ),
    max_size=6,
).map(
    lambda found: tuple(
        Meeting(f"stands {n}", day, time(hour), time(hour + 1), f"Room {room}", f"Chair {chair}", frozenset(people))
        for n, (day, hour, room, chair, people) in enumerate(found)
    )
)
diaries = st.builds(
    Diary,
    days=st.just(DAYS),
    sittings=st.sampled_from([(MORNING,), (MORNING, AFTERNOON), (AFTERNOON, NOON, MORNING)]),
    rooms=rooms,
    chairs=chairs,
    meetings=meetings,
    away=st.dictionaries(st.sampled_from(PEOPLE), st.frozensets(st.sampled_from(DAYS), max_size=5), max_size=2),
)
windows = st.tuples(st.integers(-8, 16), st.integers(0, 12))
conferences = st.lists(
    st.tuples(
        windows, st.sets(st.sampled_from(PEOPLE), max_size=1), st.sampled_from([1, 6, 12]), st.booleans(), st.sampled_from(["", "Chair 0"])
    ),
    max_size=7,
).map(
    lambda found: tuple(
        Conference(
            f"Case {n}",
            MONDAY + timedelta(days=begins),
            MONDAY + timedelta(days=begins + lasts),
            frozenset(people),
            places,
            accessible and places == 1,
            chair,
        )
        for n, ((begins, lasts), people, places, accessible, chair) in enumerate(found)
    )
)


def places_of(plan: diary.Plan) -> dict[str, Place]:
    return {one.conference: one.place for one in plan.kept} | {one.conference: one.place for one in plan.not_kept if one.place}


def wrong(of: Diary, wanted: tuple[Conference, ...], plan: diary.Plan) -> list[str]:
    """What a plan breaks of what is stated in `planning`, each constraint counted by itself and day by day."""
    by_name = {one.name: one for one in wanted}
    told = [one.conference for one in plan.kept] + [one.conference for one in plan.not_kept]
    found = [] if sorted(told) == sorted(by_name) else ["not every conference once"]
    for one in plan.kept:
        if not by_name[one.conference].first <= one.place.day <= by_name[one.conference].last:
            found.append(f"{one.conference} is kept outside its window")
    for missed in plan.not_kept:
        if missed.place and missed.place.day <= by_name[missed.conference].last:
            found.append(f"{missed.conference} is named as not kept, and is")
    chairs_of, rooms_of = {chair.name: chair for chair in of.chairs}, {room.name: room for room in of.rooms}
    led = Counter((meeting.day, meeting.chair) for meeting in of.meetings)
    seats: Counter[tuple[object, ...]] = Counter()
    for name, place in places_of(plan).items():
        one, room = by_name[name], rooms_of[place.room]
        if place.day not in of.days or place.sitting not in of.sittings or place.day not in chairs_of[place.chair].days:
            found.append(f"{name}: the chair or the house is not there")
        if room.places < one.places or (one.accessible and not room.accessible):
            found.append(f"{name}: the room does not do")
        led[place.day, place.chair] += 1
        when = (place.day, place.sitting)
        seats.update([("room", place.room, *when), ("chair", place.chair, *when), *(("person", who, *when) for who in one.people)])
        for who in one.people:
            if place.day in of.away.get(who, ()):
                found.append(f"{name}: {who} is away")
        for meeting in of.meetings:
            at_once = meeting.day == place.day and meeting.begins < place.sitting.ends and place.sitting.begins < meeting.ends
            if at_once and (meeting.room == place.room or meeting.chair == place.chair or meeting.people & one.people):
                found.append(f"{name}: what stood there already is in its way")
    found += [f"{what} twice" for what, number in seats.items() if number > 1]
    planned = {(place.day, place.chair) for place in places_of(plan).values()}
    found += [f"{chair} leads too many on {day}" for day, chair in planned if led[day, chair] > chairs_of[chair].most_a_day]
    return found
