"""How long it takes from a report's receipt until police, and children's social care, are told. Alarms stand apart.

Counted in the month in which they were told, so that a recent month is not made of the quick ones alone; the first sending counts.
A referral that police make to social care counts for the report that their case arose from.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.db.models import F, Min, Q

from havenline.foundation.handover.models import HandOver, State
from havenline.foundation.handover.purposes import DANGER_NOW, REFERRAL_TO_POLICE, REFERRAL_TO_SOCIAL_CARE
from havenline.foundation.people.acting import beyond_need_to_know
from havenline.journey.statistics.disclosure import LEAST, may_stand_beside
from havenline.journey.statistics.periods import Span, months, place_of
from havenline.journey.statistics.queries.filters import Filter

LEAST_FOR_90 = 2 * LEAST  # of fewer, the 90th percentile would be one report's own time
POLICE, SOCIAL_CARE, ALARM = "police", "social_care", "alarm"


@dataclass(frozen=True)
class Taken:
    """Median and 90th percentile of so many reports, rounded; None where not shown."""

    reports: int | None
    median: timedelta | None
    ninety: timedelta | None


@dataclass(frozen=True)
class MonthRow:
    month: Span
    police: Taken
    social_care: Taken


@dataclass(frozen=True)
class Times:
    """By month; of alarms, which are few, only the whole year."""

    months: list[MonthRow]
    alarms: Taken


NOTHING = Taken(None, None, None)


@beyond_need_to_know()
def times(chosen: Filter) -> Times:
    """Two questions to the database; linear in the hand-overs of twelve months."""
    spans = months(chosen.today)
    own: dict[tuple[str, int], list[timedelta]] = defaultdict(list)
    everybody: dict[tuple[str, int], list[timedelta]] = defaultdict(list)
    for to, received, sent, agencies in _told(spans):
        at = place_of(sent, spans)
        if at is None:
            continue
        at = 0 if to == ALARM else at
        everybody[to, at].append(sent - received)
        if chosen.by.agency_id in agencies:
            own[to, at].append(sent - received)

    def taken(to: str, at: int) -> Taken:
        if not chosen.is_own:
            return _taken(everybody[to, at])
        beside = may_stand_beside([len(own[to, at])], [len(everybody[to, at])])
        return _taken(own[to, at]) if beside else NOTHING

    rows = [MonthRow(span, taken(POLICE, at), taken(SOCIAL_CARE, at)) for at, span in enumerate(spans)]
    return Times(rows, taken(ALARM, 0))


_PARTY = {REFERRAL_TO_POLICE.code: POLICE, REFERRAL_TO_SOCIAL_CARE.code: SOCIAL_CARE, DANGER_NOW.code: ALARM}


def _told(spans: list[Span]) -> Iterator[tuple[str, datetime, datetime, tuple[int, ...]]]:
    """(to whom, received, first sent, agencies on both sides): once for each report and receiver."""
    first: dict[tuple[str, int], tuple[datetime, datetime, set[int]]] = {}
    begun = Q(steps__state=State.SENT)
    of_reports = HandOver.objects.filter(begun, purpose__in=_PARTY, source__report__isnull=False).annotate(
        report=F("source_id"), received=F("source__report__received_at")
    )
    # report -> referral to police -> case -> referral to social care
    way = "source__arose_from__source__handover__source"
    of_cases = HandOver.objects.filter(begun, purpose=REFERRAL_TO_SOCIAL_CARE.code, **{f"{way}__report__isnull": False}).annotate(
        report=F(f"{way}_id"), received=F(f"{way}__report__received_at")
    )
    for found in (of_reports, of_cases):
        sent = (
            found.order_by().values("pk", "report", "received", "purpose", "from_agency_id", "to_agency_id").annotate(at=Min("steps__at"))
        )
        rows = sent.filter(received__lt=spans[-1].end, at__lt=spans[-1].end).values_list(
            "purpose", "report", "received", "at", "from_agency_id", "to_agency_id"
        )
        for purpose, report, received, at, *agencies in rows.iterator(chunk_size=5000):
            key = _PARTY[purpose], report
            known = first.get(key)
            if known is None or at < known[1]:
                first[key] = received, at, set(agencies)
            elif at == known[1]:
                known[2].update(agencies)
    for (to, _report), (received, at, both) in first.items():
        yield to, received, at, tuple(both)


def _taken(spent: list[timedelta]) -> Taken:
    if len(spent) < LEAST:
        return NOTHING
    spent = sorted(spent)
    ninety = rounded(nearest_rank(spent, 0.9)) if len(spent) >= LEAST_FOR_90 else None
    return Taken(len(spent), rounded(nearest_rank(spent, 0.5)), ninety)


def nearest_rank(ordered: list[timedelta], share: float) -> timedelta:
    """The smallest value that at least this share does not exceed."""
    return ordered[max(0, ceil(share * len(ordered)) - 1)]


def rounded(spent: timedelta) -> timedelta:
    """To 5 minutes up to 2 hours, to the hour up to 2 days, else to the day: no report is known again by its own time."""
    minutes = spent.total_seconds() / 60
    step = 5 if minutes < 120 else 60 if minutes < 48 * 60 else 24 * 60
    return timedelta(minutes=max(step, round(minutes / step) * step))
