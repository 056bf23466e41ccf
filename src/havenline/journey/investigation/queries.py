"""What the screens of investigation ask for, limited to what this person may see."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.formats import date_format

from havenline.foundation import moment
from havenline.foundation.handover.models import HandOver, State
from havenline.foundation.identifiers.models import Identifier, Sighting
from havenline.foundation.identifiers.queries import SeenElsewhere, elsewhere
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import FileKind
from havenline.foundation.records.masking import Sight
from havenline.foundation.records.models import Lineage, Record, Silence
from havenline.foundation.records.queries import ancestry
from havenline.journey.investigation.models import AccessAnswer, Attribution, AttributionState, Case, Question, Subject
from havenline.journey.investigation.policies import TAKEN_UP_HERE, WORKERS


def cases(*, by: Membership) -> QuerySet[Case]:
    """Every case that this person may see, newest first."""
    mine: QuerySet[Case] = Case.objects.visible_to(by)
    return mine.select_related("record__agency", "record__owner__person", "record__cover__person").order_by("-record__opened_at")


def accepted_without_a_case(*, by: Membership) -> QuerySet[HandOver]:
    """Referrals and alarms that this force accepted and that no case was opened of."""
    mine: QuerySet[HandOver] = HandOver.objects.visible_to(by)
    accepted = mine.filter(to_agency_id=by.agency_id, state=State.ACCEPTED, purpose__in=TAKEN_UP_HERE)
    return (
        accepted.exclude(record__gave_rise_to__result__kind=FileKind.CASE).select_related("record", "from_agency").order_by("accepted_at")
    )


def case(reference: str, *, by: Membership) -> Case | None:
    """The case of that reference, if this person may see it."""
    return cases(by=by).filter(record__reference=reference).first()


def holds(by: Membership) -> Q:
    return Q(record__owner=by)


def nobody_holds() -> Q:
    """No owner, or one whose membership ended or whose account is closed: the case is a supervisor's to give to somebody."""
    at = moment.now()
    return Q(record__owner=None) | Q(record__owner__until__lte=at) | Q(record__owner__person__is_active=False)


VIEWS = ("mine", "cover", "team", "without_owner", "closed")


def cases_in(view: str, *, by: Membership) -> QuerySet[Case]:
    """One of the lists: mine, those I cover, the team's, those that nobody holds, closed ones."""
    everything = cases(by=by)
    if view == "closed":
        return everything.exclude(closed_at=None)
    opened = everything.filter(closed_at=None)
    if view == "mine":
        return opened.filter(holds(by))
    if view == "cover":
        return opened.filter(record__cover=by)
    if view == "without_owner":
        return opened.filter(nobody_holds())
    return opened


def subject(number: str, *, by: Membership) -> Subject | None:
    return subjects(by=by).filter(number=number).first()


def subjects(*, by: Membership) -> QuerySet[Subject]:
    """Subjects of the cases that this person may see, newest first."""
    return (
        Subject.objects.filter(case__in=Case.objects.visible_to(by))
        .select_related("case__record__agency", "case__record__owner__person", "case__record__cover__person")
        .order_by("-opened_at")
    )


def answers_in_force(subject: Subject) -> dict[str, AccessAnswer]:
    """The latest answer to each question; a question that nobody answered is absent."""
    latest: dict[str, AccessAnswer] = {}
    for answer in AccessAnswer.objects.filter(subject=subject).select_related("by__person"):
        latest[answer.question] = answer
    return latest


def answers_before(subject: Subject) -> dict[str, list[AccessAnswer]]:
    """Every earlier answer of each question, newest first."""
    rows: dict[str, list[AccessAnswer]] = {question: [] for question in Question.values}
    for answer in AccessAnswer.objects.filter(subject=subject).select_related("by__person"):
        rows[answer.question].insert(0, answer)
    return {question: told[1:] for question, told in rows.items()}


def referrals_in(case: Case, *, by: Membership) -> QuerySet[HandOver]:
    """The hand-overs that the case arose from, as far as this person may see them."""
    mine: QuerySet[HandOver] = HandOver.objects.visible_to(by)
    return mine.filter(record__gave_rise_to__result=case.record).select_related("record", "from_agency", "to_agency").order_by("sent_at")


def referrals_out(case: Case, *, by: Membership) -> QuerySet[HandOver]:
    mine: QuerySet[HandOver] = HandOver.objects.visible_to(by)
    return mine.filter(source=case.record).select_related("record", "from_agency", "to_agency").order_by("owed_at")


def colleagues(by: Membership, *roles: str) -> QuerySet[Membership]:
    """Who of this person's agency can hold, cover or review."""
    return (
        Membership.objects.current().filter(agency=by.agency, role__in=roles or WORKERS).select_related("person").order_by("person__name")
    )


@dataclass(frozen=True)
class WithinReach:
    """A child, household or address that the subject can reach, as far as its reader reads it."""

    pk: int
    label: str
    age: int | None
    details: dict[str, str]
    how: str
    how_in_words: str


