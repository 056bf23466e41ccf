"""Agencies, people and keys, for the administrator who lets them in."""

from django.db.models import Prefetch, QuerySet

from havenline.foundation.people.models import Agency, ApiKey, Membership, Person
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


def colleagues(*, by: Membership) -> QuerySet[Membership]:
    """The people of this person's own agency who act now: who can hold or cover a record."""
    return Membership.objects.current().filter(agency_id=by.agency_id).select_related("person", "agency").order_by("person__name")
