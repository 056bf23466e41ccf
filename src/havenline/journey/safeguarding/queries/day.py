"""One social worker's day: what is due, their children and when each was last seen, what was said to them, what they were writing."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from havenline.engines import procedure
from havenline.foundation import moment
from havenline.foundation.clocks.models import Clock
from havenline.foundation.handover import queries as hand_overs
from havenline.foundation.people import queries as people
from havenline.foundation.people.models import Membership
from havenline.journey.safeguarding import path
from havenline.journey.safeguarding.models import CaseNote, ChildCase, Paper, ProposedDecision, Reassignment
from havenline.journey.safeguarding.queries import emergency
from havenline.journey.safeguarding.queries.desk import booked
from havenline.journey.safeguarding.queries.messages import messages
from havenline.journey.safeguarding.queries.rows import BANDS, Row, held_by, rows

# Our policy, shown as such; no edition sets a number of days between visits.
SEEN_WITHIN = {"plan": 10, "else": 20}  # working days

VISITS = frozenset({"statutory_visit", "visit"})  # steps of an area's own rules at which the child is seen
SHOWN = 50  # children, and steps of a band: whoever was given a whole census still sees the most pressing at once


@dataclass(frozen=True)
class MyChild:
    """A case of theirs. `ago`: working days since the child was last seen; None where nobody has yet."""

    case: ChildCase
    stage: str
    next: Row | None
    late: int
    covers: bool
    last_seen: date | None
    ago: int | None
    within: int
    visit_on: date | None  # that is booked

    @property
    def visit_is_due(self) -> bool:
        """Whether it is time for a visit, and none is booked for a day that is still to come."""
        return (self.ago is None or self.ago >= self.within) and (self.visit_on is None or self.visit_on < moment.today())


def day(*, by: Membership) -> dict[str, Any]:
    """Everything on the page. Of a very long list the most pressing, and how many there are."""
    mine = rows(Clock.objects.running().filter(held_by(by)), by=by)
    of_band = {code: [row for row in mine if row.band == code] for code, _title in BANDS}
    pressing = _by_pressing(mine, by=by)
    children = my_children(mine, by=by, among=pressing[:SHOWN])
    visits = sorted((one for one in children if one.visit_is_due), key=lambda one: (one.ago is not None, -(one.ago or 0)))
    waiting = hand_overs.received(by=by).filter(accepted_at=None).count()
    return {
        "bands": [(code, str(title), of_band[code][:SHOWN], len(of_band[code])) for code, title in BANDS if of_band[code]],
        "counts": {code: len(some) for code, some in of_band.items()},
        "children": children,
        "held": len(pressing),
        "visits": visits,
        "seen_within": SEEN_WITHIN,
        "notes": by_note(notes_to_read(by=by)),
        "emergencies": emergency.waiting_for(by),
        "messages_in": messages(by=by),
        "given_back": given_back(by=by),
        "papers": my_papers(by=by),
        "drafts": people.drafts(by.person).count(),
        "booked": booked(by=by, whose=by),
        "referrals": waiting,
    }


def _by_pressing(mine: Iterable[Row], *, by: Membership) -> list[int]:
    """Open cases that this person holds or covers, by their numbers; what has most that is late first, then what is due next."""
    late, due = Counter[int](), dict[int, datetime]()
    for row in mine:
        if row.of is not None and row.band == "late":
            late[row.of.pk] += 1
        elif row.of is not None:
            due.setdefault(row.of.pk, row.due_at)
    never = moment.now().replace(year=9999)
    pks = _open_cases(by).order_by("started_on", "pk").values_list("pk", flat=True)
    return sorted(pks, key=lambda pk: (-late[pk], due.get(pk, never)))


def _open_cases(by: Membership) -> QuerySet[ChildCase]:
    found: QuerySet[ChildCase] = ChildCase.objects.visible_to(by).filter(record__closed_at=None)
    return found.filter(Q(record__owner=by) | Q(record__cover=by))


def my_children(mine: Iterable[Row], *, by: Membership, among: list[int]) -> list[MyChild]:
    """These of this person's open cases, in this order."""
    of: dict[int, list[Row]] = defaultdict(list)
    for row in mine:
        if row.of is not None:
            of[row.of.pk].append(row)
    seen = Max("notes__happened_on", filter=Q(notes__kind=CaseNote.Kind.CHILD_SEEN))
    a_visit = Q(bookings__step=path.VISIT, bookings__ended_at=None)
    written = Paper.objects.filter(child_case=OuterRef("pk"), code=path.VISIT, state=Paper.State.FINISHED)
    found = (
        _open_cases(by)
        .filter(pk__in=among)
        .select_related("record", "child")
        .prefetch_related("events")
        .annotate(last_seen=seen, visits_written=Exists(written), visit_on=Min("bookings__booked_for", filter=a_visit))
    )
    by_pk = {case.pk: case for case in found}
    return [_child(by_pk[pk], of[pk], by) for pk in among if pk in by_pk]


