"""A child's life with us in its order: over all cases and agencies that this person may see, each entry with where it comes from."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from havenline.foundation import moment
from havenline.foundation.handover.models import HandOver, State
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.records.masking import sight_of
from havenline.foundation.records.models import Record
from havenline.foundation.records.queries import ancestry, arisen_from
from havenline.foundation.search.normal import normal, terms
from havenline.journey.safeguarding import path
from havenline.journey.safeguarding.models import CaseNote, Child, ChildCase, Paper, Relationship
from havenline.journey.safeguarding.queries import beside_the_steps
from havenline.journey.safeguarding.queries.case_page import event_line, moment_told, note_title
from havenline.journey.safeguarding.queries.reading import day_and_time, local_day_and_time

KINDS: Mapping[str, Any] = {
    "step": gettext_lazy("Steps of the procedure"),
    "seen": gettext_lazy("The child seen"),
    "told": gettext_lazy("Told and invited"),
    "paper": gettext_lazy("Papers"),
    "between": gettext_lazy("Between agencies"),
    "around": gettext_lazy("Around the child"),
    "note": gettext_lazy("Notes"),
}
_BESIDE = (
    ("step", beside_the_steps.bookings),
    ("step", beside_the_steps.help_that_goes_on),
    ("step", beside_the_steps.reassignments),
    ("told", beside_the_steps.emergencies),
    ("told", beside_the_steps.invitations),
    ("told", beside_the_steps.referrer_told),
)
_OF_NOTE = {CaseNote.Kind.CHILD_SEEN: "seen", CaseNote.Kind.TOLD: "told", CaseNote.Kind.INVITED: "told", CaseNote.Kind.NOTE: "note"}


@dataclass(frozen=True)
class Event:
    """One entry. `recorded`: when it was entered, where that was on a later day. `source` and `url`: the file it stands in."""

    kind: str
    on: date
    sort: datetime
    when: str
    what: str
    words: str
    agency: Agency
    who: str
    source: str
    url: str
    recorded: str = ""

    @property
    def kind_title(self) -> str:
        return str(KINDS[self.kind])

    def says(self, wanted: Iterable[str]) -> bool:
        """Whether each of these begins one of its words."""
        words = normal(f"{self.what} {self.words} {self.who} {self.source} {self.agency.name}").split()
        return all(any(word.strip(".,:;()“”").startswith(one) for word in words) for one in wanted)


def cases_of(child_case: ChildCase, *, by: Membership, to_print: bool = False) -> list[ChildCase]:
    """Every case of this child that this person may see (or print), also before and after a merge and in another area, oldest first."""
    same = _same_child(child_case.child)
    mine = Record.objects.party_to(by) if to_print else Record.objects.visible_to(by)
    visible = ChildCase.objects.filter(record__in=mine)
    here = list(visible.filter(Q(child__in=same) | Q(pk=child_case.pk)).values_list("pk", flat=True))
    moved = {pk for one in here for pk in (*ancestry_of(one), *arisen_from([one]))}
    found = visible.filter(pk__in={*here, *moved})
    return list(
        found.select_related("record__agency", "record__owner", "child", "referral__from_agency", "referral__record").order_by(
            "started_on", "pk"
        )
    )


def _same_child(child: Child) -> set[int]:
    """Every row of this child: those merged into it or into what it was merged into, however often."""
    while child.merged_into is not None:
        child = child.merged_into
    same = newer = {child.pk}
    while newer:
        newer = set(Child.objects.filter(merged_into__in=newer).exclude(pk__in=same).values_list("pk", flat=True))
        same = same | newer
    return same


def ancestry_of(pk: int) -> set[int]:
    return ancestry(Record(pk=pk))


def chronology(cases: list[ChildCase], *, by: Membership) -> list[Event]:
    """Everything that stands in these cases, which were found for this person (`cases_of`), the oldest first."""
    found = [event for case in cases for event in _of_case(case)]
    found += _around(cases)
    found += _between(cases, by)
    return sorted(found, key=lambda event: event.sort)


def _of_case(case: ChildCase) -> Iterator[Event]:
    url, agency = reverse("safeguarding:child_case", args=[case.reference]), case.record.agency
    events = path.standing_events(case)
    for one in case.events.filter(pk__in=[event.pk for event in events]).select_related("by__person", "by__agency", "agreed_by__person"):
        line = event_line(one, case, is_corrected=False)
        what = f"{line.what}: {line.outcome}" if line.outcome else line.what
        of = one.by.agency if one.by else case.referrer
        yield Event(
            "step",
            one.happened_on,
            line.sort,
            line.when,
            what,
            line.words,
            of,
            line.who,
            case.reference,
            url,
            _later(one.happened_on, one.recorded_at),
        )
    for note in case.notes.select_related("by__person", "by__agency"):
        yield Event(
            _OF_NOTE[CaseNote.Kind(note.kind)], note.happened_on, moment_told(note.happened_on, note.happened_at, note.recorded_at),
            day_and_time(note.happened_on, note.happened_at), note_title(note), note.words, note.by.agency, note.by.short_name,
            case.reference, url, _later(note.happened_on, note.recorded_at),
        )  # fmt: skip
    for kind, lines in _BESIDE:
        for line in lines(case, {}):
            what = f"{line.what}: {line.outcome}" if line.outcome else line.what
            yield _at(kind, line.sort, what, line.words, agency, line.who, case.reference, url)
    for paper in case.papers.exclude(state=Paper.State.OPEN).select_related("finished_by__person", "signed_by__person"):
        yield from _of_paper(paper, case)
    if case.record.closed_at is not None:
        what = _("Case closed: %(how)s") % {"how": case.get_ended_as_display()} if case.ended_as else _("Case closed")
        yield _at("step", case.record.closed_at, str(what), "", agency, "", case.reference, url)


def _of_paper(paper: Paper, case: ChildCase) -> Iterator[Event]:
    page = reverse("safeguarding:paper", args=[case.reference, paper.code, paper.number])
    source = f"{case.reference}, {paper.title}"
    if paper.finished_at and paper.finished_by:
        what = _("%(paper)s finished") % {"paper": paper.title}
        yield _at("paper", paper.finished_at, what, "", case.record.agency, paper.finished_by.short_name, source, page)
    if paper.signed_at and paper.signed_by:
        what = _("%(paper)s signed off") % {"paper": paper.title}
        yield _at("paper", paper.signed_at, what, "", case.record.agency, paper.signed_by.short_name, source, page)


def _around(cases: list[ChildCase]) -> Iterator[Event]:
    """Who came into the child's life and left it, as somebody said."""
    of_child = {case.child_id: case for case in cases}  # the latest of each row of the child
    said_by = ("recorded_by__person", "recorded_by__agency", "closed_by__person")
    for one in Relationship.objects.filter(child__in=of_child).select_related(*said_by):
        case = of_child[one.child_id]
        url = reverse("safeguarding:household", args=[case.reference])
        lives = _(", lives with the child") if one.lives_with else ""
        said = _("Said by %(who)s.") % {"who": one.said_by}
        who, agency = one.recorded_by.short_name, one.recorded_by.agency
        what = f"{one.name}, {one.relation}{lives}"
        if one.withdrawn_at is not None:  # it stays where it was said, and is never read as so
            what = _("Withdrawn, it never was so: %(what)s") % {"what": what}
            withdrew = one.closed_by.short_name if one.closed_by else ""
            withdrawn = {"who": withdrew, "when": local_day_and_time(one.withdrawn_at), "why": one.withdrawn_why}
            said = f"{said} {_('Withdrawn %(when)s by %(who)s: %(why)s') % withdrawn}"
        yield Event(
            "around",
            one.said_on,
            moment_told(one.said_on, None, one.recorded_at),
            day_and_time(one.said_on, None),
            what,
            said,
            agency,
            who,
            case.reference,
            url,
            _later(one.said_on, one.recorded_at),
        )
        if one.ended_on:
            what = _("No longer so: %(what)s") % {"what": what}
            yield Event(
                "around",
                one.ended_on,
                moment_told(one.ended_on, None, one.recorded_at),
                day_and_time(one.ended_on, None),
                what,
                "",
                agency,
                who,
                case.reference,
                url,
            )


