"""What can be said of a child's birth, and what cannot: asked alike of a referral and of a child's own page."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.journey.safeguarding.models import Child, Relationship
from havenline.journey.safeguarding.models.child import age_at

LONGEST_WAIT = timedelta(weeks=44)  # for an unborn child: longer than any pregnancy
LONG_EXPECTED = timedelta(weeks=4)  # after this, the child was born
ADULT = 18


def wrong_with(told: Mapping[str, Any]) -> dict[str, str]:
    """What is impossible, by field, in words that say what to do; nothing where all of it can be. Dates are dates or None."""
    today, wrong = moment.today(), {}
    born, expected = told.get("born_on"), told.get("expected_on")
    earliest, latest = told.get("born_earliest"), told.get("born_latest")
    if born is not None and born > today:
        wrong["born_on"] = _("Enter a date of birth that is not in the future. For an unborn child enter when it is expected.")
    if expected is not None:
        if born is not None:
            wrong["expected_on"] = _("Born, or expected: enter one of the two dates.")
        elif expected > today + LONGEST_WAIT:
            wrong["expected_on"] = _("Enter an expected date that is at most ten months ahead.")
        elif expected < today - LONG_EXPECTED:
            wrong["expected_on"] = _("This day is long past: enter the date of birth, or when the child was born as it is told.")
    for name, end in (("born_earliest", earliest), ("born_latest", latest)):
        if end is not None and end > today:
            wrong[name] = _("Enter a day that is not in the future.")
    if earliest is not None and latest is not None and earliest > latest:
        wrong["born_latest"] = _("Enter a day on or after the earliest.")
    if born is not None and ((earliest is not None and born < earliest) or (latest is not None and born > latest)):
        wrong["born_on"] = _("This date lies outside the range below it. Enter the date alone, or the range alone.")
    return wrong


def is_adult(told: Mapping[str, Any], day: date) -> bool:
    """Whether whoever is described was 18 or over on that day, as far as it is told: an unclear age is a child's."""
    born = told.get("born_on") or told.get("born_latest")
    if born is not None:
        return age_at(born, day) >= ADULT
    age = told.get("age")
    return isinstance(age, int) and age >= ADULT


def before_a_parent(child: Child, born_on: date | None) -> str:
    """Which parent was born on or after that day, in words; "" where none was."""
    parents = Relationship.objects.standing().filter(child=child, is_parent=True, born_on__isnull=False)
    parent = parents.filter(born_on__gte=born_on).first() if born_on is not None else None
    if parent is None or parent.born_on is None:
        return ""
    return _("%(name)s, a parent, was born on %(day)s: the child cannot have been born before that. Check which of the dates is wrong.") % {
        "name": parent.name,
        "day": date_format(parent.born_on, "j M Y"),
    }
