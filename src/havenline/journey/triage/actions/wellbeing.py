"""Looks are counted, limits hold, and what keeps the work bearable is each person's own.

Breaks, own limits, what somebody does not take and their check-ins make no entry of the ledger, which others read and which nothing
leaves: what they do to a report (it is set aside) does. See decision 0075.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people import sealed
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import Role
from havenline.journey.intake.choices import ReportKind
from havenline.journey.intake.models import Danger, Report, ReportedItem
from havenline.journey.triage import exposure, offering
from havenline.journey.triage.errors import (
    LimitReached,
    NotALimit,
    NothingToKeep,
    NotInDanger,
    NotInThePlan,
    NotStricter,
    OnBreak,
    SomebodyElseCan,
)
from havenline.journey.triage.models import Alarm, CheckIn, Claim, Grade, Look, LookLimits, LooksDuty, Mood, Wellbeing, WentOn

ANALYSTS = (Role.ANALYST, Role.SENIOR_ANALYST)
KEPT_FOR = (0, 15, 30)  # minutes for which a claim can be kept over a break
KEPT = timedelta(days=90)  # our policy: how long it is known what somebody looked at on a day
LONGEST_WORDS = 2000
CHECK_IN = "check-in"


# Counting, inside what an analyst does with an item: the report's row is held before the sheet is


def count_look(*, item: ReportedItem, by: Membership, grade: str = "") -> None:
    """Count that this person looks at an item: now and until they grade it, or, with `grade`, that they have.

    A look that was counted today is not counted again. Two at once of one person wait for each other, so that no limit is passed between
    them. Raises LimitReached, OnBreak.
    """
    sheet, now = _held(by), moment.now()
    if sheet.on_break_since is not None:
        raise OnBreak(_("You are on a break. End it when you are ready; the queue waits."))
    look = Look.objects.filter(person=by.person_id, day=moment.day_of(now), item=item.pk).first()
    meter = exposure.meter_of(by)
    is_new = look is None or look.spared
    held_up = meter.reached if is_new else () if grade else tuple(name for name in meter.reached if name != "looks")
    if held_up and not WentOn.objects.filter(report=item.report, by__person=by.person_id).exists():
        raise LimitReached(offering.refusal(item.report, by, meter))
    _close_open_look(sheet, by)
    look, _made = Look.objects.get_or_create(person_id=by.person_id, day=moment.day_of(now), item=item.pk, defaults={"agency": by.agency})
    look.spared = False
    look.grade = grade or look.grade
    look.open_since = None if grade else now
    look.save(update_fields=["spared", "grade", "open_since"])
    sheet.last_looked_at = now
    sheet.save(update_fields=["last_looked_at"])


def count_spared(*, item: ReportedItem, grade: str, by: Membership) -> None:
    """Count an item that was settled without a look."""
    _held(by)
    Look.objects.get_or_create(
        person_id=by.person_id, day=moment.today(), item=item.pk, defaults={"agency": by.agency, "spared": True, "grade": grade}
    )


def count_all_spared(*, items: Iterable[ReportedItem], grade: str, by: Membership) -> None:
    """The same for many at once; an item that was looked at today stays so."""
    _held(by)
    Look.objects.bulk_create(
        [Look(person_id=by.person_id, agency=by.agency, day=moment.today(), item=one.pk, spared=True, grade=grade) for one in items],
        ignore_conflicts=True,
    )


def uncount_spared(*, items: Iterable[int], by: Membership) -> None:
    """What was taken back was not spared."""
    Look.objects.filter(person=by.person_id, day=moment.today(), item__in=list(items), spared=True).delete()


def forget_looks() -> int:
    """Looks longer ago than anybody needs them; how many went. Run by the clock: how much somebody looked at is not kept for ever."""
    return Look.objects.filter(day__lt=moment.today() - KEPT).delete()[0]


@transaction.atomic
def go_on(*, report: Report, by: Membership) -> WentOn | None:
    """Go on past a limit, by one's own choice: a child is in danger and nobody else is there, or nobody took it until the alarm.

    It holds for this report. Raises NotInDanger, SomebodyElseCan, and what `must_hold` raises.
    """
    from havenline.journey.triage.actions.claiming import locked, must_hold  # claiming counts by this module

    report = locked(report)
    must_hold(report, by)
    if report.danger != Danger.NOW:
        raise NotInDanger(_("A limit holds unless the report says that a child is in danger now. Set it aside: it comes to somebody else."))
    meter = exposure.meter_of(by)
    if not meter.reached:
        return None
    others = exposure.who_can_take(by.agency, besides=by)
    if others and not Alarm.objects.filter(report=report).exists():
        raise SomebodyElseCan(
            _("%(names)s is at the desk and can look. Set the report aside: it is the first that they are offered.")
            % {"names": exposure.named(others[:3])}
        )
    went, made = WentOn.objects.get_or_create(report=report, by=by, defaults={"at": moment.now()})
    if made:
        ledger.record(by, "went on past a limit", report, reason="danger_now", changed={"reached": list(meter.reached)})
    return went


# Breaks


@transaction.atomic
def take_break(*, by: Membership, keep_minutes: int = 0) -> None:
    """Begin a break, without a reason. What is claimed goes back to its place, or stays claimed for so many minutes as somebody chooses;
    danger now goes back always. Raises NotYourRole."""
    from havenline.journey.triage.actions.claiming import give_back, locked

    by.must_be(*ANALYSTS)
    now = moment.now()
    for claim in Claim.objects.filter(by=by, ended_at=None, until__gt=now).select_related("report__record").order_by("report_id"):
        report = locked(claim.report)
        if keep_minutes in KEPT_FOR and keep_minutes and report.danger != Danger.NOW:
            Claim.objects.filter(pk=claim.pk, ended_at=None).update(until=now + timedelta(minutes=keep_minutes))
        else:
            give_back(report=report, by=by)
    sheet = _held(by)
    _close_open_look(sheet, by)
    if sheet.on_break_since is None:
        sheet.on_break_since = now
        sheet.save(update_fields=["on_break_since"])


@transaction.atomic
def end_break(*, by: Membership) -> None:
    """Back. The minutes since the last break begin anew where it lasted as long as one."""
    by.must_be(*ANALYSTS)
    sheet = _held(by)
    sheet.on_break_since = None
    sheet.save(update_fields=["on_break_since"])


# What is each person's own


@transaction.atomic
def set_own_limits(*, by: Membership, looks: int | None, minutes: int | None, between_breaks: int | None) -> None:
    """A person's own limits; None: the agency's. Raises NotStricter, NotALimit."""
    by.must_be(*ANALYSTS)
    agency = exposure.limits_of_agency(by.agency)
    for own, theirs in ((looks, agency.looks_a_day), (minutes, agency.minutes_a_day), (between_breaks, agency.minutes_between_breaks)):
        if own is not None and own < 1:
            raise NotALimit(_("Enter a whole number from 1, or leave it empty."))
        if own is not None and own > theirs:
            raise NotStricter(_("Enter at most %(n)s: that is your agency’s limit, and your own can only be stricter.") % {"n": theirs})
    sheet = _held(by)
    sheet.looks_a_day, sheet.minutes_a_day, sheet.minutes_between_breaks = looks, minutes, between_breaks
    sheet.save(update_fields=["looks_a_day", "minutes_a_day", "minutes_between_breaks"])


@transaction.atomic
def set_not_taken(*, by: Membership, kinds: Iterable[str], grades: Iterable[str]) -> None:
    """Which kinds of report, and which known grades, the queue passes on. Nobody else is told."""
    by.must_be(*ANALYSTS)
    sheet = _held(by)
    sheet.not_taken = sorted(
        {f"{offering.KIND}{ReportKind(kind)}" for kind in kinds} | {f"{offering.GRADE}{Grade(grade)}" for grade in grades}
    )
    sheet.save(update_fields=["not_taken"])


@transaction.atomic
def check_in(*, by: Membership, mood: int | None, words: str = "") -> CheckIn:
    """Keep a mood and a few words for oneself. Sealed; on no ledger, in no export. Raises NothingToKeep."""
    words = words.strip()
    if mood is None and not words:
        raise NothingToKeep(_("Choose how you are, or write a few words."))
    if len(words) > LONGEST_WORDS:
        raise NothingToKeep(_("Shorten it to %(n)s characters.") % {"n": LONGEST_WORDS})
    said = json.dumps({"mood": Mood(mood) if mood is not None else None, "words": words})
    return CheckIn.objects.create(person=by.person, at=moment.now(), sealed=sealed.seal(by.person, CHECK_IN, said))


@transaction.atomic
def erase_check_ins(*, by: Membership, pk: int | None = None) -> int:
    """Erase one of one's own check-ins, or all. What is erased is nowhere; how many went."""
    mine = CheckIn.objects.filter(person=by.person_id)
    return (mine if pk is None else mine.filter(pk=pk)).delete()[0]


