"""A database that was put back by hand, without a word: nothing is served before what was erased since is erased again."""

import json
import shutil
from pathlib import Path

import pytest

from tests.faults.place import Place, kill

pytestmark = pytest.mark.slow
OPEN = """
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.people import actions as people
from havenline.foundation.records import actions
police = people.add_agency(name='Northmere Police', kind='police', by=INSTALLATION)
actions.open_record(kind='case', agency=police)
"""
ERASE = """
from datetime import timedelta
from havenline.foundation import moment
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.people import actions as people
from havenline.foundation.records.models import Record
from havenline.foundation.retention import actions
from havenline.foundation.retention.models import Erasure
record = Record.objects.get()
person, _password = people.add_person(name='Morgan Teller', email='morgan@havenline.example', by=INSTALLATION)
by = people.give_membership(person=person, agency=record.agency, role='police_supervisor', by=INSTALLATION)
Record.objects.update(closed_at=moment.now() - timedelta(days=9000))
actions.approve(records=[Record.objects.get()], count=1, by=by)
print(actions.erase(erasure=Erasure.objects.get()))
"""


def test_serve_erases_again_what_a_restored_database_forgot_and_refuses_a_journal_that_does_not_fit(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.python("exec(" + repr(OPEN) + ")")
    database, before = place.home / "havenline.sqlite3", tmp_path / "before.sqlite3"
    assert not Path(f"{database}-wal").exists() or Path(f"{database}-wal").stat().st_size == 0
    shutil.copy(database, before)
    place.environment["PYTHONHASHSEED"] = "0"
    assert place.python("exec(" + repr(ERASE) + ")") == "True"
    for path in place.home.glob("havenline.sqlite3*"):
        path.unlink()
    shutil.copy(before, database)
    server = place.serve_public()
    try:
        assert place.count("retention.Erasure") == 1
        assert (
            place.python("from havenline.foundation.records.models import Record; print(Record.objects.get().erased_at is None)") == "False"
        )
    finally:
        kill(server)
    journal = place.home / "journal" / "retention.jsonl"
    line = json.loads(journal.read_text())
    journal.write_text(json.dumps(line | {"rule": "another"}) + "\n")
    said = place.command("serve", "--role", "public", "--port", str(place.port), code=3)
    assert "nothing is served" in said
    assert "Line 1" in said
