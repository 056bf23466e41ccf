"""The restore drill: a backup of an installation that is being written to, put back into an empty home, on each database."""

import json
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.cli.test_replay import ERASE, OPEN
from tests.faults.cluster import own_postgresql
from tests.faults.place import Place, Reporter, kill

pytestmark = pytest.mark.slow
TELL = (
    "from havenline.journey.intake import actions;"
    "actions.receive(answers={'who': 'parent', 'kind': 'contact', 'happened': 'An adult stranger asked to meet my child.',"
    " 'place': {'app': 'chat.example', 'accounts': ['riverwalk_77']}, 'danger': 'no'})"
)
GO_ON_TELLING = f"{TELL.partition(';')[0]}\nwhile True:\n    {TELL.partition(';')[2]}\n    print('told', flush=True)\n"
READ = (
    "from havenline.journey.intake.models import Report;"
    "print(Report.objects.earliest('received_at').answers()['happened'], Report.objects.count())"
)
NOT_YET = {"worker", "mail", "on-call rota", "backups", "reached nobody", "arrivals", "ledger"}  # before it is served, of a new home


def identity(folder: Path, place: Place) -> tuple[Path, str]:
    file = folder / "identity"
    return file, place.command("backup-identity", str(file)).strip()


@contextmanager
def somebody_writes(place: Place) -> Iterator[None]:
    begin = "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'havenline.site.settings'; import django; django.setup()\n"
    writer = subprocess.Popen(
        [sys.executable, "-c", begin + GO_ON_TELLING], env=place.environment, start_new_session=True, stdout=subprocess.PIPE, text=True
    )
    try:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "told\n"
        yield
        assert writer.poll() is None
    finally:
        kill(writer)


