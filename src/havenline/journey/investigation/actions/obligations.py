"""What a finding obliges: owed in the same action, sent by a person, met by an answer or settled by a supervisor with a reason."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.engines.proof import canonical
from havenline.foundation import moment
from havenline.foundation.clocks import actions as clocks
from havenline.foundation.clocks.rules import Policy, Step
from havenline.foundation.handover import actions as handover
from havenline.foundation.handover.models import OPEN, HandOver, State
from havenline.foundation.handover.purposes import ENQUIRY, REFERRAL_TO_SOCIAL_CARE, TOLD_TO_LADO, Purpose
from havenline.foundation.identifiers.models import Kind
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import Actor
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import AgencyKind, Role
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Silence
from havenline.foundation.records.queries import ancestry
from havenline.journey.investigation.actions.cases import report_of
from havenline.journey.investigation.actions.errors import AlreadyDone, NotIdentified, StillWithReceiver
from havenline.journey.investigation.actions.rights import needs_words, open_subject_of
from havenline.journey.investigation.models import (
    AttributionState,
    ChildWithinReach,
    Obligation,
    Obliged,
    Question,
    Subject,
)
from havenline.journey.investigation.policies import LADO_TOLD, OBLIGED_SENT, SUPERVISOR_REVIEW

PURPOSE_OF: dict[str, Purpose] = {
    Obliged.REFER_CHILD: REFERRAL_TO_SOCIAL_CARE,
    Obliged.ENQUIRE: ENQUIRY,
    Obliged.TELL_LADO: TOLD_TO_LADO,
}


@transaction.atomic
def send_obliged(
    *,
    obligation: Obligation,
    by: Membership,
    urgent: bool = False,
    called_at: datetime | None = None,
    called_name: str = "",
    words: str = "",
) -> HandOver:
    """Send what is owed, with what is known now. Urgent ones are telephoned too: when, and who answered.

    The designated officer (LADO) works with the employer, so under a silence for the subject only a supervisor sends it,
    and the package says who must not learn of it. Raises NotIdentified, AlreadyDone, Silenced, CallMissing.
    """
    subject = open_subject_of(obligation.subject, by)
    obligation = Obligation.objects.select_related("hand_over", "child").get(pk=obligation.pk)
    obligation.subject = subject
    if obligation.what not in PURPOSE_OF or not obligation.is_ours_to_do:
        raise AlreadyDone(_("This was sent before; it is %(state)s.") % {"state": _state_in_words(obligation)})
    must_be_identified(subject)
    if obligation.hand_over is None or obligation.hand_over.state == State.WITHDRAWN:
        _owe_hand_over(obligation, by=by)
    if obligation.hand_over is None:
        raise NotIdentified(obligation.problem)
    if urgent:
        handover.record_call(hand_over=obligation.hand_over, called_at=called_at or moment.now(), name=called_name, by=by)
    return handover.send(hand_over=obligation.hand_over, by=by, words=words, urgent=urgent)


def on_handover_sent(sender: object, hand_over: HandOver, **_rest: object) -> None:
    """Whichever page sends what this room owes: the same rules, and the package says what is known now.

    Raises NotIdentified, Silenced, CaseIsClosed, which take the sending back.
    """
    obligation = (
        Obligation.objects.select_related("child", "subject__case").filter(hand_over=hand_over).exclude(what=Obliged.CORRECT).first()
    )
    by = hand_over.sent_by
    if obligation is None or by is None:
        return
    subject = open_subject_of(obligation.subject, by)
    obligation.subject = subject
    must_be_identified(subject)
    record = subject.case.record
    if obligation.what == Obliged.TELL_LADO and not by.supervises:
        records.must_not_be_silent(record, Silence.Audience.SUBJECT)
    handover.pack_again(hand_over=hand_over, package=package_of(obligation, by=by, urgent=hand_over.urgent), by=by)
    clocks.stop(record=record, rule=OBLIGED_SENT.code, about=_about(obligation), by=by)
    if obligation.what == Obliged.TELL_LADO:
        clocks.stop(record=record, rule=LADO_TOLD.code, about=_about(obligation), by=by)
    ledger.record(by, "sent what was obliged", obligation, reason=obligation.what, to=hand_over.to_agency.slug)


@transaction.atomic
def settle_obligation(*, obligation: Obligation, reason: str, by: Membership) -> Obligation:
    """A supervisor settles what was not, or could not be, sent or answered, with a reason; what is still owed is withdrawn.

    Also the supervisor's review where no child, household or address is known. Raises NotYourRole, RationaleMissing, StillWithReceiver.
    """
    by.must_be(Role.POLICE_SUPERVISOR)
    subject = open_subject_of(obligation.subject, by)
    obligation = Obligation.objects.select_related("hand_over").get(pk=obligation.pk)
    obligation.subject = subject
    if obligation.settled_at is not None:
        raise AlreadyDone(_("This was settled before, and stands."))
    reason = needs_words(reason, _("Say why it is settled without an answer."))
    hand_over = obligation.hand_over
    if hand_over is not None and not obligation.is_ours_to_do:
        raise StillWithReceiver(_("%(agency)s has it: wait for their answer, or withdraw it first.") % {"agency": hand_over.to_agency.name})
    if hand_over is not None and hand_over.state in OPEN:
        handover.withdraw(hand_over=hand_over, words=reason, by=by)
    obligation.settled_at, obligation.settled_by = moment.now(), by
    obligation.reason_sealed = subject.case.record.ledger_seal().seal("settled", reason)
    obligation.save(update_fields=["settled_at", "settled_by", "reason_sealed"])
    for rule in (OBLIGED_SENT.code, LADO_TOLD.code, SUPERVISOR_REVIEW.code):
        clocks.stop(record=subject.case.record, rule=rule, about=_about(obligation), by=by)
    ledger.record(by, "settled an obligation", obligation, reason=obligation.what, words=reason)
    return obligation


def must_be_identified(subject: Subject) -> None:
    """Raises NotIdentified."""
    if not subject.may_be_named:
        raise NotIdentified(
            _("%(subject)s has no reviewed attribution yet. Have one reviewed, or record the emergency that cannot wait for it.")
            % {"subject": subject.number}
        )


# What is owed. Called by the actions of this room, inside their transaction.


def owe_for_children(subject: Subject, *, cause: str, why: str, by: Actor) -> list[Obligation]:
    """A referral for each child, household or address within reach that has none yet."""
    _reach_attributed_addresses(subject)
    known = set(subject.obligations.filter(what=Obliged.REFER_CHILD).values_list("child_id", flat=True))
    return [
        owe(subject, Obliged.REFER_CHILD, key=f"child {child.pk}", cause=cause, why=why, by=by, child=child)
        for child in subject.reachable.all()
        if child.pk not in known
    ]


def owe_for_finding(subject: Subject, *, cause: str, why: str, by: Actor) -> None:
    """Access found or not excluded: each child; with none known, a supervisor's review and an enquiry, never an empty referral."""
    owe_for_children(subject, cause=cause, why=why, by=by)
    if not subject.reachable.exists():
        owe_review_and_enquiry(subject, cause=cause, why=why, by=by)


