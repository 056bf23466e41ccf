"""Two descriptions of a person, compared part by part. What speaks for and what against is told; the rules are few and stand below."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum, StrEnum

from havenline.engines.linking.names import Alike, alike
from havenline.engines.linking.search import address_key


@dataclass(frozen=True)
class Described:
    """One person as somebody described them. `names`: whole names, each that they are called by; `numbers`: by system (`nhs`, `upn`).

    Whatever is not known is left out: it speaks neither for nor against.
    """

    names: tuple[str, ...] = ()
    born_on: date | None = None
    age: int | None = None
    address: str = ""
    numbers: Mapping[str, str] = field(default_factory=dict)


class Strength(IntEnum):
    """How strongly to offer that they are one. None of them is a decision."""

    NONE = 0
    POSSIBLE = 1
    LIKELY = 2
    CERTAIN = 3  # one number in one system


class Reason(StrEnum):
    NUMBER = "same_number"
    NAME = "same_name"
    NAME_VARIANT = "name_variant"
    NAME_SOUND = "name_sounds_alike"
    BORN = "same_birth_date"
    BORN_NEARLY = "birth_date_nearly"
    AGE = "same_age"
    ADDRESS = "same_address"


class Against(StrEnum):
    NUMBER = "other_number"
    NAME = "other_given_name"
    BORN = "other_birth_date"
    AGE = "other_age"


@dataclass(frozen=True)
class Likeness:
    strength: Strength
    reasons: tuple[Reason, ...] = ()
    against: tuple[Against, ...] = ()


def compare(one: Described, other: Described) -> Likeness:
    """Symmetric. Two children of one birthday, family name and home, with unlike given names, are twins: NONE.

    CERTAIN: one number. LIKELY: the name or a variant of it, with the date of birth (or nearly: one digit, day and month exchanged), or
    with the address and an age that fits. POSSIBLE: the name or a variant alone where nothing speaks against it; a name alike in sound
    with date of birth, age or address. What speaks against takes one step away, a number of another person leaves POSSIBLE at most.
    """
    name = max((alike(a, b) for a in one.names for b in other.names), default=Alike.NO)
    shared = {system for system, number in one.numbers.items() if number and other.numbers.get(system) == number}
    differ = {system for system, number in one.numbers.items() if number and other.numbers.get(system, number) not in ("", number)}
    born = _born(one, other)
    home = bool(address_key(one.address)) and address_key(one.address) == address_key(other.address)

    reasons = [*([Reason.NUMBER] if shared else []), *_NAMED.get(name, []), *born[0], *([Reason.ADDRESS] if home else [])]
    against = [*([Against.NUMBER] if differ else []), *([Against.NAME] if name == Alike.FAMILY else []), *born[1]]
    strength = Strength.CERTAIN if shared else _by_name(name, reasons, against)
    if differ and not shared:
        strength = min(strength, Strength.POSSIBLE)
    return Likeness(strength, tuple(reasons), tuple(against))


_NAMED = {Alike.SAME: [Reason.NAME], Alike.VARIANT: [Reason.NAME_VARIANT], Alike.SOUND: [Reason.NAME_SOUND]}


def _by_name(name: Alike, reasons: list[Reason], against: list[Against]) -> Strength:
    has_birth = Reason.BORN in reasons or Reason.BORN_NEARLY in reasons
    has_home = Reason.ADDRESS in reasons
    if name <= Alike.FAMILY:
        return Strength.NONE
    if name == Alike.SOUND:
        strength = Strength.POSSIBLE if has_birth or has_home or Reason.AGE in reasons else Strength.NONE
    elif has_birth or has_home:
        strength = Strength.LIKELY
    else:
        strength = Strength.POSSIBLE
    if Against.BORN in against or Against.AGE in against:
        strength = Strength(max(0, strength - 1))
    return strength


def _born(one: Described, other: Described) -> tuple[list[Reason], list[Against]]:
    if one.born_on is not None and other.born_on is not None:
        if one.born_on == other.born_on:
            return [Reason.BORN], []
        return ([Reason.BORN_NEARLY], []) if _nearly(one.born_on, other.born_on) else ([], [Against.BORN])
    if one.age is not None and other.age is not None:
        return ([Reason.AGE], []) if abs(one.age - other.age) <= 1 else ([], [Against.AGE])
    return [], []


def _nearly(one: date, other: date) -> bool:
    """Day and month exchanged, or one digit written wrong."""
    if (one.year, one.month, one.day) == (other.year, other.day, other.month):
        return True
    return sum(a != b for a, b in zip(one.isoformat(), other.isoformat(), strict=True)) == 1