def children_within_reach(subject: Subject, sight: Sight) -> list[WithinReach]:
    """`sight`: of the case's record."""
    found = []
    for child in subject.reachable.all():
        details = sight.of({"within_reach": child.details})["within_reach"]
        label = details["name"] or details["household"] or details["address"]
        found.append(WithinReach(child.pk, label, child.age, details, child.how, str(child.get_how_display())))
    return found


@dataclass(frozen=True)
class LinkedRecord:
    """A record of the network: what it is, and which identifiers stand in it."""

    record: Record
    identifiers: frozenset[int]


@dataclass(frozen=True)
class Network:
    """Records, identifiers and the subject, with only what is confirmed by a person or exactly equal. Suggests nothing."""

    records: list[LinkedRecord] = field(default_factory=list)
    identifiers: list[Identifier] = field(default_factory=list)
    confirmed: dict[int, Attribution] = field(default_factory=dict)
    proposed: dict[int, Attribution] = field(default_factory=dict)


def network(subject: Subject, *, by: Membership) -> Network:
    """What shares an identifier with the subject's case, as far as this person may see it."""
    record = subject.case.record
    here = {s.identifier_id: s.identifier for s in Sighting.objects.filter(record=record).select_related("identifier")}
    seen = (
        Sighting.objects.filter(identifier__in=here, record__in=Record.objects.visible_to(by)).select_related("record").order_by("seen_at")
    )
    of_record: dict[int, tuple[Record, set[int]]] = {}
    for sighting in seen:
        of_record.setdefault(sighting.record_id, (sighting.record, set()))[1].add(sighting.identifier_id)
    attributions = subject.attributions.filter(identifier__in=here).select_related("identifier", "by__person", "reviewed_by__person")
    in_front = set(Lineage.objects.filter(source__in=of_record).values_list("result", flat=True))  # the referral stands for its case
    return Network(
        records=[LinkedRecord(rec, frozenset(ids)) for rec, ids in of_record.values() if rec.pk not in in_front],
        identifiers=sorted(here.values(), key=lambda i: (i.kind, i.canonical)),
        confirmed={a.identifier_id: a for a in attributions if a.state == AttributionState.REVIEWED},
        proposed={a.identifier_id: a for a in attributions if a.state == AttributionState.PROPOSED},
    )


def same_identifier_elsewhere(case: Case, *, by: Membership) -> list[SeenElsewhere]:
    """Other records that share an identifier; what the case arose from is no other place."""
    hits = elsewhere(case.record, by=by)
    cases_hit = {hit.record.pk for hit in hits if hit.record.kind == FileKind.CASE}
    behind = set(Lineage.objects.filter(result__in=cases_hit).values_list("source", flat=True))  # their case stands for them
    own = ancestry(case.record)
    return [hit for hit in hits if hit.record.pk not in own | behind]


def stations(case: Case) -> list[dict[str, Any]]:
    """The line of a case: what happened, and what has not yet."""
    people = list(case.subjects.all())
    assessed = [s.assessment for s in people if s.assessment]
    found: list[tuple[str, str, datetime | None]] = [
        ("police", "opened", case.record.opened_at),
        ("police", "identified", min((s.identified_at for s in people if s.identified_at), default=None)),
        ("police", "assessed", max((a.at for a in assessed), default=None)),
        (
            "social_care",
            "referred",
            HandOver.objects.filter(source=case.record, sent_at__isnull=False, purpose="referral_to_social_care")
            .order_by("sent_at")
            .values_list("sent_at", flat=True)
            .first(),
        ),
        ("police", "closed", case.closed_at),
    ]
    return [{"party": party, "what": what, "at": at} for party, what, at in found]


def at_desk(when: datetime) -> str:
    """Wed 18 Nov, 10:06."""
    return date_format(when.astimezone(moment.LONDON), "D j M, H:i")


def silences(case: Case) -> QuerySet[Silence]:
    """Who must not learn of the case, here and in what it arose from."""
    return (
        Silence.objects.filter(record__in=ancestry(case.record), lifted_at=None)
        .select_related("record", "agreed_by__agency")
        .order_by("since")
    )


@dataclass(frozen=True)
class SeesPart:
    """An agency that sees a part of the case: the hand-overs that it sent or received, and nothing else of it."""

    agency: Agency
    is_sender: bool


def who_sees_a_part(case: Case) -> list[SeesPart]:
    came = HandOver.objects.filter(record__gave_rise_to__result=case.record).select_related("from_agency")
    went = HandOver.objects.filter(source=case.record, sent_at__isnull=False).select_related("to_agency")
    parts = {h.from_agency_id: SeesPart(h.from_agency, True) for h in came}
    parts |= {h.to_agency_id: SeesPart(h.to_agency, False) for h in went if h.to_agency_id not in parts}
    return list(parts.values())