def owe_review_and_enquiry(subject: Subject, *, cause: str, why: str, by: Actor) -> None:
    owe(subject, Obliged.SUPERVISOR_REVIEW, key="review", cause=cause, why=why, by=by)
    owe(subject, Obliged.ENQUIRE, key="enquiry", cause=cause, why=why, by=by)


def owe(subject: Subject, what: Obliged, *, key: str, cause: str, why: str, by: Actor, child: ChildWithinReach | None = None) -> Obligation:
    """Owe one thing, once for each cause; its clock starts now. Owing it twice gives the same one back."""
    obligation, made = Obligation.objects.get_or_create(
        subject=subject, key=key, defaults={"what": what, "child": child, "cause": cause, "why": why[:200], "owed_at": moment.now()}
    )
    obligation.subject = subject
    if not made:
        return obligation
    record = subject.case.record
    ledger.record(by, "owed what a finding obliges", obligation, reason=str(what), changed={"key": key})
    if what in PURPOSE_OF:
        _owe_hand_over(obligation, by=by)
    rules: dict[Obliged, Policy | Step] = {Obliged.TELL_LADO: LADO_TOLD, Obliged.SUPERVISOR_REVIEW: SUPERVISOR_REVIEW}
    rule = rules.get(what, OBLIGED_SENT)
    clocks.start(record=record, rule=rule, agency=record.agency, owner=record.owner, about=_about(obligation), by=by)
    return obligation


