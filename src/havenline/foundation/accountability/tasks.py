"""What comes round for requests and breaches: whoever answers for them is written to before their clock ends, and when it did."""

from havenline.foundation.accountability import actions
from havenline.foundation.accountability.models import AccessRequest, Breach
from havenline.foundation.work.rounds import every


@every(seconds=300)
def raise_requests_and_breaches() -> None:
    """Supervisors are written to of access requests and breaches whose day comes near or has passed."""
    for request in AccessRequest.objects.filter(answered_at=None).select_related("agency"):
        actions.raise_to_supervisors(this=request)
    for breach in Breach.objects.filter(decided="").select_related("agency"):
        actions.raise_to_supervisors(this=breach)


@every(seconds=3600)
def end_what_needs_no_person() -> None:
    """Only where this installation says that the rule alone is enough."""
    for request in AccessRequest.objects.exclude(answered_at=None).filter(erased_at=None).select_related("agency"):
        actions.end_by_rule(this=request)
    for breach in Breach.objects.exclude(decided_at=None).filter(erased_at=None).select_related("agency"):
        actions.end_by_rule(this=breach)
