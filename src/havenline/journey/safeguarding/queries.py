"""What a screen asks for, already limited to what this person may see."""

from typing import Any

from django.db.models import Q

from havenline.foundation.people.models import Membership
from havenline.journey.safeguarding.models import Child


def children_alike(told: dict[str, Any], *, by: Membership) -> list[Child]:
    """Children of this area with the same name (within a year of age, if both are told) or household’s address. Offered, never merged."""
    name, address = str(told.get("name") or "").strip(), str(told.get("address") or "").strip()
    same = Q()
    if name:
        same |= Q(name__iexact=name)
    if address:
        same |= Q(household__address__iexact=address)
    if not same:
        return []
    found = Child.objects.filter(agency_id=by.agency_id).filter(same).select_related("household").order_by("name", "id")
    age = told.get("age")
    return [
        child
        for child in found
        if child.name.lower() != name.lower()
        or age is None
        or child.age is None
        or abs(child.age - int(age)) <= 1
        or (address and child.household is not None and child.household.address.lower() == address.lower())
    ]
