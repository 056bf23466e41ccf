"""Of the closed image cases in which it was asked about: the share in which contact abuse was found, by how it became known.

What counts (docs/decisions/0016-what-statistics-tell.md):
- a case of images, or of images and contact, that ended with a subject, through the gate. *No subject identified* is left out,
  and so is *accepted by another force*, which counts where it ends;
- in which it was asked about of at least one subject;
- found, by a source, where the latest finding of a subject from that source says so; a case can be counted under more than one.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from havenline.foundation.people.acting import beyond_need_to_know
from havenline.journey.investigation.models import CaseKind, ContactAbuse, ContactAbuseFinding, ContactAbuseSource, Ending
from havenline.journey.statistics.disclosure import Tally, Told, hide_sources
from havenline.journey.statistics.interval import Interval, wilson
from havenline.journey.statistics.queries.filters import Cells, Filter

# Seto, Hanson and Babchishin (2011), Contact sexual offending by men with online sexual offenses, Sexual Abuse 23, 124-145:
# for comparison only. Remembered, not read (PROCEDURE.md, R).
SELF_REPORT_AND_RECORD = (("record", 0.12), ("self_report", 0.55))
ANY = "any"


@dataclass(frozen=True)
class SourceRow:
    """One source: how many of the cases asked, with interval; None where it is not shown."""

    source: str
    found: int | None
    of: int | None
    interval: Interval | None


@dataclass(frozen=True)
class ContactAbuseShares:
    """`asked` is None where even the number of cases is not shown."""

    asked: int | None
    rows: list[SourceRow]

    @property
    def any_source(self) -> SourceRow:
        return self.rows[0]


@dataclass
class _Case:
    closed_at: datetime
    agency: int
    asked: bool
    latest: dict[tuple[int, str], str]


@beyond_need_to_know()
def contact_abuse(chosen: Filter) -> ContactAbuseShares:
    """One question to the database; linear in the findings."""
    tallies = _tallies(chosen)
    asked = {chosen.view: False}
    shown: set[str] = set()
    denominator = Told(Tally(tallies[ANY].of, tallies[ANY].of), both_sides=False)
    told = {source: Told(tally) for source, tally in tallies.items()}
    for view in chosen.order():
        asked[view] = denominator.may_tell(view)
        may = set()
        if asked[view]:
            denominator.tell(view)
            may = {source for source, one in told.items() if one.may_tell(view)}
        by_source = {source: tallies[source].within(view)[0] for source in ContactAbuseSource.values}
        if ANY in may:
            may = {ANY} | hide_sources(tallies[ANY].within(view)[0], by_source, may - {ANY})
        for source in may:
            told[source].tell(view)
        if view == chosen.view:
            shown = may
    return ContactAbuseShares(
        tallies[ANY].within(chosen.view)[1] if asked[chosen.view] else None,
        [_row(source, tallies[source], chosen, source in shown) for source in tallies],
    )


def _row(source: str, tally: Tally, chosen: Filter, is_shown: bool) -> SourceRow:
    if not is_shown:
        return SourceRow(source, None, None, None)
    found, of = tally.within(chosen.view)
    return SourceRow(source, found, of, wilson(found, of))


def _tallies(chosen: Filter) -> dict[str, Tally]:
    """Any source first, then each in the order in which the investigation names them."""
    cells = {source: Cells(chosen) for source in (ANY, *ContactAbuseSource.values)}
    for case in _cases(chosen).values():
        if not case.asked:
            continue
        found_by = {source for (_subject, source), found in case.latest.items() if found == ContactAbuse.YES}
        for source, counted in cells.items():
            counted.add(case.closed_at, (case.agency,), found=bool(found_by) if source == ANY else source in found_by)
    return {source: counted.tally() for source, counted in cells.items()}


def _cases(chosen: Filter) -> dict[int, _Case]:
    findings = (
        ContactAbuseFinding.objects.filter(
            subject__case__ending=Ending.SUBJECT,
            subject__case__kind__in=(CaseKind.IMAGES, CaseKind.BOTH),
            subject__case__closed_at__lt=chosen.quarters.ends,
        )
        .order_by("at", "pk")
        .values_list(
            "subject__case_id", "subject__case__closed_at", "subject__case__record__agency_id", "subject_id", "asked", "found", "source"
        )
    )
    cases: dict[int, _Case] = {}
    for case_id, closed_at, agency, subject, asked, found, source in findings.iterator(chunk_size=5000):
        case = cases.get(case_id)
        if case is None:
            assert closed_at is not None  # noqa: S101  (the filter asks for it)
            case = cases[case_id] = _Case(closed_at, agency, False, defaultdict(str))
        case.asked = case.asked or asked
        case.latest[subject, source] = found
    return cases
