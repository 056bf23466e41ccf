"""Who is around a child, as somebody said it: added, ended, withdrawn, and never changed. And where the child lives."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import Role
from havenline.journey.safeguarding.actions.findable import make_findable
from havenline.journey.safeguarding.actions.refusals import DateNotPossible, NotOfThisCase, ReasonMissing
from havenline.journey.safeguarding.actions.steps import locked
from havenline.journey.safeguarding.models import Child, ChildCase, Household, Relationship
from havenline.journey.safeguarding.queries import same_child


@transaction.atomic
def add_relationship(
    *,
    child_case: ChildCase,
    name: str,
    relation: str,
    said_by: str,
    by: Membership,
    lives_with: bool = False,
    cares_for: bool = False,
    is_parent: bool = False,
    born_on: date | None = None,
    said_on: date | None = None,
) -> Relationship:
    """Somebody around the child, and who said so; the same statement twice is one. Raises ReasonMissing, DateNotPossible, CaseClosed."""
    by.must_be(Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
    child_case = locked(child_case, by=by)
    if not (name.strip() and relation.strip() and said_by.strip()):
        raise ReasonMissing(_("Enter who it is, how they are related to the child, and who said so."))
    on = said_on or moment.today()
    if on > moment.today():
        told = _("Enter a date that is today or earlier.")
        raise DateNotPossible(told, {"said_on": told})
    if born_on is not None and born_on > moment.today():
        told = _("Enter a date of birth that is not in the future.")
        raise DateNotPossible(told, {"born_on": told})
    child = child_case.child
    if is_parent and born_on is not None and child.born_on is not None and born_on >= child.born_on:
        told = _("A parent is born before the child. Check which of the two dates of birth is wrong.")
        raise DateNotPossible(told, {"born_on": told})
    relationship, made = Relationship.objects.get_or_create(
        child=child,
        name=name.strip(),
        relation=relation.strip(),
        ended_on=None,
        withdrawn_at=None,
        lives_with=lives_with,
        cares_for=cares_for,
        is_parent=is_parent,
        born_on=born_on,
        defaults={"said_by": said_by.strip(), "said_on": on, "recorded_at": moment.now(), "recorded_by": by},
    )
    if made:
        make_findable(child)
        ledger.record(
            by,
            "recorded somebody around the child",
            child_case,
            changed={"relationship": relationship.pk, "lives_with": lives_with, "cares_for": cares_for, "is_parent": is_parent, "on": on},
        )
    return relationship


def take_over(child: Child, told: Iterable[Mapping[str, Any]], *, said_by: str, said_on: date, by: Membership) -> list[Relationship]:
    """The statements that came with a referral, as whoever referred said them; what stands here already is said once."""
    found = []
    for one in told:
        name, relation = str(one.get("name") or "").strip()[:120], str(one.get("relation") or "").strip()[:60]
        if not name:
            continue
        relationship, _made = Relationship.objects.get_or_create(
            child=child,
            name=name,
            relation=relation or _("not told"),
            ended_on=None,
            withdrawn_at=None,
            lives_with=bool(one.get("lives_with")),
            cares_for=bool(one.get("cares_for")),
            is_parent=bool(one.get("is_parent")),
            born_on=same_child.day_in(one, "born_on"),
            defaults={
                "said_by": (str(one.get("said_by") or "").strip() or said_by)[:120],
                "said_on": said_on,
                "recorded_at": moment.now(),
                "recorded_by": by,
            },
        )
        found.append(relationship)
    return found


@transaction.atomic
def end_relationship(
    *, child_case: ChildCase, relationship: Relationship, said_by: str, by: Membership, ended_on: date | None = None
) -> Relationship:
    """It is no longer so: the row stays, with the day and who said it. Raises ReasonMissing, DateNotPossible, NotOfThisCase."""
    child_case, relationship = _of_this_child(child_case, relationship, by)
    if not said_by.strip():
        raise ReasonMissing(_("Enter who said that it is no longer so."))
    on = ended_on or moment.today()
    if on > moment.today():
        raise DateNotPossible(_("Enter a date that is today or earlier."))
    if relationship.ended_on is None and relationship.withdrawn_at is None:
        relationship.ended_on, relationship.ended_said_by, relationship.closed_by = on, said_by.strip()[:120], by
        relationship.save(update_fields=["ended_on", "ended_said_by", "closed_by"])
        make_findable(child_case.child)
        ledger.record(
            by, "recorded that this is no longer so", child_case, changed={"relationship": relationship.pk, "on": on}, words=said_by
        )
    return relationship


@transaction.atomic
def withdraw_relationship(*, child_case: ChildCase, relationship: Relationship, why: str, by: Membership) -> Relationship:
    """It never was so: the row stays, withdrawn, with why. Raises ReasonMissing, NotOfThisCase."""
    child_case, relationship = _of_this_child(child_case, relationship, by)
    if not why.strip():
        raise ReasonMissing(_("Say why it is withdrawn: who says that it never was so, or what was written wrong."))
    if relationship.withdrawn_at is None:
        relationship.ended_on, relationship.ended_said_by = None, ""
        relationship.withdrawn_at, relationship.withdrawn_why, relationship.closed_by = moment.now(), why.strip()[:200], by
        relationship.save(update_fields=["ended_on", "ended_said_by", "withdrawn_at", "withdrawn_why", "closed_by"])
        make_findable(child_case.child)
        ledger.record(by, "withdrew what was said of the child", child_case, changed={"relationship": relationship.pk}, words=why)
    return relationship


def _of_this_child(child_case: ChildCase, relationship: Relationship, by: Membership) -> tuple[ChildCase, Relationship]:
    by.must_be(Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
    child_case = locked(child_case, by=by)
    if relationship.child_id != child_case.child_id:
        raise NotOfThisCase(_("This belongs to another child."))
    return child_case, Relationship.objects.select_for_update(of=("self",)).get(pk=relationship.pk)


@transaction.atomic
def join_household(*, child_case: ChildCase, household: Household, by: Membership, at_times: bool = False) -> Child:
    """The child lives in this household of the area; `at_times`: in this one, too. Raises NotOfThisCase."""
    by.must_be(Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
    child_case = locked(child_case, by=by)
    if household.agency_id != by.agency_id:
        raise NotOfThisCase(_("This household belongs to another area."))
    child = child_case.child
    field = "other_household" if at_times else "household"
    if household.pk == (child.household_id if at_times else child.other_household_id):
        raise NotOfThisCase(_("The child lives in this household already."))
    if getattr(child, f"{field}_id") != household.pk:
        setattr(child, field, household)
        child.save(update_fields=[field])
        make_findable(child)
        ledger.record(by, "put the child in a household", child_case, changed={field: household.number})
    return child
