"""Reports by the week in which they arrived, and the furthest stage that each has reached by now."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Value, When
from django.utils.translation import gettext_lazy

from havenline.foundation.handover.models import HandOver, State
from havenline.foundation.handover.purposes import REFERRAL_TO_POLICE, REFERRAL_TO_SOCIAL_CARE
from havenline.foundation.people.acting import beyond_need_to_know
from havenline.journey.intake.models import Report
from havenline.journey.statistics.disclosure import Row, may_stand_beside, merge_small
from havenline.journey.statistics.periods import Span, weeks
from havenline.journey.statistics.queries.filters import Filter
from havenline.journey.triage.models import Decision

WAITS, CLOSED, REFERRED, TAKEN_UP = range(4)
STAGES = (
    gettext_lazy("Waits at the hotline"),
    gettext_lazy("Closed at the hotline"),
    gettext_lazy("Referred to police or social care"),
    gettext_lazy("Taken up there"),
)
_REFERRALS = (REFERRAL_TO_POLICE.code, REFERRAL_TO_SOCIAL_CARE.code)


@dataclass(frozen=True)
class WeekRow:
    """A week; `row` is None where the own agency's may not stand beside everybody's."""

    week: Span
    row: Row | None


@beyond_need_to_know()
def reports_by_week(chosen: Filter) -> list[WeekRow]:
    """The last 26 whole weeks. One question to the database, which counts: a row for each week, stage and side comes back."""
    spans = weeks(chosen.today)
    counted = _counted(chosen, spans)
    rows = []
    for at, span in enumerate(spans):
        own = [counted[at, stage, True] for stage in range(len(STAGES))]
        everybody = [counted[at, stage, False] + mine for stage, mine in enumerate(own)]
        if not chosen.is_own:
            rows.append(WeekRow(span, merge_small(everybody)))
        else:
            rows.append(WeekRow(span, merge_small(own) if may_stand_beside(own, everybody) else None))
    return rows


def _counted(chosen: Filter, spans: list[Span]) -> Counter[tuple[int, int, bool]]:
    referral = HandOver.objects.filter(source=OuterRef("pk"), purpose__in=_REFERRALS)
    decided = Decision.objects.filter(report=OuterRef("pk"), carried_out_at__isnull=False)
    stage = Case(
        When(Exists(referral.filter(state__in=(State.ACCEPTED, State.ANSWERED))), then=Value(TAKEN_UP)),
        When(Exists(referral.filter(state__in=(State.SENT, State.DELIVERED))), then=Value(REFERRED)),
        When(Exists(decided), waits_since=None, then=Value(CLOSED)),
        default=Value(WAITS),
        output_field=IntegerField(),
    )
    found = (
        Report.objects.filter(received_at__gte=spans[0].start, received_at__lt=spans[-1].end)
        .annotate(
            week=Case(*(When(received_at__lt=span.end, then=Value(at)) for at, span in enumerate(spans)), output_field=IntegerField()),
            stage=stage,
            own=Case(When(record__agency=chosen.by.agency_id, then=Value(1)), default=Value(0), output_field=IntegerField()),
        )
        .order_by()
        .values("week", "stage", "own")
        .annotate(reports=Count("pk"))
        .values_list("week", "stage", "own", "reports")
    )
    return Counter({(week, stage, bool(own)): reports for week, stage, own, reports in found})