def not_ok(place: Place) -> set[str]:
    said = json.loads(place.command("doctor", "--json", code=1))
    return {check["name"] for check in said["checks"] if check["ok"] is False}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def urls(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """The owner's URL, and that of an empty database to restore into."""
    if request.param == "sqlite":
        yield "", ""
        return
    if not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        pytest.skip("no PostgreSQL programs here")
    with own_postgresql() as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE restored")
        yield url, urlsplit(url)._replace(path="/restored").geturl()


def counts_of(place: Place, url: str) -> dict[str, int]:
    """Rows of each table but those that a restore itself adds to."""
    program = f"""
import json
from havenline.cli import snapshot
{"import psycopg" if url else "import sqlite3"}
c = {f"psycopg.connect({url!r})" if url else f"sqlite3.connect({str(place.home / 'havenline.sqlite3')!r})"}
print(json.dumps(snapshot.{"_held_in_postgresql" if url else "held_in_sqlite"}(c).counts))
"""
    counts: dict[str, int] = json.loads(place.python(f"exec({program!r})"))
    return counts


def test_a_backup_of_a_house_that_is_written_to_comes_back_whole(urls: tuple[str, str], tmp_path: Path) -> None:
    url, empty_url = urls
    owner = ["--owner-url", url] if url else []
    place = Place(tmp_path, url)
    place.python(TELL)
    file, recipient = identity(tmp_path, place)
    target = tmp_path / "backup.havenline"
    with somebody_writes(place):
        said = json.loads(place.command("backup", str(target), "--to", recipient, "--json", *owner))
    reports = said["counts"]["intake_report"]
    assert reports > 1
    assert b"riverwalk" not in target.read_bytes()
    if url:  # what was erased leaves the tables' files once a day
        with psycopg.connect(url) as connection:
            rows = connection.execute("SELECT last_vacuum FROM pg_stat_user_tables WHERE relname = 'search_document'").fetchall()
        assert rows[0][0] is not None
    place.command("backup", str(target), "--to", recipient, *owner, code=3)  # never over one that is there

    other = Place.of_home(tmp_path / "restored" / "home")
    other.home.parent.mkdir()
    keys = ["--keys", f"{target}.keys", "--identity", str(file)]
    other.command("restore", str(target), *keys, *(["--owner-url", empty_url] if url else []))
    verified = json.loads(other.command("ledger", "verify", "--json"))
    assert verified["ok"]
    assert len(verified["lost"]) == 1
    assert not_ok(other) <= NOT_YET
    now = counts_of(other, empty_url)
    added = {"ledger_entry": 1, "ledger_link": 1, "retention_restoration": 1, "ledger_waiting": 0}
    changed = {name: (count, now[name]) for name, count in said["counts"].items() if now[name] != count and name not in added}
    assert changed == {}
    assert now["ledger_entry"] == said["counts"]["ledger_entry"] + 1
    assert now["ledger_entry"] == now["ledger_link"]
    assert other.python(READ) == f"An adult stranger asked to meet my child. {reports}"
    other.command("restore", str(target), *keys, code=3)  # a home that is one is never restored into

    server = other.serve_public()
    try:
        page = other.ask("GET", "/")[1]
        assert "Some reports were lost" in page
        reporter = Reporter(other)
        reporter.walk_to_the_check()
        assert len(reporter.press_send()) == 16
    finally:
        kill(server)


def test_what_was_erased_after_the_backup_is_erased_again_by_the_newest_journal_and_anothers_is_refused(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.python(f"exec({OPEN!r})")
    file, recipient = identity(tmp_path, place)
    target = tmp_path / "backup.havenline"
    place.command("backup", str(target), "--to", recipient)
    assert place.python(f"exec({ERASE!r})") == "True"
    newest = place.home / "journal" / "retention.jsonl"

    keys = ["--keys", f"{target}.keys", "--identity", str(file)]
    other = Place.of_home(tmp_path / "restored" / "home")
    other.home.parent.mkdir()
    other.command("restore", str(target), *keys, "--journal", str(newest))
    assert other.count("retention.Erasure") == 1
    assert other.python("from havenline.foundation.records.models import Record; print(Record.objects.get().erased_at is None)") == "False"
    assert (other.home / "journal" / "retention.jsonl").read_bytes() == newest.read_bytes()

    later = tmp_path / "later.havenline"
    other.command("backup", str(later), "--to", recipient)
    strange = tmp_path / "strange.jsonl"
    strange.write_bytes(newest.read_bytes().replace(b"record", b"recorp", 1))
    third = Place.of_home(tmp_path / "third" / "home")
    third.home.parent.mkdir()
    keys = ["--keys", f"{later}.keys", "--identity", str(file)]
    assert "does not begin as the journal in the backup does" in third.command(
        "restore", str(later), *keys, "--journal", str(strange), code=3
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    made = Place(tmp_path_factory.mktemp("place"))
    made.python(TELL)
    made.python(  # 60 MB, so that a backup takes a moment
        "from django.db import connection; c = connection.cursor(); c.execute('CREATE TABLE bulk (b BLOB)');"
        "[c.execute('INSERT INTO bulk VALUES (randomblob(1000000))') for _one in range(60)]"
    )
    return made


def left(folder: Path, place: Place) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith(".")) + [
        path.name for path in place.home.glob(".backup-*")
    ]


def test_a_kill_in_the_middle_of_a_backup_leaves_nothing_under_its_name(place: Place, tmp_path: Path) -> None:
    _file, recipient = identity(tmp_path, place)
    folder = tmp_path / "backups"
    folder.mkdir()
    seen = set[str]()
    for number in range(4):
        process = place.start("backup", str(folder / "b"), "--to", recipient, until_served=False)
        wanted = [".b.part", ".b.keys.part"] if number % 2 else []
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and process.poll() is None:
            if any((folder / name).exists() for name in wanted) or (not wanted and any(place.home.glob(".backup-*/havenline.sqlite3"))):
                break
            time.sleep(0.002)
        kill(process, signal.SIGKILL)
        seen |= {path.name for path in folder.iterdir()}
        assert not (folder / "b").exists(), place.log.read_text()
        (folder / "b.keys").unlink(missing_ok=True)  # whole in itself: the keys are written first
    assert any(name.endswith(".part") for name in seen)
    place.command("backup", str(folder / "b"), "--to", recipient)
    assert left(folder, place) == ["b", "b.keys"]
    assert not list(folder.glob(".*"))


@pytest.mark.parametrize("as_it", ["copies the database", "writes the file"])
def test_a_full_disk_leaves_nothing_under_its_name(as_it: str, place: Place, tmp_path: Path) -> None:
    """The kernel lets no file grow beyond a size: one that the copy reaches, or one that only the file with all its parts does."""
    _file, recipient = identity(tmp_path, place)
    folder = tmp_path / "backups"
    folder.mkdir()
    with sqlite3.connect(place.home / "havenline.sqlite3") as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = (place.home / "havenline.sqlite3").stat().st_size
    largest = 5_000_000 if as_it == "copies the database" else whole + 4096

    def small_disk() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))

    command = [sys.executable, "-m", "havenline.cli", "backup", str(folder / "b"), "--to", recipient]
    ended = subprocess.run(command, env=place.environment, capture_output=True, text=True, check=False, preexec_fn=small_disk)
    assert ended.returncode == 4, ended.stdout + ended.stderr
    assert "could not be written" in ended.stderr
    assert left(folder, place) == []
    assert not list(folder.iterdir())


