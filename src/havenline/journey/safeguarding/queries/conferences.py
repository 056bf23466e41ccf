"""The diary's pages: a day, a week, what is in whose way, what changed lately, and how the service is set up."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from havenline.engines import diary as engine
from havenline.foundation import moment
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import Role
from havenline.journey.safeguarding import path
from havenline.journey.safeguarding.models import Away, Booking, ChairsWeek, ChildCase, ConferenceRoom, Sitting
from havenline.journey.safeguarding.queries import diary
from havenline.journey.safeguarding.queries.diary import House
from havenline.journey.safeguarding.queries.reading import day_and_time

CONFLICTS_AHEAD = 28  # days


@dataclass(frozen=True)
class ShownMeeting:
    """A meeting as it stands in the diary. For whoever does not see its case: the time, the room and nothing else."""

    booking: Booking
    title: str
    child: str
    times: str
    room: str
    chair: str
    troubles: tuple[str, ...]
    is_seen: bool

    @property
    def has_room(self) -> bool:
        return self.is_seen and self.booking.step in (*path.CONFERENCES, *path.REVIEWS)


@dataclass(frozen=True)
class ShownDay:
    """One day: `off` is why no conference is held on it; `hours` are its sittings, for each room what is in it."""

    day: date
    off: str
    is_today: bool
    meetings: tuple[ShownMeeting, ...]


def shown(*, by: Membership, on: date, by_day: bool) -> dict[str, Any]:
    """The diary of this person's agency: a day, or the working week around it (weekend days only where something stands)."""
    today = moment.today()
    first = on if by_day else on - timedelta(days=on.weekday())
    last = on if by_day else first + timedelta(days=6)
    ahead = today + timedelta(days=CONFLICTS_AHEAD)
    house = diary.read(by, min(first, today), max(last, ahead))
    troubles = _troubles(house)
    days = []
    for number in range((last - first).days + 1):
        each = first + timedelta(days=number)
        met = (one for one in house.bookings if one.booked_for == each and one.step != path.VISIT)  # who visits is away, and no more
        held = tuple(_meeting(one, house, troubles) for one in met)
        if by_day or held or each.weekday() < 5:
            off = "" if house.calendar.is_working_day(each) else house.calendar.bank_holiday(each) or "weekend"
            days.append(ShownDay(each, off, each == today, held))
    step = timedelta(days=1 if by_day else 7)
    return {
        "days": days,
        "on": on,
        "by_day": by_day,
        "first": first,
        "last": days[-1].day if days else last,
        "before": on - step,
        "after": on + step,
        "today": today,
        "grid": _grid(house, on, troubles) if by_day else None,
        "conflicts": [
            _meeting(one, house, troubles) for one in house.bookings if troubles.get(one.pk) and today <= one.booked_for <= ahead
        ],
        "changed": changed_lately(by=by),
        "has_rooms": bool(house.rooms),
    }


def _troubles(house: House) -> dict[int, tuple[str, ...]]:
    """By booking. Of a case that whoever asks may not see nothing is told: who holds it would be in it."""
    by_name = {diary.name_of(one): one for one in house.bookings}
    found: dict[int, list[str]] = {}
    for conflict in engine.conflicts(house.diary):
        booking = by_name[conflict.meeting]
        if booking.child_case_id not in house.seen:
            continue
        said = diary.in_words(conflict, house, booking.booked_for)
        if said not in found.setdefault(booking.pk, []):
            found[booking.pk].append(said)
    return {pk: tuple(said) for pk, said in found.items()}


def _meeting(booking: Booking, house: House, troubles: dict[int, tuple[str, ...]]) -> ShownMeeting:
    """Of a case that whoever asks may not see: the time, the room and nothing else."""
    is_seen = booking.child_case_id in house.seen
    ends = booking.ends_at
    return ShownMeeting(
        booking=booking,
        title=path.title_of(booking.step, moment.today()) if is_seen else "",
        child=booking.child_case.child.name if is_seen else "",
        times=f"{booking.booked_at:%H:%M}–{ends:%H:%M}" if booking.booked_at and ends else "",
        room=booking.room.name if booking.room else "",
        chair=booking.chair.short_name if booking.chair and is_seen else "",
        troubles=troubles.get(booking.pk, ()),
        is_seen=is_seen,
    )


