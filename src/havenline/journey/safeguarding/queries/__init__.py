"""What a screen asks for, already limited to what this person may see."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from havenline.foundation import moment
from havenline.foundation.clocks.models import Clock
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import AgencyKind, Role
from havenline.foundation.records.queries import normal_reference
from havenline.journey.safeguarding.models import ChildCase, Household


def find(reference: str, *, by: Membership) -> ChildCase | None:
    """The case of that reference, if this person may see it; what they may not see does not exist."""
    cases: QuerySet[ChildCase] = ChildCase.objects.visible_to(by)
    return with_people(cases).filter(record__reference=normal_reference(reference)).first()


def cases(*, by: Membership, awaiting: Sequence[str] = ()) -> list[ChildCase]:
    """Open cases that this person may see, oldest first; `awaiting`: only those in which the clock of one of these steps runs."""
    found: QuerySet[ChildCase] = ChildCase.objects.visible_to(by).filter(record__closed_at=None)
    if awaiting:
        found = found.filter(record__in=Clock.objects.running().filter(rule__in=awaiting).values("record"))
    return list(with_people(found).prefetch_related("events").order_by("started_on", "pk"))


def names_of(records: Sequence[int], by: Membership) -> dict[int, str]:
    """By the primary key of a case's record: the child's name and age, for whoever works on children's cases."""
    if by.agency.kind != AgencyKind.SOCIAL_CARE:
        return {}
    found = ChildCase.objects.visible_to(by).filter(pk__in=records).select_related("child")
    return {case.pk: case.child.named for case in found}


def with_people(found: QuerySet[ChildCase]) -> QuerySet[ChildCase]:
    """With everybody whom a case's page names, in the same question."""
    return found.select_related(
        "record__owner__person",
        "record__cover__person",
        "record__agency",
        "child__household",
        "child__other_household",
        "referral__record",
        "referral__from_agency",
        "referral__sent_by__person",
        "manager__person",
        "chair__person",
    )


def acts(person: Membership | None) -> bool:
    """Whether somebody is named and still acts in that role: a duty of a person who has left is nobody's until one is named."""
    return person is not None and person.person.is_active and (person.until is None or person.until > moment.now())


def other_cases(child_case: ChildCase, *, by: Membership) -> list[ChildCase]:
    """The child's other cases in this area."""
    found: QuerySet[ChildCase] = ChildCase.objects.visible_to(by).filter(child_id=child_case.child_id).exclude(pk=child_case.pk)
    return list(found.select_related("record").order_by("-started_on"))


def household_members(child_case: ChildCase, *, by: Membership) -> list[ChildCase]:
    """Cases of other children in the household, and in the other one where the child lives at times."""
    homes = [home for home in (child_case.child.household_id, child_case.child.other_household_id) if home is not None]
    if not homes:
        return []
    of_home = Q(child__household__in=homes) | Q(child__other_household__in=homes)
    found: QuerySet[ChildCase] = ChildCase.objects.visible_to(by).filter(of_home)
    return list(found.exclude(child_id=child_case.child_id).select_related("record", "child").order_by("child__name"))


def people_of(*, by: Membership, role: str) -> QuerySet[Membership]:
    """Who acts in this role in the person's agency now."""
    return Membership.objects.current().filter(agency_id=by.agency_id, role=role).select_related("person").order_by("person__name")


def case_holders(*, by: Membership) -> QuerySet[Membership]:
    return (
        Membership.objects.current()
        .filter(agency_id=by.agency_id, role__in=[Role.SOCIAL_WORKER, Role.TEAM_MANAGER])
        .select_related("person")
        .order_by("person__name")
    )


def other_areas(*, by: Membership) -> QuerySet[Agency]:
    return Agency.objects.filter(kind=AgencyKind.SOCIAL_CARE).exclude(pk=by.agency_id)


def households(*, by: Membership) -> QuerySet[Household]:
    return Household.objects.filter(agency_id=by.agency_id).order_by("number")
