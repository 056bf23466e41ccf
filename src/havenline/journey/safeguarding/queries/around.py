"""Who is around a child: the statements that stand, those that ended or were withdrawn, and what a drawing shows of them."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from havenline.foundation.people.models import Membership
from havenline.journey.safeguarding import queries
from havenline.journey.safeguarding.models import ChildCase, Relationship
from havenline.journey.safeguarding.queries.reading import day

MOST_DRAWN = 16  # more is a table: a drawing that nobody can take in says nothing


def shown(child_case: ChildCase, *, by: Membership) -> dict[str, Any]:
    """The table, which is the truth, and the drawing beside it."""
    of_child = Relationship.objects.filter(child=child_case.child_id).order_by("said_on", "pk")
    everything = list(of_child.select_related("recorded_by__person", "closed_by__person"))
    now_so = [one for one in everything if one.ended_on is None and one.withdrawn_at is None]
    siblings = queries.household_members(child_case, by=by)
    return {
        "now_so": now_so,
        "no_longer": [one for one in everything if one not in now_so],
        "siblings": siblings,
        "drawing": picture(child_case, now_so, [one.child.name for one in siblings]),
    }


def picture(child_case: ChildCase, statements: Iterable[Relationship], siblings: list[str]) -> dict[str, Any] | None:
    """One box for each person, however many statements there are of them; None where there is nothing to draw, or too much."""
    people: dict[str, list[Relationship]] = {}
    for one in statements:
        people.setdefault(one.name.casefold(), []).append(one)
    siblings = list(dict.fromkeys(siblings))
    if not (people or siblings) or len(people) + len(siblings) > MOST_DRAWN:
        return None
    child = child_case.child
    lives: list[dict[str, Any]] = []
    elsewhere: list[dict[str, Any]] = []
    for some in people.values():
        last = some[-1]
        relations = list(dict.fromkeys(one.relation for one in some))
        if any(one.is_parent for one in some) and _("parent") not in relations:
            relations.append(_("parent"))
        box = {
            "name": last.name,
            "relation": ", ".join(relations),
            "said": _("%(who)s, %(day)s") % {"who": last.said_by, "day": day(last.said_on)},
            "cares": any(one.cares_for for one in some),
        }
        (lives if any(one.lives_with for one in some) else elsewhere).append(box)
    home = f"{child.household.number} {child.household.address}".strip() if child.household else _("Lives with the child")
    note = _("%(n)s years") % {"n": child.age} if child.age is not None else ""
    return {"child": child.name, "note": note, "home": home, "inside": lives, "outside": elsewhere, "siblings": siblings}
