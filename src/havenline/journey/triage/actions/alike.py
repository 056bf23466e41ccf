"""One decision for all that is alike: carried over to the same SHA-256, accepted unseen by a similar one. A machine finds; a person gives.

What was accepted unseen lists nothing and starts no act against a person: `deciding` and `hosts` ask for a look first.
"""

from collections import defaultdict
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actions import Said
from havenline.foundation.people.models import Membership
from havenline.journey.intake.models import Report, ReportedItem
from havenline.journey.triage.actions.claiming import must_hold
from havenline.journey.triage.actions.wellbeing import count_all_spared, uncount_spared
from havenline.journey.triage.alike import MOST, Alike, alike, given_to
from havenline.journey.triage.errors import CannotGive, TooLateToTakeBack
from havenline.journey.triage.models import Assessment, Claim, Decision, GivenToAlike, Grade
from havenline.journey.triage.standing import standing

GIVABLE = (Grade.A, Grade.B, Grade.C, Grade.NOT_ILLEGAL)


@transaction.atomic
def give_to_alike(*, item: ReportedItem, by: Membership) -> GivenToAlike:
    """Give the grade of this item, which somebody looked at, to everything alike that has none and that nobody else reads.

    *Not illegal* goes to the same SHA-256 alone. What is alike is found again here, whatever a page showed; the reports are held, in
    one order, while it is written. Raises CannotGive, and what `must_hold` raises.
    """
    near = alike(item, by=by, shown=MOST).alike
    reports = {item.report_id} | {one.item.report_id for one in near}
    held = {one.pk: one for one in Report.objects.select_for_update(of=("self",)).filter(pk__in=reports).order_by("pk")}
    must_hold(held[item.report_id], by)
    source = standing(item)
    if source is None or not source.was_seen or source.grade not in GIVABLE:
        raise CannotGive(_("Look at this item and grade it first: A, B, C or not illegal. Only what was looked at is given to others."))
    free = _free(set(held), by)
    to = [one for one in given_to(_as_they_are_now(near), source.grade) if one.item.report_id in free]
    if not to:
        raise CannotGive(_("Nothing is left to give it to: what is alike has a grade, or somebody else reads it."))
    now, same = moment.now(), sum(one.is_same for one in to)
    until = now + timedelta(seconds=settings.DEPLOYMENT.seconds_to_take_back)
    given = GivenToAlike.objects.create(source=source, by=by, at=now, until=until, carried=same, unseen=len(to) - same)
    Assessment.objects.bulk_create(
        Assessment(
            item=one.item,
            grade=source.grade,
            by=by,
            at=now,
            how=Assessment.How.CARRIED_OVER if one.is_same else Assessment.How.ACCEPTED_UNSEEN,
            distance=None if one.is_same else one.distance,
            carried_over_from=source,
            given=given,
        )
        for one in to
    )
    count_all_spared(items=[one.item for one in to], grade=source.grade, by=by)
    _record(by, "gave a grade to what is alike", to, held, source.grade)
    ledger.record(by, "gave its grade to what is alike", held[item.report_id], changed={"carried": same, "unseen": given.unseen})
    return given


@transaction.atomic
def take_back_from_alike(*, given: GivenToAlike, by: Membership) -> int:
    """Take it back within its minute, by whoever gave it; how many had to stay, since their report was decided or they were built upon.

    What is taken back leaves the ledger's entries, and no grade. Raises TooLateToTakeBack.
    """
    given = GivenToAlike.objects.select_for_update(of=("self",)).select_related("source__item__report__record").get(pk=given.pk)
    if given.by_id != by.pk or not given.can_be_taken_back:
        raise TooLateToTakeBack(_("For a minute whoever gave it can take it back. Grade the item again: the latest counts."))
    rows = list(given.assessments.select_related("item"))
    reports = {row.item.report_id for row in rows}
    held = {one.pk: one for one in Report.objects.select_for_update(of=("self",)).filter(pk__in=reports).order_by("pk")}
    decided = set(Decision.objects.filter(report__in=reports, taken_back_at=None, at__gte=given.at).values_list("report_id", flat=True))
    built_on = set(Assessment.objects.filter(carried_over_from__in=rows).values_list("carried_over_from_id", flat=True))
    back = [row for row in rows if row.item.report_id not in decided and row.pk not in built_on]
    Assessment.objects.filter(pk__in=[row.pk for row in back]).delete()
    uncount_spared(items=[row.item_id for row in back], by=by)
    given.taken_back_at = moment.now()
    given.save(update_fields=["taken_back_at"])
    _record(by, "took back a grade from what is alike", [Alike(row.item, False, None, None) for row in back], held, given.source.grade)
    ledger.record(by, "took its grade back from what is alike", given.source.item.report, changed={"items": len(back)})
    return len(rows) - len(back)


def _free(reports: set[int], by: Membership) -> set[int]:
    """Those that wait and that nobody else reads, and nobody has just decided."""
    others = Claim.objects.filter(report__in=reports, ended_at=None, until__gt=moment.now()).exclude(by=by).values("report")
    decided = Decision.objects.filter(report__in=reports, carried_out_at=None, taken_back_at=None).values("report")
    waiting = Report.objects.filter(pk__in=reports, waits_since__isnull=False).exclude(Q(pk__in=others) | Q(pk__in=decided))
    return set(waiting.values_list("pk", flat=True))


def _as_they_are_now(near: list[Alike]) -> list[Alike]:
    """Their grades as they stand now that the reports are held: somebody may have graded one meanwhile."""
    pks = [one.item.pk for one in near]
    by_item: dict[int, list[Assessment]] = defaultdict(list)
    for row in Assessment.objects.filter(item__in=pks).select_related("by"):
        by_item[row.item_id].append(row)
    return [
        Alike(one.item, one.is_same, one.distance, standing(one.item, by_item[one.item.pk]))
        for one in near
        if not any(row.grade == Grade.UNSURE for row in by_item[one.item.pk])  # a second person was asked to look: they do
    ]


def _record(by: Membership, verb: str, given: list[Alike], held: dict[int, Report], grade: str) -> None:
    """An entry on each report: which of its items, by their numbers."""
    of: dict[int, dict[str, str]] = defaultdict(dict)
    for one in given:
        how = "same_sha256" if one.is_same else "" if one.distance is None else f"unseen_{one.distance}"
        of[one.item.report_id][str(one.item.number)] = f"{grade} {how}".strip()
    if of:
        ledger.record_all(by, verb, [Said(held[pk], changed=items, reason="alike") for pk, items in of.items()])