def _grid(house: House, on: date, troubles: dict[int, tuple[str, ...]]) -> dict[str, Any]:
    """A day's sittings by rooms: what is in each, and who could chair there."""
    rows = []
    for sitting in sorted(house.diary.sittings):
        cells = []
        for key, room in house.rooms.items():
            held = [one for one in house.bookings if diary.key_of(one.room) == key and _is_in(one, on, sitting)]
            cells.append({"room": room, "meetings": [_meeting(one, house, troubles) for one in held]})
        free = [house.chairs[chair.name].short_name for chair in house.diary.free_chairs((on, sitting))] if on in house.diary.days else []
        rows.append({"times": f"{sitting.begins:%H:%M}–{sitting.ends:%H:%M}", "cells": cells, "chairs": free})
    return {"rooms": list(house.rooms.values()), "rows": rows}


def _is_in(booking: Booking, on: date, sitting: engine.Sitting) -> bool:
    begins, ends = booking.booked_at, booking.ends_at
    return booking.booked_for == on and begins is not None and ends is not None and sitting.meets(begins, ends)


def changed_lately(*, by: Membership) -> list[dict[str, Any]]:
    """What was moved or cancelled within a day and could stand again: the undo of the diary."""
    since = moment.now() - timedelta(days=1)
    found = Booking.objects.filter(
        ended_at__gte=since,
        ended_as__in=[Booking.Ended.MOVED, Booking.Ended.CANCELLED],
        booked_for__gte=moment.today(),
        child_case__in=ChildCase.objects.visible_to(by),
        child_case__record__closed_at=None,
        child_case__record__agency=by.agency,
    )
    told, steps = [], set()
    for one in found.select_related("child_case__record", "child_case__child", "room", "chair__person").order_by("-ended_at", "-pk"):
        if (one.child_case_id, one.step) in steps or _stands_so(one):
            continue
        steps.add((one.child_case_id, one.step))
        told.append({"booking": one, "title": path.title_of(one.step, moment.today()), "was": day_and_time(one.booked_for, one.booked_at)})
    return told


def _stands_so(one: Booking) -> bool:
    """Whether it stands again as it was."""
    place = {"booked_for": one.booked_for, "booked_at": one.booked_at, "room": one.room, "chair": one.chair}
    return Booking.objects.filter(child_case=one.child_case, step=one.step, ended_at=None, **place).exists()


def service(*, by: Membership) -> dict[str, Any]:
    """How the agency's conference service is set up."""
    weeks = {week.chair_id: week for week in ChairsWeek.objects.filter(chair__agency=by.agency)}
    today = moment.today()
    return {
        "rooms": list(diary.rooms(by=by)),
        "given_up": list(ConferenceRoom.objects.filter(agency_id=by.agency_id).exclude(given_up_at=None)[:10]),
        "sittings": list(Sitting.objects.filter(agency_id=by.agency_id)),
        "usual": [f"{one.begins:%H:%M}–{one.ends:%H:%M}" for one in diary.USUAL_SITTINGS],
        "chairs": [
            {
                "chair": chair,
                "weekdays": weeks[chair.pk].weekdays if chair.pk in weeks else diary.USUAL_WEEK,
                "most": weeks[chair.pk].most_a_day if chair.pk in weeks else diary.USUAL_MOST,
                "is_usual": chair.pk not in weeks,
            }
            for chair in diary.chairs_of(by.agency)
        ],
        "away": list(
            Away.objects.filter(who__agency_id=by.agency_id, taken_back_at=None, until__gte=today).select_related(
                "who__person", "by__person"
            )
        ),
    }


def room_of(pk: str, *, by: Membership) -> ConferenceRoom | None:
    return ConferenceRoom.objects.filter(agency_id=by.agency_id, pk=_number(pk)).first()


def sitting_of(pk: str, *, by: Membership) -> Sitting | None:
    return Sitting.objects.filter(agency_id=by.agency_id, pk=_number(pk)).first()


def away_of(pk: str, *, by: Membership) -> Away | None:
    return Away.objects.filter(who__agency_id=by.agency_id, pk=_number(pk)).first()


def chair_of(pk: str, *, by: Membership) -> Membership | None:
    found = Membership.objects.filter(agency_id=by.agency_id, role=Role.CONFERENCE_CHAIR).select_related("person", "agency")
    return found.filter(pk=_number(pk)).first()


def _number(pk: str) -> int:
    """What a form sent as a number; 0, which nothing has, for anything else."""
    return int(pk) if pk.isdecimal() and len(pk) < 19 else 0
