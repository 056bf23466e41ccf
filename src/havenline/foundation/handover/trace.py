"""The trace: the ledger read for one report, from its receipt to a protected child.

`trace_of` reads everything, for the command line and oversight; `trace_for` what one person may see: the records that their
agency is party to, the hand-overs that it sent or received, and of the rest one undated *continues elsewhere*.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from havenline.engines import procedure
from havenline.foundation import moment
from havenline.foundation.clocks.models import Clock, Reading
from havenline.foundation.handover.models import HandOver, State
from havenline.foundation.handover.purposes import PURPOSES
from havenline.foundation.ledger.models import Entry
from havenline.foundation.ledger.queries import Said, of_records
from havenline.foundation.people.models import Agency, Membership, NotPartyToRecord, Person
from havenline.foundation.people.roles import AgencyKind, FileKind
from havenline.foundation.records.models import AUDIENCE_OF, Record, Silence
from havenline.foundation.records.queries import normal_reference, whole_path

RECEIVED, STRATEGY, PLAN = "Report received", "Strategy discussion", "Plan made"
# Codes that rooms write. That the machine opened what was sealed is a step, no station: nobody held it longer for that.
TITLES = {"received": RECEIVED, "opened": "", "claimed": gettext_lazy("Read")}
NOISE = frozenset(
    {"started a clock", "stopped a clock", "voided a clock", "reopened a clock", "counted a clock again", "saw an identifier"}
)
MAIN = frozenset(
    {"raised a late clock", "could not deliver a hand-over", "sent a hand-over", "accepted a hand-over", "withdrew a hand-over"}
)
TOGETHER = timedelta(seconds=2)  # a clock that an act stopped was stopped in its transaction


@dataclass(frozen=True)
class TraceStep:
    """One step: who did what, when, where in the ledger; with the clock that it stopped, or that still runs."""

    party: str
    who: str
    agency: str
    at: datetime | None
    when: str
    text: str
    station: str
    reference: str
    entry: str = ""
    state: str = "happened"
    chip: Reading | None = None
    is_main: bool = True
    url: str = ""


@dataclass(frozen=True)
class Holder:
    """Who holds a part of it now."""

    kind: str
    reference: str
    party: str
    agency: str
    person: str
    detail: str


@dataclass(frozen=True)
class Between:
    """How long it took from one station to another."""

    label: str
    value: str
    note: str


@dataclass(frozen=True)
class Trace:
    reference: str
    opened_at: datetime
    steps: list[TraceStep]
    holders: list[Holder]
    between: list[Between]
    elsewhere: bool
    waiting: int = 0
    parties: list[str] = field(default_factory=list)

    @property
    def main_steps(self) -> list[TraceStep]:
        return [step for step in self.steps if step.is_main]

    @property
    def stations(self) -> list[TraceStep]:
        """The steps that stand on the line; what lies ahead is outlined, the next three at most."""
        happened = [step for step in self.steps if step.station and step.state == "happened"]
        ahead = [step for step in self.steps if step.state != "happened"]
        return [*happened, *ahead[:3]]

    @property
    def is_late(self) -> bool:
        return any(step.chip is not None and step.chip.kind in ("late", "done late") for step in self.steps)


def trace_of(record: Record) -> Trace:
    """Every step of the whole path on which this record lies."""
    return _trace(record, list(Record.objects.filter(pk__in=whole_path(record))), elsewhere=False)


def trace_for(record: Record, *, by: Membership) -> Trace:
    """The path as far as this person may see it. Raises NotPartyToRecord where they may not see the record itself."""
    if by.agency.kind == AgencyKind.OVERSIGHT:
        path = Record.objects.filter(pk__in=whole_path(record), parties__agency_id=by.agency_id, parties__until=None).distinct()
        if record not in path:
            by.must_be_party_to(record)
        return _trace(record, list(path), elsewhere=False)
    by.must_be_party_to(record)
    whole = whole_path(record)
    seen = list(Record.objects.visible_to(by).filter(pk__in=whole))
    if by.agency.kind in AUDIENCE_OF:
        return _released(record, seen, by)
    return _trace(record, seen, elsewhere=len(seen) < len(whole))


def trace_by_reference(reference: str, *, by: Membership) -> tuple[Record, Trace]:
    """The record of that reference and its path, as far as this person may see it. Raises NotPartyToRecord, also where there is none.

    One question says both, so that the time of the answer tells nobody which it was.
    """
    theirs = Record.objects.party_to(by)
    if by.agency.kind == AgencyKind.OVERSIGHT:
        theirs = Record.objects.filter(parties__agency_id=by.agency_id, parties__until=None).distinct()  # of what was erased, too
    record = theirs.filter(reference=normal_reference(reference)).first()
    if record is None:
        raise NotPartyToRecord(_("This does not exist, or it is not yours to see."))
    return record, trace_for(record, by=by)


def _released(record: Record, seen: list[Record], by: Membership) -> Trace:
    """A school and a platform see the stations of what they themselves sent or received.

    Under a silence for them it stands still, as they saw it when it was agreed: a trace that emptied would tell them of it.
    """
    silences = Silence.objects.filter(record__in=whole_path(record), audience=AUDIENCE_OF[by.agency.kind], lifted_at=None)
    until = silences.order_by("since").values_list("since", flat=True).first()
    whole = _trace(record, [one for one in seen if one.kind == FileKind.HAND_OVER], elsewhere=False)
    happened = [step for step in whole.steps if step.station and step.state == "happened" and step.at is not None]
    stations = [step for step in happened if until is None or (step.at is not None and step.at <= until)]
    return Trace(record.reference, record.opened_at, stations, [], [], elsewhere=True, parties=_parties(stations))


def _trace(record: Record, records: list[Record], *, elsewhere: bool) -> Trace:
    origin = min((one for one in records if one.kind == FileKind.REPORT), key=lambda one: one.opened_at, default=record)
    references = [one.reference for one in records]
    entries = of_records(references)
    clocks = list(Clock.objects.filter(record__in=records, voided_at=None).select_related("record", "agency", "owner__person"))
    steps = _steps(entries, clocks)
    return Trace(
        reference=origin.reference,
        opened_at=origin.opened_at,
        steps=[*steps, *_ahead(clocks)],
        holders=_holders(records),
        between=_between(steps),
        elsewhere=elsewhere,
        waiting=Entry.objects.filter(record__in=references, link=None).count(),
        parties=_parties(steps),
    )


def _steps(entries: list[Said], clocks: list[Clock]) -> list[TraceStep]:
    people = {f"person:{person.pk}": person for person in Person.objects.filter(pk__in=_person_ids(entries))}
    slugs = {slug for said in entries for slug in (said.agency, said.to) if slug}
    agencies = {agency.slug: agency for agency in Agency.objects.filter(slug__in=slugs)}
    stopped: dict[str, list[Clock]] = {}
    for clock in clocks:
        if clock.stopped_at is not None:
            stopped.setdefault(clock.record.reference, []).append(clock)
    titles = {f"clock {clock.pk}": clock.title for clock in clocks}
    found = []
    for said in entries:
        if said.verb in NOISE:
            continue
        party, who, agency = _actor(said, people, agencies)
        station = str(TITLES.get(said.station, said.station))
        found.append(
            TraceStep(
                party=party,
                who=who,
                agency=agency,
                at=said.at,
                when=day_and_hour(said.at),
                text=_text(said, agencies, titles.get(said.object, "")),
                station=station,
                reference=said.record,
                entry=f"{said.sequence:,}" if said.sequence else "",
                chip=_stopped_by(said, stopped.get(said.record, [])),
                is_main=bool(station) or said.verb in MAIN,
            )
        )
    return found


def _person_ids(entries: Iterable[Said]) -> set[str]:
    return {said.actor.partition(":")[2] for said in entries if said.actor.startswith("person:")}


def _actor(said: Said, people: dict[str, Person], agencies: dict[str, Agency]) -> tuple[str, str, str]:
    """Party, name and agency of whoever acted. What arrives by itself stands in the lane of the agency that it reached."""
    agency = agencies.get(said.agency)
    if said.actor in people:
        return (agency.kind if agency else "clock"), people[said.actor].short_name, (agency.name if agency else "")
    if said.actor == "reporter":
        return "reporter", _("Reporter"), ""
    if said.actor.startswith("key:"):
        return "platform", (agency.name if agency else _("Platform")), (agency.name if agency else "")
    if said.actor.startswith("host-link:") or (said.station and said.to.startswith("host:")):
        return "host", _("Host"), ""
    if said.station and said.to in agencies:
        return agencies[said.to].kind, agencies[said.to].name, agencies[said.to].name
    return "clock", "Havenline", ""


def _text(said: Said, agencies: dict[str, Agency], clock: str) -> str:
    text = said.verb[:1].upper() + said.verb[1:]
    if clock:
        text = f"{text}: {clock}"
    if said.object.startswith("hand-over ("):
        purpose = PURPOSES.get(said.object.removeprefix("hand-over (").removesuffix(")"))
        text = f"{text}: {purpose.title}" if purpose else text
    if said.verb == "recorded a step":
        text = _step_in_words(said)
    if said.to in agencies and said.agency != said.to:
        text = _("%(what)s, to %(agency)s") % {"what": text, "agency": agencies[said.to].name}
    return text


def _step_in_words(said: Said) -> str:
    """A step of the guidance and its outcome, as its edition names them: an entry keeps their codes, and of which day it is where late."""
    what, _comma, on = said.reason.partition(", on ")
    code, _colon, outcome = what.partition(": ")
    try:
        day = date.fromisoformat(on) if on else moment.day_of(said.at)
        step = procedure.guidance().row(code, day)
        text = f"{step.title}: {step.outcome(outcome).title}" if outcome else step.title
    except (procedure.ProcedureError, ValueError):
        return said.station or said.reason
    return _("%(step)s, which happened on %(day)s") % {"step": text, "day": date_format(day, "D j M Y")} if on else text


def _stopped_by(said: Said, clocks: list[Clock]) -> Reading | None:
    """The clock that this act stopped; a late one before one in time."""
    mine = [clock for clock in clocks if clock.stopped_by == said.actor]
    here = [clock for clock in mine if clock.stopped_at is not None and abs(clock.stopped_at - said.at) <= TOGETHER]
    here.sort(key=lambda clock: not clock.was_late)
    return here[0].reading if here else None


def _ahead(clocks: list[Clock]) -> list[TraceStep]:
    running = sorted((clock for clock in clocks if clock.is_running), key=lambda clock: clock.due_at)
    return [
        TraceStep(
            party=clock.agency.kind,
            who=clock.owner.person.short_name if clock.owner else clock.agency.name,
            agency=clock.agency.name,
            at=None,
            when="",
            text=clock.title,
            station=clock.title,
            reference=clock.record.reference,
            state="not yet",
            chip=clock.reading,
        )
        for clock in running
    ]


def _holders(records: list[Record]) -> list[Holder]:
    """Of each record that is open: the agency, and the person who holds it. A hand-over on its way is still its sender's duty."""
    ids = [one.pk for one in records]
    found = []
    for one in Record.objects.filter(pk__in=ids, closed_at=None).exclude(kind=FileKind.HAND_OVER).select_related("agency", "owner__person"):
        person = one.owner.person.short_name if one.owner else ""
        found.append(Holder(one.get_kind_display(), one.reference, one.agency.kind, one.agency.name, person, ""))
    moving = HandOver.objects.filter(pk__in=ids, state__in=[State.OWED, State.RETURNED, State.SENT, State.DELIVERED, State.ACCEPTED])
    for hand_over in moving.select_related("record", "from_agency", "to_agency", "accepted_by__person"):
        is_theirs = hand_over.state == State.ACCEPTED or hand_over.from_outside
        holder = hand_over.to_agency if is_theirs else hand_over.from_agency
        person = hand_over.accepted_by.person.short_name if hand_over.accepted_by and hand_over.state == State.ACCEPTED else ""
        found.append(Holder(hand_over.title, hand_over.reference, holder.kind, holder.name, person, hand_over.get_state_display()))
    return found


