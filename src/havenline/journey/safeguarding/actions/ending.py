"""A case ends with its reason, or goes to another area. Late facts stay."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.clocks import actions as clocks
from havenline.foundation.handover import actions as handover
from havenline.foundation.handover.models import HandOver, State
from havenline.foundation.handover.purposes import TO_ANOTHER_AREA
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import THE_INSTALLATION, acting_for
from havenline.foundation.people.acting import beyond_need_to_know
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import AgencyKind, Role
from havenline.journey.safeguarding import path
from havenline.journey.safeguarding.actions.asking_to_act import ask_no_longer
from havenline.journey.safeguarding.actions.calling_off import call_off_with
from havenline.journey.safeguarding.actions.carried import emergencies_that_run
from havenline.journey.safeguarding.actions.clocks_of_case import keep_clocks
from havenline.journey.safeguarding.actions.refusals import NothingToEnd, NotOfThisCase, ReasonMissing
from havenline.journey.safeguarding.actions.same_child import CHECKED
from havenline.journey.safeguarding.actions.stepping_down import run_to_first_date
from havenline.journey.safeguarding.actions.steps import locked, put_on_record
from havenline.journey.safeguarding.actions.told import DAYS_OF_A_CHILD, OF_A_CHILD
from havenline.journey.safeguarding.events import child_case_closed
from havenline.journey.safeguarding.models import Booking, Child, ChildCase, Paper, Relationship

SAID_OF_A_PERSON = ("name", "relation", "lives_with", "cares_for", "is_parent", "said_by")
ON_THE_WAY = (State.OWED, State.SENT, State.DELIVERED, State.RETURNED)


def ends_as(child_case: ChildCase) -> str:
    """How the case would end as it stands, from what was recorded last. Empty where it cannot."""
    done = {(state.step, state.outcome or "") for state in path.situation(child_case).steps if state.done_on}
    steps = {step for step, _outcome in done}
    if path.protection_ended(child_case) and child_case.steps_down.filter(ended_at=None, first_on__isnull=False).exists():
        return str(ChildCase.Ended.STEPPED_DOWN)
    if path.PLAN_ENDS in steps:
        return str(ChildCase.Ended.TRANSFERRED if (path.PLAN_ENDS, "transfer") in done else ChildCase.Ended.PLAN_ENDED)
    if steps & {*path.CONFERENCES, "section_47_enquiry"}:
        return str(ChildCase.Ended.ENQUIRY_ENDED)
    if "single_assessment" in steps or "core_assessment" in steps:
        return str(ChildCase.Ended.ASSESSED)
    if (path.DECISION, "advice_or_early_help") in done:
        return str(ChildCase.Ended.FAMILY_HELP)
    return str(ChildCase.Ended.NO_FURTHER_ACTION)


def left_to_do(child_case: ChildCase) -> list[str]:
    """What the guidance still asks for before this case can be closed."""
    now = path.situation(child_case)
    left = [state.title for state in now.steps if state.state in ("running", "waiting") and state.step != path.CHASES]
    if child_case.proposals.filter(settled_at=None).exists():
        left.append(_("A decision waits for its sign-off"))
    left += [_("%(paper)s waits for its sign-off") % {"paper": one.title} for one in child_case.papers.filter(state=Paper.State.WAITS)]
    left += [_("%(paper)s is still being written") % {"paper": one.title} for one in _being_written(child_case)]
    for move in HandOver.objects.filter(source=child_case.record, purpose=TO_ANOTHER_AREA.code, state__in=ON_THE_WAY):
        left.append(_("The transfer to %(agency)s is open: they accept it, or it is withdrawn") % {"agency": move.to_agency.name})
    for invited in child_case.invitations.filter(hand_over=None, called_off_at=None, came=None, booking__booked_for__gte=moment.today()):
        left.append(_("%(who)s was invited by letter to a meeting: tell them that it does not take place") % {"who": invited.name})
    if path.protection_ended(child_case):
        help_on = child_case.steps_down.filter(ended_at=None).first()
        if help_on is None:
            left.append(_("What help goes on after protection, or why none"))
        elif help_on.first_on is not None and help_on.begun_on is None:
            left.append(_("The first date of the help that goes on, with %(who)s") % {"who": help_on.holder.name if help_on.holder else ""})
    return left


def _being_written(child_case: ChildCase) -> list[Paper]:
    """Papers in which something stands. One that was only begun holds up nothing."""
    return [one for one in child_case.papers.filter(state=Paper.State.OPEN) if one.versions.filter(aside=False).latest("number").content()]


@transaction.atomic
def close(*, child_case: ChildCase, reason: str, by: Membership) -> ChildCase:
    """Close a case in which nothing is open. What was late stays late. Closed already: nothing happens.

    Raises NothingToEnd (says what is left), ReasonMissing, NotYourRole.
    """
    by.must_be(Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
    child_case = locked(child_case, by=by, may_be_closed=True)
    if child_case.record.closed_at is not None:
        return child_case
    if not reason.strip():
        raise ReasonMissing(_("Say why the case ends."))
    left = left_to_do(child_case)
    if left:
        raise NothingToEnd(_("The case cannot end yet. Still open: %(left)s.") % {"left": "; ".join(left)})
    return end(child_case, as_=ends_as(child_case), reason=reason, by=by)


def end(child_case: ChildCase, *, as_: str, reason: str, by: Membership) -> ChildCase:
    """Close the cover with its reason. Checks nothing: the actions do."""
    child_case.record.closed_at, child_case.ended_as = moment.now(), as_
    child_case.record.save(update_fields=["closed_at"])
    child_case.save(update_fields=["ended_as"])
    with acting_for(THE_INSTALLATION):  # whoever takes the case over holds no key to what was sent from here
        call_off_with(child_case, by=by)
    if as_ != ChildCase.Ended.TRANSFERRED:  # an emergency that runs goes on there, and so does what was asked of others
        ask_no_longer(child_case, by=by)
    child_case.bookings.filter(ended_at=None).update(ended_at=moment.now(), ended_as=Booking.Ended.CANCELLED)
    ledger.record(by, "closed the child’s case", child_case, reason=as_, words=reason, station="Case closed")
    child_case_closed.send(sender=ChildCase, child_case=child_case, by=by)
    return child_case


@transaction.atomic
def transfer(
    *,
    child_case: ChildCase,
    to: Agency,
    reason: str,
    by: Membership,
    urgent: bool = False,
    called_at: datetime | None = None,
    called_name: str = "",
) -> HandOver:
    """Hand the case to the area that the child moves to. It stays here, with its duties, until that area accepts.

    While an emergency runs it is urgent: its hours run out sooner than an area has to take a transfer up. It goes on there.
    Raises ReasonMissing, NotOfThisCase, handover.CallMissing.
    """
    by.must_be(Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
    child_case = locked(child_case, by=by)
    if to.kind != AgencyKind.SOCIAL_CARE or to.pk == by.agency_id:
        raise NotOfThisCase(_("Choose another area’s children’s social care."))
    if not reason.strip():
        raise ReasonMissing(_("Say why the case moves, in words that the other area will read."))
    running = emergencies_that_run(child_case)
    if running and not urgent:
        raise handover.CallMissing(
            _("An emergency runs: %(what)s. Telephone that area first; then send it as urgent, with when, and who answered.")
            % {"what": ", ".join(state.title for state in running)}
        )
    if urgent and (called_at is None or not called_name.strip()):
        raise handover.CallMissing(_("An urgent transfer is telephoned too: enter when, and who answered."))
    hand_over = handover.owe(
        source=child_case.record,
        purpose=TO_ANOTHER_AREA,
        obligation=f"transfer to {to.slug}",
        from_agency=by.agency,
        to_agency=to,
        package=summary(child_case, reason=reason, by=by, urgent=urgent),
        by=by,
        urgent=urgent,
    )
    if hand_over.state not in ("owed", "returned"):
        return hand_over
    if urgent and called_at is not None:
        handover.record_call(hand_over=hand_over, called_at=called_at, name=called_name, by=by)
    return handover.send(
        hand_over=hand_over, by=by, package=summary(child_case, reason=reason, by=by, urgent=urgent), words=reason, urgent=urgent
    )


def summary(child_case: ChildCase, *, reason: str, by: Membership, urgent: bool) -> dict[str, object]:
    """What the receiving area gets: the shape of a referral, with what happened so far and what is due."""
    child, now = child_case.child, path.situation(child_case)
    return {
        "child": told_of(child),
        "concern": now.stage,
        "why": reason,
        "from_person": by.name,
        "from_agency": by.agency.name,
        "urgent": urgent,
        "subject": child_case.referral.contents().get("subject") if child_case.referral else None,
        "report": None,
        "plan": path.plan_runs(child_case),
        "steps": [
            {
                "step": path.title_of(event.step, event.happened_on),
                "outcome": path.outcome_title(event.step, event.outcome, event.happened_on),
                "on": event.happened_on.isoformat(),
            }
            for event in path.standing_events(child_case)
        ],
        "due": [{"step": clock.title, "due": clock.due.isoformat()} for clock in now.open_clocks if clock.due],
        "relationships": [
            {"born_on": r.born_on.isoformat() if r.born_on else "", **{field: getattr(r, field) for field in SAID_OF_A_PERSON}}
            for r in Relationship.objects.standing().filter(child=child)
        ],
    }


def told_of(child: Child) -> dict[str, object]:
    """What is known of the child, as `taken_in` reads it: by date of birth and numbers the other area finds whom it knows already."""
    days = {key: getattr(child, key) for key in DAYS_OF_A_CHILD}
    numbers = child.numbers.filter(system__in=CHECKED, ended_on=None)
    known: dict[str, object] = {
        **{key: getattr(child, key) for key in OF_A_CHILD},
        **{key: day.isoformat() for key, day in days.items() if day is not None},
        **{one.system: one.number for one in numbers},
        "no_fixed_address": child.no_fixed_address,
        "found_at": child.found_at,
    }
    always = {
        "name": child.name,
        "age": child.age,
        "town": "",
        "school": child.school,
        "household": child.household.number if child.household else "",
        "address": child.household.address if child.household else "",
    }
    return always | {key: value for key, value in known.items() if value}


@beyond_need_to_know()  # the receiving area acts, and the case is the sender's
def note_the_move(*, hand_over: HandOver, by: Membership) -> None:
    """Another area accepted the case: a plan ends here by transfer, open duties fall away, and the case is closed."""
    child_case = (
        ChildCase.objects.select_for_update(of=("self",)).select_related("record", "record__agency").filter(record=hand_over.source).first()
    )
    if hand_over.purpose != TO_ANOTHER_AREA.code or child_case is None or child_case.record.closed_at is not None:
        return
    if path.plan_runs(child_case):
        now = moment.now().astimezone(moment.LONDON)
        put_on_record(
            child_case,
            step=path.PLAN_ENDS,
            outcome="transfer",
            happened_on=now.date(),
            happened_at=now.time().replace(tzinfo=None),
            by=by,
            recorder=by,
        )
        keep_clocks(child_case=child_case, by=by, reason="taken over by another area")
    # An emergency's clock runs here until it runs there: whoever only accepts the hand-over has not opened their case yet.
    for clock in child_case.record.clocks.filter(stopped_at=None, voided_at=None).exclude(rule__in=path.EMERGENCY_ENDS):
        clocks.void(record=child_case.record, rule=clock.rule, about=clock.about, reason="taken over by another area", by=by)
    end(child_case, as_=ChildCase.Ended.TRANSFERRED, reason=_("%(agency)s accepted it.") % {"agency": by.agency.name}, by=by)


@beyond_need_to_know()
def note_the_move_back(*, hand_over: HandOver, by: Membership) -> None:
    """The area that had accepted the case gave it back: it is open here again, with its plan and every clock that had fallen away."""
    if hand_over.purpose != TO_ANOTHER_AREA.code:
        return
    rows = ChildCase.objects.select_for_update(of=("self",)).select_related("record", "record__agency")
    child_case = rows.filter(record=hand_over.source, ended_as=ChildCase.Ended.TRANSFERRED).first()
    if child_case is None:
        return
    for event in path.standing_events(child_case):
        if event.step == path.PLAN_ENDS and event.outcome == "transfer":
            put_on_record(
                child_case,
                step=event.step,
                outcome=event.outcome,
                happened_on=event.happened_on,
                happened_at=event.happened_at,
                by=by,
                recorder=by,
                note=_("%(agency)s gave it back.") % {"agency": by.agency.name},
                corrects=event,
                did_not_happen=True,
                verb="put a step right",
            )
    child_case.record.closed_at, child_case.ended_as = None, ""
    child_case.record.save(update_fields=["closed_at"])
    child_case.save(update_fields=["ended_as"])
    ledger.record(
        by, "gave the child’s case back", child_case, reason="returned by the area that had accepted it", station="Case open again"
    )
    keep_clocks(child_case=child_case, by=by, reason="given back by the other area")
    for help_on in child_case.steps_down.filter(ended_at=None).select_related("child_case__record__agency", "holder"):
        run_to_first_date(help_on, by=by)
