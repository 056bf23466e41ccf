"""Work in bulk that lets others write between its pieces."""

import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

from django.db import connection

LONGEST = 0.1  # seconds: SQLite looks as often, at the least, whether it may write

Piece = TypeVar("Piece")


def with_rests(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Each of these; and, on SQLite, a rest after each as long as it took.

    SQLite lets one process write at a time and keeps no line of those who wait: each looks again every 100 ms. Whoever wrote in one
    transaction after another without a gap would keep them out, in the end for longer than they wait (20 s).
    """
    for piece in pieces:
        began = time.perf_counter()
        yield piece
        if connection.vendor == "sqlite":
            time.sleep(min(LONGEST, time.perf_counter() - began))
