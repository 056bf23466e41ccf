"""What the desk asks for: the queue, one report, the rota. Always as far as this person may see."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from havenline.foundation import moment
from havenline.foundation.handover.models import HandOver, State
from havenline.foundation.people.models import Membership
from havenline.foundation.records.models import Record
from havenline.journey.intake.models import Channel, Report
from havenline.journey.triage.models import Alarm, Assessment, Claim, Decision, Grade, WarningSign
from havenline.journey.triage.offering import lost_its_grade
from havenline.journey.triage.queue import AGE_GIVEN, ALIKE_READ, CHILD_KNOWN, DANGER_NOW, EVERYTHING_ELSE, Place, look, order

SHOWN = 60  # rows of the queue on one page; the counts are of all


@dataclass(frozen=True)
class Row:
    """One report in the list, with one reason for its place."""

    report: Report
    title: str
    shape: str
    age: str
    why: str
    chip: str = "quiet"


@dataclass(frozen=True)
class Group:
    title: str
    count: int
    rows: list[Row]


@dataclass(frozen=True)
class Filter:
    code: str
    title: str
    count: int


@dataclass(frozen=True)
class Queue:
    groups: list[Group]
    filters: list[Filter]
    show: str
    not_shown: int
    waiting: int
    mine: list[Row]
    first: Row | None
    places: dict[int, int]  # of the first `SHOWN`, by report

    def place_of(self, report: Report) -> int | None:
        """Where it stands; None while somebody holds it, once it is decided, or further back than is shown."""
        return self.places.get(report.pk)


def queue(by: Membership, *, show: str = "all") -> Queue:
    """The queue as this person may see it, most urgent first, `SHOWN` rows. Its queries are as many however much waits."""
    show = show if show in _SHOW else "all"
    places, wait = look(by, limit=SHOWN)
    readers = list(_held(by).values_list("by_id", flat=True))
    doubted = set(waiting_for_second_person(by).values_list("pk", flat=True))
    how_many = {
        "all": wait.waiting,
        "mine": readers.count(by.pk),
        "danger": wait.danger,
        "child": wait.child,
        "second": len(doubted),
        "returned": wait.returned,
        "read": len(readers) - readers.count(by.pk),
        "decided": _LISTS["decided"](by).count(),
    }
    filters = [Filter(code, title(), how_many[code]) for code, title in _SHOW.items()]
    mine = _rows(_LISTS["mine"](by), why=lambda report: _("You read this")) if how_many["mine"] else []
    in_turn = _by_urgency(places if show == "all" else places[:1], by=by, doubted=doubted)
    first = next((row for group in in_turn for row in group.rows), None)
    if show == "all":
        groups = [Group(_("With you"), len(mine), mine), *in_turn] if mine else in_turn
    elif show in _LISTS:
        said = {"mine": _("You read this"), "second": _("A second person is asked"), "decided": _("Can be taken back"), "read": ""}[show]
        rows = _rows(_LISTS[show](by)[:SHOWN], why=(lambda report: _reader(report)) if show == "read" else (lambda report: said))
        groups = [Group(_SHOW[show](), how_many[show], rows)] if rows else []
    else:
        groups = _by_urgency(order(by, limit=SHOWN, among=_in_turn(by)[show]), by=by, doubted=doubted)
    standing = {place.report_id: place.place for place in places}
    return Queue(groups, filters, show, max(0, how_many[show] - SHOWN), how_many["all"], mine, first, standing)


def waiting_for_second_person(by: Membership) -> QuerySet[Report]:
    """Reports with an item of which somebody else was unsure, and that nobody has graded since."""
    stand = Assessment.objects.filter(withdrawn_at=None)
    since = stand.filter(item=OuterRef("item")).filter(Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), pk__gt=OuterRef("pk")))
    theirs = stand.filter(~Exists(since), grade=Grade.UNSURE).exclude(by__person=by.person_id)
    reports: QuerySet[Report] = Report.objects.visible_to(by)
    return reports.filter(pk__in=theirs.values("item__report"), waits_since__isnull=False)


def look_reason(report: Report, by: Membership) -> str:
    """Why this person reads the report, where it can be derived; empty: they claim it first, or type a reason."""
    if report.claims.filter(by=by, ended_at=None, until__gt=moment.now()).exists():
        return "assigned"
    if report.decisions.filter(by=by, taken_back_at=None).order_by("-at").filter(carried_out_at=None).exists():
        return "own_decision"
    if waiting_for_second_person(by).filter(pk=report.pk).exists():
        return "second_opinion"
    return ""


def open_alarms(by: Membership, *, confirmed_too: bool = False) -> QuerySet[Alarm]:
    """Danger now, raised, and no person has confirmed it."""
    alarms = Alarm.objects.filter(_may_see(by)).order_by("at")
    if not confirmed_too:
        alarms = alarms.filter(confirmed_at=None)
    return alarms.select_related("report__record", "on_call__person", "hand_over__to_agency")


def decisions_with_problems(by: Membership) -> QuerySet[Decision]:
    """What was decided in the last week and could not be carried out as a whole."""
    since = moment.now() - timedelta(days=7)
    return Decision.objects.filter(_may_see(by), at__gte=since).exclude(problem="").select_related("report__record").order_by("-at")


# Rows and their reasons


_SHOW: dict[str, Callable[[], str]] = {
    "all": lambda: _("All"),
    "mine": lambda: _("Mine"),
    "danger": lambda: _("Danger now"),
    "child": lambda: _("A child is known"),
    "second": lambda: _("Second opinion"),
    "returned": lambda: _("Returned"),
    "read": lambda: _("Being read"),
    "decided": lambda: _("Just decided"),
}


def _in_turn(by: Membership) -> dict[str, Q]:
    """Filters that show some of what waits, in the queue's order."""
    returned = HandOver.objects.filter(state=State.RETURNED, from_agency=by.agency_id)
    return {
        "danger": Q(urgency=DANGER_NOW),
        "child": Q(child_known=True),
        "returned": Q(pk__in=returned.values("source")),
    }


