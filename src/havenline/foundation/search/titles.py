"""What a room calls its records where they were found: a child's name beside a case. Each room says it of its own kinds."""

from collections.abc import Callable, Mapping, Sequence

from havenline.foundation.people.models import Membership
from havenline.foundation.records.models import Record

Titles = Callable[[Sequence[int], Membership], Mapping[int, str]]
_of_kind: dict[str, Titles] = {}


def register(kind: str, titles: Titles) -> None:
    """Called in the `ready` of a room. `titles`: of records by their primary keys, as far as this person may see them."""
    _of_kind[str(kind)] = titles


def of(records: Sequence[Record], *, by: Membership) -> dict[int, str]:
    """By primary key."""
    found: dict[int, str] = {}
    for kind in {record.kind for record in records} & set(_of_kind):
        found.update(_of_kind[kind]([record.pk for record in records if record.kind == kind], by))
    return found
