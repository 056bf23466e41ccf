"""Agencies, people and keys, for the administrator who lets them in."""

from django.db.models import Prefetch, QuerySet

from havenline.foundation import moment
from havenline.foundation.people import limits
from havenline.foundation.people.models import Agency, ApiKey, Membership, Person, Visit
from havenline.foundation.people.roles import Role


def agencies(*, by: Membership) -> QuerySet[Agency]:
    """Every agency, with the memberships in force. Raises NotYourRole."""
    by.must_be(Role.ADMINISTRATOR)
    return Agency.objects.prefetch_related(
        Prefetch("memberships", queryset=Membership.objects.current().select_related("person").order_by("person__name"), to_attr="in_force")
    ).order_by("kind", "name")


def persons(*, by: Membership) -> QuerySet[Person]:
    """Every account, with its roles in force. Raises NotYourRole."""
    by.must_be(Role.ADMINISTRATOR)
    return Person.objects.prefetch_related(
        Prefetch("memberships", queryset=Membership.objects.current().select_related("agency"), to_attr="in_force")
    ).order_by("name")


def api_keys(agency: Agency, *, by: Membership) -> QuerySet[ApiKey]:
    by.must_be(Role.ADMINISTRATOR)
    return ApiKey.objects.filter(agency=agency).order_by("-made_at")


def open_visits(person: Person) -> QuerySet[Visit]:
    """Where a person is signed in, the latest first; what its longest limit has ended is left out."""
    return Visit.objects.filter(person=person, ended_at=None, since__gt=moment.now() - limits.LONGEST).order_by("-last_used_at", "-since")


def colleagues(*, by: Membership) -> QuerySet[Membership]:
    """The people of this person's own agency who act now: who can hold or cover a record."""
    return Membership.objects.current().filter(agency_id=by.agency_id).select_related("person", "agency").order_by("person__name")


def serving(kind: str, places: str, *, near: Agency | None = None) -> Agency | None:
    """The agency of that kind whose area the words name; else one that shares `near`'s area; else the first. None where none is set up."""
    candidates = list(Agency.objects.filter(kind=kind).order_by("pk"))
    said = places.casefold()
    for agency in candidates:
        if any(place.strip() and place.strip().casefold() in said for place in agency.area.split(",")):
            return agency
    area = {place.strip().casefold() for place in near.area.split(",") if place.strip()} if near else set()
    for agency in candidates:
        if area & {place.strip().casefold() for place in agency.area.split(",")}:
            return agency
    return candidates[0] if candidates else None
