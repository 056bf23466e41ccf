"""A child, as a referral tells of it, becomes one of this area's children; what was told is kept as it was told."""

import secrets
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from stdnum.exceptions import ValidationError

from havenline.foundation import moment
from havenline.foundation.handover.models import HandOver
from havenline.foundation.people.acting import beyond_need_to_know
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.records.models import ALPHABET
from havenline.journey.safeguarding.actions import around, birth
from havenline.journey.safeguarding.actions.refusals import NotAChild
from havenline.journey.safeguarding.actions.same_child import CHECKED
from havenline.journey.safeguarding.actions.told import DAYS_OF_A_CHILD
from havenline.journey.safeguarding.models import Child, ChildNumber, Household
from havenline.journey.safeguarding.queries import same_child


def must_be_a_child(told: Mapping[str, Any], hand_over: HandOver) -> None:
    """Raises NotAChild: by what is told they were 18 or over when they were referred."""
    days = {key: same_child.day_in(told, key) for key in DAYS_OF_A_CHILD}
    if birth.is_adult({**days, "age": told.get("age")}, moment.day_of(hand_over.sent_at or moment.now())):
        raise NotAChild(
            _(
                "They were 18 or over when they were referred, by what %(agency)s told. Return it with that reason, or ask for the right "
                "date of birth: the duty stays there until it is taken up."
            )
            % {"agency": hand_over.from_agency.name}
        )


def new_child(agency: Agency, told: Mapping[str, Any], household: Household | None) -> Child:
    """Dates that cannot be (typed wrong elsewhere) are left out here; the package keeps them."""
    days = {key: same_child.day_in(told, key) for key in DAYS_OF_A_CHILD}
    impossible = birth.wrong_with(days)
    days = {key: None if key in impossible else day for key, day in days.items()}
    if "born_latest" in impossible:
        days["born_earliest"] = None
    if not told.get("no_fixed_address"):
        household = household or (new_household(agency, told) if told.get("household") or told.get("address") else None)
    age = told.get("age")
    return Child.objects.create(
        agency=agency,
        household=household,
        name=str(told.get("name") or "").strip()[:120] or same_child.no_name(),
        other_names=str(told.get("other_names") or "")[:300],
        born_about=str(told.get("born_about") or "")[:60],
        age_as_told=age if isinstance(age, int) and 0 <= age <= 25 else None,
        school=str(told.get("school") or "")[:160],
        language=str(told.get("language") or "")[:60],
        no_fixed_address=bool(told.get("no_fixed_address")),
        found_at=str(told.get("found_at") or "")[:300],
        made_at=moment.now(),
        **days,
    )


def keep_what_was_told(child: Child, package: Mapping[str, Any], hand_over: HandOver, *, by: Membership) -> None:
    """The numbers and the people around the child that came with a referral: also of a child who is known already."""
    told = package.get("child", {})
    for system, checked in CHECKED.items():
        number = str(told.get(system) or "").strip()
        try:
            number = checked.validate(number) if number else ""
        except ValidationError:
            number = ""
        if number:
            kept = {"recorded_at": moment.now(), "recorded_by": by}
            ChildNumber.objects.get_or_create(child=child, system=system, number=number, defaults=kept)
    people = package.get("relationships")
    if isinstance(people, list):
        # Never by name: who referred is withheld from some who see who is around the child.
        source = str(package.get("source") or "")
        said_by = _("whoever referred: %(source)s") % {"source": source} if source else hand_over.from_agency.name
        said_on = moment.day_of(hand_over.sent_at or moment.now())
        around.take_over(child, [one for one in people if isinstance(one, Mapping)], said_by=said_by, said_on=said_on, by=by)


def new_household(agency: Agency, told: Mapping[str, Any]) -> Household:
    while True:
        number = "H-" + "".join(secrets.choice(ALPHABET) for _letter in range(4))
        with beyond_need_to_know():  # another area's household may have that number
            household, made = Household.objects.get_or_create(
                number=number, defaults={"agency": agency, "address": str(told.get("address") or "")[:300], "made_at": moment.now()}
            )
        if made:
            return household
