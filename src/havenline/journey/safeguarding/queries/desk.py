"""My clocks, and the area's cases: late and soon-due steps lead, a page at a time."""

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from havenline.foundation import moment
from havenline.foundation.clocks.models import Clock
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import Role
from havenline.journey.safeguarding import path
from havenline.journey.safeguarding.models import Booking, ChildCase
from havenline.journey.safeguarding.queries import acts, emergency, with_people
from havenline.journey.safeguarding.queries.reading import day_and_time, next_due
from havenline.journey.safeguarding.queries.rows import BANDS, by_referral, open_cases, people_of_area, rows
from havenline.journey.safeguarding.queries.team import loads, sign_offs

CLOCKS_SHOWN, CASES_SHOWN = 200, 100  # on one page


def my_clocks(*, by: Membership, whose: str = "", page: str = "") -> dict[str, Any]:
    """The screen: bands of rows, the area's load by owner, what waits for sign-off, what is booked.

    `whose`: "mine", "all", or a membership's number; a manager begins with all, everybody else with their own.
    """
    people, cases = people_of_area(by), open_cases(by)
    every = rows(Clock.objects.running(), by=by, people=people, of_referral=by_referral(cases))
    chosen = whose or ("all" if by.role == Role.TEAM_MANAGER else "mine")
    mine = [row for row in every if row.owner is None or row.owner.pk == by.pk or row.line.cover == by.pk]
    if chosen in ("mine", "all"):
        shown = mine if chosen == "mine" else every
    else:
        shown = [row for row in every if row.owner is not None and str(row.owner.pk) == chosen]
    of_page = Paginator(shown, CLOCKS_SHOWN).get_page(page)
    bands = [(code, str(title), [row for row in of_page if row.band == code]) for code, title in BANDS]
    number = {code: sum(row.band == code for row in shown) for code, _title in BANDS}
    return {
        "bands": [(code, title, some, number[code]) for code, title, some in bands if some],
        "page": of_page,
        "whose": chosen,
        "mine_count": len(mine),
        "all_count": len(every),
        "loads": loads(every, cases, people),
        "sign_offs": sign_offs(people, by=by) if by.role == Role.TEAM_MANAGER else [],
        "emergencies": emergency.waiting_for(by),
        "booked": booked(by=by),
        "owner_shown": shown[0].owner_name if shown and chosen not in ("mine", "all") else "",
    }


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


def case_rows(*, by: Membership, closed: bool = False, page: str = "") -> dict[str, Any]:
    """The list of cases: whoever has most that is late first; of the closed, whichever closed last."""
    found: QuerySet[ChildCase] = ChildCase.objects.visible_to(by).filter(record__closed_at__isnull=not closed)
    if closed:
        found = found.order_by("-record__closed_at", "pk")
    else:
        found = found.annotate(late=Coalesce(Subquery(_late_clocks()), 0)).order_by("-late", "started_on", "pk")
    of_page = Paginator(found, CASES_SHOWN).get_page(page)
    shown = with_people(found).prefetch_related("events").in_bulk([case.pk for case in of_page])
    return {"rows": [_case_row(shown[case.pk], closed) for case in of_page], "page": of_page}


def _late_clocks() -> QuerySet[Clock, Any]:
    """How many are late of a case, in a subquery: its own, and the answer's, which runs on the referral that the case came from."""
    of_case = Q(record=OuterRef("record")) & ~Q(rule=path.CHASES) | Q(record=OuterRef("referral"), rule=path.ANSWER)
    late = Clock.objects.running().filter(of_case, due_at__lt=moment.now()).order_by()
    return late.values(of=Value(1)).annotate(number=Count("pk")).values("number")


def _case_row(case: ChildCase, closed: bool) -> dict[str, Any]:
    now = path.situation(case)
    return {
        "case": case,
        "child": case.child.named,
        "stage": now.stage,
        "late": 0 if closed else case.late,  # type: ignore[attr-defined]
        "next": None if closed else next_due(now),
        "owner": next((one for one in (case.record.owner, case.manager) if acts(one)), None),
    }
