"""Work in bulk that lets others write between its pieces."""

import sqlite3
import threading
import time
from pathlib import Path

import pytest
from django.db import connection

from havenline.foundation.work.rests import with_rests

PIECES = 100
pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL locks rows, not the whole: nobody rests there")


def test_whoever_waits_to_write_comes_in_between_two_pieces(tmp_path: Path) -> None:
    place = tmp_path / "shared.sqlite3"
    with sqlite3.connect(place) as made:
        made.execute("PRAGMA journal_mode=WAL")
        made.execute("CREATE TABLE wrote (who TEXT)")
    started = threading.Event()

    def work() -> None:
        worker = sqlite3.connect(place, isolation_level=None)
        for _piece in with_rests(range(PIECES)):
            worker.execute("BEGIN IMMEDIATE")
            started.set()
            worker.execute("INSERT INTO wrote VALUES ('worker')")
            time.sleep(0.02)
            worker.execute("COMMIT")

    thread = threading.Thread(target=work)
    thread.start()
    started.wait()
    waiting = sqlite3.connect(place, timeout=PIECES * 0.1)
    with waiting:
        waiting.execute("INSERT INTO wrote VALUES ('who waited')")
    thread.join()
    order = [who for (who,) in waiting.execute("SELECT who FROM wrote ORDER BY rowid")]
    assert order.index("who waited") < PIECES - 10
