"""What is acknowledged is on the disk: no kill can show that, since the kernel keeps what a process wrote. The settings that say so can."""

import pytest

from tests.faults import inside
from tests.faults.copies import Original
from tests.faults.place import Place

pytestmark = pytest.mark.slow


def test_on_sqlite_each_commit_waits_for_the_disk(place: Place) -> None:
    found = inside.ask(place, "settings_of_the_database")
    assert (found["journal_mode"], int(found["synchronous"]) >= 2) == ("wal", True)
    assert "SQLite waits for the disk" in place.command("doctor", code=1)


def test_on_postgresql_each_commit_waits_for_the_disk_and_doctor_names_one_that_does_not(made_on_postgresql: Original) -> None:
    with made_on_postgresql.copied() as (place, cluster):
        assert cluster is not None
        found = inside.ask(place, "settings_of_the_database")
        assert (found["fsync"], found["full_page_writes"], found["synchronous_commit"]) == ("on", "on", "on")
        cluster.say("ALTER SYSTEM SET full_page_writes = off", "SELECT pg_reload_conf()")
        assert "full_page_writes off" in " ".join(place.command("doctor", code=1).split())
