"""The order of the one queue: most urgent first, and turns, so that a flood buries nobody.

Urgency: danger now, then a child known, then a child whose age is given, then everything else. Within one urgency the sources
take turns, and inside a source the groups alike in text, host or account do: whoever was served (or, never served, arrived)
longest ago comes next. A group of which `ALIKE_READ` were claimed within `REMEMBERED` loses its head start and takes its turn
with everything else: whoever marks a thousand alike *danger now* buries nobody whose report is marked nothing.

Cost: what goes before all the rest (danger now, a child known) is read by an index and sorted; only where that does not fill the
list is everything that waits, O(n log n). What cannot be among the first is left out between the sorts. The claims of the last
day are read once. Nothing grows with what was decided. benchmarks/RESULTS.md says how long it takes.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import Count, Q, QuerySet

from havenline.foundation import moment
from havenline.foundation.handover.models import HandOver, State
from havenline.foundation.people.models import Membership
from havenline.journey.intake.models import Report, Urgency
from havenline.journey.triage.models import Claim, Decision

ALIKE_READ = 5  # our policy
REMEMBERED = timedelta(hours=24)  # our policy
COUNTED_ANEW, KEPT_FOR = 1_000, 10  # reports, seconds
DANGER_NOW, CHILD_KNOWN, AGE_GIVEN, EVERYTHING_ELSE = Urgency


@dataclass(frozen=True)
class Place:
    """Where a report stands. `alike_read`: how many like it were claimed within a day; `of`: how many share its urgency."""

    report_id: int
    place: int
    urgency: int
    alike_read: int
    of: int


@dataclass(frozen=True)
class Counts:
    """How many wait: all, those in danger now, with a child known, returned to us, and how many go before all the rest."""

    waiting: int
    danger: int
    child: int
    returned: int
    urgent: int


def waiting(by: Membership) -> QuerySet[Report]:
    """What waits and nobody holds: not claimed, no decision pending, and this person may see it."""
    held = Claim.objects.filter(ended_at=None, until__gt=moment.now())
    pending = Decision.objects.filter(carried_out_at=None, taken_back_at=None)
    reports: QuerySet[Report] = Report.objects.visible_to(by)
    # both are few: looked up once, not once for each that waits
    return reports.filter(waits_since__isnull=False).exclude(pk__in=held.values("report")).exclude(pk__in=pending.values("report"))


def counts(by: Membership) -> Counts:
    """Counted by one question to the database. More than `COUNTED_ANEW` are kept for a few seconds: nobody sees the one that came since."""
    kept = f"waiting:{by.agency_id}:{by.role}"
    found: Counts | None = cache.get(kept)
    if found is None:
        returned = HandOver.objects.filter(state=State.RETURNED, from_agency=by.agency_id)
        found = Counts(
            **waiting(by).aggregate(
                waiting=Count("pk"),
                danger=Count("pk", filter=Q(danger="now")),
                child=Count("pk", filter=Q(child_known=True)),
                returned=Count("pk", filter=Q(pk__in=returned.values("source"))),
                urgent=Count("pk", filter=Q(urgency__lte=CHILD_KNOWN)),
            )
        )
        if found.waiting > COUNTED_ANEW:
            cache.set(kept, found, KEPT_FOR)
    return found


def order(by: Membership, *, limit: int | None = None, within: QuerySet[Report] | None = None, urgent: int | None = None) -> list[Place]:
    """The queue as this person may see it, first to last; `within` narrows what is shown, after the places were given.

    `urgent`: how many go before all the rest, where the caller has counted. If they fill the list, nothing else is looked at.
    """
    if limit is not None and within is None and (urgent is None or urgent >= limit):
        first = _ordered(by, limit, None, down_to=CHILD_KNOWN)
        if len(first) == limit:
            return first
    return _ordered(by, limit, within, down_to=EVERYTHING_ELSE)


def _ordered(by: Membership, limit: int | None, within: QuerySet[Report] | None, *, down_to: int) -> list[Place]:
    reports = waiting(by)
    if down_to < EVERYTHING_ELSE:
        reports = reports.filter(urgency__lte=down_to)
    inner, params = reports.values("record_id", "source", "group", "urgency", "waits_since").query.sql_with_params()
    # Whoever is n-th in their group is at best n-th in their source, and so at best n-th of all.
    most = limit if limit is not None and within is None else _ALL
    sql = _ORDER.format(waiting=inner, claim=Claim._meta.db_table, report=Report._meta.db_table, membership=Membership._meta.db_table)
    since = connection.ops.adapt_datetimefield_value(moment.now() - REMEMBERED)
    arguments: list[Any] = [*params, since, by.agency_id, down_to, most, most]
    if within is not None:
        narrowed, more = within.values("record_id").query.sql_with_params()
        sql += f" WHERE record_id IN ({narrowed})"
        arguments += more
    sql += " ORDER BY place"
    if limit is not None:
        sql += " LIMIT %s"
        arguments.append(limit)
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        return [Place(*row) for row in cursor.fetchall()]


_ALL = 2**31 - 1

# `attention` of a group (a source) is when it was last served, or else when its oldest arrived: the longest ago is next.
_ORDER = f"""
WITH waiting AS ({{waiting}}),
served AS (
    SELECT r.source, r."group", MAX(c.at) AS at, COUNT(*) AS read_lately
    FROM {{claim}} c JOIN {{report}} r ON r.record_id = c.report_id JOIN {{membership}} m ON m.id = c.by_id
    WHERE c.at >= %s AND m.agency_id = %s GROUP BY r.source, r."group"
),
source_served AS (SELECT source, MAX(at) AS at FROM served GROUP BY source),
urgent AS (
    SELECT w.record_id, w.source, w."group", w.waits_since, s.at AS group_served, ss.at AS source_served,
        CASE WHEN w."group" <> '' THEN COALESCE(s.read_lately, 0) ELSE 0 END AS alike_read,
        CASE WHEN w."group" <> '' AND COALESCE(s.read_lately, 0) >= {ALIKE_READ} THEN {EVERYTHING_ELSE}
             ELSE w.urgency END AS urgency
    FROM waiting w
    LEFT JOIN served s ON s.source = w.source AND s."group" = w."group"
    LEFT JOIN source_served ss ON ss.source = w.source
),
in_groups AS (
    SELECT record_id, urgency, source, waits_since, alike_read,
        ROW_NUMBER() OVER (PARTITION BY urgency, source, "group" ORDER BY waits_since, record_id) AS in_group,
        COALESCE(group_served, MIN(waits_since) OVER (PARTITION BY urgency, source, "group")) AS group_attention,
        COALESCE(source_served, MIN(waits_since) OVER (PARTITION BY urgency, source)) AS source_attention
    FROM urgent WHERE urgency <= %s
),
in_sources AS (
    SELECT record_id, urgency, waits_since, alike_read, source_attention,
        ROW_NUMBER() OVER (PARTITION BY urgency, source ORDER BY in_group, group_attention, waits_since, record_id) AS in_source
    FROM in_groups WHERE in_group <= %s
),
placed AS (
    SELECT record_id, urgency, alike_read,
        ROW_NUMBER() OVER (ORDER BY urgency, in_source, source_attention, waits_since, record_id) AS place
    FROM in_sources WHERE in_source <= %s
),
counted AS (SELECT urgency, COUNT(*) AS of_urgency FROM urgent GROUP BY urgency)
SELECT record_id, place, placed.urgency, alike_read, of_urgency FROM placed JOIN counted ON counted.urgency = placed.urgency
"""  # noqa: S608  (only our own constants and table names stand in it)
