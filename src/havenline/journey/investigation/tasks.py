"""What happens by itself: an overdue “not yet known” owes the case's owner a referral."""

from havenline.foundation import moment
from havenline.foundation.clocks.models import Clock
from havenline.foundation.work.rounds import every
from havenline.journey.investigation.actions import owe_for_overdue
from havenline.journey.investigation.policies import NOT_YET_KNOWN


@every(seconds=60)
def owe_overdue() -> int:
    """Look at each clock of “not yet known” that ran out; say how many owed something new. Safe to run twice."""
    late = Clock.objects.running().filter(rule=NOT_YET_KNOWN.code, due_at__lt=moment.now()).select_related("record")
    return sum(owe_for_overdue(clock=clock) for clock in late)
