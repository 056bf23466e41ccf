"""What *My wellbeing* and *Team load* ask for. A person reads their own; a supervisor reads looks, of their own agency alone."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, Sum
from django.utils.formats import date_format

from havenline.foundation import moment
from havenline.foundation.people import sealed
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import Role
from havenline.journey.intake.models import Report
from havenline.journey.triage import exposure, offering
from havenline.journey.triage.actions.claiming import ANALYSTS
from havenline.journey.triage.models import CheckIn, Grade, Look, LookLimits, LooksDuty, Mood, Wellbeing

DAYS = 14
PLANNED_AHEAD = 7
EACH_HALF = 2  # our suggestion: so many on looks at a time, where there are as many
SHOWN_CHECK_INS = 30
NAMED_GRADES = (Grade.A, Grade.B, Grade.C)


@dataclass
class Day:
    """One day in London: looks by grade (A, B, C, anything else), minutes of looking, items that needed none."""

    on: date
    by_grade: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    seconds: int = 0
    spared: int = 0

    @property
    def looks(self) -> int:
        return sum(self.by_grade)

    @property
    def minutes(self) -> int:
        return self.seconds // 60


def my_days(by: Membership) -> list[Day]:
    """The last `DAYS` days of this person, the oldest first. One query."""
    days = {on: Day(on) for on in _last_days()}
    rows = Look.objects.filter(person=by.person_id, day__in=list(days)).values("day", "grade", "spared")
    for row in rows.annotate(n=Count("pk"), took=Sum("seconds")).order_by():
        day = days[row["day"]]
        if row["spared"]:
            day.spared += row["n"]
        else:
            day.by_grade[NAMED_GRADES.index(row["grade"]) if row["grade"] in NAMED_GRADES else 3] += row["n"]
            day.seconds += row["took"] or 0
    return list(days.values())


def my_sheet(by: Membership) -> Wellbeing:
    """Own limits and what is not taken; empty where nothing was ever set."""
    return Wellbeing.objects.filter(person=by.person_id).first() or Wellbeing(person=by.person)


@dataclass(frozen=True)
class CheckInView:
    pk: int
    at: datetime
    mood: str
    words: str


def my_check_ins(by: Membership) -> Iterator[CheckInView]:
    """What this person wrote to themselves, the latest first, opened by their own key."""
    for one in CheckIn.objects.filter(person=by.person_id).select_related("person")[:SHOWN_CHECK_INS]:
        said = json.loads(sealed.open_for(one.person, "check-in", one.sealed))
        yield CheckInView(one.pk, one.at, str(Mood(said["mood"]).label) if said["mood"] else "", said["words"])


@dataclass(frozen=True)
class Load:
    """How much one person of the agency has looked at, by day: (looks, minutes)."""

    membership: Membership
    days: list[tuple[date, int, int]]

    @property
    def today(self) -> tuple[int, int]:
        return self.days[-1][1:]


@dataclass(frozen=True)
class TeamLoad:
    """By name: nobody is ranked."""

    limits: LookLimits
    days: list[date]
    people: list[Load]
    waiting_for_a_look: int
    can_look: list[Membership]


def team_load(by: Membership) -> TeamLoad:
    """The looks of this supervisor's agency. Nothing of limits, breaks, check-ins and what somebody does not take. Raises NotYourRole."""
    by.must_be(Role.SENIOR_ANALYST)
    days = _last_days()
    looks: dict[tuple[object, date], tuple[int, int]] = {}
    rows = Look.objects.filter(agency=by.agency_id, day__in=days, spared=False).values("person", "day")
    for row in rows.annotate(n=Count("pk"), took=Sum("seconds")).order_by():
        looks[row["person"], row["day"]] = (row["n"], (row["took"] or 0) // 60)
    people = [Load(one, [(day, *looks.get((one.person_id, day), (0, 0))) for day in days]) for one in analysts(by)]
    able = exposure.who_can_take(by.agency, besides=by)
    if not exposure.meter_of(by).reached:
        able = sorted([*able, by], key=lambda one: one.name)
    waiting = Q(offering.needs_a_look())
    return TeamLoad(exposure.limits_of_agency(by.agency), days, people, _count_waiting(by, waiting), able)


def analysts(by: Membership) -> list[Membership]:
    """Who grades at this hotline now, one membership a person, by name."""
    rows = Membership.objects.current().filter(agency=by.agency_id, role__in=ANALYSTS).select_related("person", "agency")
    found: dict[object, Membership] = {}
    for one in rows.order_by("person__name", "pk"):
        found.setdefault(one.person_id, one)
    return list(found.values())


@dataclass(frozen=True)
class HalfDay:
    """Half a day of the plan: who is on it, and who is suggested, with nobody twice a day where others are there."""

    on: date
    half: str
    title: str
    planned: list[Membership]
    suggested: list[Membership]

    @property
    def name(self) -> str:
        return f"{self.on.isoformat()}-{self.half}"


def plan(by: Membership) -> list[HalfDay]:
    """Today and the days to come. Those with fewest looks in the last `DAYS` days and fewest half-days in this plan are suggested."""
    people = {one.pk: one for one in analysts(by)}
    first = moment.today()
    days = [first + timedelta(days=n) for n in range(PLANNED_AHEAD)]
    planned: dict[tuple[date, str], list[Membership]] = defaultdict(list)
    for duty in LooksDuty.objects.filter(agency=by.agency_id, day__in=days, membership__in=people):
        planned[duty.day, duty.half].append(people[duty.membership_id])
    weight = dict.fromkeys(people, 0.0)
    if by.role == Role.SENIOR_ANALYST:
        of_person = {one.person_id: pk for pk, one in people.items()}
        looked = Look.objects.filter(agency=by.agency_id, day__gte=first - timedelta(days=DAYS), spared=False, person__in=of_person)
        for row in looked.values("person").annotate(n=Count("pk")).order_by():
            weight[of_person[row["person"]]] = row["n"] / max(1, exposure.limits_of_agency(by.agency).looks_a_day)
    halves = []
    for day in days:
        today: set[int] = set()
        for half in LooksDuty.Half:
            chosen = sorted(people, key=lambda pk: (pk in today, weight[pk], people[pk].name))[:EACH_HALF]
            on = planned[day, half]
            for pk in [one.pk for one in on] or chosen:
                weight[pk] += 0.5
                today.add(pk)
            title = f"{date_format(day, 'D j M')}, {half.label.lower()}"
            halves.append(HalfDay(day, half, title, on, [people[pk] for pk in chosen]))
    return halves


def _last_days() -> list[date]:
    today = moment.today()
    return [today - timedelta(days=back) for back in reversed(range(DAYS))]


def _count_waiting(by: Membership, among: Q) -> int:
    waiting = Report.objects.visible_to(by).filter(among, hotline=by.agency_id, waits_since__isnull=False)
    return int(waiting.count())
