"""Agencies, people and keys, for the administrator who lets them in."""

from datetime import timedelta

from django.db import models
from django.db.models import Prefetch, QuerySet

from havenline.foundation import moment
from havenline.foundation.people import limits
from havenline.foundation.people.models import Agency, ApiKey, Draft, Membership, MembershipQuerySet, Person, Proposal, Visit
from havenline.foundation.people.roles import SUPERVISORS, Role

DRAFT_KEPT_FOR = timedelta(days=7)


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


def who_can_agree(proposal: Proposal) -> MembershipQuerySet:
    """Who is the second person: a supervisor of that agency; where it has none, another administrator; where there is none, oversight.

    Never whom it is about, nor who proposed it. Nobody at all: then one administrator does it alone, in sight of whoever comes.
    """
    neither = models.Q(person=proposal.person_id) | models.Q(person=proposal.proposed_by.person_id)
    acting = Membership.objects.current().exclude(neither)
    for second in (
        acting.filter(agency=proposal.agency_id, role=SUPERVISORS.get(proposal.agency.kind, "")),
        acting.filter(role=Role.ADMINISTRATOR),
        acting.filter(role=Role.AUDITOR),
    ):
        if second.exists():
            return second
    return acting.none()


def proposals_to_answer(by: Membership) -> list[Proposal]:
    """The open proposals whose second person this may be, the oldest first."""
    if not by.may_be_second:
        return []
    asked = Proposal.objects.open().select_related("person", "agency", "proposed_by__person").order_by("proposed_at")
    if by.role not in (Role.ADMINISTRATOR, Role.AUDITOR):
        asked = asked.filter(agency=by.agency_id)
    return [one for one in asked if who_can_agree(one).filter(pk=by.pk).exists()]


def proposals_to_see(by: Membership) -> QuerySet[Proposal]:
    """Those whose outcome this person may learn: of their own agency, or any for administrator and oversight."""
    asked = Proposal.objects.all()
    return asked if by.role in (Role.ADMINISTRATOR, Role.AUDITOR) else asked.filter(agency=by.agency_id)


def proposals_about(person: Person, *, by: Membership) -> list[tuple[Proposal, list[Membership]]]:
    """The open proposals about a person, each with who can agree. Raises NotYourRole."""
    by.must_be(Role.ADMINISTRATOR)
    asked = Proposal.objects.open().filter(person=person).select_related("person", "agency", "proposed_by").order_by("proposed_at")
    return [(one, list(who_can_agree(one).select_related("person", "agency").order_by("person__name")[:5])) for one in asked]


def done_alone(*, by: Membership) -> QuerySet[Proposal]:
    """What one administrator did without a second person, the latest first: oversight reads it. Raises NotYourRole."""
    by.must_be(Role.AUDITOR)
    return (
        Proposal.objects.filter(answer=Proposal.Answer.ALONE)
        .select_related("person", "agency", "answered_by__person")
        .order_by("-answered_at")
    )


def drafts(person: Person) -> QuerySet[Draft]:
    """What a person typed and did not send, the latest first."""
    return Draft.objects.filter(person=person, saved_at__gt=moment.now() - DRAFT_KEPT_FOR).select_related("person").order_by("-saved_at")


def open_visits(person: Person) -> QuerySet[Visit]:
    """Where a person is signed in, the latest first; what its longest limit has ended is left out."""
    return Visit.objects.filter(person=person, ended_at=None, since__gt=moment.now() - limits.LONGEST).order_by("-last_used_at", "-since")


def memberships(*, by: Membership) -> QuerySet[Membership]:
    """Every role that somebody has or had. Raises NotYourRole."""
    by.must_be(Role.ADMINISTRATOR)
    return Membership.objects.select_related("person", "agency")


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
