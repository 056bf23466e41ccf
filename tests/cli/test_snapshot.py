"""A copy of the database is of one moment, and those who write meanwhile neither wait nor hold it up."""

import sqlite3
from pathlib import Path

import pytest

from havenline.cli import snapshot

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
