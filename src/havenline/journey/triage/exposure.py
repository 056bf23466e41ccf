"""How much somebody has looked at today, what their limits are, and who else can look.

Days are Europe/London's, as everywhere here, whatever the zone that a person sits in. A look is one item on one day, however often its
address is shown; its minutes run from the address to the grade, and `LONGEST_LOOK` at most. A person's looks count wherever they act.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.people.acting import beyond_need_to_know
from havenline.foundation.people.models import Agency, Membership, Visit
from havenline.foundation.people.roles import ROLES_OF, AgencyKind
from havenline.journey.triage.models import Claim, Look, LookLimits, LooksDuty, Wellbeing
from havenline.journey.triage.models.wellbeing import LONGEST_LOOK

AT_THE_DESK = timedelta(minutes=15)  # our policy: whoever did something within it is taken to be there


@dataclass(frozen=True)
class Limits:
    """Whole numbers: looks and minutes of a day, minutes of looking between breaks, minutes of a break."""

    looks: int
    minutes: int
    between_breaks: int
    of_a_break: int


@dataclass(frozen=True)
class Meter:
    """A person's day so far. `reached`: which limits hold now, the most lasting first: looks, minutes, break."""

    limits: Limits
    looks: int
    seconds: int
    seconds_since_break: int
    spared: int
    on_break_since: datetime | None

    @property
    def minutes(self) -> int:
        return self.seconds // 60

    @property
    def minutes_since_break(self) -> int:
        return self.seconds_since_break // 60

    @property
    def reached(self) -> tuple[str, ...]:
        held = {
            "looks": self.looks >= self.limits.looks,
            "minutes": self.seconds >= 60 * self.limits.minutes,
            "break": self.seconds_since_break >= 60 * self.limits.between_breaks,
        }
        return tuple(name for name, holds in held.items() if holds)

    @property
    def settled(self) -> int:
        """Items graded or settled today, with a look or without."""
        return self.looks + self.spared


def limits_of_agency(agency: Agency) -> LookLimits:
    """As a supervisor set them, else our policy."""
    return LookLimits.objects.filter(agency=agency).first() or LookLimits(agency=agency)


def meter_of(by: Membership) -> Meter:
    """This person's day, under the limits of the agency that they act in and their own."""
    return _meters([by])[by.pk]


def who_can_take(agency: Agency, *, besides: Membership) -> list[Membership]:
    """Colleagues at the desk now who may still look: the planned first, then by name. Why somebody is not among them, nobody learns."""
    with beyond_need_to_know():
        people = Membership.objects.current().filter(agency=agency, role__in=ROLES_OF[AgencyKind.HOTLINE])
        here = _at_the_desk(people.exclude(person=besides.person_id).select_related("person", "agency").order_by("person__name"))
        meters = _meters(here)
    able = [one for one in here if not meters[one.pk].reached and meters[one.pk].on_break_since is None]
    planned = planned_now(agency)
    return sorted(able, key=lambda one: one.pk not in planned)


def planned_now(agency: Agency) -> set[int]:
    """Whose half-day of looks it is, by membership; empty where nobody planned it."""
    now = moment.now()
    duties = LooksDuty.objects.filter(agency=agency, day=moment.day_of(now), half=LooksDuty.half_of(now))
    return set(duties.values_list("membership_id", flat=True))


def looked_until(look: Look, now: datetime) -> datetime:
    """The last moment that counts of an open look."""
    return min(now, (look.open_since or now) + LONGEST_LOOK)


def why(meter: Meter) -> str:
    """What was reached, kindly, in a sentence or two."""
    if not meter.reached:
        return ""
    said = {
        "looks": _("You have looked at %(n)s items today, and that is the limit. It is enough for one day.") % {"n": meter.looks},
        "minutes": _("You have looked for %(n)s minutes today, and that is the limit. It is enough for one day.") % {"n": meter.minutes},
        "break": _("You have looked for %(n)s minutes without a break. Leave looks for %(pause)s minutes; then they are open to you again.")
        % {"n": meter.minutes_since_break, "pause": meter.limits.of_a_break},
    }
    return said[meter.reached[0]]


def named(people: Iterable[Membership]) -> str:
    return ", ".join(one.short_name for one in people)


def _meters(people: list[Membership]) -> dict[int, Meter]:
    """Three queries, whatever their number."""
    now, today = moment.now(), moment.today()
    persons = {one.person_id for one in people}
    agencies = {limits.agency_id: limits for limits in LookLimits.objects.filter(agency__in={one.agency_id for one in people})}
    sheets = {sheet.person_id: sheet for sheet in Wellbeing.objects.filter(person__in=persons)}
    looks: dict[object, list[Look]] = defaultdict(list)
    for look in Look.objects.filter(person__in=persons, day=today):
        looks[look.person_id].append(look)
    return {
        one.pk: _meter(
            agencies.get(one.agency_id) or LookLimits(agency_id=one.agency_id),
            sheets.get(one.person_id) or Wellbeing(person_id=one.person_id),
            looks[one.person_id],
            now,
        )
        for one in people
    }


def _meter(agency: LookLimits, sheet: Wellbeing, looks: list[Look], now: datetime) -> Meter:
    limits = Limits(
        _stricter(agency.looks_a_day, sheet.looks_a_day),
        _stricter(agency.minutes_a_day, sheet.minutes_a_day),
        _stricter(agency.minutes_between_breaks, sheet.minutes_between_breaks),
        agency.minutes_of_a_break,
    )
    seen = [look for look in looks if not look.spared]
    return Meter(
        limits,
        looks=len(seen),
        seconds=sum(look.seconds_at(now) for look in seen),
        seconds_since_break=since_break(sheet, next((look for look in seen if look.open_since), None), limits.of_a_break, now),
        spared=len(looks) - len(seen),
        on_break_since=sheet.on_break_since,
    )


def since_break(sheet: Wellbeing, is_open: Look | None, of_a_break: int, now: datetime) -> int:
    """Seconds of looking since this person last left it for as long as a break, today."""
    last = looked_until(is_open, now) if is_open is not None else sheet.last_looked_at
    if last is None or now - last >= timedelta(minutes=of_a_break):
        return 0
    counted = sheet.seconds_since_break if sheet.counted_on == moment.day_of(now) else 0
    return counted + (is_open.seconds_at(now) - is_open.seconds if is_open is not None else 0)


def _stricter(agency: int, own: int | None) -> int:
    return agency if own is None else min(agency, own)


def _at_the_desk(people: Iterable[Membership]) -> list[Membership]:
    since = moment.now() - AT_THE_DESK
    people = list(people)
    visits = Visit.objects.filter(person__in=[one.person_id for one in people], ended_at=None, last_used_at__gte=since)
    persons = set(visits.values_list("person_id", flat=True))
    reading = set(Claim.objects.filter(by__in=people, at__gte=since).values_list("by_id", flat=True))
    return [one for one in people if one.person_id in persons or one.pk in reading]
