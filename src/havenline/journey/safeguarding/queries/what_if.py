"""What would become late if the guidance, the calendar, the chairs or a person's time were otherwise. Nothing is changed or kept.

Each open clock of the area is counted twice by the same rules, as things are and as they would be: its due date by the guidance
(`procedure.simulate`); and the day on which it would be done, by the diary for what a chair leads, by what its holder finishes in a
week for everything else.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from havenline.engines import diary as engine
from havenline.engines import procedure
from havenline.engines.diary import Conference, Task
from havenline.engines.procedure import Guidance, StepState, WorkingDays
from havenline.foundation import moment
from havenline.foundation.people.models import Membership
from havenline.journey.safeguarding import path
from havenline.journey.safeguarding.models import Booking, ChildCase, ConferenceNeed
from havenline.journey.safeguarding.queries import acts, cases, diary, windows
from havenline.journey.safeguarding.queries.diary import House
from havenline.journey.safeguarding.queries.reading import day

USUAL_A_WEEK = 4  # steps that a person finishes in a week: our guess until the manager says theirs
EFFORT = 2.0  # about seconds, for either of the two diaries: the page is asked for by GET, and bounded
LOOKED_AHEAD = 200  # days: what is not done by then counts as not done
Key = tuple[int, str]


@dataclass(frozen=True)
class Imagined:
    """What is otherwise. Empty: nothing."""

    holiday: date | None = None
    no_holiday: date | None = None
    edition: str = ""
    step: str = ""
    amount: int | None = None
    fewer_chairs: int = 0
    away: Membership | None = None
    since: date | None = None
    until: date | None = None
    a_week: int = USUAL_A_WEEK
    then_a_week: int | None = None

    def days(self) -> frozenset[date]:
        """The days for which chairs are fewer or somebody is away."""
        if self.since is None or self.until is None or self.until < self.since:
            return frozenset()
        return frozenset(self.since + timedelta(days=n) for n in range((self.until - self.since).days + 1))


@dataclass(frozen=True)
class Standing:
    """A clock under one set of rules: due, and done on which day as things go (None: not within what is looked at)."""

    due: date
    done: date | None
    how: str  # "booked", "planned", "work", "nobody"

    @property
    def late(self) -> bool:
        return self.done is None or self.done > self.due


@dataclass(frozen=True)
class Shift:
    """One clock, as it is and as it would be, and why it is otherwise."""

    child_case: ChildCase
    step: str
    title: str
    owner: str
    now: Standing
    then: Standing
    why: tuple[str, ...]
    calendar: WorkingDays = field(repr=False, compare=False)

    @property
    def becomes_late(self) -> bool:
        return self.then.late and not self.now.late

    @property
    def later_by(self) -> int:
        """Working days after its due date as it would be; how late that is."""
        return self.calendar.between(self.then.due, self.then.done) if self.then.done else 0


@dataclass(frozen=True)
class _World:
    """One set of rules: what is due under them, and who is there."""

    guidance: Guidance
    calendar: WorkingDays
    house: House
    away: Mapping[str, frozenset[date]]
    a_week: int


@dataclass(frozen=True)
class Answer:
    """`left_out`: conferences and reviews that were not looked at, since that would take too long."""

    shifts: list[Shift]
    left_out: int


def shifts(imagined: Imagined, *, by: Membership) -> list[Shift]:
    return answer(imagined, by=by).shifts


def answer(imagined: Imagined, *, by: Membership) -> Answer:
    """Every open clock of this person's area, as it is and as it would be: what becomes late first, the latest of it leading."""
    found = [one for one in cases(by=by) if one.record.agency_id == by.agency_id]
    needs = {need.child_case_id: need for need in ConferenceNeed.objects.filter(child_case__in=found)}
    now, then = _worlds(imagined, by=by)
    (of_now, passed_over), (of_then, passed_over_then) = (_standings(found, needs, world) for world in (now, then))
    by_case = {one.pk: one for one in found}
    told = []
    for (pk, step), before in of_now.items():
        one, after = by_case[pk], of_then.get((pk, step))
        if after is not None:
            row = procedure.guidance().row(step, moment.today())
            why = tuple(_why(one, before, after))
            told.append(Shift(one, step, row.title, _owner(one, row.role), before, after, why, then.calendar))
    told.sort(key=lambda shift: (not shift.becomes_late, -shift.later_by, shift.then.due, shift.child_case.pk, shift.step))
    return Answer(told, len(passed_over | passed_over_then))


