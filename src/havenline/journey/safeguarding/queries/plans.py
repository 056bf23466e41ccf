"""Plans of conferences: what the engine is asked, what it answered, and whether that still stands."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from havenline.engines import diary as engine
from havenline.engines.diary import Conference, NotKept, Plan
from havenline.foundation.people.models import Membership
from havenline.journey.safeguarding import path
from havenline.journey.safeguarding.models import ChildCase, ConferencePlan, ProposedConference
from havenline.journey.safeguarding.queries import diary, windows
from havenline.journey.safeguarding.queries.diary import House
from havenline.journey.safeguarding.queries.reading import day
from havenline.journey.safeguarding.queries.windows import Window


@dataclass(frozen=True)
class Groups:
    """Windows by the name of the conference that they are planned as: brothers and sisters together, where their windows meet."""

    of: dict[str, list[Window]]

    @property
    def conferences(self) -> list[Conference]:
        return [_joined(name, each) for name, each in self.of.items()]


def grouped(wanted: Iterable[Window]) -> Groups:
    found: dict[str, list[Window]] = {}
    open_groups: dict[tuple[str, str], str] = {}
    for window in wanted:
        home = diary.together(window.child_case)
        before = open_groups.get((home, window.step)) if home else None
        if before is not None:
            each = [*found[before], window]
            if max(one.first for one in each) <= min(one.last for one in each):
                found[before].append(window)
                continue
        found[window.name] = [window]
        open_groups[home, window.step] = window.name
    return Groups(found)


def _joined(name: str, each: list[Window]) -> Conference:
    asked = [window.conference for window in each]
    return replace(
        asked[0],
        name=name,
        first=max(one.first for one in asked),
        last=min(one.last for one in asked),
        people=frozenset().union(*(one.people for one in asked)),
        places=max(one.places for one in asked),
        accessible=any(one.accessible for one in asked),
    )


def rows_of(plan: ConferencePlan, made: Plan, groups: Groups, house: House) -> Iterator[ProposedConference]:
    """The engine's answer as rows, one for each case."""
    for kept in made.kept:
        yield from _rows(plan, groups.of[kept.conference], kept.place, None, house)
    for missed in made.not_kept:
        yield from _rows(plan, groups.of[missed.conference], missed.place, missed, house)


def _rows(
    plan: ConferencePlan, each: list[Window], place: engine.Place | None, missed: NotKept | None, house: House
) -> Iterator[ProposedConference]:
    for window in each:
        in_time = place is not None and place.day <= window.last  # of several together one may be due before the others
        yield ProposedConference(
            plan=plan,
            child_case=window.child_case,
            step=window.step,
            first=window.first,
            last=window.last,
            on=place.day if place else None,
            begins=place.sitting.begins if place else None,
            minutes=diary.minutes_of(place.sitting) if place else 0,
            room=house.rooms[place.room] if place else None,
            chair=house.chairs[place.chair] if place else None,
            why=missed.why if missed and not in_time else "",
            free=missed.free if missed else 0,
            rivals=missed.rivals if missed else 0,
        )


def of_agency(*, by: Membership) -> list[ConferencePlan]:
    """The latest plans of this person's agency."""
    return list(ConferencePlan.objects.filter(agency_id=by.agency_id).select_related("asked_by__person")[:10])


def find(pk: int, *, by: Membership) -> ConferencePlan | None:
    return ConferencePlan.objects.filter(agency_id=by.agency_id, pk=pk).select_related("asked_by__person", "agency").first()


def rows(plan: ConferencePlan, *, by: Membership) -> list[ProposedConference]:
    """Those of a plan whose case this person sees."""
    seen = ChildCase.objects.visible_to(by)
    found = plan.rows.filter(child_case__in=seen).select_related(
        "child_case__record__owner__person",
        "child_case__record__agency",
        "child_case__child",
        "child_case__chair",
        "room",
        "chair__person",
        "booking",
    )
    return list(found)


