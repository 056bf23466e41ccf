"""The conference service's diary as the engine reads it: an agency's rooms, chairs and hours, and all that stands booked.

What stands booked is read beyond the need to know of whoever asks: a room is not free because they may not see who is in it. What they are
shown of it is another question (`House.seen`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from havenline.engines import diary as engine
from havenline.engines import procedure
from havenline.engines.diary import Chair, Conflict, Diary, Meeting, Room
from havenline.engines.procedure import WorkingDays
from havenline.foundation.people.acting import beyond_need_to_know
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import Role
from havenline.journey.safeguarding.models import Away, Booking, ChairsWeek, ChildCase, ConferenceNeed, ConferenceRoom, Sitting
from havenline.journey.safeguarding.queries.reading import day

# Our policy, until an agency says its own.
USUAL_SITTINGS = (engine.Sitting(time(9), time(11)), engine.Sitting(time(11, 15), time(13, 15)), engine.Sitting(time(14), time(16)))
USUAL_WEEK, USUAL_MOST = "01234", 2
USUAL_PEOPLE = 8


@dataclass(frozen=True)
class House:
    """One agency's conference service between two days. Chairs, people and rooms go by their numbers in the engine's diary."""

    diary: Diary
    bookings: tuple[Booking, ...]
    chairs: dict[str, Membership]
    rooms: dict[str, ConferenceRoom]
    calendar: WorkingDays
    seen: frozenset[int]  # the cases that whoever asks may see, of those booked

    def booking(self, name: str) -> Booking | None:
        return next((each for each in self.bookings if name_of(each) == name), None)

    def in_the_way_of(self, meeting: Meeting) -> list[Conflict]:
        """Why that meeting could not be held beside all the others of its day."""
        others = tuple(each for each in self.diary.meetings if each.day == meeting.day and each.name != meeting.name)
        found = engine.conflicts(replace(self.diary, meetings=(*others, meeting)))
        return [conflict for conflict in found if conflict.meeting == meeting.name]


def name_of(booking: Booking) -> str:
    return f"booking {booking.pk}"


def key_of(one: Membership | ConferenceRoom | None) -> str:
    return str(one.pk) if one is not None else ""


def read(by: Membership, first: date, last: date, *, calendar: WorkingDays = procedure.ENGLAND) -> House:
    """The diary of this person's agency from `first` to `last`, with every meeting that stands, whoever's case it is on.

    Of a case that they may not see it is not told that it is of a household, either: its place is taken, for that household too.
    """
    agency = by.agency
    rooms = {key_of(room): room for room in ConferenceRoom.objects.filter(agency=agency, given_up_at=None)}
    chairs = {key_of(chair): chair for chair in chairs_of(agency)}
    weeks = {week.chair_id: week for week in ChairsWeek.objects.filter(chair__agency=agency)}
    days = tuple(calendar.working_days(first, last))
    away = away_between(agency, first, last)
    with beyond_need_to_know():
        standing = Booking.objects.filter(
            child_case__record__agency=agency, child_case__record__closed_at=None, ended_at=None, booked_for__range=(first, last)
        ).select_related("child_case__record__owner", "child_case__child", "room", "chair__person")
        bookings = tuple(standing.order_by("booked_for", "booked_at", "pk"))
    seen = frozenset(ChildCase.objects.visible_to(by).filter(pk__in={one.child_case_id for one in bookings}).values_list("pk", flat=True))
    meetings = [meeting_of(one, is_seen=one.child_case_id in seen) for one in bookings]
    made = Diary(
        days=days,
        sittings=sittings_of(agency),
        rooms=tuple(Room(key, room.places, room.accessible) for key, room in rooms.items()),
        chairs=tuple(_chair(key, chair, weeks.get(chair.pk), days, away) for key, chair in chairs.items()),
        meetings=tuple(meeting for meeting in meetings if meeting is not None),
        away=away,
        span=(first, last),
    )
    return House(made, bookings, chairs, rooms, calendar, seen)


def _chair(key: str, chair: Membership, week: ChairsWeek | None, days: Iterable[date], away: dict[str, frozenset[date]]) -> Chair:
    weekdays = week.weekdays if week else USUAL_WEEK
    there = {each for each in days if str(each.weekday()) in weekdays} - away.get(key, frozenset())
    until = chair.until.date() if chair.until else date.max
    return Chair(key, frozenset(each for each in there if each <= until), week.most_a_day if week else USUAL_MOST)


def meeting_of(booking: Booking, *, is_seen: bool = True) -> Meeting | None:
    """A booking as the engine's meeting; None for one without a time, which is in nobody's way."""
    if booking.booked_at is None or booking.ends_at is None:
        return None
    made = meeting_on(
        booking.child_case, name_of(booking), booking.booked_for, booking.booked_at, booking.ends_at, booking.room, booking.chair
    )
    return made if is_seen else replace(made, together="")


def meeting_on(
    child_case: ChildCase, name: str, on: date, begins: time, ends: time, room: ConferenceRoom | None, chair: Membership | None
) -> Meeting:
    return Meeting(name, on, begins, ends, key_of(room), key_of(chair), people_of(child_case), together(child_case))


def people_of(child_case: ChildCase) -> frozenset[str]:
    """Who has to be there besides the chair: whoever holds the case."""
    return frozenset({key_of(child_case.record.owner)} - {""})


def together(child_case: ChildCase) -> str:
    """Children of one household are conferred about together."""
    return f"household {child_case.child.household_id}" if child_case.child.household_id else ""


def chairs_of(agency: Agency) -> list[Membership]:
    found = Membership.objects.current().filter(agency=agency, role=Role.CONFERENCE_CHAIR)
    return list(found.select_related("person", "agency").order_by("person__name", "pk"))


def sittings_of(agency: Agency) -> tuple[engine.Sitting, ...]:
    found = tuple(engine.Sitting(one.begins, one.ends) for one in Sitting.objects.filter(agency=agency))
    return found or USUAL_SITTINGS


def away_between(agency: Agency, first: date, last: date) -> dict[str, frozenset[date]]:
    """By person, the days of that time on which they are away."""
    found: dict[str, frozenset[date]] = {}
    for one in Away.objects.filter(who__agency=agency, taken_back_at=None, since__lte=last, until__gte=first):
        days = {one.since + timedelta(days=n) for n in range((one.until - one.since).days + 1)}
        found[str(one.who_id)] = found.get(str(one.who_id), frozenset()) | days
    return found


def need_of(child_case: ChildCase) -> tuple[int, bool]:
    """How many people come to a conference on this case, and whether one of them cannot climb a step."""
    need = ConferenceNeed.objects.filter(child_case=child_case).first()
    return (need.people, need.step_free) if need else (USUAL_PEOPLE, False)


def minutes_of(sitting: engine.Sitting) -> int:
    begins, ends = (datetime.combine(date(2000, 1, 1), each) for each in (sitting.begins, sitting.ends))
    return int((ends - begins).total_seconds()) // 60


def in_words(conflict: Conflict, house: House, on: date) -> str:
    """A conflict as a sentence. Of a case that this person may not see it says that it is another one."""
    who = _who(conflict, house)
    other = house.booking(conflict.other) if conflict.other else None
    said = {"who": who, "day": day(on), "other": _other(other, house)}
    match conflict.trouble:
        case "chair twice":
            return _("%(who)s chairs another meeting at that time: %(other)s.") % said
        case "room twice":
            return _("%(who)s is taken at that time: %(other)s.") % said
        case "person elsewhere":
            return _("%(who)s, who holds the case, is at another meeting at that time: %(other)s.") % said
        case "no working day":
            holiday = house.calendar.bank_holiday(on)
            if holiday:
                return _("%(day)s is no working day: %(holiday)s.") % {"day": day(on), "holiday": holiday}
            return _("%(day)s is no working day.") % said
        case "chair not there":
            return _("%(who)s is not there on %(day)s.") % said
        case "person away":
            return _("%(who)s, who holds the case, is away on %(day)s.") % said
        case "too many for the chair":
            return _("%(who)s would lead more conferences on %(day)s than in one day at the most.") % said


def _who(conflict: Conflict, house: House) -> str:
    if conflict.trouble == "room twice":
        room = house.rooms.get(conflict.who)
        return room.name if room else _("A room that was given up")
    chair = house.chairs.get(conflict.who)
    if chair is None and conflict.who:
        chair = Membership.objects.select_related("person").filter(pk=int(conflict.who)).first()
    return chair.short_name if chair else _("Somebody")


def _other(booking: Booking | None, house: House) -> str:
    if booking is None:
        return _("another one")
    with_time = f"{booking.booked_at:%H:%M}" if booking.booked_at else ""
    if booking.child_case_id not in house.seen:
        return _("%(time)s, a case that you do not see") % {"time": with_time}
    return f"{with_time}, {booking.child_case.child.name}"


def why_not_free(
    child_case: ChildCase,
    *,
    step: str,
    on: date,
    begins: time,
    minutes: int,
    room: ConferenceRoom | None,
    chair: Membership | None,
    by: Membership,
    house: House | None = None,
    need: tuple[int, bool] | None = None,
) -> str:
    """Why it cannot be held there; empty where it can. `house`, `need`: the diary and what `need_of` says, where they were read."""
    house = house or read(by, on, on)
    if room is not None:
        people, step_free = need or need_of(child_case)
        if room.places < people:
            return _("%(room)s has %(places)s places, and %(people)s people come.") % {
                "room": room.name,
                "places": room.places,
                "people": people,
            }
        if step_free and not room.accessible:
            return _("%(room)s cannot be reached without a step.") % {"room": room.name}
    ends = (datetime.combine(on, begins) + timedelta(minutes=minutes)).time()
    mine = next((each for each in house.bookings if each.child_case_id == child_case.pk and each.step == step), None)
    name = name_of(mine) if mine else "this one"
    meeting = meeting_on(child_case, name, on, begins, ends, room, chair)
    return " ".join(in_words(conflict, house, on) for conflict in house.in_the_way_of(meeting))


# What the screens ask


def rooms(*, by: Membership) -> QuerySet[ConferenceRoom]:
    """The rooms that this person's agency offers."""
    return ConferenceRoom.objects.filter(agency_id=by.agency_id, given_up_at=None)


def chairs_asked(*, by: Membership) -> QuerySet[Membership]:
    found = Membership.objects.current().filter(agency_id=by.agency_id, role=Role.CONFERENCE_CHAIR)
    return found.select_related("person").order_by("person__name", "pk")


def colleagues(*, by: Membership) -> QuerySet[Membership]:
    """Whoever can be away, of this person's agency."""
    return Membership.objects.current().filter(agency_id=by.agency_id).select_related("person").order_by("person__name", "pk")
