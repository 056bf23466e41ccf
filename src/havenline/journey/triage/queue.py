"""The order of the one queue: most urgent first, and turns, so that a flood buries nobody.

Urgency: danger now, then a child known, then a child whose age is given, then everything else. Within one urgency the sources
take turns, and inside a source the groups alike in text, host or account do: whoever was served (or, never served, arrived)
longest ago comes next. A group of which `ALIKE_READ` were claimed within `REMEMBERED` loses its head start and takes its turn
with everything else: whoever marks a thousand alike *danger now* buries nobody whose report is marked nothing.

Two questions to the database. The first counts what waits by urgency, source and group, from an index alone: O(n), and of each
source only the groups whose turn comes soon enough to be shown are told apart. The second fetches from those groups the few
reports that come first, by the same index: O(limit log n). benchmarks/RESULTS.md says how long both take.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q

from havenline.foundation import moment
from havenline.foundation.handover.models import HandOver, State
from havenline.foundation.people.acting import beyond_need_to_know
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import FileKind
from havenline.journey.intake.models import Report, Urgency
from havenline.journey.triage.models import Claim, Decision

ALIKE_READ = 5  # our policy
REMEMBERED = timedelta(hours=24)  # our policy
DANGER_NOW, CHILD_KNOWN, AGE_GIVEN, EVERYTHING_ELSE = Urgency
_REPORT = Report._meta.db_table
_AT_ONCE = 250  # groups in one question: SQLite takes 500


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
    """How many wait: all, those in danger now, with a child known, returned to us."""

    waiting: int = 0
    danger: int = 0
    child: int = 0
    returned: int = 0


class _Turn(NamedTuple):
    """A group of one source within one urgency. `of_itself`: the urgency that its reports have by themselves."""

    urgency: int
    source: str
    group: str
    of_itself: int
    waiting: int
    alike_read: int
    oldest: Any  # since when the first of it waits
    attention: Any  # when it was last served, or else when its oldest arrived: the longest ago is next
    source_attention: Any
    of: int

    @property
    def whole_group(self) -> tuple[str, str]:
        return self.source, self.group


def order(by: Membership, *, limit: int, among: Q | None = None) -> list[Place]:
    """The first of the queue, as this person may see it; `among`: only of these."""
    return look(by, limit=limit, among=among)[0]


@beyond_need_to_know()  # numbers of its own hotline’s reports, and no row: the lock on rows would be asked of each that waits
def look(by: Membership, *, limit: int, among: Q | None = None) -> tuple[list[Place], Counts]:
    """The first `limit` of the queue, and how many wait in all; `among` limits both to some of them."""
    if FileKind.REPORT not in by.sees:
        return [], Counts()
    waiting = _Waiting(by, among)
    turns, counts = _turns(waiting, by, limit)
    by_urgency: dict[int, list[_Turn]] = defaultdict(list)
    for turn in turns:
        by_urgency[turn.urgency].append(turn)
    chosen: list[tuple[_Turn, int]] = []
    wanted = limit
    for urgency in sorted(by_urgency):
        if wanted > 0:
            chosen += _deep_enough(by_urgency[urgency], wanted)
            wanted -= by_urgency[urgency][0].of
    return _placed(_fetched(waiting, chosen), turns)[:limit], counts


class _Waiting:
    """What waits in this person's queue and nobody holds (no claim, no decision pending), as conditions in SQL.

    Only columns of the index `report_queue` are named, unless `among` does. Each row that is shown is asked for again by `visible_to`.
    """

    def __init__(self, by: Membership, among: Q | None) -> None:
        query = Report.objects.filter(among or Q(), hotline=by.agency_id, waits_since__isnull=False).query
        where, self.params = query.where.as_sql(query.get_compiler(connection=connection), connection)
        self.where = f"{where} AND {_REPORT}.record_id NOT IN (SELECT report_id FROM held)"  # noqa: S608  (names of tables and fragments of ours; values are parameters)
        self.held = f"""held AS (
            SELECT report_id FROM {Claim._meta.db_table} WHERE ended_at IS NULL AND until > %s
            UNION ALL SELECT report_id FROM {Decision._meta.db_table} WHERE carried_out_at IS NULL AND taken_back_at IS NULL)"""  # noqa: S608  (names of tables and fragments of ours; values are parameters)
        self.held_params = [connection.ops.adapt_datetimefield_value(moment.now())]


def _turns(waiting: _Waiting, by: Membership, limit: int) -> tuple[list[_Turn], Counts]:
    """Whose turn is next in each source, `limit` groups deep; and how many wait in all."""
    since = connection.ops.adapt_datetimefield_value(moment.now() - REMEMBERED)
    sql = _TURNS.format(waiting=waiting.where, held=waiting.held)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*waiting.held_params, State.RETURNED, by.agency_id, *waiting.params, since, by.agency_id, limit])
        rows = cursor.fetchall()
    turns = [_Turn._make((*row[:9], int(row[9]))) for row in rows]
    return turns, Counts(*(int(number) for number in rows[0][10:])) if rows else Counts()


_TURNS = f"""
WITH {{held}},
grouped AS (
    SELECT urgency, source, "group", MIN(waits_since) AS oldest, COUNT(*) AS waiting, SUM(CASE WHEN child_known THEN 1 ELSE 0 END) AS child,
        SUM(CASE WHEN record_id IN (SELECT source_id FROM {HandOver._meta.db_table} WHERE state = %s AND from_agency_id = %s) THEN 1
            ELSE 0 END) AS returned
    FROM {_REPORT} WHERE {{waiting}} GROUP BY urgency, source, "group"
),
served AS (
    SELECT r.source, r."group", MAX(c.at) AS at, COUNT(*) AS read_lately
    FROM {Claim._meta.db_table} c JOIN {Report._meta.db_table} r ON r.record_id = c.report_id
    JOIN {Membership._meta.db_table} m ON m.id = c.by_id
    WHERE c.at >= %s AND m.agency_id = %s GROUP BY r.source, r."group"
),
source_served AS (SELECT source, MAX(at) AS at FROM served GROUP BY source),
turns AS (
    SELECT g.urgency AS of_itself, g.source, g."group", g.oldest, g.waiting, g.child, g.returned, ss.at AS source_served,
        COALESCE(s.at, g.oldest) AS attention,
        CASE WHEN g."group" <> '' THEN COALESCE(s.read_lately, 0) ELSE 0 END AS alike_read,
        CASE WHEN g."group" <> '' AND COALESCE(s.read_lately, 0) >= {ALIKE_READ} THEN {EVERYTHING_ELSE} ELSE g.urgency END AS urgency
    FROM grouped g
    LEFT JOIN served s ON s.source = g.source AND s."group" = g."group"
    LEFT JOIN source_served ss ON ss.source = g.source
),
ranked AS (
    SELECT urgency, source, "group", of_itself, waiting, alike_read, oldest, attention,
        COALESCE(source_served, MIN(oldest) OVER (PARTITION BY urgency, source)) AS source_attention,
        SUM(waiting) OVER (PARTITION BY urgency) AS of_urgency,
        SUM(waiting) OVER () AS of_all,
        SUM(CASE WHEN of_itself = {DANGER_NOW} THEN waiting ELSE 0 END) OVER () AS danger,
        SUM(child) OVER () AS child,
        SUM(returned) OVER () AS returned,
        RANK() OVER (PARTITION BY urgency, source ORDER BY attention) AS turn
    FROM turns
)
SELECT urgency, source, "group", of_itself, waiting, alike_read, oldest, attention, source_attention, of_urgency,
    of_all, danger, child, returned