def _worlds(imagined: Imagined, *, by: Membership) -> tuple[_World, _World]:
    first = windows.first_day()
    last = first + timedelta(days=LOOKED_AHEAD)
    house = diary.read(by, first, last)
    away = diary.away_between(by.agency, first, last)
    now = _World(procedure.guidance(), procedure.ENGLAND, house, away, imagined.a_week)
    calendar = procedure.ENGLAND.also(
        added={imagined.holiday: str(_("imagined bank holiday"))} if imagined.holiday else None,
        removed={imagined.no_holiday} if imagined.no_holiday else (),
    )
    guidance = procedure.guidance()
    earliest = guidance.editions[0].in_force_from
    if imagined.edition:
        guidance = procedure.with_limits_of(guidance, imagined.edition, since=earliest)
    if imagined.step and imagined.amount:
        unit = guidance.row(imagined.step, moment.today()).limit().unit
        guidance = procedure.with_limit(guidance, imagined.step, imagined.amount, unit, since=earliest)
    gone = imagined.days()
    otherwise = diary.read(by, first, last, calendar=calendar)
    key = diary.key_of(imagined.away)
    chairs = tuple(
        replace(chair, days=chair.days - gone) if at < imagined.fewer_chairs or chair.name == key else chair
        for at, chair in enumerate(otherwise.diary.chairs)
    )
    then_away = dict(away)
    if key:
        then_away[key] = then_away.get(key, frozenset()) | gone
    otherwise = replace(otherwise, diary=replace(otherwise.diary, chairs=chairs, away=then_away))
    return now, _World(guidance, calendar, otherwise, then_away, imagined.then_a_week or imagined.a_week)


def _standings(found: list[ChildCase], needs: dict[int, ConferenceNeed], world: _World) -> tuple[dict[Key, Standing], set[Key]]:
    """Each open clock: due by the guidance; done as booked, as the diary has room, or as its holder comes to it.

    And the conferences and reviews that were not looked at.
    """
    led: dict[Key, tuple[ChildCase, StepState]] = {}
    own: dict[str, dict[Key, date]] = defaultdict(dict)
    told: dict[Key, Standing] = {}
    standing = {
        (one.child_case_id, one.step): one
        for one in Booking.objects.filter(child_case__in=found, ended_at=None).select_related("child_case__record", "child_case__child")
    }
    moved = []
    for one in found:
        now = procedure.simulate(
            path.as_engine_events(path.standing_events(one)), at=moment.today(), guidance=world.guidance, calendar=world.calendar
        )
        for clock in now.open_clocks:
            if clock.step in path.CLOCK_ELSEWHERE or clock.due is None:
                continue
            key = (one.pk, clock.step)
            booking = standing.get(key)
            if booking is not None and booking.booked_for >= moment.today() and _can_be_held(booking, world):
                told[key] = Standing(clock.due, booking.booked_for, "booked")
            elif clock.step in windows.PLACED:
                led[key] = (one, clock)
                moved += [diary.name_of(booking)] if booking is not None else []
            elif (owner := _holder(one)) is not None:
                own[diary.key_of(owner)][key] = clock.due
            else:
                told[key] = Standing(clock.due, None, "nobody")
    placed = _by_the_diary(led, needs, world, moved)
    return told | placed | _by_hand(own, world), led.keys() - placed.keys()


def _can_be_held(booking: Booking, world: _World) -> bool:
    """Whether what is booked can take place under these rules. Two in each other's way are in it under any: that is no news."""
    if not world.calendar.is_working_day(booking.booked_for):
        return False
    meeting = diary.meeting_of(booking)
    news = ("chair not there", "person away")
    return meeting is None or not any(conflict.trouble in news for conflict in world.house.in_the_way_of(meeting))


def _by_the_diary(
    led: dict[Key, tuple[ChildCase, StepState]], needs: dict[int, ConferenceNeed], world: _World, moved: list[str]
) -> dict[Key, Standing]:
    """Conferences and reviews that have no day yet, or lost it, in the places that are left, whoever is due first.

    Once the effort is spent the rest of a long list is left out.
    """
    stands = tuple(meeting for meeting in world.house.diary.meetings if meeting.name not in moved)
    of = replace(world.house.diary, meetings=stands)
    asked = []
    for (pk, step), (one, clock) in led.items():
        need = needs.get(pk)
        people, step_free = (need.people, need.step_free) if need else (diary.USUAL_PEOPLE, False)
        assert clock.due is not None  # noqa: S101  (`_standings` left out what has none)
        opens = windows.opens_on(step, clock.started or clock.due, clock.due)
        first = max(windows.first_day(), opens)
        asked.append(Conference(f"{pk} {step}", first, clock.due, diary.people_of(one), people, step_free, diary.key_of(one.chair)))
    plan = engine.in_order(of, asked, wait=LOOKED_AHEAD, effort=EFFORT)
    done = {one.conference: one.place.day for one in plan.kept} | {one.conference: one.place.day for one in plan.not_kept if one.place}
    by_name = {f"{pk} {step}": ((pk, step), clock.due) for (pk, step), (_one, clock) in led.items()}
    passed_over = set(plan.not_looked_at)
    return {key: Standing(due, done.get(name), "planned") for name, (key, due) in by_name.items() if due and name not in passed_over}