# What a supervisor sets for all


@transaction.atomic
def set_limits(*, by: Membership, looks: int, minutes: int, between_breaks: int, of_a_break: int) -> LookLimits:
    """The agency's limits. A person's own stay where they are stricter. Raises NotYourRole, NotALimit."""
    by.must_be(Role.SENIOR_ANALYST)
    if not (1 <= looks <= 500 and 1 <= minutes <= 480 and 1 <= between_breaks <= 120 and 5 <= of_a_break <= 60):
        raise NotALimit(_("Looks 1 to 500, minutes 1 to 480, minutes between breaks 1 to 120, a break 5 to 60 minutes."))
    numbers = {
        "looks_a_day": looks,
        "minutes_a_day": minutes,
        "minutes_between_breaks": between_breaks,
        "minutes_of_a_break": of_a_break,
    }
    limits, _made = LookLimits.objects.update_or_create(agency=by.agency, defaults={**numbers, "set_by": by, "set_at": moment.now()})
    ledger.record(by, "set the limits of looks", limits, changed=numbers)
    return limits


@transaction.atomic
def plan_looks(*, by: Membership, plan: Mapping[tuple[date, str], Iterable[Membership]]) -> None:
    """Who takes looks on each of these half-days; nobody: everybody does. Raises NotYourRole, NotInThePlan."""
    by.must_be(Role.SENIOR_ANALYST)
    for (day, half), people in plan.items():
        wanted = {one.pk: one for one in people}
        if day < moment.today() or half not in LooksDuty.Half.values:
            raise NotInThePlan(_("Plan today or a day to come."))
        if any(one.agency_id != by.agency_id or one.role not in ANALYSTS for one in wanted.values()):
            raise NotInThePlan(_("Choose analysts of your own hotline."))
        now = LooksDuty.objects.filter(agency=by.agency, day=day, half=half)
        before = set(now.values_list("membership_id", flat=True))
        if before == set(wanted):
            continue
        now.exclude(membership__in=wanted).delete()
        LooksDuty.objects.bulk_create(
            LooksDuty(agency=by.agency, day=day, half=half, membership=one) for pk, one in wanted.items() if pk not in before
        )
        duty = LooksDuty(agency=by.agency, day=day, half=half)
        ledger.record(by, "planned who looks", duty, changed={"memberships": sorted(wanted)})


def _held(by: Membership) -> Wellbeing:
    """This person's sheet, held for this transaction: what is counted next is counted by nobody else meanwhile."""
    Wellbeing.objects.get_or_create(person_id=by.person_id)
    return Wellbeing.objects.select_for_update().get(person=by.person_id)


def _close_open_look(sheet: Wellbeing, by: Membership) -> None:
    """Add what has passed of a look that is open to its day and to the time since the last break."""
    now = moment.now()
    look = Look.objects.filter(person=by.person_id).exclude(open_since=None).first()
    of_a_break = exposure.limits_of_agency(by.agency).minutes_of_a_break
    since = exposure.since_break(sheet, look, of_a_break, now)
    if look is not None:
        passed = look.seconds_at(now) - look.seconds
        sheet.last_looked_at = exposure.looked_until(look, now)
        Look.objects.filter(pk=look.pk).update(seconds=F("seconds") + passed, open_since=None)
    sheet.seconds_since_break, sheet.counted_on = since, moment.day_of(now)
    sheet.save(update_fields=["seconds_since_break", "counted_on", "last_looked_at"])
