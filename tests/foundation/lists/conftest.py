"""Lists of benign values: hashes are random bits, addresses stand under reserved names."""

import random
from collections.abc import Callable

import pytest

from havenline.foundation.lists import actions
from havenline.foundation.lists.actions import NewEntry
from havenline.foundation.lists.models import KnownList, ListEntry
from havenline.foundation.people.models import Agency, Membership

_chance = random.Random(7)


def random_pdq() -> str:
    return _chance.randbytes(32).hex()


def pdq(quality: int | None = 90, **more: object) -> NewEntry:
    return NewEntry("pdq", random_pdq(), quality=quality, **more)  # type: ignore[arg-type]


@pytest.fixture
def hashes(hotline: Agency, senior_analyst: Membership) -> KnownList:
    return actions.make_list(name="Our hashes", kind="hash", origin="own", agency=hotline, by=senior_analyst)


@pytest.fixture
def foreign(hotline: Agency, senior_analyst: Membership) -> KnownList:
    return actions.make_list(name="Southern hotline", kind="hash", origin="hotline", agency=hotline, by=senior_analyst)


@pytest.fixture
def addresses(hotline: Agency, senior_analyst: Membership) -> KnownList:
    return actions.make_list(name="Our addresses", kind="url", origin="own", agency=hotline, by=senior_analyst)


@pytest.fixture
def entry(hashes: KnownList, analyst: Membership) -> ListEntry:
    return actions.add_entries(known_list=hashes, new=[pdq(grade="A")], by=analyst).entries[0]


@pytest.fixture
def listed(hashes: KnownList, senior_analyst: Membership) -> Callable[[int], list[ListEntry]]:
    """So many entries on the list of hashes."""

    def add(count: int) -> list[ListEntry]:
        return actions.add_entries(known_list=hashes, new=[pdq() for _one in range(count)], by=senior_analyst).entries

    return add