def _child(case: Any, rows_of_it: list[Row], by: Membership) -> MyChild:
    visits = [event.happened_on for event in path.standing_events(case) if event.step in VISITS]
    last = max(filter(None, [case.last_seen, *visits]), default=None)
    within = SEEN_WITHIN["plan" if path.plan_runs(case) else "else"]
    if last is None or procedure.working_days_between(last, moment.today()) >= within:
        last = max(filter(None, [last, *_seen_at_visits(case, since=last)]), default=None)
    return MyChild(
        case=case,
        stage=path.situation(case).stage,
        next=next((row for row in rows_of_it if row.band != "late"), None),
        late=sum(row.band == "late" for row in rows_of_it),
        covers=case.record.owner_id != by.pk,
        last_seen=last,
        ago=procedure.working_days_between(last, moment.today()) if last else None,
        within=within,
        visit_on=case.visit_on,
    )


def _seen_at_visits(case: ChildCase, *, since: date | None) -> Iterable[date]:
    """Days of finished visit papers that say that the child was seen; asked only where no note says it of late."""
    if case.visits_written:  # type: ignore[attr-defined]
        for paper in case.papers.filter(code=path.VISIT, state=Paper.State.FINISHED).order_by("-number")[:3]:
            content = paper.versions.filter(aside=False).latest("number").content()
            if content.get("child_seen") == "yes" and str(content.get("on", "")) > (since.isoformat() if since else ""):
                yield date.fromisoformat(content["on"])


def notes_to_read(*, by: Membership) -> list[Reassignment]:
    """Hand-over notes of cases that came to this person, until they have read them."""
    mine = Reassignment.objects.filter(to=by, read_at=None, child_case__in=ChildCase.objects.visible_to(by))
    return list(mine.select_related("child_case__record", "child_case__child", "held_before__person", "by__person"))


def by_note(notes: Iterable[Reassignment]) -> list[list[Reassignment]]:
    """Those that came with one note stand together: several cases can be given with the same words."""
    of: dict[tuple[int, str], list[Reassignment]] = defaultdict(list)
    for one in notes:
        of[one.by_id, one.words].append(one)
    return list(of.values())


def note_to_read(pk: str, *, by: Membership) -> list[Reassignment]:
    """The cases that came with this note; none where it waits no more."""
    return next((some for some in by_note(notes_to_read(by=by)) if any(str(one.pk) == pk for one in some)), [])


def given_back(*, by: Membership) -> list[dict[str, Any]]:
    """What a manager gave back to this person: papers to write on, and decisions to make again."""
    mine = ChildCase.objects.visible_to(by).filter(record__closed_at=None)
    papers = Paper.objects.filter(Q(finished_by=by), state=Paper.State.OPEN, given_back_sealed__isnull=False, child_case__in=mine)
    found = [
        {"case": one.child_case, "what": one.title, "words": one.given_back, "paper": one}
        for one in papers.select_related("child_case__record", "child_case__child")
    ]
    proposals = ProposedDecision.objects.filter(by=by, signed_off=False, settled_at__isnull=False, child_case__in=mine)
    proposals = proposals.exclude(child_case__events__step=path.DECISION).exclude(child_case__proposals__settled_at=None)
    for one in proposals.select_related("child_case__record", "child_case__child", "settled_by__person"):
        if one.settled_by_id != by.pk:
            found.append({"case": one.child_case, "what": _("Decision on the referral"), "words": "", "paper": None})
    return found


def my_papers(*, by: Membership) -> list[Paper]:
    """What this person began and has not finished, the last begun first."""
    mine = ChildCase.objects.visible_to(by).filter(record__closed_at=None)
    found = Paper.objects.filter(begun_by=by, state=Paper.State.OPEN, child_case__in=mine)
    return list(found.select_related("child_case__record", "child_case__child").order_by("-begun_at", "-pk")[:20])
