"""Letters that need a person."""

from django.db.models import QuerySet

from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import Role
from havenline.foundation.post.models import Letter


def ended_badly(*, by: Membership) -> QuerySet[Letter]:
    """What failed, or may or may not have left, and still needs somebody: for the administrator. Letters name no case."""
    by.must_be(Role.ADMINISTRATOR)
    return _need_somebody().prefetch_related("attempts").order_by("-queued_at")


def counts() -> dict[str, int]:
    """How many letters failed, and how many may or may not have left, of those that still need somebody."""
    states = _need_somebody().values_list("state", flat=True)
    return {"failed": sum(state == Letter.State.FAILED for state in states), "uncertain": sum(s == Letter.State.UNCERTAIN for s in states)}


def _need_somebody() -> QuerySet[Letter]:
    return Letter.objects.filter(state__in=[Letter.State.FAILED, Letter.State.UNCERTAIN], set_aside_at=None)
