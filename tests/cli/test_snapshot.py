"""A copy of the database is of one moment, and those who write meanwhile neither wait nor hold it up."""

import sqlite3
import threading
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from havenline.cli import snapshot
from tests.faults import cluster
from tests.faults.cluster import own_postgresql

ROWS = 500


def test_a_copy_is_of_one_moment_though_somebody_writes_between_its_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "PAGES", 20)
    database = tmp_path / "havenline.sqlite3"
    writer = sqlite3.connect(database, timeout=1, isolation_level=None)
    writer.execute("PRAGMA journal_mode=WAL")
    writer.execute("CREATE TABLE ledger_link (sequence INTEGER, hash TEXT)")
    writer.execute("CREATE TABLE intake_report (words BLOB)")
    for number in range(ROWS):
        writer.execute("INSERT INTO intake_report VALUES (randomblob(1000))")
        writer.execute("INSERT INTO ledger_link VALUES (?, ?)", [number + 1, f"hash {number + 1}"])
    pieces: list[int] = []

    def meanwhile(done: int, of: int) -> None:
        pieces.append(done)
        assert len(pieces) < ROWS, "it begins anew whenever somebody writes, and never ends"
        writer.execute("INSERT INTO intake_report VALUES ('meanwhile')")
        writer.execute("INSERT INTO ledger_link VALUES (?, 'meanwhile')", [ROWS + len(pieces)])

    held = snapshot.of_sqlite(database, tmp_path / "copy", meanwhile)
    assert len(pieces) > 3
    assert held.counts == {"intake_report": ROWS, "ledger_link": ROWS}
    assert (held.sequence, held.head) == (ROWS, f"hash {ROWS}")
    (count,) = writer.execute("SELECT count(*) FROM intake_report").fetchone()
    assert count == ROWS + len(pieces)


@pytest.mark.slow
@pytest.mark.skipif(not cluster.IS_HERE, reason=cluster.WHY_NOT)
def test_on_postgresql_what_a_copy_says_that_it_holds_is_what_comes_back(tmp_path: Path) -> None:
    with own_postgresql() as url, psycopg.connect(url, autocommit=True) as line:
        line.execute("CREATE DATABASE empty")
        line.execute("CREATE TABLE ledger_link (sequence bigserial, hash text)")
        ended = threading.Event()

        def meanwhile() -> None:
            while not ended.is_set():
                line.execute("INSERT INTO ledger_link (hash) VALUES ('x')")

        writer = threading.Thread(target=meanwhile)
        writer.start()
        try:
            held = snapshot.of_postgresql(url, tmp_path / "copy", lambda _done, _of: None)
        finally:
            ended.set()
            writer.join()
        elsewhere = urlsplit(url)._replace(path="/empty").geturl()
        snapshot.into_postgresql(elsewhere, tmp_path / "copy")
        with psycopg.connect(elsewhere) as back:
            found = back.execute("SELECT count(*), coalesce(max(sequence), 0) FROM ledger_link").fetchone()
        assert found == (held.counts["ledger_link"], held.sequence)
