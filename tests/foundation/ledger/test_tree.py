"""Beside the chain stands a tree, and what was signed of it: kept by the appender, checked by `verify`."""

import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from havenline.cli import key_checks
from havenline.engines import proof
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger import queries
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.ledger.models import Checkpoint, Link, Subtree
from havenline.foundation.sealing import keys
from havenline.foundation.work import rounds
from havenline.foundation.work.models import Round
from tests import databases

pytestmark = pytest.mark.django_db


def write(count: int) -> None:
    with transaction.atomic():
        ledger.record_all(INSTALLATION, "did thing", [ledger.Said("thing")] * count)
    ledger.append_committed()


@pytest.fixture
def own_keys(tmp_path: Path, settings: Any) -> Iterator[Path]:
    settings.KEYS = tmp_path / "keys"
    keys.make(settings.KEYS, host="report.example.org")
    return settings.KEYS


def root_of_all() -> bytes:
    frontier = proof.Frontier()
    for one in Link.objects.order_by("sequence").values_list("entry__hash", flat=True):
        frontier.append(bytes.fromhex(one))
    return frontier.root()


def test_the_appender_keeps_the_tree_with_the_links() -> None:
    for count in (100, 200, 400):
        write(count)
    assert list(Subtree.objects.order_by("index").values_list("level", "index")) == [(8, 0), (8, 1)]
    assert queries.tree().root() == root_of_all()
    assert queries.verify().count == 700


def test_an_append_that_breaks_off_leaves_neither_links_nor_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction.atomic():
        ledger.record_all(INSTALLATION, "did thing", [ledger.Said("thing")] * 300)
    with monkeypatch.context() as patch:
        patch.setattr(Link.objects, "bulk_create", lambda _links: (_ for _ in ()).throw(DatabaseError("gone")))
        with pytest.raises(DatabaseError), transaction.atomic():
            ledger.append_committed()
    assert (Subtree.objects.count(), Link.objects.count()) == (0, 0)
    ledger.append_committed()
    assert queries.verify().count == 300


@pytest.mark.django_db(transaction=True)
def test_a_ledger_from_before_the_tree_gets_it() -> None:
    write(700)
    with databases.past_the_ledgers_triggers(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_subtree")
    import_module("havenline.foundation.ledger.migrations.0004_tree_of_what_is_there").fill(apps, None)
    assert queries.verify().count == 700


def test_a_checkpoint_is_signed_once_for_each_size(own_keys: Path) -> None:
    assert ledger.sign_checkpoint(keys.ledger_key()) is None
    write(3)
    first = ledger.sign_checkpoint(keys.ledger_key())
    assert first == ledger.sign_checkpoint(keys.ledger_key())
    write(2)
    ledger.sign_checkpoint(keys.ledger_key())
    assert list(Checkpoint.objects.order_by("size").values_list("size", flat=True)) == [3, 5]
    opened = proof.open_checkpoint(Checkpoint.objects.get(pk=5).text, [keys.ledger_key().public])
    assert opened.checkpoint.root == root_of_all()
    assert opened.checkpoint.origin.startswith("report.example.org/ledger/")


def test_the_worker_signs_as_it_comes_round_and_says_which_key_is_missing(own_keys: Path) -> None:
    write(3)
    rounds.run_due()
    assert Checkpoint.objects.get().size == 3
    (own_keys / "ledger.key").unlink()
    (own_keys / "ledger.pub").unlink()
    Round.objects.all().delete()
    rounds.run_due()
    assert "havenline ledger new-key" in Round.objects.get(task__endswith="sign_a_checkpoint").problem
    assert "new-key" in key_checks.sealing_keys().to_do
    keys.make_ledger_key(own_keys, host="report.example.org")
    assert key_checks.sealing_keys().ok


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE ledger_checkpoint SET root = replace(root, substr(root, 1, 8), '00000000')", "the checkpoint of 300"),
        ("UPDATE ledger_subtree SET hash = replace(hash, substr(hash, 1, 8), '00000000')", "the tree"),
        ("DELETE FROM ledger_subtree", "the tree"),
        ("DELETE FROM ledger_link WHERE sequence > 280", "the tree"),
    ],
)
@pytest.mark.django_db(transaction=True)
def test_whoever_reaches_into_the_database_is_found(statement: str, named: str, own_keys: Path) -> None:
    write(300)
    ledger.sign_checkpoint(keys.ledger_key())
    with databases.past_the_ledgers_triggers(), connection.cursor() as cursor:
        cursor.execute(statement)
    with pytest.raises(proof.Broken) as broken:
        queries.verify()
    assert broken.value.entry == named