def _between(cases: list[ChildCase], by: Membership) -> Iterator[Event]:
    """What went from one agency to another about this child, on the way to these cases and from them."""
    on_the_way = {pk for case in cases for pk in ancestry_of(case.pk)} | arisen_from([case.pk for case in cases])
    own = {case.pk for case in cases}
    found = HandOver.objects.visible_to(by).filter(record__in=on_the_way).select_related("record", "from_agency", "to_agency")
    for one in found.filter(Q(source__in=own) | Q(child_cases__in=own)).distinct().prefetch_related("steps__by__person"):
        url = reverse("handover:show", args=[one.reference])
        for step in one.steps.all():
            if step.state == State.OWED:
                continue
            agency = one.from_agency if step.state in (State.SENT, State.WITHDRAWN) else one.to_agency
            said = {"title": one.title, "state": State(step.state).label.lower(), "from": one.from_agency.name, "to": one.to_agency.name}
            what = _("%(title)s, %(from)s to %(to)s: %(state)s") % said
            yield _at("between", step.at, what, "", agency, step.by.short_name if step.by else "", one.reference, url)


def _at(kind: str, at: datetime, what: str, words: str, agency: Agency, who: str, source: str, url: str) -> Event:
    local = at.astimezone(moment.LONDON)
    return Event(kind, local.date(), at, day_and_time(local.date(), local.time()), what, words, agency, who, source, url)


