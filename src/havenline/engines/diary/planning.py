"""A plan of conferences that keeps every date that can be kept, and says of each other one why it cannot.

Exactly these hold of every plan, of what is placed in time and of what is placed after its last day alike:

1. A conference has one place at the most: a day of the diary, a sitting, a room, a chair.
2. A room, and a chair, holds one conference in a sitting, counting what stands in the diary already.
3. A chair leads on days on which they are there, and at most `most_a_day` on each, counting what stands already.
4. A room has as many places as are needed, and is accessible where that is needed.
5. Nobody of a conference's `people` is at another conference in the same sitting, or away that day.
6. In time means from `first` to `last`. Whatever lies after `last` is named as not kept.

Wished for, the first most: no conference without a place; none after its last day; each of those as early as can be; the chair who led
the one before; and an early day, since a limit is a maximum and never a target.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from heapq import merge
from math import inf
from typing import Literal

from .diary import Chair, Conference, Diary, Opening, Place, Room

Why = Literal["window past", "no day", "no chair", "no room", "people away", "diary full", "others need it"]

NO_PLACE, LATE, LATE_DAY, OTHER_CHAIR = 5_000_000, 100_000, 2_000, 40
LONGEST_WAIT = 10  # days of the diary after a last day, in which a late place is looked for
LOOKS_A_SECOND = 250_000  # sittings and choices that `in_order` looks at on one core; `effort` is counted by them
SECONDS = 60.0  # a bound for a machine that is very slow: there alone the same question may be answered otherwise
Report = Callable[[int], None]


class SolverMissing(Exception):
    """OR-Tools is not installed: says how it is."""


@dataclass(frozen=True, slots=True)
class Placed:
    conference: str
    place: Place


@dataclass(frozen=True, slots=True)
class NotKept:
    """A conference that cannot be held in its window, and why. `place`: the one after it that is proposed instead, if there is one.

    `free`: how many sittings of its window stand free for it; `rivals`: how many conferences need them.
    """

    conference: str
    why: Why
    place: Place | None = None
    free: int = 0
    rivals: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """`kept`, `not_kept` and `not_looked_at` together are every conference, once. `proven`: no plan keeps more.

    `not_looked_at`: where the effort ended first.
    """

    kept: tuple[Placed, ...]
    not_kept: tuple[NotKept, ...]
    proven: bool
    not_looked_at: tuple[str, ...] = ()


Choice = tuple[Opening, str]  # a sitting of a day, and a chair


class _Question:
    """The conferences in an order of their own, and the choices that each has."""

    def __init__(self, diary: Diary, conferences: Iterable[Conference], wait: int = LONGEST_WAIT, effort: float = inf) -> None:
        self.diary = diary
        self.wait = wait
        self.looks = effort * LOOKS_A_SECOND  # what is left of them
        self.conferences = sorted(conferences, key=lambda one: (one.last, one.first, one.name))
        if len({one.name for one in self.conferences}) < len(self.conferences):
            raise ValueError("Each conference has a name of its own.")
        self.number = {day: number for number, day in enumerate(diary.days)}
        self.chairs = {chair.name: chair for chair in diary.chairs}
        self._chairs: dict[Opening, list[str]] = {}

    def choices(self, at: int) -> list[Choice]:
        """Every choice, in time and after its last day, as far as is looked."""
        one = self.conferences[at]
        return [choice for in_time in (True, False) for choice in self._open_to(one, in_time, lambda _chair: True)]

    def best_first(self, one: Conference, *, in_time: bool) -> Iterator[Choice]:
        """Its choices, the cheapest first, as long as there are looks: either half is in that order by itself, being in order of time."""
        own = self._open_to(one, in_time, lambda chair: chair == one.chair)
        others = self._open_to(one, in_time, lambda chair: chair != one.chair)
        return merge(own, others, key=lambda choice: (self.cost(one, choice), choice))

    def _open_to(self, one: Conference, in_time: bool, wanted: Callable[[str], bool]) -> Iterator[Choice]:
        diary, last = self.diary, one.last
        if in_time:
            begins = one.first
        else:
            begins = max(one.last + timedelta(days=1), one.first)
            last = next(reversed(diary.days[bisect_left(diary.days, begins) :][: self.wait]), one.last)
        for opening in diary.openings(begins, last):
            self.looks -= 1
            if self.looks <= 0:
                return
            if diary.people_are_free(one.people, opening) and diary.free_rooms(opening, one):
                for chair in self._chairs_at(opening):
                    if wanted(chair):
                        self.looks -= 1
                        yield opening, chair

    def _chairs_at(self, opening: Opening) -> list[str]:
        if opening not in self._chairs:
            self._chairs[opening] = sorted(chair.name for chair in self.diary.free_chairs(opening))
        return self._chairs[opening]

    @cached_property
    def wanted_by(self) -> dict[Opening, set[str]]:
        """By sitting, the conferences that could be held in it in time."""
        found: dict[Opening, set[str]] = defaultdict(set)
        for one in self.conferences:
            for opening in self.diary.openings(one.first, one.last):
                if _is_free(self.diary, one, opening):
                    found[opening].add(one.name)
        return found

    def cost(self, one: Conference, choice: Choice) -> int:
        (day, _sitting), chair = choice
        cost = self.number[day] * 2
        if one.chair and chair != one.chair:
            cost += OTHER_CHAIR
        if day > one.last:
            before = bisect_right(self.diary.days, one.last)
            cost += LATE + LATE_DAY * (self.number[day] - before + 1)
        return cost

    def kept(self, chosen: Sequence[Choice | None]) -> int:
        """How many are in time."""
        return sum(choice is not None and choice[0][0] <= one.last for one, choice in zip(self.conferences, chosen, strict=True))

    def worth(self, chosen: Sequence[Choice | None]) -> int:
        costs = zip(self.conferences, chosen, strict=True)
        return sum(NO_PLACE if choice is None else self.cost(one, choice) for one, choice in costs)


def in_order(diary: Diary, conferences: Iterable[Conference], *, wait: int = LONGEST_WAIT, effort: float = inf) -> Plan:
    """The plan that a careful person makes: whoever is due first has the best place that is left. Quick, and not always the best.

    `wait`: in how many days of the diary after its last day a place is looked for. `effort`: about seconds of one core, counted in work, so
    that the same question has the same answer; once it is spent the rest are named as not looked at.
    """
    question = _Question(diary, conferences, wait, effort)
    return _told(question, _filled(question), proven=False)


def propose(diary: Diary, conferences: Iterable[Conference], *, effort: float = 6.0, report: Report | None = None) -> Plan:
    """The best plan that is found within `effort` (about seconds of one core; counted in work, so that the same question has the same
    answer). `report` is told how far it is, in percent.

    Raises SolverMissing.
    """
    question = _Question(diary, conferences)
    chosen: Sequence[Choice | None] = _filled(question)
    tell = report or (lambda percent: None)
    tell(10)
    proven = question.kept(chosen) == len(question.conferences)
    if question.conferences:
        from .solving import Model  # here: the solver takes a second to load

        model = Model(question)
        tell(25)
        if not proven:
            most, proven = model.keeping_most(chosen, effort=effort / 2, seconds=SECONDS / 2)
            filled = _filled(question, most)
            if question.kept(filled) > question.kept(chosen) or question.worth(filled) < question.worth(chosen):
                chosen = filled
        tell(60)
        chosen = model.better(chosen, effort=effort / 2, seconds=SECONDS / 2)
        tell(95)
    return _told(question, chosen, proven=proven)


def _filled(question: _Question, begun: Sequence[Choice | None] = ()) -> list[Choice | None]:
    """Each that has no choice yet gets the best that is left, whoever is due first. First those that can be in time, then those that
    cannot: who is late already takes nobody else's last day.
    """
    diary = question.diary
    rooms: dict[Opening, list[Conference]] = defaultdict(list)
    chairs: set[Choice] = set()
    led: dict[tuple[date, str], int] = defaultdict(int)
    busy: set[tuple[Opening, str]] = set()
    chosen: list[Choice | None] = [None] * len(question.conferences)

    def take(at: int, choice: Choice) -> None:
        one, (opening, chair) = question.conferences[at], choice
        chosen[at] = choice
        rooms[opening].append(one)
        chairs.add(choice)
        led[opening[0], chair] += 1
        busy.update((opening, person) for person in one.people)

    def is_open(one: Conference, choice: Choice) -> bool:
        opening, chair = choice
        if choice in chairs or any((opening, person) in busy for person in one.people):
            return False
        if led[opening[0], chair] >= diary.left_to(question.chairs[chair], opening[0]):
            return False
        return _rooms_of(diary, opening, [*rooms[opening], one]) is not None

    for at, given in enumerate(begun):
        if given is not None:
            take(at, given)
    for in_time in (True, False):
        for at, one in enumerate(question.conferences):
            if chosen[at] is None:
                best = next((choice for choice in question.best_first(one, in_time=in_time) if is_open(one, choice)), None)
                if best is not None:
                    take(at, best)
    return chosen


def _rooms_of(diary: Diary, opening: Opening, conferences: Sequence[Conference]) -> dict[str, Room] | None:
    """A room for each conference of one sitting, the smallest that do; None where there are too few (a matching, by augmenting paths)."""
    free = sorted(diary.free_rooms(opening), key=lambda room: (room.places, room.accessible, room.name))
    held: dict[str, Conference] = {}

    def find(one: Conference, asked: set[str]) -> bool:
        for room in free:
            if room.name in asked or not one.fits(room):
                continue
            asked.add(room.name)
            if room.name not in held or find(held[room.name], asked):
                held[room.name] = one
                return True
        return False

    if len(conferences) > len(free) or not all(find(one, set()) for one in conferences):
        return None
    by_name = {room.name: room for room in free}
    return {one.name: by_name[room] for room, one in held.items()}


def _told(question: _Question, chosen: Sequence[Choice | None], *, proven: bool) -> Plan:
    """Give each its room, and name what is not kept, with the reason."""
    sitting: dict[Opening, list[Conference]] = defaultdict(list)
    for one, choice in zip(question.conferences, chosen, strict=True):
        if choice is not None:
            sitting[choice[0]].append(one)
    rooms = {opening: _rooms_of(question.diary, opening, held) for opening, held in sitting.items()}
    kept, not_kept, passed_over = [], [], []
    for one, choice in zip(question.conferences, chosen, strict=True):
        if choice is None and question.looks <= 0:
            passed_over.append(one.name)
            continue
        place = None
        if choice is not None:
            held = rooms[choice[0]]
            assert held is not None  # noqa: S101  (the choices were made so that rooms do: 2 and 4 above)
            place = Place(*choice[0], held[one.name].name, choice[1])
        if place is not None and place.day <= one.last:
            kept.append(Placed(one.name, place))
        else:
            not_kept.append(_reason(question, one, place))
    return Plan(tuple(sorted(kept, key=lambda one: (one.place, one.conference))), tuple(not_kept), proven, tuple(passed_over))


def _reason(question: _Question, one: Conference, place: Place | None) -> NotKept:
    diary = question.diary
    openings = list(diary.openings(one.first, one.last))
    if not diary.days or one.last < max(one.first, diary.days[0]):
        return NotKept(one.name, "window past", place)
    if not openings:
        return NotKept(one.name, "no day", place)
    if not any(one.fits(room) for room in diary.rooms):
        return NotKept(one.name, "no room", place)
    days = {day for day, _sitting in openings}
    if not any(chair.days & days and chair.most_a_day for chair in diary.chairs):
        return NotKept(one.name, "no chair", place)
    if not any(diary.people_are_free(one.people, opening) for opening in openings):
        return NotKept(one.name, "people away", place)
    free = {opening for opening in openings if _is_free(diary, one, opening)}
    if not free:
        return NotKept(one.name, "diary full", place)
    rivals = set().union(*(question.wanted_by[opening] for opening in free))
    return NotKept(one.name, "others need it", place, len(free), len(rivals))


def _is_free(diary: Diary, one: Conference, opening: Opening) -> bool:
    return bool(diary.people_are_free(one.people, opening) and diary.free_rooms(opening, one) and diary.free_chairs(opening))


__all__ = ["Chair", "NotKept", "Placed", "Plan", "SolverMissing", "Why", "in_order", "propose"]