def test_a_backup_that_was_changed_or_is_of_other_keys_is_refused(place: Place, tmp_path: Path) -> None:
    file, recipient = identity(tmp_path, place)
    target = tmp_path / "b"
    place.command("backup", str(target), "--to", recipient)
    other = Place.of_home(tmp_path / "new" / "home")
    other.home.parent.mkdir()
    whole = target.read_bytes()

    def refused(**changed: Any) -> str:
        said = {"keys": f"{target}.keys", "identity": str(file)} | changed
        return other.command("restore", str(target), "--keys", said["keys"], "--identity", said["identity"], code=3)

    assert "other keys" in refused(keys=str(target))
    target.write_bytes(whole[:-5000])
    assert "cannot be opened" in refused()
    target.write_bytes(whole[:50_000] + bytes(100) + whole[50_100:])
    assert "cannot be opened" in refused()
    target.write_bytes(whole)
    stranger = tmp_path / "stranger"
    place.command("backup-identity", str(stranger))
    assert "another identity opens it" in refused(identity=str(stranger))
    said = other.command("doctor", code=3)
    assert "was not finished" in said
    other.command("restore", str(target), "--keys", f"{target}.keys", "--identity", str(file))
    assert other.python(READ).startswith("An adult stranger")


def test_keys_that_lie_on_no_disk_are_backed_up_as_they_are_given(place: Place, tmp_path: Path) -> None:
    file, recipient = identity(tmp_path, place)
    shutil.copytree(place.home, tmp_path / "bare" / "home")
    bare = Place.of_home(tmp_path / "bare" / "home")
    command = [sys.executable, "-m", "havenline.cli"]
    bundle = subprocess.run([*command, "keys", "bundle"], env=bare.environment, stdout=subprocess.PIPE, check=True).stdout
    shutil.rmtree(bare.home / "keys")
    given = {"descriptor": {"HAVENLINE_KEYS_FD": "0"}, "environment": {"HAVENLINE_KEYS": b64encode(bundle).decode()}}
    for by, said in given.items():
        backup = [*command, "backup", str(tmp_path / by), "--to", recipient]
        subprocess.run(backup, env={**bare.environment, **said}, input=bundle, check=True, capture_output=True)
    assert len({made["keys"] for made in map(json.loads, (bare.home / "backups.jsonl").read_text().splitlines()[-2:])}) == 1
    assert not list(bare.home.rglob("desk.key*")), "the backup put a key on the disk"
    other = Place.of_home(tmp_path / "new" / "home")
    other.home.parent.mkdir()
    other.command("restore", str(tmp_path / "descriptor"), "--keys", str(tmp_path / "descriptor.keys"), "--identity", str(file))
    assert other.python(READ).startswith("An adult stranger")
    said_why = " ".join(bare.command("backup", str(tmp_path / "none"), "--to", recipient, code=4).split())
    assert "HAVENLINE_KEYS_FD=0 havenline" in said_why
    assert not (tmp_path / "none").exists()


def test_a_database_that_was_put_back_without_a_word_is_named_by_verify_until_it_is_said(tmp_path: Path) -> None:
    place = Place(tmp_path)
    database, before = place.home / "havenline.sqlite3", tmp_path / "before"
    before.write_bytes(database.read_bytes())
    place.python(TELL)
    place.python("from havenline.foundation.retention import epochs; epochs.look()")
    for path in place.home.glob("havenline.sqlite3*"):
        path.unlink()
    database.write_bytes(before.read_bytes())
    assert "no epoch says so" in place.command("ledger", "verify", code=1)
    assert "journal" in not_ok(place)
    place.command("restored", "--lost-from", "2026-11-01T10:00")
    assert "Restored from a backup: lost from 2026-11-01 10:00" in place.command("ledger", "verify")
    assert "journal" not in not_ok(place)
    with sqlite3.connect(database) as of:
        of.execute("UPDATE retention_restoration SET lost_from = '2026-11-20 10:00:00'")
    assert "not as it was signed" in place.command("ledger", "verify", code=1)
