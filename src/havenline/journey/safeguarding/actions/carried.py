"""An emergency that runs while its child's case moves to another area: it goes on there, from its own hour, and is told there at once."""

from django.utils.translation import gettext as _

from havenline.engines.procedure import StepState
from havenline.foundation import moment
from havenline.foundation.clocks import actions as clocks
from havenline.foundation.clocks.models import Clock
from havenline.foundation.handover.models import HandOver
from havenline.foundation.handover.purposes import TO_ANOTHER_AREA
from havenline.foundation.people.acting import beyond_need_to_know
from havenline.foundation.people.models import Membership
from havenline.journey.safeguarding import path
from havenline.journey.safeguarding.actions.emergency import tell_at_once
from havenline.journey.safeguarding.actions.steps import put_on_record
from havenline.journey.safeguarding.models import CaseEvent, ChildCase


def emergencies_that_run(child_case: ChildCase) -> list[StepState]:
    """The clocks of an emergency that nothing has ended yet."""
    return [state for state in path.situation(child_case).open_clocks if state.step in path.EMERGENCY_ENDS]


def carry_emergency(child_case: ChildCase, hand_over: HandOver, *, by: Membership) -> CaseEvent | None:
    """What runs on the case that was handed over is recorded here as it happened there; only then its clock there falls away.

    Read from that case as it stands now, not from the package: the emergency may have begun, or ended, after it was sent.
    """
    if hand_over.purpose != TO_ANOTHER_AREA.code:
        return None
    with beyond_need_to_know():  # the receiving area answers for the child from this moment, and sees the hand-over, not that case
        there = ChildCase.objects.select_related("record", "record__agency").filter(record=hand_over.source).first()
        running = emergencies_that_run(there) if there is not None else []
        if there is None or not running:
            return None
        told = [event for event in path.standing_events(there) if event.step in (path.EMERGENCY, *path.EMERGENCY_ENDS)]
        since = min(state.started for state in running if state.started is not None)
        first = max((event.happened_on for event in told if event.step == path.EMERGENCY and event.happened_on <= since), default=since)
        note = _("It came with the case from %(agency)s, where it was recorded.") % {"agency": there.record.agency.name}
        carried = [
            put_on_record(
                child_case,
                step=event.step,
                outcome=event.outcome,
                happened_on=event.happened_on,
                happened_at=path.moment_of(event).astimezone(moment.LONDON).time().replace(tzinfo=None),
                by=event.by,
                recorder=by,
                note=note,
            )
            for event in told
            if event.happened_on >= first
        ]
        for clock in Clock.objects.running().filter(record=there.record, rule__in=path.EMERGENCY_ENDS):
            clocks.void(record=there.record, rule=clock.rule, about=clock.about, reason="runs on in the other area", by=by)
    last = [event for event in carried if event.step == path.EMERGENCY][-1]
    tell_at_once(last, by=by)
    return last


def was_carried(event: CaseEvent) -> bool:
    """It was recorded in another area, and came here with the case."""
    return event.by is not None and event.by.agency_id != event.child_case.record.agency_id
