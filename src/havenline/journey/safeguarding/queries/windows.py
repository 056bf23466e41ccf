"""Conferences and reviews that have to be held: each case's window as a bar of days, with the places that are free in it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from havenline.engines import procedure
from havenline.engines.diary import Conference, Place
from havenline.engines.procedure import StepState
from havenline.foundation import moment
from havenline.foundation.people.models import Membership
from havenline.journey.safeguarding import path
from havenline.journey.safeguarding.models import Booking, ChildCase, ConferenceNeed
from havenline.journey.safeguarding.queries import cases, diary
from havenline.journey.safeguarding.queries.diary import House
from havenline.journey.safeguarding.queries.reading import day, day_and_time

PLACED = (*path.CONFERENCES, *path.REVIEWS)
REVIEW_WITHIN = 20  # working days before its last day in which a review is held: our policy, a review long before its time reviews little
AHEAD = 60  # days in which the service looks for places
SHOWN = 30  # windows on one page, each a bar of days


@dataclass(frozen=True)
class Window:
    """One case's conference: from when until when it can be held in time, and how it is booked."""

    child_case: ChildCase
    step: str
    title: str
    opens: date  # where its bar begins
    first: date
    last: date
    booking: Booking | None
    people: int
    step_free: bool
    chair: str

    @property
    def name(self) -> str:
        return name_of(self.child_case, self.step)

    @property
    def is_past(self) -> bool:
        return self.last < moment.today()

    @property
    def conference(self) -> Conference:
        """As the engine plans it."""
        return Conference(self.name, self.first, self.last, diary.people_of(self.child_case), self.people, self.step_free, self.chair)


def name_of(child_case: ChildCase, step: str) -> str:
    return f"{child_case.pk} {step}"


def first_day() -> date:
    """The first day that can still be booked: nobody is invited for today."""
    return procedure.next_working_day(moment.today())


def opens_on(step: str, started: date, due: date) -> date:
    """The first day of a window: a conference's clock opens it, a review is held in the last weeks of its time."""
    if step not in path.REVIEWS:
        return started
    working = list(procedure.ENGLAND.working_days(started, due))[-REVIEW_WITHIN:]
    return working[0] if working else started


def to_hold(*, by: Membership, until: date | None = None) -> list[Window]:
    """Every conference and review of the area's open cases whose clock runs, the first due first; `until`: only those due by then."""
    mine = [one for one in cases(by=by, awaiting=PLACED) if one.record.agency_id == by.agency_id]
    found = [window for window in of_cases(mine) if until is None or window.last <= until]
    return sorted(found, key=lambda window: (window.last, window.name))


def of_cases(found: list[ChildCase]) -> Iterator[Window]:
    """Every window of these cases, in two questions for all of them; their events, chairs and holders were read with them."""
    standing = Booking.objects.filter(child_case__in=found, ended_at=None).select_related("room", "chair__person")
    booked = {(one.child_case_id, one.step): one for one in standing}
    needs = {need.child_case_id: need for need in ConferenceNeed.objects.filter(child_case__in=found)}
    for one in found:
        for clock in path.situation(one).open_clocks:
            if clock.step in PLACED and clock.due is not None:
                yield _window(one, clock, booked.get((one.pk, clock.step)), needs.get(one.pk))


def of_case(child_case: ChildCase, step: str) -> Window | None:
    """The window of one case's conference; None where no clock of it runs."""
    return next((window for window in of_cases([child_case]) if window.step == step), None)


def _window(child_case: ChildCase, clock: StepState, booking: Booking | None, need: ConferenceNeed | None) -> Window:
    assert clock.due is not None  # noqa: S101  (clocks that run have one)
    assert clock.started is not None  # noqa: S101  (an open clock has begun)
    opens = opens_on(clock.step, clock.started, clock.due)
    return Window(
        child_case=child_case,
        step=clock.step,
        title=clock.title,
        opens=opens,
        first=max(opens, first_day()),
        last=clock.due,
        booking=booking,
        people=need.people if need else diary.USUAL_PEOPLE,
        step_free=need.step_free if need else False,
        chair=diary.key_of(child_case.chair),
    )


def without(house: House, window: Window) -> House:
    """The diary as it is for this conference, which may move: its own booking is not in its way, nor are its brothers' and sisters'."""
    own = {diary.name_of(window.booking)} if window.booking else set()
    together = diary.together(window.child_case)
    kept = tuple(m for m in house.diary.meetings if m.name not in own and not (together and m.together == together))
    return replace(house, diary=replace(house.diary, meetings=kept))