@pytest.mark.django_db(transaction=True)
def test_a_link_that_was_changed_in_the_database_is_found_and_named() -> None:
    write(9)
    with databases.past_the_ledgers_triggers(), connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_link SET hash = replace(hash, substr(hash, 1, 8), '00000000') WHERE sequence = 4")
    with pytest.raises(proof.Broken) as broken:
        queries.verify()
    assert (broken.value.sequence, broken.value.entry) == (4, str(Link.objects.get(pk=4).entry_id))


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM ledger_subtree",
        "UPDATE ledger_subtree SET hash = 'x'",
        "DELETE FROM ledger_checkpoint",
        "UPDATE ledger_checkpoint SET root = 'x'",
        "DELETE FROM ledger_cosignature",
        "UPDATE ledger_cosignature SET line = 'x'",
    ],
)
def test_the_database_refuses_to_change_what_was_proved(statement: str, own_keys: Path) -> None:
    write(300)
    signed = ledger.sign_checkpoint(keys.ledger_key())
    assert signed
    signed.cosignatures.create(witness="w", line="x", at=signed.signed_at)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_an_export_is_signed_up_to_its_end_and_tells_one_checkpoint_a_day(own_keys: Path) -> None:
    for _time in range(4):
        write(2)
        ledger.sign_checkpoint(keys.ledger_key())
    upto = Checkpoint.objects.get(pk=6)
    lines = list(queries.export_lines(keys=keys.ledger_public_keys(), upto=upto))
    checked = proof.check_export(lines, keys=[keys.ledger_key().public])
    assert (checked.count, checked.signed) == (6, 6)
    assert sum("checkpoint" in json.loads(line) for line in lines) == 1


def test_a_change_of_key_is_on_the_ledger_and_signed_by_both(own_keys: Path) -> None:
    write(2)
    ledger.sign_checkpoint(keys.ledger_key())
    old, new = keys.ledger_key(), keys.next_ledger_key()
    assert keys.next_ledger_key() == new  # a change that broke off goes on with the same
    ledger.change_key(old=old, new=new)
    keys.take_next_ledger_key()
    write(1)
    upto = ledger.sign_checkpoint(keys.ledger_key())
    assert keys.ledger_key() == new
    assert keys.ledger_public_keys() == [str(new.public), str(old.public)]
    lines = list(queries.export_lines(keys=keys.ledger_public_keys(), upto=upto))
    for told in ([new.public], [old.public, new.public]):
        assert proof.check_export(lines, keys=told).signed == 4
    with pytest.raises(proof.Broken, match="its key was changed") as broken:
        proof.check_export(lines, keys=[old.public])
    assert broken.value.sequence == 4  # the entry that names the new key is the last that the old one signed


def test_a_restored_ledger_goes_on_under_a_new_name(own_keys: Path) -> None:
    write(2)
    ledger.sign_checkpoint(keys.ledger_key())
    old, new = keys.ledger_key(), keys.next_ledger_key(under_a_new_name=True)
    ledger.change_key(old=old, new=new)
    keys.take_next_ledger_key()
    assert new.name != old.name
    lines = list(queries.export_lines(keys=keys.ledger_public_keys(), upto=Checkpoint.objects.order_by("size").last()))
    assert proof.check_export(lines, keys=[new.public]).signed_by == (str(new.public),)


def test_every_key_file_is_its_owners_alone(own_keys: Path) -> None:
    keys.next_ledger_key()
    keys.take_next_ledger_key()
    assert {path.name for path in own_keys.iterdir() if path.stat().st_mode & 0o077} == set()
    assert {path.name for path in own_keys.iterdir() if path.name.startswith("ledger")} == {"ledger.key", "ledger.pub"}
