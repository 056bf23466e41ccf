"""A key pair is exchanged while everything runs, whatever is cut off on the way."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from havenline.foundation import moment
from havenline.foundation.ledger.actors import acting_for
from havenline.foundation.ledger.models import Entry
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.sealing import actions as sealing
from havenline.foundation.sealing import holders, keys, rotation
from havenline.foundation.sealing.actions import exchanging
from havenline.foundation.sealing.models import Key
from havenline.foundation.work.tasks import go_on_exchanging_keys
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_keys(settings: Any, tmp_path: Path) -> Path:
    settings.KEYS = tmp_path / "keys"
    keys.make(settings.KEYS)
    return settings.KEYS


@pytest.fixture
def sealed() -> dict[str, bytes]:
    return {name: key.seal("words", name) for name in "ABCDE" for key in [sealing.new_key(name)]}


def all_open(sealed: dict[str, bytes]) -> bool:
    return all(sealing.key_of(name).open("words", words) == name for name, words in sealed.items())


def exchange(holder: str = holders.DESK) -> None:
    exchanging.begin(holder)
    list(exchanging.wrap_anew(holder))
    exchanging.retire(holder)


def test_after_an_exchange_everything_opens_and_the_old_key_is_gone(sealed: dict[str, bytes], own_keys: Path) -> None:
    old = keys.read("desk.key")
    exchange()
    assert all_open(sealed)
    assert [path.name for path in own_keys.iterdir() if path.read_bytes() == old] == []
    assert rotation.under_way() == []


def test_while_it_goes_on_everything_opens(sealed: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchanging, "BATCH", 2)
    exchanging.begin(holders.DESK)
    assert all_open(sealed)
    steps = exchanging.wrap_anew(holders.DESK)
    next(steps)
    assert all_open(sealed)
    assert [(one.done, one.of) for one in rotation.under_way()] == [(2, 5)]


def test_what_arrives_under_the_old_public_key_meanwhile_opens_and_is_wrapped_anew(sealed: dict[str, bytes], own_keys: Path) -> None:
    old = {name: keys.read(name) for name in ("desk.pub", "desk.pub.signed")}
    exchanging.begin(holders.DESK)
    list(exchanging.wrap_anew(holders.DESK))
    new = {name: keys.read(name) for name in old}
    for name, content in old.items():
        keys.write(name, content)  # a public host that has not got the new one yet
    late = sealing.new_key("LATE")
    for name, content in new.items():
        keys.write(name, content)
    assert sealing.key_of("LATE").secret == late.secret
    exchanging.retire(holders.DESK)
    assert sealing.key_of("LATE").secret == late.secret


@pytest.mark.parametrize("step", range(7))
def test_cut_off_at_any_step_it_goes_on_and_nothing_is_lost(sealed: dict[str, bytes], step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    left = step

    def counted(done: Any) -> Any:
        def doing(*said: Any) -> Any:
            nonlocal left
            if left == 0:
                raise KeyboardInterrupt
            left -= 1
            return done(*said)

        return doing

    with monkeypatch.context() as cut:
        for name in ("write", "put_in_place", "forget"):
            cut.setattr(keys, name, counted(getattr(keys, name)))
        with pytest.raises(KeyboardInterrupt):
            exchange()
    assert all_open(sealed)
    after = sealing.new_key("AFTER")
    exchange()
    assert all_open(sealed)
    assert sealing.key_of("AFTER").secret == after.secret


def test_a_key_that_is_destroyed_meanwhile_stays_destroyed(sealed: dict[str, bytes]) -> None:
    exchanging.begin(holders.DESK)
    sealing.destroy("A")
    list(exchanging.wrap_anew(holders.DESK))
    with pytest.raises(sealing.KeyDestroyed):
        sealing.key_of("A")


def test_an_agencys_pair_is_exchanged_by_itself(police: Agency, investigator: Membership) -> None:
    case = factories.record("case", police)
    desk = keys.read("desk.key")
    words = case.ledger_seal().seal("reason", "A reason.")
    exchange(police.holder)
    with acting_for(police.holder):
        assert case.ledger_seal().open("reason", words) == "A reason."
    assert keys.read("desk.key") == desk


def test_the_worker_goes_on_where_a_command_was_killed_and_ends_it_later(sealed: dict[str, bytes], standing_at: Any) -> None:
    exchanging.begin(holders.DESK)
    go_on_exchanging_keys()
    assert [(one.done, one.of) for one in rotation.under_way()] == [(5, 5)]  # what is being written to the old key may still come
    with standing_at(moment.now() + timedelta(minutes=11)):
        go_on_exchanging_keys()
    assert rotation.under_way() == []
    assert all_open(sealed)


def test_the_old_key_stays_as_long_as_a_public_host_may_seal_to_it(sealed: dict[str, bytes], standing_at: Any) -> None:
    keys.write("public-host", b"")
    exchanging.begin(holders.DESK)
    with standing_at(moment.now() + timedelta(days=3)):
        go_on_exchanging_keys()
    assert len(rotation.under_way()) == 1
    exchanging.retire(holders.DESK)
    assert rotation.under_way() == []


def test_an_old_key_that_is_still_needed_is_not_destroyed(sealed: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    exchanging.begin(holders.DESK)
    monkeypatch.setattr(exchanging, "wrap_anew", lambda holder: iter(()))  # as if another held each row
    with pytest.raises(exchanging.NotYet):
        exchanging.retire(holders.DESK)
    assert keys.is_there("desk.key.old")


def test_what_no_key_of_ours_opens_holds_nothing_up(sealed: dict[str, bytes]) -> None:
    Key.objects.filter(record="A").update(wrapped=b"x" * 80)
    exchange()
    assert Key.objects.get(record="A").wrapped is not None


def test_beginning_and_end_stand_on_the_ledger(sealed: dict[str, bytes]) -> None:
    exchange()
    said = " ".join(Entry.objects.values_list("body", flat=True))
    assert "began to exchange a key" in said
    assert "exchanged a key" in said


def test_the_administrator_sees_how_far_it_is(sealed: dict[str, bytes], administrator: Membership, signed_in: Any) -> None:
    exchanging.begin(holders.DESK)
    page = signed_in(administrator).get("/desk/work/").content.decode()
    assert "The pair desk is being exchanged: 0 of 5" in page