def _by_hand(own: dict[str, dict[Key, date]], world: _World) -> dict[Key, Standing]:
    """Everything else, by what whoever holds it finishes in a week."""
    first = moment.today()
    told: dict[Key, Standing] = {}
    working = list(world.calendar.working_days(first, first + timedelta(days=LOOKED_AHEAD)))
    for person, dues in own.items():
        there = [each for each in working if each not in world.away.get(person, frozenset())]
        by_name = {f"{pk:012} {step}": (pk, step) for pk, step in dues}
        done = engine.finished([Task(name, dues[key]) for name, key in by_name.items()], a_week=world.a_week, days=there)
        told |= {key: Standing(dues[key], done[name], "work") for name, key in by_name.items()}
    return told


def _holder(one: ChildCase) -> Membership | None:
    return next((each for each in (one.record.owner, one.manager) if acts(each)), None)


def _owner(one: ChildCase, role: str) -> str:
    if role == "chair":
        return one.chair.short_name if one.chair is not None else str(_("no chair yet"))
    holder = _holder(one)
    return holder.short_name if holder else str(_("nobody"))


def _why(one: ChildCase, now: Standing, then: Standing) -> list[str]:
    said = []
    if then.due != now.due:
        text = _("due %(then)s instead of %(now)s")
        said.append(text % {"then": day(then.due), "now": day(now.due)})
    if now.how == "booked" and then.how != "booked":
        said.append(_("what is booked for %(day)s can’t be held") % {"day": day(now.done or now.due)})
    elif now.done != then.done:
        if then.done is None:
            said.append(_("not done within the time that is looked at"))
        elif then.how == "planned":
            said.append(_("the next place in the diary is %(day)s") % {"day": day(then.done)})
        else:
            holder = _holder(one)
            who = holder.short_name if holder else _("whoever holds it")
            said.append(_("%(who)s comes to it on %(day)s") % {"who": who, "day": day(then.done)})
    return said


def shown(imagined: Imagined, *, by: Membership) -> dict[str, Any]:
    """The page: what becomes late, what would be late in any case, what would be in time again; and the same as a plot."""
    answered = answer(imagined, by=by)
    every = answered.shifts
    become = [shift for shift in every if shift.becomes_late]
    return {
        "become": become,
        "stay": [shift for shift in every if shift.now.late and shift.then.late],
        "saved": [shift for shift in every if shift.now.late and not shift.then.late],
        "count": len(every),
        "left_out": answered.left_out,
        "moved": sum(shift.now != shift.then for shift in every),
        "plot": _plot(become) if become else None,
        "in_words": in_words(imagined),
    }


MOST_PLOTTED = 20


def _plot(become: list[Shift]) -> dict[str, Any]:
    top = max([5, *[shift.later_by for shift in become]])
    step = max(1, round(top / 5))
    rows = [
        {
            "label": f"{shift.child_case.child.name}: {shift.title}",
            "note": day(shift.then.due),
            "value": shift.later_by if shift.then.done else None,
            "low": 0,
            "high": shift.later_by,
            "words": str(shift.later_by) if shift.then.done else str(_("not done within the time looked at")),
        }
        for shift in become[:MOST_PLOTTED]
    ]
    return {
        "id": "what-if",
        "title": str(_("Working days after the last day in time")),
        "description": str(_("Each row is a step that becomes late; its dot is how late it would be done. The table says the same.")),
        "top": float(top),
        "ticks": [(number, str(number)) for number in range(0, top + 1, step)],
        "rows": rows,
        "left_out": len(become) - len(rows),
    }


def in_words(imagined: Imagined) -> list[str]:
    """What is imagined, a sentence each."""
    said = []
    if imagined.holiday:
        said.append(_("%(day)s is a bank holiday.") % {"day": day(imagined.holiday)})
    if imagined.no_holiday:
        said.append(_("%(day)s is no bank holiday.") % {"day": day(imagined.no_holiday)})
    if imagined.edition:
        said.append(_("Limits are as long as in %(edition)s.") % {"edition": procedure.edition(imagined.edition).title})
    if imagined.step and imagined.amount:
        row = procedure.guidance().row(imagined.step, moment.today())
        limit = procedure.in_words(imagined.amount, row.limit().unit)
        said.append(_("%(step)s: %(limit)s.") % {"step": row.title, "limit": limit})
    if imagined.since and imagined.until:
        span = {"since": day(imagined.since), "until": day(imagined.until)}
        if imagined.fewer_chairs:
            fewer = ngettext("%(n)s chair fewer", "%(n)s chairs fewer", imagined.fewer_chairs) % {"n": imagined.fewer_chairs}
            said.append(_("%(fewer)s from %(since)s to %(until)s.") % (span | {"fewer": fewer}))
        if imagined.away:
            said.append(_("%(who)s is away from %(since)s to %(until)s.") % (span | {"who": imagined.away.short_name}))
    if imagined.then_a_week:
        said.append(_("Each person finishes %(n)s steps a week.") % {"n": imagined.then_a_week})
    return said