def free_places(window: Window, house: House, *, most: int = 400) -> list[Place]:
    """One place for each sitting that is free, the chair of before if they can: in its window, or where that has none, after it."""
    return _one_a_sitting(window, house, after=False, most=most)


def later_places(window: Window, house: House, *, most: int = 6) -> list[Place]:
    return _one_a_sitting(window, house, after=True, most=most)


def _one_a_sitting(window: Window, house: House, *, after: bool, most: int) -> list[Place]:
    seen: dict[tuple[Any, ...], Place] = {}
    for place in without(house, window).diary.free_places(window.conference, after=after):
        seen.setdefault((place.day, place.sitting), place)
        if len(seen) > most:
            break
    return list(seen.values())[:most]


@dataclass(frozen=True)
class Bar:
    """A window day by day, as the look draws a ribbon: cells, and the same in words."""

    cells: list[dict[str, str]]
    is_close: bool
    is_long: bool
    alternative: str
    free: int
    days: tuple[str, ...]


def bar(window: Window, house: House) -> Bar:
    """Each day from when the window opens to its last day, or to today where that is past: how many places are free on it."""
    today = moment.today()
    places: dict[date, int] = {}
    for place in free_places(window, house):
        places[place.day] = places.get(place.day, 0) + 1
    last = max(window.last, today if window.is_past else window.last, window.booking.booked_for if window.booking else window.last)
    count = min((last - window.opens).days, 90) + 1
    days = [window.opens + timedelta(days=n) for n in range(count)]
    cells = [_cell(each, at, window, house, places, today) for at, each in enumerate(days)]
    named = tuple(f"{day(each)} ({number})" for each, number in sorted(places.items()))
    return Bar(cells, len(days) > 31, len(days) > 75, _alternative(window, named), sum(places.values()), named)


def _cell(each: date, at: int, window: Window, house: House, places: dict[date, int], today: date) -> dict[str, str]:
    classes, words, said = [], "", date_format(each, "D j M Y")
    booked = window.booking is not None and window.booking.booked_for == each
    holiday = house.calendar.bank_holiday(each)
    if each.weekday() >= 5:
        classes.append("is-weekend")
        said = _("%(day)s: weekend") % {"day": said}
    elif holiday:
        classes.append("is-holiday")
        said = _("%(day)s: %(name)s") % {"day": said, "name": holiday}
    elif each < window.first:
        classes.append("is-counted")
        said = _("%(day)s: can’t be booked any more") % {"day": said}
    elif each > window.last:
        classes.append("is-late")
        said = _("%(day)s: after the last day") % {"day": said}
    elif places.get(each):
        classes += ["has-places", "is-numbered"]
        words = str(places[each])
        said = ngettext("%(day)s: %(n)s place free", "%(day)s: %(n)s places free", places[each]) % {"day": said, "n": places[each]}
    else:
        classes.append("is-full")
        said = _("%(day)s: no place is free") % {"day": said}
    if booked:
        classes.append("is-booked")
        words = "B"
        said = _("%(day)s: booked") % {"day": date_format(each, "D j M Y")}
    if each == today:
        classes.append("is-today")
    if each == window.last:
        classes.append("is-due")
    month = date_format(each, "M") if at == 0 or each.day == 1 else ""
    return {"classes": " ".join(classes), "words": words, "month": month, "title": said}


def _alternative(window: Window, named: tuple[str, ...]) -> str:
    parts = [_("Can be held in time until %(day)s.") % {"day": day(window.last)}]
    if window.booking is not None:
        parts.append(_("Booked for %(when)s.") % {"when": day_and_time(window.booking.booked_for, window.booking.booked_at)})
    if window.is_past:
        parts.append(_("That day is past."))
    elif named:
        parts.append(_("Places free: %(days)s.") % {"days": ", ".join(named)})
    else:
        parts.append(_("No place is free in that time."))
    return " ".join(parts)


def house_for(by: Membership, windows: list[Window]) -> House:
    """The diary of this person's agency over all that these windows need."""
    first = first_day()
    last = max([first + timedelta(days=AHEAD), *[window.last for window in windows]])
    return diary.read(by, first, min(last, first + timedelta(days=400)))