def _between(steps: list[TraceStep]) -> list[Between]:
    received = next((step for step in steps if step.station == RECEIVED), None)
    if received is None or received.at is None:
        return []
    wanted: list[tuple[str, Callable[[TraceStep], bool]]] = [
        (_("Report to police"), lambda step: step.party == AgencyKind.POLICE),
        (_("Report to social care"), lambda step: step.party == AgencyKind.SOCIAL_CARE),
        (_("Report to strategy discussion"), lambda step: step.station == STRATEGY),
        (_("Report to protection plan"), lambda step: step.station == PLAN),
    ]
    found = []
    for label, is_it in wanted:
        step = next((one for one in steps if one.station and is_it(one)), None)
        if step is not None and step.at is not None:
            found.append(Between(label, span(step.at - received.at), _note(received.at, step.at)))
    return found


def _note(start: datetime, end: datetime) -> str:
    days = max(0, procedure.working_days_between(moment.day_of(start), moment.day_of(end)))
    spent = ngettext("%(days)s working day", "%(days)s working days", days) % {"days": days}
    return _("%(start)s to %(end)s; %(spent)s") % {"start": day_and_hour(start), "end": day_and_hour(end), "spent": spent}


def _parties(steps: list[TraceStep]) -> list[str]:
    """The lanes, in the order of the path."""
    order = ["reporter", "platform", "hotline", "host", "police", "intelligence", "social_care", "lado", "health", "school", "oversight"]
    here = {step.party for step in steps if step.station}
    return [party for party in order if party in here]


def span(length: timedelta) -> str:
    """`13 h 30 min`, `6 d 18 h`."""
    minutes = max(0, round(length.total_seconds() / 60))
    days, hours, left = minutes // 1440, minutes % 1440 // 60, minutes % 60
    if days:
        return _("%(days)s d %(hours)s h") % {"days": days, "hours": hours}
    return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": left} if hours else _("%(minutes)s min") % {"minutes": left}


def day_and_hour(at: datetime) -> str:
    """Thu 12 Nov, 19:42, in London; with the year where it is another."""
    local = at.astimezone(moment.LONDON)
    return date_format(local, "D j M, H:i" if local.year == moment.today().year else "D j M Y, H:i")
