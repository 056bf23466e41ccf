"""Two descriptions are one child, or are not: said by a person, remembered, and taken back without losing anything."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from stdnum.exceptions import ValidationError
from stdnum.gb import nhs, upn

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import Role
from havenline.journey.safeguarding.actions.findable import make_findable
from havenline.journey.safeguarding.actions.refusals import CannotMerge, NotOfThisCase, NumberNotPossible, ReasonMissing
from havenline.journey.safeguarding.actions.steps import locked
from havenline.journey.safeguarding.models import Child, ChildCase, ChildNumber, Merge, NotTheSame
from havenline.journey.safeguarding.queries import same_child

CHECKED = {ChildNumber.NHS: nhs, ChildNumber.UPN: upn}  # by their check digit or letter


@transaction.atomic
def add_number(*, child_case: ChildCase, system: str, number: str, by: Membership) -> ChildNumber:
    """What another system calls the child. The same number again changes nothing.

    Raises NumberNotPossible (an NHS number or UPN whose check does not fit), ReasonMissing, CaseClosed.
    """
    by.must_be(Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
    child_case = locked(child_case, by=by)
    system, number = " ".join(system.split()), " ".join(number.split())
    if not (system and number):
        raise ReasonMissing(_("Enter the system and the child’s number in it."))
    if checked := CHECKED.get(system.lower()):
        system = system.lower()
        try:
            number = checked.validate(number)
        except ValidationError:
            raise NumberNotPossible(
                _("This number does not exist: one of its characters is wrong. Check it where you have it from.")
            ) from None
    row, made = ChildNumber.objects.get_or_create(
        child=child_case.child, system=system[:40], number=number[:40], defaults={"recorded_at": moment.now(), "recorded_by": by}
    )
    if made or row.ended_on is not None:
        if row.ended_on is not None:
            row.ended_on = None
            row.save(update_fields=["ended_on"])
        make_findable(child_case.child)
        ledger.record(by, "recorded a number of the child", child_case, changed={"system": row.system, "number": row.number})
    return row


@transaction.atomic
def end_number(*, child_case: ChildCase, number: ChildNumber, by: Membership) -> ChildNumber:
    """The other system uses it no longer: it stays, with the day. Raises NotOfThisCase, CaseClosed."""
    by.must_be(Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
    child_case = locked(child_case, by=by)
    if number.child_id != child_case.child_id:
        raise NotOfThisCase(_("This belongs to another child."))
    if number.ended_on is None:
        number.ended_on = moment.today()
        number.save(update_fields=["ended_on"])
        make_findable(child_case.child)
        ledger.record(by, "ended a number of the child", child_case, changed={"system": number.system, "number": number.number})
    return number


@transaction.atomic
def remove_number(*, child_case: ChildCase, number: ChildNumber, by: Membership) -> None:
    """It was never this child's. The ledger keeps that it stood here. Raises NotOfThisCase, CaseClosed."""
    by.must_be(Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
    child_case = locked(child_case, by=by)
    if number.child_id != child_case.child_id:
        raise NotOfThisCase(_("This belongs to another child."))
    ledger.record(by, "took a number of the child out", child_case, changed={"system": number.system, "number": number.number})
    number.delete()
    make_findable(child_case.child)


@transaction.atomic
def tell_apart(*, child_case: ChildCase, other: Child, by: Membership) -> NotTheSame:
    """They are two children: the one is not offered for the other again. Raises NotOfThisCase, CaseClosed."""
    by.must_be(Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
    child_case = locked(child_case, by=by)
    return remember_apart(child_case, other, by=by)


def remember_apart(child_case: ChildCase, other: Child, *, by: Membership) -> NotTheSame:
    """Within an act that said so: a referral taken up as another child than those who were offered."""
    _must_be_theirs(other, child_case.child, by)
    first, second = sorted((child_case.child_id, other.pk))
    row, made = NotTheSame.objects.get_or_create(one_id=first, other_id=second, taken_back_at=None, defaults={"by": by, "at": moment.now()})
    if made:
        ledger.record(by, "said that they are two children", child_case, changed={"other": other.pk})
    return row


@transaction.atomic
def offer_again(*, child_case: ChildCase, apart: NotTheSame, by: Membership) -> NotTheSame:
    """Whoever said that they are two is not sure any more. Raises NotOfThisCase, CaseClosed."""
    by.must_be(Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
    child_case = locked(child_case, by=by)
    if child_case.child_id not in (apart.one_id, apart.other_id):
        raise NotOfThisCase(_("This belongs to another child."))
    if apart.taken_back_at is None:
        apart.taken_back_at = moment.now()
        apart.save(update_fields=["taken_back_at"])
        ledger.record(by, "took back that they are two children", child_case, changed={"row": apart.pk})
    return apart


@transaction.atomic
def merge(*, child_case: ChildCase, other: Child, by: Membership) -> Merge:
    """They are one child: the other's cases, people around it and numbers go over to this one. It can be undone.

    What is known of this child stays as it is; the other's name is kept beside it. Raises CannotMerge, NotOfThisCase, CaseClosed.
    """
    by.must_be(Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
    child_case = locked(child_case, by=by)
    both = {
        one.pk: one for one in Child.objects.select_for_update(of=("self",)).filter(pk__in=(child_case.child_id, other.pk)).order_by("pk")
    }
    kept = both[child_case.child_id]
    other = both.get(other.pk, other)
    _must_be_theirs(other, kept, by)
    standing = Merge.objects.filter(kept=kept, other=other, undone_at=None).first()
    if standing is not None:
        return standing
    if other.merged_into_id or kept.merged_into_id:
        raise CannotMerge(_("One of them was merged with another child meanwhile. Look at it again; nothing was changed."))
    # A case that came with a census holds no referral: two without one did not come by the same.
    led_to = [set(one.cases.exclude(referral=None).values_list("referral", flat=True)) for one in (kept, other)]
    if led_to[0] & led_to[1]:
        raise CannotMerge(_("One referral led to a case of each: it told of two children. If that was wrong, end one of the cases first."))
    went = _go_over(other, kept)
    row = Merge.objects.create(kept=kept, other=other, went_over=went, by=by, at=moment.now())
    other.merged_into = kept
    other.save(update_fields=["merged_into"])
    said = [name for name in other.names if name not in kept.names]
    if said and len(names := ", ".join(filter(None, [kept.other_names, *said]))) <= 300:
        went["other_names_before"], kept.other_names = kept.other_names, names
        kept.save(update_fields=["other_names"])
        row.save(update_fields=["went_over"])
    NotTheSame.objects.filter(one_id=min(kept.pk, other.pk), other_id=max(kept.pk, other.pk), taken_back_at=None).update(
        taken_back_at=moment.now()
    )
    _told_on_each(kept, "said that two are one child", {"kept": kept.pk, "other": other.pk}, by=by)
    make_findable(kept)
    make_findable(other)
    return row


def _must_be_theirs(other: Child, than: Child, by: Membership) -> None:
    """Another child of this person's area, of which no case is kept from them."""
    if other.pk == than.pk or other.agency_id != by.agency_id or other.pk in same_child.kept_from(by):
        raise NotOfThisCase(_("This child belongs to another area, or is the same row."))


def _go_over(other: Child, kept: Child) -> dict[str, Any]:
    went: dict[str, Any] = {
        "cases": list(other.cases.values_list("pk", flat=True)),
        "relationships": list(other.relationships.values_list("pk", flat=True)),
        "numbers": [one.pk for one in other.numbers.all() if not kept.numbers.filter(system=one.system, number=one.number).exists()],
    }
    _put(went, kept)
    return went


def _put(these: dict[str, Any], child: Child) -> None:
    ChildCase.objects.filter(pk__in=these["cases"]).update(child=child)
    child.relationships.model.objects.filter(pk__in=these["relationships"]).update(child=child)
    ChildNumber.objects.filter(pk__in=these["numbers"]).update(child=child)


@transaction.atomic
def undo_merge(*, child_case: ChildCase, row: Merge, by: Membership) -> Merge:
    """They are two after all: what went over goes back, and what came since stays where it was recorded.

    Raises NotOfThisCase, CaseClosed.
    """
    by.must_be(Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
    child_case = locked(child_case, by=by)
    row = Merge.objects.select_for_update(of=("self",)).select_related("kept", "other").get(pk=row.pk)
    if child_case.child_id != row.kept_id:
        raise NotOfThisCase(_("This belongs to another child."))
    if row.undone_at is not None:
        return row
    kept, other = row.kept, row.other
    _told_on_each(kept, "said that they are two children after all", {"kept": kept.pk, "other": other.pk}, by=by)
    still = {
        "cases": list(kept.cases.filter(pk__in=row.went_over["cases"]).values_list("pk", flat=True)),
        "relationships": list(kept.relationships.filter(pk__in=row.went_over["relationships"]).values_list("pk", flat=True)),
        "numbers": list(kept.numbers.filter(pk__in=row.went_over["numbers"]).values_list("pk", flat=True)),
    }
    _put(still, other)
    other.merged_into = None
    other.save(update_fields=["merged_into"])
    if "other_names_before" in row.went_over:
        kept.other_names = row.went_over["other_names_before"]
        kept.save(update_fields=["other_names"])
    row.undone_at, row.undone_by = moment.now(), by
    row.save(update_fields=["undone_at", "undone_by"])
    make_findable(kept)
    make_findable(other)
    return row


def _told_on_each(child: Child, verb: str, changed: dict[str, int], *, by: Membership) -> None:
    """On the ledger of every case of the child, so that each of them says what became of its child."""
    for case in ChildCase.objects.filter(child=child, record__erased_at=None).select_related("record"):
        ledger.record(by, verb, case, changed=changed)
