"""The queue's order, compared with its definition spelt out over every report: whatever waits, floods and was read."""

from collections import defaultdict
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from havenline.foundation import moment
from havenline.foundation.records.models import Record
from havenline.journey.intake.models import Report
from havenline.journey.triage import actions, queries
from havenline.journey.triage.errors import NothingWaits
from havenline.journey.triage.models import Claim
from havenline.journey.triage.queue import ALIKE_READ, EVERYTHING_ELSE, REMEMBERED, look, order

pytestmark = pytest.mark.django_db


def by_definition(*, among: Q | None = None) -> list[int]:
    """All that waits, sorted by the sentences at the top of `queue.py`, one report after another."""
    served: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for claim in Claim.objects.filter(at__gte=moment.now() - REMEMBERED).select_related("report"):
        served[claim.report.source, claim.report.group].append(claim.at)
    held = Claim.objects.filter(ended_at=None, until__gt=moment.now()).values("report")
    waiting = list(Report.objects.filter(among or Q(), waits_since__isnull=False).exclude(pk__in=held).order_by("waits_since", "pk"))

    def urgency(report: Report) -> int:
        flooded = report.group and len(served[report.source, report.group]) >= ALIKE_READ
        return EVERYTHING_ELSE if flooded else report.urgency

    in_group: dict[Any, list[Report]] = defaultdict(list)
    in_source: dict[Any, list[Report]] = defaultdict(list)
    for report in waiting:
        in_group[urgency(report), report.source, report.group].append(report)
        in_source[urgency(report), report.source].append(report)

    def group_attention(report: Report) -> Any:
        ats = served[report.source, report.group]
        return max(ats) if ats else in_group[urgency(report), report.source, report.group][0].waits_since

    def source_attention(report: Report) -> Any:
        ats = [at for (source, _group), all_at in served.items() if source == report.source for at in all_at]
        return max(ats) if ats else in_source[urgency(report), report.source][0].waits_since

    turn: dict[int, int] = {}
    for reports in in_source.values():
        inside = sorted(
            reports,
            key=lambda r: (in_group[urgency(r), r.source, r.group].index(r), group_attention(r), r.waits_since, r.pk),
        )
        turn |= {report.pk: number for number, report in enumerate(inside)}
    return [r.pk for r in sorted(waiting, key=lambda r: (urgency(r), turn[r.pk], source_attention(r), r.waits_since, r.pk))]


lots = st.lists(
    st.tuples(
        st.integers(0, 3),  # source
        st.sampled_from(["", "a", "b", "c", "d", "e"]),  # group
        st.integers(1, 7),  # how many
        st.sampled_from([{}, {"danger": "now"}, {"child_known": True}, {"youngest_age": 9}]),
        st.integers(0, 4),  # hours ago
        st.integers(0, 6),  # claims lately
    ),
    max_size=9,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lots=lots, limit=st.sampled_from([1, 2, 5, 9, 60]))
def test_the_first_are_those_that_the_definition_puts_first(lie_waiting, analyst, lots, limit):
    Claim.objects.all().delete()
    Report.objects.update(waits_since=None)
    for source, group, number, said, hours, claims in lots:
        since = moment.now() - timedelta(hours=hours)
        reports = lie_waiting(number, source=f"source {source}", group=group, since=since, **said)
        for nth in range(claims):
            at = moment.now() - timedelta(hours=hours, minutes=nth)
            Claim.objects.create(report=reports[0], by=analyst, at=at, until=at, ended_at=at, ended_why="set aside")
    whole = by_definition()
    places, counts = look(analyst, limit=limit)
    assert [place.report_id for place in places] == whole[:limit]
    assert [place.place for place in places] == list(range(1, len(places) + 1))
    assert counts.waiting == len(whole)
    assert counts.child == Report.objects.filter(pk__in=whole, child_known=True).count()
    children = Q(child_known=True)
    assert [place.report_id for place in order(analyst, limit=limit, among=children)] == by_definition(among=children)[:limit]


def test_a_report_that_somebody_holds_stands_nowhere(lie_waiting, analyst):
    [held, free] = lie_waiting(2)
    Claim.objects.create(report=held, by=analyst, at=moment.now(), until=moment.now() + moment.minutes(15))
    places, counts = look(analyst, limit=5)
    assert [place.report_id for place in places] == [free.pk]
    assert counts.waiting == 1


def test_more_sources_than_fit_into_one_question_are_all_asked(lie_waiting, analyst):
    for number in range(300):
        lie_waiting(1, source=f"source {number}", since=moment.now())
    assert [place.report_id for place in order(analyst, limit=280)] == by_definition()[:280]


def test_what_was_erased_is_given_to_nobody_though_it_stands_in_the_queue(lie_waiting, analyst):
    [report] = lie_waiting(1)
    Record.objects.filter(pk=report.pk).update(erased_at=moment.now())
    with pytest.raises(NothingWaits):
        actions.claim_next(by=analyst)
    assert not Claim.objects.exists()
    assert queries.queue(analyst).groups == []
