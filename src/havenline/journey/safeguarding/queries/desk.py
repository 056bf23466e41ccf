"""My clocks, and the area's cases: late and soon-due steps lead."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from havenline.engines import procedure
from havenline.foundation import moment
from havenline.foundation.clocks import queries as clocks
from havenline.foundation.clocks.models import Clock
from havenline.foundation.handover.models import HandOver
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import Role
from havenline.journey.safeguarding import path
from havenline.journey.safeguarding.models import Booking, ChildCase, ProposedDecision
from havenline.journey.safeguarding.queries import acts, cases, emergency
from havenline.journey.safeguarding.queries.reading import day_and_time, next_due

SOON = 5  # working days: what is due within a week leads the rest. Our policy.


@dataclass(frozen=True)
class ClockRow:
    """A running clock, where it leads, and whose it is."""

    clock: Clock
    title: str
    about: str
    url: str
    owner: Membership | None
    owner_name: str
    band: str  # late, today, soon, later


@dataclass(frozen=True)
class Load:
    """What one person holds."""

    person: Membership | None
    name: str
    cases: int
    late: int
    soon: int


def running(*, by: Membership) -> list[ClockRow]:
    """Every running clock of this person's area, the latest first."""
    found = list(clocks.of_agency(by=by).select_related("record__owner__person", "owner__person").order_by("due_at", "pk"))
    of_case = {case.pk: case for case in cases(by=by)}
    mine = HandOver.objects.visible_to(by).filter(record__in=[c.record_id for c in found]).select_related("record", "from_agency")
    of_hand_over = {hand_over.pk: hand_over for hand_over in mine}
    by_referral: dict[int, ChildCase] = {}
    for one in of_case.values():
        if one.referral_id is not None:
            by_referral.setdefault(one.referral_id, one)
    rows = []
    for clock in found:
        case = of_case.get(clock.record_id) or by_referral.get(clock.record_id)
        if case is not None:
            owner = next((one for one in (clock.owner, case.record.owner, case.manager) if acts(one)), None)
            rows.append(_row(clock, case.child.named, reverse("safeguarding:child_case", args=[case.reference]), owner))
        elif (hand_over := of_hand_over.get(clock.record_id)) is not None:
            about = _("%(title)s from %(agency)s") % {"title": hand_over.title, "agency": hand_over.from_agency.name}
            page = "safeguarding:take_up" if by.role in hand_over.what_for.received_by else "handover:show"
            rows.append(_row(clock, about, reverse(page, args=[hand_over.reference]), None))
    return rows


def _row(clock: Clock, about: str, url: str, owner: Membership | None) -> ClockRow:
    return ClockRow(clock, clock.title, about, url, owner, owner.short_name if owner else str(_("Nobody yet")), _band(clock))


def _band(clock: Clock) -> str:
    today, due = moment.today(), moment.day_of(clock.due_at)
    if moment.now() > clock.due_at:
        return "late"
    if due == today:
        return "today"
    return "soon" if procedure.working_days_between(today, due) <= SOON else "later"


def my_clocks(*, by: Membership, whose: str = "") -> dict[str, Any]:
    """The screen: bands of rows, the area's load by owner, what waits for sign-off, what is booked.

    `whose`: "mine", "all", or a membership's number; a manager begins with all, everybody else with their own.
    """
    rows = running(by=by)
    chosen = whose or ("all" if by.role == Role.TEAM_MANAGER else "mine")
    mine = [row for row in rows if row.owner is None or row.owner.pk == by.pk or row.clock.record.cover_id == by.pk]
    if chosen == "mine":
        shown = mine
    elif chosen == "all":
        shown = rows
    else:
        shown = [row for row in rows if row.owner is not None and str(row.owner.pk) == chosen]
    bands = [(name, title, [row for row in shown if row.band == name]) for name, title in _BANDS]
    return {
        "bands": [(name, str(title), some) for name, title, some in bands if some],
        "whose": chosen,
        "mine_count": len(mine),
        "all_count": len(rows),
        "loads": loads(rows, by=by),
        "sign_offs": sign_offs(by=by),
        "emergencies": emergency.waiting_for(by),
        "booked": booked(by=by),
        "owner_shown": next((row.owner_name for row in shown if row.owner), "") if chosen not in ("mine", "all") else "",
    }


_BANDS = (
    ("late", gettext_lazy("Late")),
    ("today", gettext_lazy("Due today")),
    ("soon", gettext_lazy("Due within 5 working days")),
    ("later", gettext_lazy("Later")),
)


def loads(rows: list[ClockRow], *, by: Membership) -> list[Load]:
    """By owner: cases, late and soon-due clocks; whoever has most that is late comes first."""
    held: dict[int | None, list[ChildCase]] = defaultdict(list)
    people: dict[int | None, Membership | None] = {None: None}
    for case in cases(by=by):
        owner = next((one for one in (case.record.owner, case.manager) if acts(one)), None)
        held[owner.pk if owner else None].append(case)
        people[owner.pk if owner else None] = owner
    for row in rows:
        people[row.owner.pk if row.owner else None] = row.owner
    found = []
    for pk, person in people.items():
        own = [row for row in rows if (row.owner.pk if row.owner else None) == pk]
        if not own and not held[pk]:
            continue
        late = sum(row.band == "late" for row in own)
        soon = sum(row.band in ("today", "soon") for row in own)
        found.append(Load(person, person.short_name if person else str(_("Nobody yet")), len(held[pk]), late, soon))
    return sorted(found, key=lambda load: (-load.late, -load.soon, load.name))


def sign_offs(*, by: Membership) -> list[ProposedDecision]:
    """Decisions that wait for a manager of this area."""
    if by.role != Role.TEAM_MANAGER:
        return []
    waiting = ProposedDecision.objects.filter(settled_at=None, child_case__in=ChildCase.objects.visible_to(by))
    return list(waiting.select_related("child_case__record", "child_case__child", "by__person").order_by("recorded_at"))


def booked(*, by: Membership, whose: Membership | None = None) -> list[dict[str, Any]]:
    """Meetings of the coming fortnight; those of the day before stay until somebody records them. `whose`: of what they hold or cover."""
    found = Booking.objects.filter(
        ended_at=None, booked_for__lte=moment.today() + timedelta(days=14), child_case__in=ChildCase.objects.visible_to(by)
    )
    if by.role == Role.CONFERENCE_CHAIR:
        found = found.filter(Q(chair=by) | Q(chair=None, child_case__chair=by))
    elif whose is not None:
        found = found.filter(Q(child_case__record__owner=whose) | Q(child_case__record__cover=whose))
    return [
        {
            "title": path.title_of(booking.step, moment.today()),
            "when": day_and_time(booking.booked_for, booking.booked_at),
            "child": booking.child_case.child.named,
            "url": reverse("safeguarding:child_case", args=[booking.child_case.reference]),
            "has_passed": booking.booked_for < moment.today(),
        }
        for booking in found.select_related("child_case__record", "child_case__child").order_by("booked_for", "booked_at")
    ]


def case_rows(*, by: Membership, closed: bool = False) -> list[dict[str, Any]]:
    """The list of cases: whoever has most that is late first."""
    rows = []
    for case in cases(by=by, closed=closed):
        now = path.situation(case)
        rows.append(
            {
                "case": case,
                "child": case.child.named,
                "stage": now.stage,
                "late": len([clock for clock in now.late if clock.step != path.CHASES]),
                "next": None if closed else next_due(now),
                "owner": next((one for one in (case.record.owner, case.manager) if acts(one)), None),
            }
        )
    return sorted(rows, key=lambda row: -row["late"]) if not closed else rows
