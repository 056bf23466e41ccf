"""A child's cases are found by the child's name, household and school, and by whoever is around the child."""

from havenline.foundation.search import actions as search
from havenline.journey.safeguarding.models import Child, ChildCase


def make_findable(child: Child) -> None:
    """Index every case of this child afresh. Called inside the action that changed what is known."""
    household = [child.household.number, child.household.address] if child.household else []
    around = [relationship.name for relationship in child.relationships.filter(ended_on=None)]
    text = "\n".join([child.name, child.school, *household, *around])
    for child_case in ChildCase.objects.filter(child=child, record__erased_at=None).select_related("record"):
        search.index(child_case.record, text)
