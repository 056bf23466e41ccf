"""What a scan is told of this installation's lists."""

from collections.abc import Callable

import pytest

from havenline.engines.matching.scanning import looking, rows
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.lists import actions as lists
from havenline.foundation.lists.models import ENTRY_BITS, KnownList, ListEntry, Signal
from havenline.foundation.people.models import Agency
from havenline.foundation.recognition.archives import ListNames, NoSuchList
from havenline.foundation.recognition.follower import Follower
from havenline.foundation.recognition.kept import KINDS, Home
from tests.foundation.recognition.conftest import bits

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(known_list: KnownList, put: Callable[..., ListEntry]) -> ListEntry:
    return put(known_list, bits(), quality=90)


def named(home: Home, *ids: int, **how: object) -> dict[int, tuple[str, str]]:
    Follower(home, say=lambda _words: None).turn()
    index = home.open()
    try:
        return dict(ListNames(index, **how).of(ids))  # type: ignore[arg-type]
    finally:
        index.close()


def test_an_entry_is_called_by_its_list_and_its_number(home: Home, known_list: KnownList, entry: ListEntry) -> None:
    assert named(home, entry.index_id, with_held=True) == {entry.index_id: (known_list.slug, str(entry.pk))}


def test_what_may_not_be_known_outside_yet_is_told_only_where_that_is_asked(home: Home, entry: ListEntry) -> None:
    ListEntry.objects.filter(pk=entry.pk).update(shareable_from=None)
    assert named(home, entry.index_id) == {}
    assert list(named(home, entry.index_id, with_held=True)) == [entry.index_id]


def test_only_the_lists_that_are_asked_for_are_told(home: Home, hotline: Agency, entry: ListEntry, put: Callable[..., ListEntry]) -> None:
    other = lists.make_list(name="Another", kind="hash", origin="own", agency=hotline, by=INSTALLATION)
    second = put(other, bits(), quality=90)
    assert list(named(home, entry.index_id, second.index_id, slugs=[other.slug], with_held=True)) == [second.index_id]


def test_a_list_that_is_not_there_is_named(home: Home, entry: ListEntry) -> None:
    with pytest.raises(NoSuchList, match="nobody-has-it"):
        named(home, entry.index_id, slugs=["nobody-has-it"])


def test_an_entry_that_is_not_in_the_index_is_not_told(home: Home, entry: ListEntry) -> None:
    assert named(home, entry.index_id + 1, with_held=True) == {}


def test_the_engine_calls_digests_and_lists_as_the_index_of_an_installation_does() -> None:
    assert rows.LIST_BITS == ENTRY_BITS
    assert {kind: KINDS[Signal(kind)] for kind in looking.DIGESTS} == looking.DIGESTS