FROM ranked WHERE turn <= %s
"""  # noqa: S608  (only our own constants and table names stand in it)


def _placed(found: Iterable[tuple[Any, int, int, str, str]], turns: list[_Turn]) -> list[Place]:
    """Reports in the order of their turns: of groups inside a source, of sources inside an urgency."""
    turn_of = {(turn.of_itself, turn.source, turn.group): turn for turn in turns}
    in_group: dict[tuple[int, str, str], int] = defaultdict(int)
    in_source: dict[tuple[int, str], list[tuple[int, Any, Any, int, _Turn]]] = defaultdict(list)
    for since, report_id, urgency, source, group in sorted(found):
        turn = turn_of[urgency, source, group]
        in_group[turn.urgency, turn.source, turn.group] += 1
        nth = in_group[turn.urgency, turn.source, turn.group]
        in_source[turn.urgency, turn.source].append((nth, turn.attention, since, report_id, turn))
    order = sorted(
        (turn.urgency, nth, turn.source_attention, since, report_id, turn)
        for reports in in_source.values()
        for nth, (_in_group, _attention, since, report_id, turn) in enumerate(sorted(reports), 1)
    )
    return [Place(report_id, place, turn.urgency, turn.alike_read, turn.of) for place, (*_by, report_id, turn) in enumerate(order, 1)]


def _deep_enough(turns: list[_Turn], wanted: int) -> Iterator[tuple[_Turn, int]]:
    """Which groups hold the first `wanted` of an urgency, and how many of each have to be looked at."""
    sources: dict[str, dict[tuple[str, str], list[_Turn]]] = defaultdict(lambda: defaultdict(list))
    for turn in turns:
        sources[turn.source][turn.whole_group].append(turn)
    sizes = {source: [sum(turn.waiting for turn in group) for group in groups.values()] for source, groups in sources.items()}
    # Sources take turns: so many turns of each are enough.
    each = _enough([sum(of_source) for of_source in sizes.values()], wanted)
    first = [(min(turn.source_attention for group in groups.values() for turn in group), source) for source, groups in sources.items()]
    for source in _with_ties(first, wanted) if each == 1 else sources:
        # Inside a source its groups do.
        deep = _enough(sizes[source], each)
        order = [(group[0].attention, key) for key, group in sources[source].items()]
        for key in _with_ties(order, each) if deep == 1 else sources[source]:
            yield from ((turn, deep) for turn in sources[source][key])


def _enough(sizes: list[int], wanted: int) -> int:
    """How many have to be taken from each, in turns, for `wanted` in all; `wanted` where there are not so many."""
    return next((each for each in range(1, wanted) if sum(min(size, each) for size in sizes) >= wanted), wanted)


def _with_ties(order: list[tuple[Any, Any]], wanted: int) -> list[Any]:
    """The first `wanted`, and those that came at the same moment as the last of them."""
    last = sorted(order)[min(wanted, len(order)) - 1][0]
    return [what for at, what in order if at <= last]


def _fetched(waiting: _Waiting, groups: list[tuple[_Turn, int]]) -> Iterator[tuple[Any, int, int, str, str]]:
    """The first reports of each group: since when they wait, their number, urgency of themselves, source and group.

    Where one of a group is enough it is found by its moment, all such groups at once; where more are, each group by a search of its own.
    """
    columns = ", ".join(f'{_REPORT}."{name}"' for name in ("waits_since", "record_id", "urgency", "source", "group"))
    oldest = [value for turn, deep in groups if deep == 1 for value in (turn.of_itself, turn.source, turn.group, turn.oldest)]
    heads = f"""SELECT {columns} FROM (VALUES {", ".join(["(%s, %s, %s, %s)"] * (len(oldest) // 4))}) AS head CROSS JOIN {_REPORT}
        WHERE {waiting.where} AND urgency = column1 AND source = column2 AND "group" = column3 AND waits_since = column4"""  # noqa: S608  (names of tables and fragments of ours; values are parameters)
    more = f"""SELECT * FROM (SELECT {columns} FROM {_REPORT} WHERE {waiting.where} AND urgency = %s AND source = %s AND "group" = %s
        ORDER BY waits_since, record_id LIMIT %s) AS first"""  # noqa: S608  (names of tables and fragments of ours; values are parameters)
    parts = [(heads, [*oldest, *waiting.params])] if oldest else []
    parts += [(more, [*waiting.params, turn.of_itself, turn.source, turn.group, deep]) for turn, deep in groups if deep > 1]
    for some in (parts[at : at + _AT_ONCE] for at in range(0, len(parts), _AT_ONCE)):
        said = [value for _part, values in some for value in values]
        with connection.cursor() as cursor:
            cursor.execute(f"WITH {waiting.held} " + " UNION ALL ".join(part for part, _values in some), [*waiting.held_params, *said])
            yield from cursor.fetchall()
