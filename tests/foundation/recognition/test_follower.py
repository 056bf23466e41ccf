"""The index follows the lists."""

import sqlite3
from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest

from havenline.foundation import moment
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.lists import actions as lists
from havenline.foundation.lists.models import ENTRY_BITS, KnownList, ListEntry
from havenline.foundation.recognition import follower as follower_module
from havenline.foundation.recognition.follower import AnotherFollows, Follower, behind, only_one
from havenline.foundation.recognition.kept import Home
from tests.foundation.recognition.conftest import bits, turned

pytestmark = pytest.mark.django_db

Put = Callable[..., ListEntry]


def found(follower: Follower, hash_: bytes, *in_lists: KnownList) -> list[tuple[int, int]]:
    assert follower.generation is not None
    hits = follower.generation.near(np.frombuffer(hash_, np.uint8).reshape(1, 32), radius=31, lists=frozenset(one.pk for one in in_lists))
    return [(one.entry, one.distance) for one in hits]


def test_what_stands_on_a_list_is_in_the_first_index_with_its_note(
    follower: Follower, known_list: KnownList, put: Put, said: list[str]
) -> None:
    hash_ = bits()
    entry = put(known_list, hash_, grade="A", about={"series": "benign test pattern"})
    follower.turn()
    assert found(follower, turned(hash_, 1, 2, 3), known_list) == [(entry.pk, 3)]
    assert follower.generation is not None
    (one,) = follower.generation.near(np.frombuffer(hash_, np.uint8).reshape(1, 32), radius=0, lists=frozenset({known_list.pk}))
    assert (one.note.grade, one.note.about, one.known_list, one.id) == (
        "A",
        {"series": "benign test pattern"},
        known_list.pk,
        entry.index_id,
    )
    assert any("1 of 1 entries" in words for words in said)


def test_an_addition_a_withdrawal_and_a_grade_are_followed(follower: Follower, known_list: KnownList, put: Put) -> None:
    follower.turn()
    hash_ = bits()
    entry = put(known_list, hash_)
    assert found(follower, hash_, known_list) == []
    assert follower.turn() == 1
    assert found(follower, hash_, known_list) == [(entry.pk, 0)]
    lists.withdraw(entry=entry, by=INSTALLATION)
    follower.turn()
    assert found(follower, hash_, known_list) == []
    assert follower.turn() == 0


def test_digests_and_addresses_are_followed_too(follower: Follower, known_list: KnownList, put: Put, hotline: object) -> None:
    entry = put(known_list, bits(), signal="sha256")
    follower.turn()
    assert follower.generation is not None
    value = bytes.fromhex(entry.value)
    assert [one.entry for one in follower.generation.equal("sha256", [value], lists=frozenset({known_list.pk}))] == [entry.pk]
    assert follower.generation.equal("sha256", [value], lists=frozenset()) == []


@pytest.mark.parametrize("how", ["hold", "switch off", "close"])
def test_a_list_that_is_no_longer_matched_leaves_the_index_and_comes_back(
    how: str, follower: Follower, known_list: KnownList, put: Put
) -> None:
    hash_ = bits()
    entry = put(known_list, hash_)
    follower.turn()
    if how == "hold":
        lists.hold_list(known_list=known_list, reason="It shrank", by=INSTALLATION)
    elif how == "switch off":
        lists.change_terms(known_list=known_list, by=INSTALLATION, is_matched=False)
    else:
        lists.close_list(known_list=known_list, by=INSTALLATION)
    follower.turn()
    assert follower.generation is not None
    assert len(follower.generation.exact) == 0
    assert not follower.generation.pdq.holds(np.array([entry.index_id], np.uint64)).any()
    if how == "close":
        return
    if how == "hold":
        lists.release_list(known_list=known_list, by=INSTALLATION)
    else:
        lists.change_terms(known_list=known_list, by=INSTALLATION, is_matched=True)
    follower.turn()
    assert found(follower, hash_, known_list) == [(entry.pk, 0)]


