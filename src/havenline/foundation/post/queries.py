"""Letters that need a person."""

from django.db.models import QuerySet

from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import Role
from havenline.foundation.post.models import Letter


def ended_badly(*, by: Membership) -> QuerySet[Letter]:
    """What failed, or may or may not have left: for the administrator. Letters name no case."""
    by.must_be(Role.ADMINISTRATOR)
    return (
        Letter.objects.filter(state__in=[Letter.State.FAILED, Letter.State.UNCERTAIN]).prefetch_related("attempts").order_by("-queued_at")
    )
