"""Which children of this area may be the same as one that is described: offered with reasons, and never again once a person said no."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from havenline.engines import linking
from havenline.engines.linking import Against, Described, Likeness, Reason, Strength
from havenline.foundation.people.acting import beyond_need_to_know
from havenline.foundation.people.models import Membership
from havenline.foundation.records.models import Record
from havenline.journey.safeguarding.models import Child, ChildCase, ChildKey, ChildNumber, Merge, NotTheSame

MOST = 400  # children who share a key: compared one by one
SHOWN = 12
LONGEST = 18  # digits of a child's number in the database


def no_name() -> str:
    """What stands where a child's name is not known."""
    return str(_("Child, name not known"))


def name_by_number(number: str) -> str:
    """What stands as the name of a child who came with a census, until somebody writes one."""
    return str(_("Child %(number)s") % {"number": number})


def called_by_number(child: Child) -> list[str]:
    return [name_by_number(one.number) for one in child.numbers.all() if one.system == ChildNumber.CENSUS]


@dataclass(frozen=True)
class Candidate:
    """A child of this area, how strongly it is offered, and why. `at_home`: it lives where the described one does."""

    child: Child
    likeness: Likeness

    @property
    def may_be_same(self) -> bool:
        return self.likeness.strength > Strength.NONE

    @property
    def at_home(self) -> bool:
        return Reason.ADDRESS in self.likeness.reasons

    @property
    def strength(self) -> str:
        words = {Strength.CERTAIN: _("One number"), Strength.LIKELY: _("Likely"), Strength.POSSIBLE: _("Possible")}
        return str(words.get(self.likeness.strength, ""))

    @property
    def why(self) -> str:
        return ", ".join(str(_reasons()[reason]) for reason in self.likeness.reasons)

    @property
    def against(self) -> str:
        return ", ".join(str(_reasons()[reason]) for reason in self.likeness.against)


def _reasons() -> dict[Reason | Against, str]:
    return {
        Reason.NUMBER: _("the same number in another system"),
        Reason.NAME: _("the same name"),
        Reason.NAME_VARIANT: _("a form of the same name"),
        Reason.NAME_SOUND: _("a name that sounds alike"),
        Reason.BORN: _("the same date of birth"),
        Reason.BORN_NEARLY: _("nearly the same date of birth"),
        Reason.AGE: _("the same age"),
        Reason.ADDRESS: _("the same address"),
        Against.NUMBER: _("another number in the same system"),
        Against.NAME: _("another given name"),
        Against.BORN: _("another date of birth"),
        Against.AGE: _("another age"),
    }


def described(child: Child) -> Described:
    """A child of this area, as the engine compares it."""
    return Described(
        names=tuple(name for name in child.names if name not in (no_name(), *called_by_number(child))),
        born_on=child.born_on,
        age=child.age,
        address=child.household.address if child.household else "",
        numbers={one.system: one.number for one in child.numbers.all() if one.ended_on is None},
    )


def described_in(told: Mapping[str, Any]) -> Described:
    """A child as a referral tells of it; what was typed wrong is not known."""
    age = told.get("age")
    return Described(
        names=tuple(filter(None, (name.strip() for name in (str(told.get("name") or ""), *str(told.get("other_names") or "").split(","))))),
        born_on=day_in(told, "born_on"),
        age=age if isinstance(age, int) else None,
        address=str(told.get("address") or ""),
        numbers={system: str(told[system]) for system in (ChildNumber.NHS, ChildNumber.UPN) if told.get(system)},
    )


def day_in(told: Mapping[str, Any], key: str) -> date | None:
    """A day as a package tells it; what is none is not known."""
    try:
        return date.fromisoformat(str(told.get(key) or ""))
    except ValueError:
        return None


def like(person: Described, *, by: Membership, apart_from: Iterable[int] = ()) -> list[Candidate]:
    """Children of this person's area who may be the same or live at the same address, the strongest first.

    Asks an index of keys, so it costs what few children cost however many the area knows.
    """
    keys = linking.keys_of(person)
    if not keys:
        return []
    sharing = ChildKey.objects.filter(key__in=keys, child__agency=by.agency_id).values("child").distinct()[:MOST]
    left_out = {*apart_from, *kept_from(by)}
    wanted = [pk for pk in sharing.values_list("child", flat=True) if pk not in left_out]
    children = Child.objects.filter(pk__in=wanted, merged_into=None, agency=by.agency_id)
    compared = [
        Candidate(child, linking.compare(person, described(child)))
        for child in children.select_related("household", "other_household").prefetch_related("numbers")
    ]
    found = [one for one in compared if one.may_be_same or one.at_home]
    return sorted(found, key=lambda one: (-one.likeness.strength, -len(one.likeness.reasons), one.child.name, one.child.pk))[:SHOWN]


def kept_from(by: Membership) -> set[int]:
    """Children of this person's area with a restricted case that they do not see: that there is one would tell them of it."""
    with beyond_need_to_know():  # of cases that they see none of, to say nothing of them
        restricted = ChildCase.objects.filter(child__agency=by.agency_id, record__restricted_at__isnull=False, record__erased_at=None)
        return set(restricted.exclude(record__in=Record.objects.visible_to(by)).values_list("child", flat=True))


def of_area(pk: str, *, by: Membership) -> list[Child]:
    """The child of this number, as far as this person may say something of it; none where it is another area's, or no number."""
    if not pk.isdecimal() or len(pk) >= LONGEST or int(pk) in kept_from(by):
        return []
    return list(Child.objects.filter(pk=int(pk), agency=by.agency_id))


def children_alike(told: Mapping[str, Any], *, by: Membership) -> list[Candidate]:
    """For a referral that is about to be taken up."""
    return like(described_in(told), by=by)


def offered(child: Child, *, by: Membership) -> list[Candidate]:
    """Children who may be the same as this one, but for those of whom a person said that they are not."""
    apart = told_apart(child, by=by)
    found = like(described(child), by=by, apart_from=[child.pk, *(other.pk for _row, other in apart)])
    return [one for one in found if one.may_be_same]


def told_apart(child: Child, *, by: Membership) -> list[tuple[NotTheSame, Child]]:
    """Of whom it was said that they are another child than this one, and by whom."""
    rows = NotTheSame.objects.filter(Q(one=child) | Q(other=child), taken_back_at=None).select_related("one", "other", "by__person")
    both = [(row, row.other if row.one_id == child.pk else row.one) for row in rows.order_by("at", "pk")]
    hidden = kept_from(by) if both else set()
    return [(row, other) for row, other in both if other.pk not in hidden]


def merges_of(child: Child) -> list[Merge]:
    """What was merged into this child and stands, the last first."""
    return list(child.merges.filter(undone_at=None).select_related("other", "by__person"))
