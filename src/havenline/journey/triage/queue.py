"""The order of the one queue: most urgent first, and turns, so that a flood buries nobody.

Urgency: danger now, then a child known, then a child whose age is given, then everything else. Within one urgency the sources
take turns, and inside a source the groups alike in text, host or account do: whoever was served (or, never served, arrived)
longest ago comes next. A group of which `ALIKE_READ` were claimed within `REMEMBERED` loses its head start and takes its turn
with everything else: whoever marks a thousand alike *danger now* buries nobody whose report is marked nothing.

Cost: the waiting reports are sorted three times by window functions, O(n log n) in what waits, and the claims of the last day
are read once. Nothing grows with what was decided. 10,000 waiting: about a tenth of a second on SQLite and on PostgreSQL.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from havenline.foundation import moment
from havenline.foundation.people.models import Membership
from havenline.journey.intake.models import Report
from havenline.journey.triage.models import Claim, Decision

ALIKE_READ = 5  # our policy
REMEMBERED = timedelta(hours=24)  # our policy
DANGER_NOW, CHILD_KNOWN, AGE_GIVEN, EVERYTHING_ELSE = range(4)


@dataclass(frozen=True)
class Place:
    """Where a report stands. `alike_read`: how many like it were claimed within a day; `of`: how many share its urgency."""

    report_id: int
    place: int
    urgency: int
    alike_read: int
    of: int


def waiting(by: Membership) -> QuerySet[Report]:
    """What waits and nobody holds: not claimed, no decision pending, and this person may see it."""
    held = Claim.objects.filter(report=OuterRef("pk"), ended_at=None, until__gt=moment.now())
    pending = Decision.objects.filter(report=OuterRef("pk"), carried_out_at=None, taken_back_at=None)
    reports: QuerySet[Report] = Report.objects.visible_to(by)
    return reports.filter(~Exists(held), ~Exists(pending), waits_since__isnull=False)


def order(by: Membership, *, limit: int | None = None, within: QuerySet[Report] | None = None) -> list[Place]:
    """The queue as this person may see it, first to last; `within` narrows what is shown, after the places were given."""
    chosen = waiting(by).values("record_id", "source", "group", "danger", "child_known", "youngest_age", "waits_since")
    inner, params = chosen.query.sql_with_params()
    sql = _ORDER.format(waiting=inner, claim=Claim._meta.db_table, report=Report._meta.db_table, membership=Membership._meta.db_table)
    since = connection.ops.adapt_datetimefield_value(moment.now() - REMEMBERED)
    arguments: list[Any] = [*params, since, by.agency_id]
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
             WHEN w.danger = 'now' THEN {DANGER_NOW}
             WHEN w.child_known THEN {CHILD_KNOWN}
             WHEN w.youngest_age < 18 THEN {AGE_GIVEN}
             ELSE {EVERYTHING_ELSE} END AS urgency
    FROM waiting w
    LEFT JOIN served s ON s.source = w.source AND s."group" = w."group"
    LEFT JOIN source_served ss ON ss.source = w.source
),
in_groups AS (
    SELECT u.*,
        ROW_NUMBER() OVER (PARTITION BY urgency, source, "group" ORDER BY waits_since, record_id) AS in_group,
        COALESCE(group_served, MIN(waits_since) OVER (PARTITION BY urgency, source, "group")) AS group_attention,
        COALESCE(source_served, MIN(waits_since) OVER (PARTITION BY urgency, source)) AS source_attention
    FROM urgent u
),
in_sources AS (
    SELECT g.*,
        ROW_NUMBER() OVER (PARTITION BY urgency, source ORDER BY in_group, group_attention, waits_since, record_id) AS in_source
    FROM in_groups g
),
placed AS (
    SELECT record_id, urgency, alike_read,
        ROW_NUMBER() OVER (ORDER BY urgency, in_source, source_attention, waits_since, record_id) AS place,
        COUNT(*) OVER (PARTITION BY urgency) AS of_urgency
    FROM in_sources
)
SELECT record_id, place, urgency, alike_read, of_urgency FROM placed
"""  # noqa: S608  (only our own constants and table names stand in it)
