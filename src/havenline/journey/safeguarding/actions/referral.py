"""A referral is taken up, decided, and its referrer told."""

from datetime import date, datetime, time

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from havenline.engines import procedure
from havenline.foundation import moment
from havenline.foundation.handover import actions as handover
from havenline.foundation.handover.models import HandOver, State
from havenline.foundation.handover.purposes import CONCERN_FROM_SCHOOL, REFERRAL_TO_SOCIAL_CARE, TO_ANOTHER_AREA
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import FileKind, Role
from havenline.foundation.records import actions as records
from havenline.foundation.sealing import actions as sealing
from havenline.journey.safeguarding import path
from havenline.journey.safeguarding.actions.carried import carry_emergency, was_carried
from havenline.journey.safeguarding.actions.clocks_of_case import keep_clocks
from havenline.journey.safeguarding.actions.ending import end
from havenline.journey.safeguarding.actions.findable import make_findable
from havenline.journey.safeguarding.actions.refusals import (
    AnotherPersonSignsOff,
    ChildMayBeKnown,
    DecisionMissing,
    NotAReferral,
    NotOfThisCase,
    ReasonMissing,
)
from havenline.journey.safeguarding.actions.same_child import remember_apart
from havenline.journey.safeguarding.actions.steps import locked, put_on_record, record_step, sent_before
from havenline.journey.safeguarding.actions.taken_in import keep_what_was_told, must_be_a_child, new_child
from havenline.journey.safeguarding.events import child_case_opened
from havenline.journey.safeguarding.models import CaseEvent, Child, ChildCase, Household, ProposedDecision
from havenline.journey.safeguarding.queries import same_child

REFERRALS = frozenset(purpose.code for purpose in (REFERRAL_TO_SOCIAL_CARE, CONCERN_FROM_SCHOOL, TO_ANOTHER_AREA))


