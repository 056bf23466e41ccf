"""A referral becomes a case: opened or joined, owned, worked on, answered, given to another force."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.clocks import actions as clocks
from havenline.foundation.handover import actions as handover
from havenline.foundation.handover.models import HandOver, State
from havenline.foundation.handover.purposes import TO_ANOTHER_FORCE
from havenline.foundation.identifiers import actions as identifiers
from havenline.foundation.identifiers.canonical import NotAnIdentifier
from havenline.foundation.identifiers.models import Kind, Sighting
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import FileKind
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Lineage, Record, Silence
from havenline.foundation.records.queries import ancestry
from havenline.journey.investigation.actions.errors import AlreadyDone, NameInTitle, NotYourCase
from havenline.journey.investigation.actions.rights import locked, needs_words, open_case
from havenline.journey.investigation.events import case_opened
from havenline.journey.investigation.models import Case, IdentificationStep, Reopening
from havenline.journey.investigation.policies import REOPENED, TAKEN_UP_HERE, WORKERS

OUTCOMES = ("case_opened", "linked_to_a_case", "no_further_action")


@transaction.atomic
def take_up(
    *,
    hand_over: HandOver,
    by: Membership,
    title: str = "",
    kind: str = "",
    owner: Membership | None = None,
    cover: Membership | None = None,
    join: Case | None = None,
) -> Case:
    """Accept a referral and open a case of it, or join it to an open case of this force. Taking it up twice gives the same case back.

    What the package names as identifiers is seen in the case. The subject must not learn of it: the referral's
    silence is carried, and one is agreed where there is none (a police referral before arrest carries one by default).
    Raises NameInTitle, NotYoursToMove, NotThatMove, CaseIsClosed.
    """
    by.must_be(*WORKERS)
    hand_over = HandOver.objects.select_for_update(of=("self",)).get(pk=hand_over.pk)
    existing = case_of(hand_over)
    if existing is not None and existing.record.agency_id == by.agency_id:
        return existing
    package = hand_over.contents()
    if join is None:
        _names_nobody(title, package)
    if hand_over.purpose not in TAKEN_UP_HERE:
        raise NotYourCase(_("A case is opened from a referral to police, an alarm, or a transfer from another force."))
    if hand_over.state != State.ACCEPTED:
        handover.accept(hand_over=hand_over, by=by)
    elif hand_over.to_agency_id != by.agency_id:
        raise NotYourCase(_("Only %(agency)s can do this.") % {"agency": hand_over.to_agency.name})
    if join is not None:
        case = open_case(join, by)
        Lineage.objects.get_or_create(source=hand_over.record, result=case.record, defaults={"how": "joined to the case"})
        ledger.record(by, "joined a referral to the case", case, reason="joined", changed={"hand_over": hand_over.reference})
    else:
        record, _key = records.open_record(
            kind=FileKind.CASE, agency=by.agency, owner=owner or by, arose_from=hand_over.record, how="opened as a case"
        )
        for person in (owner, cover):
            if person is not None:
                person.must_be_party_to(record)
        if cover is not None:
            record.cover = cover
            record.save(update_fields=["cover"])
        case = Case.objects.create(record=record, kind=kind, title=title.strip())
        ledger.record(by, "opened a case", case, reason=kind, changed={"title": title, "owner": record.owner_id}, station="Case opened")
    _carry_silence(case, by)
    for identifier_kind, shown in _identifiers_of(package):
        try:
            for record in (hand_over.record, case.record):
                identifiers.see(record=record, kind=identifier_kind, raw=shown, source=f"referral {hand_over.reference}", by=by)
        except NotAnIdentifier:
            ledger.record(by, "could not read an identifier of the referral", case, reason=identifier_kind, words=shown)
    case_opened.send(sender=Case, case=case)
    return case


def case_of(hand_over: HandOver) -> Case | None:
    """The case that this hand-over was taken up as."""
    return Case.objects.filter(record__arose_from__source=hand_over.record).select_related("record").first()


@transaction.atomic
def no_further_action(*, hand_over: HandOver, words: str, by: Membership) -> HandOver:
    """Accept a referral and answer that police take no further action. Raises ReasonMissing, NotThatMove, NotYoursToMove."""
    by.must_be(*WORKERS)
    if hand_over.state != State.ACCEPTED:
        hand_over = handover.accept(hand_over=hand_over, by=by)
    return handover.answer(hand_over=hand_over, outcome="no_further_action", words=words, by=by)


@transaction.atomic
def answer_referral(*, case: Case, hand_over: HandOver, outcome: str, words: str, by: Membership) -> HandOver:
    """Tell the sender what became of the referral. Raises ReasonMissing, NotThatMove, NotYoursToMove."""
    case = locked(case, by)
    if not Lineage.objects.filter(source=hand_over.record, result=case.record).exists():
        raise NotYourCase(_("This referral does not belong to the case."))
    return handover.answer(hand_over=hand_over, outcome=outcome, words=words, by=by)


@transaction.atomic
def name_owner(*, case: Case, owner: Membership, cover: Membership | None, by: Membership) -> Case:
    """Name who holds the case, and who covers for them. Running clocks go to the new owner. Raises NotPartyToRecord."""
    case = open_case(case, by)
    owner.must_be(*WORKERS)
    if cover is not None and cover.person_id == owner.person_id:
        raise AlreadyDone(_("Choose somebody else to cover: the owner cannot cover for themselves."))
    records.assign(record=case.record, owner=owner, cover=cover, by=by)
    case.record.clocks.filter(stopped_at=None, voided_at=None, agency=case.record.agency).update(owner=owner)
    return case


@transaction.atomic
def see_identifier(*, case: Case, kind: str, raw: str, source: str, by: Membership) -> Sighting:
    """Note an identifier of the case. Raises NotAnIdentifier."""
    case = open_case(case, by)
    return identifiers.see(record=case.record, kind=kind, raw=raw, source=source.strip() or str(_("noted in the case")), by=by)


@transaction.atomic
def add_identification_step(*, case: Case, what: str, outcome: str, done_on: date, by: Membership) -> IdentificationStep:
    """List what was tried to identify a subject, and what came of it. The same step of the same day is not listed twice."""
    case = open_case(case, by)
    what = needs_words(what, _("Say what was tried."))
    outcome = needs_words(outcome, _("Say what came of it."))
    listed = case.identification_steps.filter(what=what, done_on=done_on, by=by).first()
    if listed is not None:
        return listed
    step = IdentificationStep.objects.create(
        case=case, what=what, outcome_sealed=case.record.ledger_seal().seal("outcome", outcome), done_on=done_on, by=by, at=moment.now()
    )
    ledger.record(by, "listed an identification step", step, changed={"what": what, "done_on": done_on.isoformat()}, words=outcome)
    return step


@transaction.atomic
def transfer_to_another_force(*, case: Case, to: Agency, why: str, by: Membership) -> HandOver:
    """Hand the case to another force. It stays open here until they accept it. Raises RationaleMissing."""
    case = open_case(case, by)
    why = needs_words(why, _("Say why the other force should take it."))
    origin = report_of(case)
    package: dict[str, Any] = {
        "report": origin.reference if origin else None,
        "case": case.reference,
        "kind": case.kind,
        "title": case.title,
        "identifiers": [
            {"kind": s.identifier.kind, "shown": s.identifier.shown} for s in case.record.sightings.select_related("identifier")
        ],
        "subjects": [
            {"number": s.number, "name": s.name or None, "finding": s.assessment.finding if s.assessment else None}
            for s in case.subjects.all()
        ],
        "children": [{"label": c.label, "age": c.age} for s in case.subjects.all() for c in s.reachable.all()],
        "reason": why,
        "decided_by": by.short_name,
    }
    owed = handover.owe(
        source=case.record,
        purpose=TO_ANOTHER_FORCE,
        obligation=f"to {to.slug}",
        from_agency=by.agency,
        to_agency=to,
        package=package,
        by=by,
    )
    if owed.state in (State.OWED, State.RETURNED):
        owed = handover.send(hand_over=owed, by=by, package=package, words=why)
    return owed


@transaction.atomic
def take_in_reopening(*, reopening: Reopening, by: Membership) -> Reopening:
    """Somebody of the force has taken in that the case is open again; its clock stops."""
    case = open_case(reopening.case, by)
    if reopening.taken_in_at is None:
        reopening.taken_in_at, reopening.taken_in_by = moment.now(), by
        reopening.save(update_fields=["taken_in_at", "taken_in_by"])
        ledger.record(by, "took in that the case is open again", reopening, reason=reopening.why)
        clocks.stop(record=case.record, rule=REOPENED.code, by=by)
    return reopening


def report_of(case: Case) -> Record | None:
    """The report that the case goes back to, if it goes back to one."""
    return Record.objects.filter(pk__in=ancestry(case.record), kind=FileKind.REPORT).order_by("opened_at").first()


def _carry_silence(case: Case, by: Membership) -> None:
    at = moment.now()
    carried = Silence.objects.filter(record__in=ancestry(case.record), audience=Silence.Audience.SUBJECT, lifted_at=None, since__lte=at)
    if not carried.exists():
        records.keep_silent(
            record=case.record, audience=Silence.Audience.SUBJECT, reason=_("Police referral before arrest"), by=by, actor=by
        )


def _identifiers_of(package: dict[str, Any]) -> list[tuple[str, str]]:
    """What the package names as identifiers, each once."""
    named = [*package.get("identifiers", []), *package.get("items", [])]
    return list(dict.fromkeys((str(n["kind"]), str(n["shown"])) for n in named if n.get("kind") in Kind.values and n.get("shown")))


def _names_nobody(title: str, package: dict[str, Any]) -> None:
    """A title stands in lists and on the trace. Raises NameInTitle where it is empty or repeats a name that the referral holds."""
    if not title.strip():
        raise NameInTitle(_("Enter a title that names nobody, such as “Contact on chat.example”."))
    answers = package.get("answers") or {}
    names = [
        (answers.get("child") or {}).get("name") or "",
        (answers.get("reporter") or {}).get("name") or "",
    ]
    for name in names:
        parts = [part for part in name.split() if len(part) > 2]
        if any(part.casefold() in title.casefold().split() for part in parts):
            raise NameInTitle(_("The title holds a name from the referral. It stands in lists: enter one that names nobody."))
