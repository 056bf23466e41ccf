"""What keeps entries of a report from being known outside: instant listing would warn whoever uploaded it.

A silence in force anywhere on the report's path keeps it back, and whatever a later room registers here.
"""

from collections.abc import Callable, Iterable

from havenline.foundation.records import queries as records
from havenline.foundation.records.models import Silence

KeepsBack = Callable[[set[int]], set[int]]  # of these records (primary keys) those that must not be known outside yet

_rooms: list[KeepsBack] = []


def register(room: KeepsBack) -> None:
    """Called in the `ready` of a room that holds something for police."""
    _rooms.append(room)


def kept_back(of: Iterable[int]) -> set[int]:
    """Which of these records, by primary key, keep what was listed from them inside."""
    asked = set(of)
    kept = asked & records.on_a_silent_path(*Silence.Audience.values)
    for room in _rooms:
        kept |= asked & room(asked)
    return kept
