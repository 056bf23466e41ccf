"""What is already known of a report's items, before anything is opened: in earlier reports and on lists, and what was decided then.

A machine finds, a person accepts, and what one key accepts depends on how sure it is (decision 0084):

- the same SHA-256, graded here by a look, or listed here in our own word: the grade holds, and nobody looks again;
- anything else with a grade of ours (a PDQ hash within 31 bits, the same MD5 or SHA-1, another body's claim): accepted unseen, at most;
- an address, known whole or by its beginning: it is shown. A page changes, so it is looked at;
- grades that contradict each other, or an entry that was withdrawn: it is looked at.

Nine questions for a report and one look-up for each signal, whatever the number of its items.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from havenline.foundation.identifiers.models import Kind
from havenline.foundation.lists.models import ListEntry, Signal
from havenline.foundation.people.models import Membership
from havenline.foundation.recognition.known import Asked, Hit, How, Stands, known
from havenline.foundation.records.models import Record
from havenline.journey.intake.models import Report, ReportedItem
from havenline.journey.triage.models import Assessment, Decision, Grade
from havenline.journey.triage.standing import doubters, standing

ASKED_OF_LISTS = {Kind.SHA256: Signal.SHA256, Kind.MD5: Signal.MD5, Kind.SHA1: Signal.SHA1, Kind.URL: Signal.URL}
BY_COLLISION = frozenset({Kind.MD5, Kind.SHA1})  # another file with the same digest can be made
WRONG = frozenset({ListEntry.Because.FALSE_POSITIVE, ListEntry.Because.COMPLAINT, ListEntry.Because.SOURCE, ListEntry.Because.OTHER})
SHOWN = 3  # earlier grades and entries of an item that its row names; the rest is a number
LETTERS = frozenset({Grade.A, Grade.B, Grade.C})


@dataclass(frozen=True)
class Offer:
    """What one key accepts of an item. `is_exact`: the grade holds without a look; otherwise it is accepted unseen."""

    grade: str
    is_exact: bool
    entry: ListEntry | None = None
    earlier: Assessment | None = None
    distance: int | None = None

    @property
    def token(self) -> str:
        """By which a page says what it showed: nothing else is accepted in its place."""
        return f"entry-{self.entry.pk}" if self.entry is not None else f"grade-{self.earlier.pk if self.earlier else 0}"

    @property
    def how(self) -> Assessment.How:
        return Assessment.How.CARRIED_OVER if self.is_exact else Assessment.How.ACCEPTED_UNSEEN

    @property
    def grade_in_words(self) -> str:
        return str(Grade(self.grade).label)


@dataclass(frozen=True)
class Decided:
    """What was decided of another report, in a few words, by whom and when."""

    words: str
    who: str
    at: datetime


@dataclass(frozen=True)
class Earlier:
    """A grade that somebody gave to the very same, elsewhere. `withdrawn_at`: what was listed of it was taken back since."""

    assessment: Assessment
    decided: Decided | None
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class Listed:
    """An entry of a list. `report`: the one that it came from, where this person may see it."""

    hit: Hit
    report: Report | None
    decided: Decided | None

    @property
    def entry(self) -> ListEntry:
        return self.hit.entry

    @property
    def is_exact(self) -> bool:
        return self.hit.how == How.EXACT

    @property
    def fits(self) -> str:
        return str(How(self.hit.how).label)

    @property
    def claimed_by(self) -> str:
        """Whose word it is, where it is not our own."""
        return "" if self.hit.is_ours else self.entry.claimed_by if self.entry.is_claim else self.entry.known_list.agency.name

    @property
    def grade_in_words(self) -> str:
        """Our letter; without one what its source calls it, which is no grade of ours."""
        return str(Grade(self.entry.grade).label) if self.entry.grade else self.entry.claimed_grade


@dataclass(frozen=True)
class OfItem:
    """What is known of one item. `differs`: it is exactly known under more than one grade."""

    earlier: list[Earlier] = field(default_factory=list)
    listed: list[Listed] = field(default_factory=list)
    offer: Offer | None = None
    differs: bool = False

    @property
    def not_shown(self) -> int:
        return max(0, len(self.earlier) - SHOWN) + max(0, len(self.listed) - SHOWN)

    @property
    def is_known(self) -> bool:
        return bool(self.earlier or self.listed)


@dataclass(frozen=True)
class Recognised:
    """What is known of each item, by its key. `searched`: how many entries of lists; `stands`: whether the lists could be asked."""

    of: dict[int, OfItem]
    stands: Stands
    searched: int
    followed_at: datetime | None

    @property
    def lists_were_asked(self) -> bool:
        return self.stands != Stands.NOT_READY

    @property
    def searched_in_words(self) -> str:
        return f"{self.searched:,}"

    @property
    def is_stale(self) -> bool:
        return self.stands == Stands.STALE


def recognised(report: Report, items: Sequence[ReportedItem], *, by: Membership) -> Recognised:
    """`items`: of this report, with `identifier`, `pdq` and `assessments__by` read. Limited to what this person may see."""
    asked, of_item = _asked(items)
    on_lists = known(asked, by=by)
    hits: dict[int, list[Hit]] = defaultdict(list)
    for position, found in sorted(on_lists.hits.items()):
        hits[of_item[position]] += found
    grades = _earlier(report, items, by)
    reports = _reports({hit.entry.record_id for found in hits.values() for hit in found if hit.entry.record_id} - {report.pk}, by)
    decided = decided_of({*reports, *(one.item.report_id for found in grades.values() for one in found)})
    withdrawn = _withdrawn([one for found in grades.values() for one in found], by)
    of: dict[int, OfItem] = {}
    for item in items:
        earlier = [
            Earlier(
                one,
                decided.get(one.item.report_id),
                at if (at := withdrawn.get((one.item.report_id, item.identifier_id))) and at > one.at else None,
            )
            for one in grades.get(item.identifier_id, [])
        ]
        listed = [
            Listed(hit, reports.get(hit.entry.record_id or 0), decided.get(hit.entry.record_id or 0))
            for hit in sorted(_once(hits[item.pk]), key=lambda hit: (hit.how, hit.distance or 0, not hit.is_ours, hit.entry.pk))
        ]
        of[item.pk] = _of_item(item, earlier, listed)
    return Recognised(of, on_lists.stands, on_lists.searched, on_lists.followed_at)


def earlier_grades(report: Report, *, by: Membership) -> QuerySet[Assessment]:
    """Grades given elsewhere, by a look or from the same, to the items of this report, exactly the same, newest first, as far as this
    person may see."""
    return (
        Assessment.objects.filter(
            item__identifier__in=report.items.values("identifier"),
            item__report__record__in=Record.objects.visible_to(by),
            withdrawn_at=None,
        )
        .exclude(item__report=report)
        .exclude(grade__in=[Grade.UNSURE, Grade.CANNOT_BE_ASSESSED])
        .exclude(how=Assessment.How.ACCEPTED_UNSEEN)
        .select_related("item__report__record", "item__identifier", "by__person")
        .order_by("-at", "-pk")
    )


def was_withdrawn_since(earlier: Assessment, *, by: Membership) -> bool:
    """Whether what was listed of this item was taken back after it was graded so."""
    at = _withdrawn([earlier], by).get((earlier.item.report_id, earlier.item.identifier_id))
    return at is not None and at > earlier.at


def decided_of(reports: Iterable[int]) -> dict[int, Decided]:
    """The last decision of each report that was carried out. The caller asked whether they may be seen. One question."""
    rows = Decision.objects.filter(report__in=set(reports), carried_out_at__isnull=False).select_related("police", "by__person")
    return {
        one.report_id: Decided(_in_short(one), one.by.short_name, one.at)
        for one in rows.defer("reason_sealed", "answer_sealed").order_by("at")
    }


def _in_short(decision: Decision) -> str:
    parts = [
        decision.police.name if decision.police else "",
        _("social care") if decision.refer_to_social_care else "",
        _("notice to host") if decision.notice_to_host else "",
        _("closed") if decision.close else "",
    ]
    return ", ".join(part for part in parts if part)


def _asked(items: Sequence[ReportedItem]) -> tuple[list[Asked], list[int]]:
    """What lists are asked of these items, and of which item each is."""
    asked: list[Asked] = []
    of_item: list[int] = []
    for item in items:
        kind = item.identifier.kind
        if kind in ASKED_OF_LISTS:
            asked.append(Asked(ASKED_OF_LISTS[Kind(kind)], item.identifier.canonical))
            of_item.append(item.pk)
        if item.pdq is not None:
            asked.append(Asked(Signal.PDQ, item.pdq.canonical, item.pdq_quality))
            of_item.append(item.pk)
    return asked, of_item


def _once(hits: Iterable[Hit]) -> list[Hit]:
    return list({hit.entry.pk: hit for hit in hits}.values())


def _earlier(report: Report, items: Sequence[ReportedItem], by: Membership) -> dict[int, list[Assessment]]:
    """By identifier, newest first. *Not illegal* is only ever said of the same SHA-256."""
    found: dict[int, list[Assessment]] = defaultdict(list)
    for one in earlier_grades(report, by=by):
        if one.grade != Grade.NOT_ILLEGAL or one.item.identifier.kind == Kind.SHA256:
            found[one.item.identifier_id].append(one)
    return found


def _reports(records: set[int], by: Membership) -> dict[int, Report]:
    """Of these records, the reports that this person may see."""
    if not records:
        return {}
    seen = Report.objects.visible_to(by).filter(pk__in=records).select_related("record").defer("sealed")
    return {report.pk: report for report in seen}


def _withdrawn(grades: Sequence[Assessment], by: Membership) -> dict[tuple[int, int], datetime]:
    """By report and identifier, when what was listed of it was taken back as wrong, where it does not stand again."""
    values = {(one.item.report_id, one.item.identifier.canonical): one.item.identifier_id for one in grades}
    if not values:
        return {}
    rows = ListEntry.objects.visible_to(by).filter(
        record__in={report for report, _value in values}, value__in={value for _report, value in values}
    )
    found: dict[tuple[int, int], datetime] = {}
    stands: set[tuple[int, int]] = set()
    for record, value, at, because in rows.values_list("record_id", "value", "withdrawn_at", "withdrawn_because"):
        if (identifier := values.get((record or 0, value))) is None:
            continue
        if at is None:
            stands.add((record or 0, identifier))
        elif because in WRONG:
            found[record or 0, identifier] = max(at, found.get((record or 0, identifier), at))
    return {key: at for key, at in found.items() if key not in stands}


def _of_item(item: ReportedItem, earlier: list[Earlier], listed: list[Listed]) -> OfItem:
    given = list(item.assessments.all())
    exact = _exact(item, earlier, listed)
    grades = {offer.grade for offer in exact}
    differs = len(grades) > 1
    if differs or standing(item, given) is not None or doubters(item, given):  # a second person was asked to look: they do
        return OfItem(earlier, listed, None, differs)
    return OfItem(earlier, listed, exact[0] if exact else _suggested(item, earlier, listed), differs)


def _exact(item: ReportedItem, earlier: list[Earlier], listed: list[Listed]) -> list[Offer]:
    """What says a grade of the same SHA-256: the newest that was given here, then what stands on our own lists."""
    if item.identifier.kind != Kind.SHA256:
        return []
    given = [Offer(one.assessment.grade, True, earlier=one.assessment) for one in earlier if one.withdrawn_at is None]
    ours = [
        Offer(one.entry.grade, True, entry=one.entry)
        for one in listed
        if one.is_exact and one.hit.is_ours and one.entry.signal == Signal.SHA256 and one.entry.grade in LETTERS
    ]
    return given[:1] + ours


def _suggested(item: ReportedItem, earlier: list[Earlier], listed: list[Listed]) -> Offer | None:
    """The surest of what may be accepted unseen: what is equal, then what is nearest; the worst of those that are as sure."""
    found = [
        Offer(one.entry.grade, False, entry=one.entry, distance=one.hit.distance)
        for one in listed
        if one.hit.how in (How.EXACT, How.SIMILAR) and one.entry.grade in LETTERS and one.entry.signal not in (Signal.URL, Signal.HOST)
    ]
    if item.identifier.kind in BY_COLLISION:
        found += [
            Offer(one.assessment.grade, False, earlier=one.assessment)
            for one in earlier
            if one.withdrawn_at is None and one.assessment.grade in LETTERS
        ]
    return min(found, key=lambda offer: (offer.distance is not None, offer.distance or 0, offer.grade, offer.token), default=None)
