"""The ledger proves itself, and says where it does not."""

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.utils import DatabaseError

from havenline.engines import proof
from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger import queries
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.ledger.models import Entry
from havenline.foundation.people.roles import AgencyKind, FileKind
from tests import databases, factories

pytestmark = pytest.mark.django_db


def write(count: int) -> None:
    for number in range(count):
        ledger.record(INSTALLATION, f"did thing {number}", "thing")


def test_a_chained_ledger_verifies_and_counts_what_waits() -> None:
    write(3)
    assert queries.verify().waiting == 3
    assert ledger.append_committed() == 3
    write(1)
    verified = queries.verify()
    assert (verified.count, verified.waiting) == (3, 1)


def test_entries_of_one_moment_keep_the_order_in_which_they_were_written() -> None:
    about = factories.record(FileKind.REPORT, factories.agency(AgencyKind.HOTLINE))
    with moment.standing_at(moment.now()):
        for number in range(50):
            ledger.record(INSTALLATION, f"did thing {number}", about)
    in_order = [f"did thing {number}" for number in range(50)]
    assert [said.verb for said in queries.of_records([about.reference]) if said.verb in in_order] == in_order
    ledger.append_committed()
    chained = Entry.objects.filter(record=about.reference).order_by("link__sequence")
    assert [said.verb for said in map(queries.read, chained) if said.verb in in_order] == in_order


def test_appending_twice_appends_nothing_twice() -> None:
    write(5)
    ledger.append_committed()
    assert ledger.append_committed() == 0
    assert queries.verify().count == 5


@pytest.mark.parametrize(
    "statement",
    ["UPDATE ledger_entry SET body = 'x'", "DELETE FROM ledger_entry", "UPDATE ledger_link SET hash = 'x'", "DELETE FROM ledger_link"],
)
def test_the_database_refuses_to_change_the_ledger(statement: str) -> None:
    write(1)
    ledger.append_committed()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.skipif(
    settings.DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql",
    reason="SQLite knows no owner: whoever asks is refused above",
)
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("statement", ["UPDATE ledger_entry SET body = 'x'", "DELETE FROM ledger_link", "TRUNCATE ledger_entry CASCADE"])
def test_the_database_refuses_its_owner_too(statement: str) -> None:
    with transaction.atomic():
        write(1)
    ledger.append_committed()
    with (
        databases.as_the_owner(),
        pytest.raises(DatabaseError, match="never changed and never deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_an_export_verifies_with_no_database() -> None:
    write(4)
    ledger.append_committed()
    assert proof.check_export(list(queries.export_lines())).count == 4


def test_a_changed_byte_in_an_export_is_found_and_named() -> None:
    write(4)
    ledger.append_committed()
    lines = list(queries.export_lines())
    lines[3] = lines[3].replace("did thing", "did thinG")
    with pytest.raises(proof.Broken) as broken:
        proof.check_export(lines)
    assert broken.value.sequence == 3


def test_an_export_cut_short_is_found() -> None:
    write(4)
    ledger.append_committed()
    with pytest.raises(proof.Broken):
        proof.check_export(list(queries.export_lines())[:-1])


def test_an_entry_keeps_only_a_keyed_digest_of_what_changed() -> None:
    entry = ledger.record(INSTALLATION, "set a name", "thing", changed={"name": "Jordan Vale"})
    assert "Jordan" not in Entry.objects.get(pk=entry.pk).body


@pytest.mark.django_db(transaction=True)
def test_an_entry_is_written_in_the_transaction_of_what_it_records_or_not_at_all() -> None:
    with pytest.raises(ledger.NoTransaction):
        write(1)
    assert not Entry.objects.exists()


def test_words_stand_sealed_with_their_record_and_nowhere_else() -> None:
    about = factories.record(FileKind.REPORT, factories.agency(AgencyKind.HOTLINE))
    entry = ledger.record(INSTALLATION, "decided", about, words="An adult stranger asked.", changed={"name": "Jordan Vale"})
    body = Entry.objects.get(pk=entry.pk).body
    assert "stranger" not in body
    assert proof.entry_hash(proof.canonical({"name": "Jordan Vale"})) not in body  # nobody without the key can try names
    for no_file in ("thing", about.agency):
        with pytest.raises(ledger.NoSeal):
            ledger.record(INSTALLATION, "decided", no_file, words="An adult stranger asked.")


def test_an_entry_put_in_from_outside_is_found_and_named() -> None:
    write(2)
    ledger.append_committed()
    stray = Entry.objects.create(body="{}", hash=proof.entry_hash("{}"), at=moment.now(), actor="nobody")
    with pytest.raises(proof.Broken) as broken:
        queries.verify()
    assert broken.value.entry == str(stray.id)
