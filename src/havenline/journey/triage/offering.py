"""What the queue offers to one person: everything, less what they may not look at now and what they do not take.

Danger now reaches somebody: it is passed over only while somebody else at the desk can look, and for no longer than until its alarm.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from havenline.foundation.identifiers.models import Kind
from havenline.foundation.lists.models import ListEntry, Signal
from havenline.foundation.people.models import Membership
from havenline.journey.intake.models import Danger, Report, ReportedItem, Urgency
from havenline.journey.triage import exposure
from havenline.journey.triage.errors import LimitReached, OnBreak
from havenline.journey.triage.models import Alarm, Assessment, Grade, Wellbeing

KIND, GRADE = "kind:", "grade:"


def offered(by: Membership) -> Q:
    """The reports that the queue gives this person when they ask for the next one. Raises OnBreak."""
    meter = exposure.meter_of(by)
    if meter.on_break_since is not None:
        raise OnBreak(_("You are on a break. End it when you are ready; the queue waits."))
    passed = not_taken(by)
    others = exposure.who_can_take(by.agency, besides=by)
    if meter.reached or _is_others_turn(by, others):
        passed |= Q(needs_a_look())
    if not passed:
        return Q()
    in_danger = Q(urgency=Urgency.DANGER_NOW)
    if others:
        in_danger &= Q(pk__in=Alarm.objects.values("report"))
    return ~passed | in_danger


def must_be_offered(report: Report, by: Membership) -> None:
    """Whether this person may choose this report to read. Danger now always: its words need no look. Raises OnBreak, LimitReached."""
    meter = exposure.meter_of(by)
    if report.danger == Danger.NOW:
        return
    if meter.on_break_since is not None:
        raise OnBreak(_("You are on a break. End it when you are ready; the queue waits."))
    if meter.reached and Report.objects.filter(needs_a_look(), pk=report.pk).exists():
        raise LimitReached(refusal(report, by, meter))


def refusal(report: Report, by: Membership, meter: exposure.Meter) -> str:
    """What was reached, and who can take the report instead."""
    others = exposure.who_can_take(by.agency, besides=by)
    if others:
        whom = _("%(names)s can take it: set the report aside, and it comes to them.") % {"names": exposure.named(others[:3])}
    elif report.danger == Danger.NOW:
        whom = _("A child is in danger and nobody else is at the desk: read what was said and decide, or go on, by your own choice, below.")
    else:
        whom = _("Nobody else is at the desk just now: the report keeps its place, and what needs no look is open to you.")
    return f"{exposure.why(meter)} {whom}"


def not_taken(by: Membership) -> Q:
    """The reports that this person has asked the queue to pass on: of a kind, or with an item known under a grade."""
    sheet = Wellbeing.objects.filter(person=by.person_id).first()
    codes = list(sheet.not_taken) if sheet is not None else []
    passed = Q()
    if kinds := [code.removeprefix(KIND) for code in codes if code.startswith(KIND)]:
        passed |= Q(kind__in=kinds)
    if grades := [code.removeprefix(GRADE) for code in codes if code.startswith(GRADE)]:
        known = Assessment.objects.filter(item__identifier=OuterRef("identifier"), grade__in=grades, withdrawn_at=None)
        passed |= Q(Exists(ReportedItem.objects.filter(Exists(known), report=OuterRef("pk"))))
    return passed


def needs_a_look() -> Exists:
    """Of reports: some item has no grade that counts, and is not known by the same SHA-256. Text and accounts need none."""
    stand = Assessment.objects.filter(withdrawn_at=None)
    later = stand.filter(item=OuterRef("item")).filter(Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), pk__gt=OuterRef("pk")))
    counts = stand.filter(~Exists(later), item=OuterRef("pk")).exclude(grade=Grade.UNSURE)
    same = (
        stand.filter(item__identifier=OuterRef("identifier"), item__identifier__kind=Kind.SHA256)
        .exclude(grade__in=[Grade.UNSURE, Grade.CANNOT_BE_ASSESSED])
        .exclude(how=Assessment.How.ACCEPTED_UNSEEN)
    )
    return Exists(ReportedItem.objects.filter(~Exists(counts), ~Exists(same), ~Exists(_listed_here()), report=OuterRef("pk")))


def lost_its_grade() -> Exists:
    """Of reports: what an item was recognised by was withdrawn, and nobody has graded it since."""
    since = Assessment.objects.filter(item=OuterRef("item"), withdrawn_at=None, at__gte=OuterRef("at"))
    return Exists(Assessment.objects.filter(~Exists(since), item__report=OuterRef("pk"), withdrawn_at__isnull=False))


def _listed_here() -> QuerySet[ListEntry]:
    """Of items: an entry with the same SHA-256 and our grade on a list of the hotline in whose queue its report waits."""
    here = ListEntry.objects.matchable().filter(
        signal=Signal.SHA256,
        value=OuterRef("identifier__canonical"),
        known_list__agency=OuterRef("report__hotline"),
        known_list__held_at=None,
    )
    here = here.filter(known_list__is_matched=True, known_list__closed_at=None).exclude(grade="")
    return here.filter(Q(claimed_by="") | Q(confirmed_at__isnull=False))


def _is_others_turn(by: Membership, others: list[Membership]) -> bool:
    """The plan names others for this half-day, and one of them is there. A plan whose people are all away holds up nothing."""
    planned = exposure.planned_now(by.agency)
    return bool(planned) and by.pk not in planned and any(one.pk in planned for one in others)