def _seen(by: Membership, these: QuerySet[Any]) -> QuerySet[Report]:
    """The reports of these claims or decisions, which are few: never a look at every report."""
    reports: QuerySet[Report] = Report.objects.visible_to(by)
    return reports.filter(pk__in=these.values("report"))


# What the other filters show.
_LISTS: dict[str, Callable[[Membership], QuerySet[Report]]] = {
    "mine": lambda by: _seen(by, _held(by).filter(by=by)),
    "second": waiting_for_second_person,
    "read": lambda by: _seen(by, _held(by).exclude(by=by)),
    "decided": lambda by: _seen(by, _pending()),
}


def _held(by: Membership) -> QuerySet[Claim]:
    """Claims in force, of reports that this person may see and that are not decided yet."""
    claims = Claim.objects.filter(_may_see(by), ended_at=None, until__gt=moment.now())
    return claims.exclude(report__in=_pending().values("report"))


def _may_see(by: Membership) -> Exists:
    """Whether this person may see the report that a row belongs to; asked of each row that is found, not of every report."""
    return Exists(Record.objects.visible_to(by).filter(pk=OuterRef("report")))


def _pending() -> QuerySet[Decision]:
    return Decision.objects.filter(carried_out_at=None, taken_back_at=None)


_URGENCY: dict[int, Callable[[], str]] = {
    DANGER_NOW: lambda: _("Danger now"),
    CHILD_KNOWN: lambda: _("A child is known"),
    AGE_GIVEN: lambda: _("A child’s age is given"),
    EVERYTHING_ELSE: lambda: _("Everything else"),
}


def _by_urgency(places: list[Place], *, by: Membership, doubted: set[int]) -> list[Group]:
    returned = HandOver.objects.filter(source=OuterRef("pk"), state=State.RETURNED)
    decided = Decision.objects.filter(report=OuterRef("pk")).exclude(carried_out_at=None)
    signs = WarningSign.objects.filter(report=OuterRef("pk")).exclude(stands=False).order_by().values("report").annotate(n=Count("pk"))
    shown = _with_counts(Report.objects.visible_to(by).filter(pk__in=[place.report_id for place in places])).annotate(
        is_returned=Exists(returned), was_decided=Exists(decided), was_withdrawn=lost_its_grade(), sign_count=Subquery(signs.values("n"))
    )
    found = {report.pk: report for report in shown}
    groups: dict[int, list[Row]] = {}
    of: dict[int, int] = {}
    for place in places:
        if (report := found.get(place.report_id)) is None:
            continue  # it is in this queue, but not to be seen: erased, or shared no longer
        groups.setdefault(place.urgency, []).append(
            _row(
                report,
                _why(
                    report,
                    place,
                    returned=report.is_returned,
                    decided=report.was_decided,
                    withdrawn=report.was_withdrawn,
                    doubted=report.pk in doubted,
                    signs=report.sign_count or 0,
                ),
            )
        )
        of[place.urgency] = place.of
    return [Group(_URGENCY[urgency](), of[urgency], rows) for urgency, rows in groups.items()]


def _why(report: Report, place: Place, *, returned: bool, decided: bool, withdrawn: bool, doubted: bool, signs: int) -> str:
    if returned:
        return _("Returned to us")
    if withdrawn:
        return _("Withdrawn since")
    if place.alike_read >= ALIKE_READ:
        return _("Like %(n)s read today") % {"n": place.alike_read}
    if decided:
        return _("The reporter wrote")
    if doubted:
        return _("A second opinion is asked")
    if place.urgency == DANGER_NOW:
        return _("Says: in danger now")
    if place.urgency == CHILD_KNOWN:
        return _("The reporter knows the child")
    if place.urgency == AGE_GIVEN:
        return _("A child of %(age)s") % {"age": report.youngest_age}
    if signs:  # no rank: a machine found them; but the first thing that a person would want to know
        return ngettext("%(n)s warning sign", "%(n)s warning signs", signs) % {"n": signs}
    return _("Its source’s turn")


def _rows(reports: QuerySet[Report], *, why: Any) -> list[Row]:
    return [_row(report, why(report)) for report in _with_counts(reports)]


def _with_counts(reports: QuerySet[Report]) -> QuerySet[Report]:
    return reports.defer("sealed").select_related("record", "platform").annotate(item_count=Count("items"))


def _row(report: Report, why: str) -> Row:
    return Row(report, title_of(report), shape_of(report), age_of(report.received_at), why)


def title_of(report: Report) -> str:
    """What a list may say of a report: its kind and how many items. Nothing that was sealed."""
    count = getattr(report, "item_count", None)
    count = report.items.count() if count is None else count
    if report.channel == Channel.PLATFORM:
        return ngettext("Platform report, %(n)s item", "Platform report, %(n)s items", count) % {"n": count}
    return str(report.get_kind_display())


def shape_of(report: Report) -> str:
    return "platform" if report.channel == Channel.PLATFORM else "reporter"


def age_of(since: datetime) -> str:
    """41 min, 13 h, 6 d."""
    minutes = max(0, int((moment.now() - since).total_seconds() // 60))
    if minutes < 60:
        return _("%(n)s min") % {"n": minutes}
    if minutes < 48 * 60:
        return _("%(n)s h") % {"n": minutes // 60}
    return _("%(n)s d") % {"n": minutes // (24 * 60)}


def _reader(report: Report) -> str:
    held = report.claims.filter(ended_at=None).select_related("by__person").first()
    return held.by.short_name if held else ""
