"""What is sealed opens in its own place, at the desk, until its key is destroyed."""

import os
from pathlib import Path
from typing import Any

import pytest

from havenline.foundation.ledger.actors import acting_for
from havenline.foundation.people.models import Agency
from havenline.foundation.sealing import actions as sealing
from havenline.foundation.sealing import holders, keys
from havenline.foundation.sealing.models import Key

pytestmark = pytest.mark.django_db
WORDS = "An adult stranger asked to meet the child. Llŷn."


def test_what_is_sealed_opens_again() -> None:
    sealed = sealing.new_key("HL-1").seal("answers", WORDS)
    assert WORDS.encode() not in sealed
    assert sealing.key_of("HL-1").open("answers", sealed) == WORDS


def test_a_sealed_field_opens_in_no_other_field_and_no_other_record() -> None:
    key, other = sealing.new_key("HL-1"), sealing.new_key("HL-2")
    sealed = key.seal("answers", WORDS)
    for opens in (
        lambda: key.open("contact", sealed),
        lambda: other.open("answers", sealed),
        lambda: sealing.RecordKey("HL-2", key.secret).open("answers", sealed),
    ):
        with pytest.raises(sealing.NotSealedByThisKey):
            opens()


@pytest.mark.parametrize("at", [0, 12, -1])
def test_a_changed_byte_opens_nothing(at: int) -> None:
    key = sealing.new_key("HL-1")
    sealed = bytearray(key.seal("answers", WORDS))
    sealed[at] ^= 1
    with pytest.raises(sealing.NotSealedByThisKey):
        key.open("answers", bytes(sealed))


@pytest.mark.parametrize("sealed", [b"", b"x", b"x" * 11, b"x" * 40])
def test_what_was_never_sealed_is_refused_by_name(sealed: bytes) -> None:
    with pytest.raises(sealing.NotSealedByThisKey):
        sealing.new_key("HL-1").open("answers", sealed)
    with pytest.raises(sealing.NotSealedByThisKey):
        sealing.open_at_desk("HL-1", "answers", sealed)


def test_sealing_twice_shows_nobody_that_it_is_the_same() -> None:
    key = sealing.new_key("HL-1")
    assert key.seal("answers", WORDS) != key.seal("answers", WORDS)


def test_the_public_process_seals_and_can_open_nothing(settings: Any) -> None:
    settings.HOLDS_DESK_KEY = False
    sealed = sealing.new_key("HL-1").seal("answers", WORDS)
    later = sealing.seal_to_desk("HL-1", "message 1", WORDS)
    assert sealed
    with pytest.raises(keys.KeyNotHere):
        sealing.key_of("HL-1")
    with pytest.raises(keys.KeyNotHere):
        sealing.open_at_desk("HL-1", "message 1", later)


def test_what_is_sealed_to_the_desk_is_bound_to_record_and_field() -> None:
    sealed = sealing.seal_to_desk("HL-1", "message 1", WORDS)
    assert sealing.open_at_desk("HL-1", "message 1", sealed) == WORDS
    for record, field in (("HL-2", "message 1"), ("HL-1", "message 2")):
        with pytest.raises(sealing.NotSealedByThisKey):
            sealing.open_at_desk(record, field, sealed)


def test_a_destroyed_key_opens_nothing_and_the_row_says_when() -> None:
    sealing.new_key("HL-1")
    assert sealing.destroy("HL-1") == 1
    with pytest.raises(sealing.KeyDestroyed):
        sealing.key_of("HL-1")
    row = Key.objects.get(record="HL-1")
    assert (row.wrapped, row.destroyed_at is not None) == (None, True)
    assert sealing.destroy("HL-1") == 0


def test_a_keys_wrapping_is_bound_to_its_record() -> None:
    sealing.new_key("HL-1")
    Key.objects.filter(record="HL-1").update(record="HL-2")
    with pytest.raises(Exception, match=r".*") as refused:
        sealing.key_of("HL-2")
    assert not isinstance(refused.value, AssertionError)


def test_a_receipts_holder_alone_opens_what_is_sealed_to_it() -> None:
    private = bytes(range(32))
    sealed = sealing.seal_to(sealing.public_of(private), "HL-1", "message 1", WORDS)
    assert sealing.open_with(private, "HL-1", "message 1", sealed) == WORDS
    with pytest.raises(sealing.NotSealedByThisKey):
        sealing.open_with(bytes(range(1, 33)), "HL-1", "message 1", sealed)


def test_a_wrap_says_which_of_its_holders_keys_it_is_under() -> None:
    """What arrives while a pair is exchanged is under the new key already, and waits for nothing."""
    sealing.new_key("HL-1")
    assert Key.objects.get(record="HL-1").under == holders.mark(holders.public(holders.DESK))


def test_keys_are_never_overwritten_and_nobody_else_reads_them(tmp_path) -> None:  # type: ignore[no-untyped-def]
    keys.make(tmp_path / "keys")
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()} == {0o600}
    with pytest.raises(FileExistsError):
        keys.make(tmp_path / "keys")


def test_a_disk_that_is_full_leaves_the_key_that_was_there(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.KEYS = tmp_path
    keys.write("desk.key", b"o" * 32)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            keys.write("desk.key", b"n" * 32)
    assert keys.read("desk.key") == b"o" * 32


# One act opens a key once, and lets it go


def opened() -> bytes:
    return sealing.key_of("HL-1").secret


def test_within_one_act_a_key_is_opened_once(django_assert_num_queries: Any) -> None:
    sealing.new_key("HL-1")
    with django_assert_num_queries(1), sealing.kept_open():
        assert opened() == opened()
        with sealing.kept_open():
            assert opened() == opened()
    with django_assert_num_queries(2):
        assert opened() == opened()


def test_a_key_that_is_destroyed_within_the_act_opens_nothing_more() -> None:
    sealing.new_key("HL-1")
    with sealing.kept_open():
        assert opened()
        sealing.destroy("HL-1")
        with pytest.raises(sealing.KeyDestroyed):
            opened()


def test_what_one_opened_within_an_act_another_does_not_open(social_care: Agency, police: Agency) -> None:
    sealing.new_keys(["HL-1"], parties=[social_care.holder])
    with sealing.kept_open():
        with acting_for(social_care.holder):
            assert opened()
        with acting_for(police.holder), pytest.raises(sealing.NoKeyForThem):
            opened()
        sealing.wrap_for("HL-1", [])
        with acting_for(social_care.holder), pytest.raises(sealing.NoKeyForThem):
            opened()