@dataclass(frozen=True)
class ShownRow:
    """A row as its page shows it. `changed`: why it does not stand any more as it was proposed."""

    row: ProposedConference
    title: str
    changed: str
    why: str

    @property
    def is_open(self) -> bool:
        return not self.changed and self.row.on is not None and self.row.booking_id is None


def shown(plan: ConferencePlan, *, by: Membership) -> dict[str, Any]:
    """The plan's page: kept, not kept, booked since, and what has changed since it was made."""
    found = rows(plan, by=by)
    places = [row.on for row in found if row.on]
    house = diary.read(by, min(places), max(places)) if places else None
    waiting = [row.child_case for row in found if row.booking_id is None and row.child_case.record.closed_at is None]
    prefetch_related_objects(waiting, "events")
    now = {window.name: window for window in windows.of_cases(waiting)}
    told = [_shown(row, now, house, by=by) for row in found]
    return {
        "plan": plan,
        "kept": [one for one in told if not one.row.why],
        "late": [one for one in told if one.row.why and one.row.on],
        "nowhere": [one for one in told if one.row.why and not one.row.on],
        "open": sum(one.is_open for one in told),
        "booked": sum(one.row.booking_id is not None for one in told),
        "changed": sum(bool(one.changed) for one in told),
    }


def _shown(row: ProposedConference, windows_now: dict[str, Window], house: House | None, *, by: Membership) -> ShownRow:
    return ShownRow(row, path.title_of(row.step, row.last), _changed(row, windows_now, house, by=by), why_in_words(row))


def _changed(row: ProposedConference, windows_now: dict[str, Window], house: House | None, *, by: Membership) -> str:
    """What moved since the plan was made; empty where it stands, or was booked by it."""
    if row.booking_id is not None:
        return ""
    if row.child_case.record.closed_at is not None:
        return _("The case is closed by now.")
    now = windows_now.get(windows.name_of(row.child_case, row.step))
    if now is None:
        return _("It is not due any more.")
    if now.booking is not None:
        return _("It was booked meanwhile.")
    if now.last != row.last:
        return _("Its last day moved to %(day)s.") % {"day": day(now.last)}
    if row.on is None or row.begins is None or house is None:
        return ""
    if row.on < windows.first_day():
        return _("That day can’t be booked any more.")
    if row.room is not None and row.room.given_up_at is not None:
        return _("The room was given up.")
    if row.chair is not None and diary.key_of(row.chair) not in house.chairs:
        return _("%(who)s does not chair here any more.") % {"who": row.chair.short_name}
    place = {"step": row.step, "on": row.on, "begins": row.begins, "minutes": row.minutes, "room": row.room, "chair": row.chair}
    need = (now.people, now.step_free)
    return diary.why_not_free(row.child_case, **place, by=by, house=house, need=need)  # type: ignore[arg-type]


def why_in_words(row: ProposedConference) -> str:
    """Why its date cannot be kept, as a sentence that can be checked in the diary."""
    last = {"day": day(row.last)}
    match row.why:
        case "window past":
            return _("Its last day, %(day)s, is past or too near to invite anybody.") % last
        case "no day":
            return _("Until %(day)s there is no working day on which it could be held.") % last
        case "no chair":
            return _("No chair is there on any day until %(day)s.") % last
        case "no room":
            return _("No room is large enough, or can be reached without a step where that is needed.")
        case "people away":
            return _("Whoever holds the case is away or elsewhere in every sitting until %(day)s.") % last
        case "diary full":
            return _("Every sitting until %(day)s is taken by what stands booked.") % last
        case "others need it":
            sittings = ngettext("%(n)s sitting is free", "%(n)s sittings are free", row.free) % {"n": row.free}
            return _("Until %(day)s %(sittings)s, for %(rivals)s conferences that need one.") % {
                "day": day(row.last),
                "sittings": sittings,
                "rivals": row.rivals,
            }
    return ""