def _later(on: date, recorded_at: datetime) -> str:
    recorded = moment.day_of(recorded_at)
    return day_and_time(recorded, None) if recorded > on else ""


def others_shown(cases: list[ChildCase], *, by: Membership) -> set[str]:
    """The fields of `records.masking` that a chronology of these cases shows: who is around the child."""
    names = list(Relationship.objects.filter(child__in=[case.child_id for case in cases]).values_list("name", flat=True))
    sight = sight_of(cases[-1].record, by=by)
    sight.of({"relationships": names})
    return sight.shown


def narrowed(
    events: list[Event],
    *,
    kinds: Iterable[str] = (),
    since: date | None = None,
    until: date | None = None,
    agency: str = "",
    words: str = "",
) -> list[Event]:
    wanted, of = terms(words), set(kinds)
    return [
        event
        for event in events
        if (not of or event.kind in of)
        and (since is None or event.on >= since)
        and (until is None or event.on <= until)
        and (not agency or event.agency.slug == agency)
        and (not wanted or event.says(wanted))
    ]


def plot(events: list[Event]) -> dict[str, Any] | None:
    """For the timeline: a lane for each kind that there is, a mark for each entry in its agency's shape; none for fewer than two days."""
    if len({event.on for event in events}) < 2:
        return None
    counts = Counter(event.kind for event in events)
    told = ", ".join(f"{KINDS[kind]}: {counts[kind]}" for kind in KINDS if counts[kind])
    return {
        "id": "chronology",
        "title": _("Chronology from %(first)s to %(last)s") % {"first": events[0].when, "last": events[-1].when},
        "description": told,
        "start": min(event.on for event in events),
        "end": max(event.on for event in events),
        "lanes": [
            {"label": str(KINDS[kind]), "marks": [(e.on, e.agency.kind, f"{e.when}: {e.what}") for e in events if e.kind == kind]}
            for kind in KINDS
            if counts[kind]
        ],
    }
