"""A plan of conferences is asked for, made in the background, and accepted by a person, whole or in part. Nothing is booked by itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.engines import diary as engine
from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import CLOCK
from havenline.foundation.people.models import Agency, Membership, NotPartyToRecord
from havenline.journey.safeguarding.actions.conferences import SERVICE
from havenline.journey.safeguarding.actions.refusals import (
    CaseClosed,
    DateNotPossible,
    OnAWeekend,
    PlaceNotFree,
    PlanNotReady,
    ReasonMissing,
    SettingNotPossible,
    StepNotNext,
)
from havenline.journey.safeguarding.actions.steps import book
from havenline.journey.safeguarding.models import ConferencePlan, ProposedConference
from havenline.journey.safeguarding.queries import plans, windows

MOST_WEEKS = 13
STUCK_AFTER = timedelta(hours=1)  # a plan takes minutes: one that was given up hinders no other


@transaction.atomic
def ask_for_plan(*, until: date, by: Membership) -> ConferencePlan:
    """Have a plan made of all that is due until that day and not booked yet. One of this agency is made at a time: asked for again with
    the same day by the same person it is given back.

    Raises NotYourRole, SettingNotPossible, PlanNotReady.
    """
    by.must_be(*SERVICE)
    if not moment.today() < until <= moment.today() + timedelta(weeks=MOST_WEEKS):
        raise SettingNotPossible(_("Enter a day within the next %(weeks)s weeks.") % {"weeks": MOST_WEEKS})
    making = [ConferencePlan.State.WAITING, ConferencePlan.State.WORKING]
    Agency.objects.select_for_update(no_key=True).get(pk=by.agency_id)
    made_now = ConferencePlan.objects.filter(agency_id=by.agency_id, state__in=making, asked_at__gt=moment.now() - STUCK_AFTER)
    under_way = made_now.select_related("asked_by__person").order_by("-asked_at").first()
    if under_way is not None and (under_way.asked_by_id, under_way.until) == (by.pk, until):
        return under_way
    if under_way is not None:
        raise PlanNotReady(
            _("%(who)s asked for a plan that is being made. Ask again when it is ready.") % {"who": under_way.asked_by.short_name}
        )
    plan = ConferencePlan.objects.create(agency_id=by.agency_id, asked_by=by, asked_at=moment.now(), until=until)
    ledger.record(by, "asked for a plan of conferences", plan, changed={"until": until})
    from havenline.journey.safeguarding.tasks import make_plan  # here: tasks call this module

    make_plan.enqueue(plan.pk)
    return plan


def carry_out(*, plan: ConferencePlan) -> None:
    """Make the plan, in the background, for whoever asked: what they may see is planned. Done already: nothing happens."""
    if plan.state in (ConferencePlan.State.READY, ConferencePlan.State.REFUSED):
        return
    asks = Membership.objects.current().select_related("person", "agency").filter(pk=plan.asked_by_id, role__in=SERVICE).first()
    if asks is None:
        with transaction.atomic():
            ConferencePlan.objects.filter(pk=plan.pk).update(state=ConferencePlan.State.REFUSED, ready_at=moment.now())
            ledger.record(CLOCK, "refused to act for somebody", plan, reason="left")
        return
    ConferencePlan.objects.filter(pk=plan.pk).update(state=ConferencePlan.State.WORKING, percent=5)
    wanted = [window for window in windows.to_hold(by=asks, until=plan.until) if window.booking is None]
    house = windows.house_for(asks, wanted)
    groups = plans.grouped(wanted)
    simple = False
    try:
        made = engine.propose(house.diary, groups.conferences, report=lambda percent: _say(plan, percent))
    except engine.SolverMissing:
        made, simple = engine.in_order(house.diary, groups.conferences), True
    with transaction.atomic():
        ConferencePlan.objects.select_for_update().get(pk=plan.pk)
        plan.rows.all().delete()  # an attempt that was cut off left none; one that was taken for dead may have
        ProposedConference.objects.bulk_create(plans.rows_of(plan, made, groups, house))
        ConferencePlan.objects.filter(pk=plan.pk).update(
            state=ConferencePlan.State.READY, percent=100, ready_at=moment.now(), proven=made.proven, simple=simple
        )
        ledger.record(CLOCK, "made a plan of conferences", plan, changed={"kept": len(made.kept), "not kept": len(made.not_kept)})


def _say(plan: ConferencePlan, percent: int) -> None:
    ConferencePlan.objects.filter(pk=plan.pk).update(percent=percent)


@dataclass(frozen=True)
class Accepted:
    """What became of a row: booked, or why not."""

    row: ProposedConference
    why_not: str = ""


def accept(*, plan: ConferencePlan, rows: Iterable[ProposedConference], reason: str, by: Membership) -> list[Accepted]:
    """Book these rows of a plan, each by itself: what is not free any more is said, and hinders no other. Twice books once.

    `reason`: why those that lie after their last day cannot be earlier. Raises NotYourRole, PlanNotReady.
    """
    by.must_be(*SERVICE)
    if plan.agency_id != by.agency_id or plan.state != ConferencePlan.State.READY:
        raise PlanNotReady(_("This plan is not ready yet. Look at it again in a moment."))
    return [_accepted(row, reason, by) for row in rows]


def _accepted(row: ProposedConference, reason: str, by: Membership) -> Accepted:
    if row.plan_id is None or row.on is None or row.begins is None:
        return Accepted(row, _("No place is proposed for it."))
    if row.booking_id is not None:
        return Accepted(row)
    try:
        with transaction.atomic():
            standing = row.child_case.bookings.filter(step=row.step, ended_at=None).first()
            if standing is not None:
                raise PlaceNotFree(_("It was booked meanwhile."))
            row.booking = book(
                child_case=row.child_case,
                step=row.step,
                booked_for=row.on,
                booked_at=row.begins,
                minutes=row.minutes,
                room=row.room,
                chair=row.chair,
                reason=reason,
                by=by,
            )
            row.save(update_fields=["booking"])
            ledger.record(by, "accepted a proposed conference", row, reason=row.step)
    except NotPartyToRecord:
        return Accepted(row, _("This case is not yours to book."))
    except (CaseClosed, DateNotPossible, OnAWeekend, PlaceNotFree, ReasonMissing, StepNotNext) as refusal:
        return Accepted(row, str(refusal))
    return Accepted(row)