def _owe_hand_over(obligation: Obligation, *, by: Actor) -> None:
    subject, purpose = obligation.subject, PURPOSE_OF[obligation.what]
    force = subject.case.record.agency
    text = " ".join(str(part) for part in obligation.package_facts().values() if part)
    receiver = agency_for(purpose.to, text, force)
    if receiver is None:
        obligation.problem = str(_("No agency of this kind is set up to receive it. Ask the administrator.") + f" ({purpose.to.label})")[
            :200
        ]
        obligation.save(update_fields=["problem"])
        ledger.record(by, "could not owe a hand-over", obligation, reason="nobody to receive it")
        return
    obligation.hand_over = handover.owe(
        source=subject.case.record,
        purpose=purpose,
        obligation=f"{subject.number} {obligation.key}",
        from_agency=force,
        to_agency=receiver,
        package=package_of(obligation, by=by),
        by=by,
    )
    obligation.problem = ""
    obligation.save(update_fields=["hand_over", "problem"])


def package_of(obligation: Obligation, *, by: Actor, urgent: bool = False) -> dict[str, Any]:
    """What is handed over. The subject is named only after a reviewed attribution, or in a recorded emergency."""
    subject = obligation.subject
    case = subject.case
    facts = obligation.package_facts()
    origin = report_of(case)
    told = {"number": subject.number, "name": subject.name or None, "relation": facts.get("relation", "")} if subject.may_be_named else None
    package: dict[str, Any] = {
        "concern": str(_("An adult under police investigation can reach this child.")),
        "why": obligation.why,
        "from_person": by.short_name if isinstance(by, Membership) else "",
        "from_agency": case.record.agency.name,
        "urgent": urgent,
        "subject": told,
        "report": origin.reference if origin else None,
        "must_not_learn": silent_to(subject),
    }
    if obligation.what == Obliged.REFER_CHILD:
        package["child"] = {part: facts.get(part, "") for part in ("name", "age", "town", "school", "household", "address")}
    elif obligation.what == Obliged.ENQUIRE:
        package["concern"] = str(
            _("An adult under police investigation may be able to reach children. None is known to us by name, household or address.")
        )
        package["asked"] = str(_("Which children does this person live with, care for, or see?"))
    else:
        package["concern"] = str(_("An adult who works with children, or is in a position of trust, is under police investigation."))
        trust = subject.access_answers.filter(question=Question.POSITION_OF_TRUST).last()
        package["position"] = {"source": trust.source, "note": trust.note} if trust else None
    return package


def silent_to(subject: Subject) -> list[str]:
    """Who must not learn of it, for whoever receives a package."""
    found = Silence.objects.filter(record__in=ancestry(subject.case.record), lifted_at=None).order_by("audience")
    return sorted({str(silence.get_audience_display()) for silence in found})


def agency_for(kind: AgencyKind, text: str, near: Agency) -> Agency | None:
    """The agency of that kind whose area the text names; else of the force's own area; else the first. None where none is set up."""
    candidates = list(Agency.objects.filter(kind=kind).order_by("pk"))
    said = text.casefold()
    for agency in candidates:
        if any(place.strip() and place.strip().casefold() in said for place in agency.area.split(",")):
            return agency
    places = {place.strip().casefold() for place in near.area.split(",") if place.strip()}
    for agency in candidates:
        if places & {place.strip().casefold() for place in agency.area.split(",")}:
            return agency
    return candidates[0] if candidates else None


def _reach_attributed_addresses(subject: Subject) -> None:
    """An address that was attributed to the subject, and reviewed, is a household that they can reach."""
    listed = {child.details["address"] for child in subject.reachable.all()}
    reviewed = subject.attributions.filter(state=AttributionState.REVIEWED, identifier__kind=Kind.ADDRESS).select_related("identifier")
    for attribution in reviewed:
        if attribution.identifier.shown not in listed:
            seal_child(subject, {"address": attribution.identifier.shown}, age=None, how=Question.OTHER_CHILDREN, by=None)


def seal_child(subject: Subject, details: dict[str, str], *, age: int | None, how: str, by: Membership | None) -> ChildWithinReach:
    whole = {part: details.get(part, "").strip() for part in ("name", "relation", "town", "school", "household", "address")}
    return ChildWithinReach.objects.create(
        subject=subject,
        details_sealed=subject.case.record.ledger_seal().seal("child within reach", canonical(whole)),
        age=age,
        how=how,
        found_at=moment.now(),
        by=by,
    )


def _about(obligation: Obligation) -> str:
    return f"{obligation.subject.number} {obligation.key}"[:60]


def _state_in_words(obligation: Obligation) -> str:
    if obligation.hand_over is not None and obligation.settled_at is None:
        return str(obligation.hand_over.get_state_display()).lower()
    return str(_("settled"))
