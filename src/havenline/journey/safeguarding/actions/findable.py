"""A child's cases are found by the child's names, household, school and numbers, and by whoever is around the child."""

from havenline.engines import linking
from havenline.foundation.search import actions as search
from havenline.journey.safeguarding.models import Child, ChildCase, ChildKey, Relationship
from havenline.journey.safeguarding.queries import same_child


def make_findable(child: Child) -> None:
    """Index every case of this child afresh, and keep its keys. Called inside the action that changed what is known."""
    homes = [home for home in (child.household, child.other_household) if home]
    household = [part for home in homes for part in (home.number, home.address)] + [child.found_at]
    around = [relationship.name for relationship in Relationship.objects.standing().filter(child=child)]
    numbers = [one.number for one in child.numbers.all()]
    text = "\n".join([*child.names, child.school, *household, *around, *numbers])
    for child_case in ChildCase.objects.filter(child=child, record__erased_at=None).select_related("record"):
        search.index(child_case.record, text)
    _keep_keys(child)


def _keep_keys(child: Child) -> None:
    """Under which keys this child is found who may be the same; none for one that was merged into another."""
    wanted = set() if child.merged_into_id else set(linking.keys_of(same_child.described(child)))
    there = dict(ChildKey.objects.filter(child=child).values_list("key", "pk"))
    ChildKey.objects.filter(pk__in=[pk for key, pk in there.items() if key not in wanted]).delete()
    ChildKey.objects.bulk_create([ChildKey(child=child, key=key) for key in sorted(wanted - set(there))], ignore_conflicts=True)