@transaction.atomic
@sealing.kept_open()
def take_up(
    *,
    hand_over: HandOver,
    by: Membership,
    child: Child | None = None,
    household: Household | None = None,
    is_another_child: bool = False,
    owner: Membership | None = None,
    manager: Membership | None = None,
) -> ChildCase:
    """Accept a referral and open the case of the child that it is about. Taken up already by this agency: that case is given back.

    `child`: one of this area's children, if a person says that it is the same; `household` likewise. `is_another_child` than those who
    look the same: that is remembered. Its clocks start when the
    referral was sent. Raises NotAReferral, NotAChild, ChildMayBeKnown, handover.NotThatMove, handover.NotYoursToMove, NotYourRole.
    """
    by.must_be(Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
    by.must_be_party_to(hand_over)
    hand_over = HandOver.objects.select_for_update(of=("self",)).select_related("record", "to_agency", "sent_by").get(pk=hand_over.pk)
    if hand_over.purpose not in REFERRALS or hand_over.to_agency_id != by.agency_id:
        raise NotAReferral(_("No child’s case arises from this. Answer it on its own page."))
    already: ChildCase | None = ChildCase.objects.select_related("record").filter(referral=hand_over).first()
    if already is not None and already.ended_as != ChildCase.Ended.RETURNED:
        return already
    if already is not None:
        return _take_up_again(already, hand_over, by)
    package = hand_over.contents()
    told = package.get("child", {})
    must_be_a_child(told, hand_over)
    alike = [] if child else same_child.children_alike(told, by=by)
    if alike and not is_another_child:
        raise ChildMayBeKnown(_("This area knows a child with this name or household. Say whether it is the same child."), alike)
    for known in (child, household):
        if known is not None and known.agency_id != by.agency_id:
            raise NotOfThisCase(_("This child or household belongs to another area."))
    if hand_over.state != State.ACCEPTED:
        handover.accept(hand_over=hand_over, by=by)
    if child is None:
        child = new_child(by.agency, told, household)
    elif household is not None and child.household_id is None:
        child.household = household
        child.save(update_fields=["household"])
    owner = owner or (by if by.role == Role.SOCIAL_WORKER else None)
    manager = manager or (by if by.role == Role.TEAM_MANAGER else Membership.objects.supervising(by.agency).order_by("pk").first())
    record, _key = records.open_record(
        kind=FileKind.CHILD_CASE, agency=by.agency, owner=owner or manager, arose_from=hand_over.record, how="taken up"
    )
    sent_at = hand_over.sent_at or moment.now()
    child_case = ChildCase.objects.create(
        record=record, child=child, referral=hand_over, started_on=moment.day_of(sent_at), manager=manager
    )
    ledger.record(
        by,
        "took up a referral",
        child_case,
        changed={"child": child.pk, "owner": record.owner_id, "hand_over": hand_over.reference},
        station="Referral taken up",
    )
    keep_what_was_told(child, package, hand_over, by=by)
    make_findable(child)
    for one in alike:
        if one.may_be_same:
            remember_apart(child_case, one.child, by=by)
    _happened(child_case, path.REFERRAL, sent_at, by=hand_over.sent_by, recorder=by)
    if hand_over.purpose == TO_ANOTHER_AREA.code and package.get("plan"):
        _happened(child_case, path.NOTICE_OF_MOVE, sent_at, by=hand_over.sent_by, recorder=by)
    carry_emergency(child_case, hand_over, by=by)
    keep_clocks(child_case=child_case, by=by)
    child_case_opened.send(sender=ChildCase, child_case=child_case, by=by)
    return child_case


def _take_up_again(child_case: ChildCase, hand_over: HandOver, by: Membership) -> ChildCase:
    """The referral was returned and came again: the same case goes on, and its clocks start when it was sent again."""
    handover.accept(hand_over=hand_over, by=by)
    sent_at = hand_over.sent_at or moment.now()
    child_case.record.closed_at, child_case.ended_as, child_case.started_on = None, "", moment.day_of(sent_at)
    child_case.record.save(update_fields=["closed_at"])
    child_case.save(update_fields=["ended_as", "started_on"])
    ledger.record(by, "took up a referral again", child_case, station="Referral taken up")
    _happened(child_case, path.REFERRAL, sent_at, by=hand_over.sent_by, recorder=by)
    carry_emergency(child_case, hand_over, by=by)
    keep_clocks(child_case=child_case, by=by)
    child_case_opened.send(sender=ChildCase, child_case=child_case, by=by)
    return child_case


def _happened(child_case: ChildCase, step: str, at: datetime, *, by: Membership | None, recorder: Membership) -> CaseEvent:
    local = at.astimezone(moment.LONDON)
    return put_on_record(
        child_case, step=step, outcome="", happened_on=local.date(), happened_at=local.time().replace(tzinfo=None), by=by, recorder=recorder
    )


@transaction.atomic
@sealing.kept_open()
def decide(
    *,
    child_case: ChildCase,
    outcome: str,
    reason: str,
    by: Membership,
    answer: str = "",
    seen: int | None = None,
    decided_on: date | None = None,
) -> CaseEvent | ProposedDecision:
    """Decide on the referral, and with `answer` tell the referrer in the same act.

    `decided_on`: of a case that was kept elsewhere until now, the day on which it was decided then.
    Where the area asks for a manager's sign-off, a social worker's decision waits for it and is not made until then.
    Raises ReasonMissing, StepNotNext, ChangedMeanwhile, CaseClosed, procedure.OutcomeUnknown.
    """
    by.must_be(Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
    child_case = locked(child_case, by=by)
    before = sent_before(child_case, seen=seen, by=by, is_same=lambda e: (e.step, e.outcome) == (path.DECISION, outcome))
    if before is not None:
        return before
    if not reason.strip():
        raise ReasonMissing(_("Give the reason for the decision: it is kept, and read later."))
    if decided_on not in (None, moment.today()):
        return record_step(child_case=child_case, step=path.DECISION, outcome=outcome, happened_on=decided_on, note=reason, by=by)
    if settings.DEPLOYMENT.manager_signs_off_decisions and by.role != Role.TEAM_MANAGER:
        return _propose(child_case, outcome, reason, answer, by)
    event = record_step(
        child_case=child_case, step=path.DECISION, outcome=outcome, happened_on=moment.today(), happened_at=_hour(), note=reason, by=by
    )
    child_case.proposals.filter(settled_at=None).update(settled_at=moment.now(), settled_by=by)
    if answer.strip() and _answers_by_hand_over(child_case):
        answer_referrer(child_case=child_case, words=answer, by=by)
    return event


def _hour() -> time:
    return moment.now().astimezone(moment.LONDON).time().replace(tzinfo=None)


def _propose(child_case: ChildCase, outcome: str, reason: str, answer: str, by: Membership) -> ProposedDecision:
    procedure.edition_in_force(moment.today()).step(path.DECISION).outcome(outcome)
    waiting = child_case.proposals.filter(settled_at=None).first()
    if waiting is not None:
        return waiting
    key = child_case.ledger_seal()
    proposal = ProposedDecision.objects.create(
        child_case=child_case,
        outcome=outcome,
        words_sealed=key.seal("words", reason),
        answer_sealed=key.seal("answer", answer) if answer.strip() else None,
        recorded_at=moment.now(),
        by=by,
    )
    ledger.record(by, "proposed a decision for sign-off", child_case, reason=outcome, words=reason)
    return proposal


@transaction.atomic
def sign_off(*, proposal: ProposedDecision, agree: bool, words: str = "", by: Membership) -> CaseEvent | None:
    """A manager signs a proposed decision off, which makes it, or gives it back with words.

    Raises AnotherPersonSignsOff, ReasonMissing, StepNotNext.
    """
    by.must_be(Role.TEAM_MANAGER)
    child_case = locked(proposal.child_case, by=by)
    proposal = ProposedDecision.objects.select_for_update().get(pk=proposal.pk)
    if proposal.settled_at is not None:
        return child_case.events.filter(step=path.DECISION).last() if proposal.signed_off else None
    if proposal.by.person_id == by.person_id:
        raise AnotherPersonSignsOff(_("Another person signs off a decision than the one who made it."))
    if not agree and not words.strip():
        raise ReasonMissing(_("Say why, so that the social worker can decide again."))
    proposal.settled_at, proposal.settled_by, proposal.signed_off = moment.now(), by, agree
    proposal.save(update_fields=["settled_at", "settled_by", "signed_off"])
    if not agree:
        ledger.record(by, "gave a proposed decision back", child_case, reason=proposal.outcome, words=words)
        return None
    event = record_step(
        child_case=child_case,
        step=path.DECISION,
        outcome=proposal.outcome,
        happened_on=moment.today(),
        happened_at=_hour(),
        note=proposal.words,
        by=proposal.by,
        agreed_by=by,
    )
    if proposal.answer_words and _answers_by_hand_over(child_case):
        answer_referrer(child_case=child_case, words=proposal.answer_words, by=by)
    return event


@transaction.atomic
def answer_referrer(*, child_case: ChildCase, words: str, by: Membership) -> HandOver:
    """Tell whoever referred what was decided (Working Together, ch. 3). The case learns of it from the hand-over.

    Raises DecisionMissing, NotAReferral (no referral is held here), handover.ReasonMissing, handover.NotThatMove.
    """
    child_case = locked(child_case, by=by, may_be_closed=True)
    if child_case.referral is None:
        raise NotAReferral(_("This case came with a census: who referred is not held here. Tell them yourself, and record it as a note."))
    return handover.answer(hand_over=child_case.referral, outcome=decision_of(child_case).outcome, words=words, by=by)


def _answers_by_hand_over(child_case: ChildCase) -> bool:
    """Whoever referred has an account, and their referral is taken up."""
    referral = child_case.referral
    return referral is not None and referral.state == State.ACCEPTED and not referral.from_outside


def decision_of(child_case: ChildCase) -> CaseEvent:
    """The decision that stands. Raises DecisionMissing."""
    decided = [event for event in path.standing_events(child_case) if event.step == path.DECISION and event.outcome]
    if not decided:
        raise DecisionMissing(_("Decide on the referral first: the decision is the answer."))
    return decided[-1]


def note_the_return(*, hand_over: HandOver, by: Membership) -> None:
    """A referral that was taken up is given back: its case ends as returned. What was worked on is decided and answered instead.

    Raises handover.NotThatMove.
    """
    for child_case in ChildCase.objects.filter(referral=hand_over, record__closed_at=None).select_related("record", "record__agency"):
        standing = path.standing_events(child_case)
        if any(event.step not in path.OF_THE_HAND_OVER and not was_carried(event) for event in standing):
            raise handover.NotThatMove(_("Work on this child has begun: decide on the referral and answer it. Nothing was changed."))
        for event in standing:
            put_on_record(
                child_case,
                step=event.step,
                outcome="",
                happened_on=event.happened_on,
                happened_at=event.happened_at,
                by=by,
                recorder=by,
                note=_("Returned to whoever referred."),
                corrects=event,
                did_not_happen=True,
                verb="put a step right",
            )
        keep_clocks(child_case=child_case, by=by, reason="returned to whoever referred")
        end(child_case, as_=ChildCase.Ended.RETURNED, reason=_("Returned to whoever referred."), by=by)


def note_the_answer(*, hand_over: HandOver, by: Membership) -> None:
    """The hand-over was answered: each case that arose from it has told its referrer."""
    for child_case in ChildCase.objects.filter(referral=hand_over).select_related("record", "record__agency"):
        if any(event.step == path.ANSWER for event in path.standing_events(child_case)):
            continue
        _happened(child_case, path.ANSWER, hand_over.answered_at or moment.now(), by=by, recorder=by)
        keep_clocks(child_case=child_case, by=by)