@pytest.mark.parametrize(("value", "quality"), [(b"\x00" * 32, None), (b"\xff" * 32, None), (bits(), 49)])
def test_flat_hashes_and_those_of_low_quality_are_in_no_index(
    value: bytes, quality: int | None, follower: Follower, known_list: KnownList, put: Put
) -> None:
    put(known_list, value, quality=quality)
    follower.turn()
    put(known_list, turned(value, 5) if quality is None else bits(), quality=quality)
    follower.turn()
    assert follower.generation is not None
    assert len(follower.generation.exact) == 0
    assert len(follower.generation.pdq) == 0


def test_a_kill_between_hashes_and_notes_does_it_again(
    follower: Follower, home: Home, known_list: KnownList, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The two halves of an index are changed one after the other: whatever is lost between them is done again, and shown to nobody."""
    follower.turn()
    hash_ = bits()
    entry = put(known_list, hash_)
    assert follower.generation is not None

    class Killed(BaseException):
        pass

    def killed(**said: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(follower.generation.exact, "change", killed)
        with pytest.raises(Killed):
            follower.turn()
    assert follower.generation.pdq.holds(np.array([entry.index_id], np.uint64)).all()
    assert found(follower, hash_, known_list) == []
    again = Follower(home, say=lambda words: None)
    assert again.turn() == 1
    assert found(again, hash_, known_list) == [(entry.pk, 0)]


def test_a_damaged_index_is_made_anew_while_the_last_one_serves(
    follower: Follower, home: Home, known_list: KnownList, put: Put, said: list[str]
) -> None:
    hash_ = bits()
    entry = put(known_list, hash_)
    follower.turn()
    serving = home.open()
    before = home.current
    assert before is not None
    assert follower.generation is not None
    follower.generation.close()
    follower.generation = None
    (before / "known.sqlite3").write_bytes(b"damaged" * 1000)
    follower.turn()
    assert any("damaged" in words for words in said)
    assert home.current != before
    assert found(follower, hash_, known_list) == [(entry.pk, 0)]
    assert len(serving.pdq.search(np.frombuffer(hash_, np.uint8).reshape(1, 32), 0).id) == 1


def test_how_far_it_is_behind_is_counted(follower: Follower, home: Home, known_list: KnownList, put: Put) -> None:
    follower.turn()
    assert behind(home) == [(known_list.slug, 0)]
    put(known_list, bits())
    put(known_list, bits())
    assert behind(home) == [(known_list.slug, 2)]


def test_one_process_follows(home: Home) -> None:
    with only_one(home), pytest.raises(AnotherFollows), only_one(home):
        pass


def test_many_changes_are_followed_in_parts(follower: Follower, known_list: KnownList, monkeypatch: pytest.MonkeyPatch) -> None:
    follower.turn()
    monkeypatch.setattr(follower_module, "AT_ONCE", 7)
    new = [lists.NewEntry("pdq", bits().hex()) for _one in range(20)]
    entries = lists.add_entries(known_list=known_list, new=new, by=INSTALLATION).entries
    while follower.turn():
        pass
    assert follower.generation is not None
    assert follower.generation.exact.places() == {known_list.pk: known_list.sequence}
    assert follower.generation.pdq.holds(np.array([one.index_id for one in entries], np.uint64)).all()


def test_a_note_says_from_when_an_entry_may_be_known_outside(follower: Follower, known_list: KnownList, put: Put) -> None:
    entry = put(known_list, bits(), may_be_known=False)
    follower.turn()
    assert follower.generation is not None
    lists_ = frozenset({known_list.pk})
    (one,) = follower.generation.near(np.frombuffer(bytes.fromhex(entry.value), np.uint8).reshape(1, 32), radius=0, lists=lists_)
    assert one.note.free_from is None
    assert one.id == (known_list.pk << ENTRY_BITS) | entry.pk
    assert moment.now() - timedelta(days=1) < entry.added_at


def test_a_full_disk_is_no_damage(follower: Follower, home: Home, known_list: KnownList, put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says so and waits: nothing is made anew, which would need more of the disk, and what serves goes on."""
    follower.turn()
    before = home.current
    hash_ = bits()
    entry = put(known_list, hash_)
    assert follower.generation is not None

    def full(**said: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(follower.generation.exact, "change", full)
        with pytest.raises(OSError, match="full"):
            follower.turn()
    assert home.current == before
    follower.turn()
    assert found(follower, hash_, known_list) == [(entry.pk, 0)]
