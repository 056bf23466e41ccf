"""What comes round for hand-overs: what reached nobody is tried again, what ran late is raised to both sides."""

from havenline.foundation.clocks import actions as clocks
from havenline.foundation.clocks.models import Clock
from havenline.foundation.handover import actions as handover
from havenline.foundation.handover.models import WITH_RECEIVER, HandOver
from havenline.foundation.people.roles import FileKind
from havenline.foundation.work.rounds import every


@every(seconds=60)
def deliver_what_reached_nobody() -> None:
    """Also what was delivered: whoever could take it up may have left since."""
    for hand_over in HandOver.objects.filter(state__in=WITH_RECEIVER):
        handover.deliver(hand_over=hand_over)


@every(seconds=30)
def raise_late_hand_overs() -> None:
    """A late acceptance or answer stays on both sides' supervisors' screens. Opening it resets nothing."""
    for clock in Clock.objects.to_raise().filter(record__kind=FileKind.HAND_OVER).select_related("record"):
        hand_over = HandOver.objects.select_related("from_agency", "to_agency").get(record=clock.record_id)
        sides = [hand_over.to_agency] if hand_over.from_outside else [hand_over.from_agency, hand_over.to_agency]
        clocks.escalate(clock=clock, to=sides)
