"""The diary: days, sittings, rooms and chairs, what stands in it already, and what is free."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import cached_property
from typing import Literal


@dataclass(frozen=True, slots=True, order=True)
class Sitting:
    """A part of each day in which one conference is held. Those of one diary never overlap."""

    begins: time
    ends: time

    def meets(self, begins: time, ends: time) -> bool:
        """Whether it shares a moment with that time; one that ends as the other begins does not."""
        return self.begins < ends and begins < self.ends


@dataclass(frozen=True, slots=True)
class Room:
    """A room and how many people fit into it. `accessible`: without a step, for whoever needs that."""

    name: str
    places: int
    accessible: bool = False


@dataclass(frozen=True, slots=True)
class Chair:
    """Whoever leads conferences: on which days they are there, and how many they lead in one day at the most."""

    name: str
    days: frozenset[date]
    most_a_day: int


@dataclass(frozen=True, slots=True)
class Meeting:
    """What stands in the diary. `people`: who has to be there besides its chair. A room or chair not named is not taken.

    `together`: meetings with the same word are one (brothers and sisters), and never in each other's way.
    """

    name: str
    day: date
    begins: time
    ends: time
    room: str = ""
    chair: str = ""
    people: frozenset[str] = frozenset()
    together: str = ""

    def meets(self, other: "Meeting") -> bool:
        return self.day == other.day and self.begins < other.ends and other.begins < self.ends


@dataclass(frozen=True, slots=True)
class Conference:
    """What has to be held from `first` to `last`, both included. `chair`: who led the one before, and is wished for again."""

    name: str
    first: date
    last: date
    people: frozenset[str] = frozenset()
    places: int = 1
    accessible: bool = False
    chair: str = ""

    def fits(self, room: Room) -> bool:
        return room.places >= self.places and (room.accessible or not self.accessible)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a conference can be held: a day, a sitting, a room and a chair."""

    day: date
    sitting: Sitting
    room: str
    chair: str


Opening = tuple[date, Sitting]


@dataclass(frozen=True)
class Diary:
    """The working days on which conferences can be held, ascending, and all that bounds them. `away`: when people are not there.

    `span`: the time of which `days` names every working day, where that is more than from its first to its last.
    """

    days: tuple[date, ...]
    sittings: tuple[Sitting, ...]
    rooms: tuple[Room, ...]
    chairs: tuple[Chair, ...]
    meetings: tuple[Meeting, ...] = ()
    away: Mapping[str, frozenset[date]] = field(default_factory=dict)
    span: tuple[date, date] | None = None

    @cached_property
    def _standing(self) -> dict[Opening, list[Meeting]]:
        found: dict[Opening, list[Meeting]] = defaultdict(list)
        for meeting in self.meetings:
            for sitting in self.sittings:
                if sitting.meets(meeting.begins, meeting.ends):
                    found[meeting.day, sitting].append(meeting)
        return found

    @cached_property
    def _led(self) -> Counter[tuple[date, str]]:
        """How many each chair leads on a day already; several held together are one."""
        led = {(m.day, m.chair, m.begins, m.together or m.name) for m in self.meetings if m.chair}
        return Counter((day, chair) for day, chair, _begins, _which in led)

    @cached_property
    def _sittings(self) -> tuple[Sitting, ...]:
        return tuple(sorted(self.sittings))

    def openings(self, first: date, last: date) -> Iterator[Opening]:
        """Each sitting of each day from `first` to `last`, in order of time."""
        for day in self.days:
            if first <= day <= last:
                for sitting in self._sittings:
                    yield day, sitting

    def left_to(self, chair: Chair, day: date) -> int:
        """How many conferences this chair can still lead on that day."""
        return max(0, chair.most_a_day - self._led[day, chair.name]) if day in chair.days else 0

    def free_rooms(self, opening: Opening, conference: Conference | None = None) -> list[Room]:
        taken = {meeting.room for meeting in self._standing.get(opening, ())}
        return [room for room in self.rooms if room.name not in taken and (conference is None or conference.fits(room))]

    def free_chairs(self, opening: Opening) -> list[Chair]:
        taken = {meeting.chair for meeting in self._standing.get(opening, ())}
        return [chair for chair in self.chairs if chair.name not in taken and self.left_to(chair, opening[0])]

    def people_are_free(self, people: frozenset[str], opening: Opening) -> bool:
        if any(opening[0] in self.away.get(person, ()) for person in people):
            return False
        return not any(meeting.people & people for meeting in self._standing.get(opening, ()))

    def free_places(self, conference: Conference, *, after: bool = False) -> Iterator[Place]:
        """Every place that stands free for it within its window, the earliest first; `after`: those after its last day."""
        first = max(conference.first, conference.last + timedelta(days=1)) if after else conference.first
        last = self.days[-1] if after and self.days else conference.last
        for opening in self.openings(first, last):
            if not self.people_are_free(conference.people, opening):
                continue
            chairs = sorted(self.free_chairs(opening), key=lambda chair: (chair.name != conference.chair, chair.name))
            for room in sorted(self.free_rooms(opening, conference), key=lambda room: (room.places, room.accessible, room.name)):
                for chair in chairs:
                    yield Place(*opening, room.name, chair.name)


Trouble = Literal[
    "chair twice", "room twice", "person elsewhere", "no working day", "chair not there", "person away", "too many for the chair"
]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why a meeting cannot be held as it stands. `who`: the room, chair or person; `other`: the meeting that is in its way."""

    meeting: str
    trouble: Trouble
    who: str = ""
    other: str = ""


def conflicts(diary: Diary) -> list[Conflict]:
    """What is wrong with what stands in the diary, in order of time. Of two in each other's way each is told."""
    found: list[Conflict] = []
    days = set(diary.days)
    first, last = diary.span or ((diary.days[0], diary.days[-1]) if diary.days else (date.max, date.min))
    chairs = {chair.name: chair for chair in diary.chairs}
    ordered = sorted(diary.meetings, key=lambda m: (m.day, m.begins, m.name))
    by_day: dict[date, list[Meeting]] = defaultdict(list)
    for meeting in ordered:
        by_day[meeting.day].append(meeting)
    for meeting in ordered:
        if first <= meeting.day <= last and meeting.day not in days:
            found.append(Conflict(meeting.name, "no working day"))
        chair = chairs.get(meeting.chair)
        if chair is not None and meeting.day in days:
            if meeting.day not in chair.days:
                found.append(Conflict(meeting.name, "chair not there", meeting.chair))
            elif diary._led[meeting.day, chair.name] > chair.most_a_day:
                found.append(Conflict(meeting.name, "too many for the chair", meeting.chair))
        found += [
            Conflict(meeting.name, "person away", person)
            for person in sorted(meeting.people)
            if meeting.day in diary.away.get(person, frozenset())
        ]
        for other in by_day[meeting.day]:
            if other is meeting or not meeting.meets(other) or (meeting.together and meeting.together == other.together):
                continue
            if meeting.chair and meeting.chair == other.chair:
                found.append(Conflict(meeting.name, "chair twice", meeting.chair, other.name))
            if meeting.room and meeting.room == other.room:
                found.append(Conflict(meeting.name, "room twice", meeting.room, other.name))
            for person in sorted(meeting.people & other.people):
                found.append(Conflict(meeting.name, "person elsewhere", person, other.name))
    return found
