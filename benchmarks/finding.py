"""How long does a search take among 100,000 children's cases? By name, with a slip, by day, by number, by words of sealed text, of all."""

import time
from collections.abc import Iterator

from benchmarks.places import databases, installation
from benchmarks.queue import settle
from benchmarks.tables import Table

SIZES = (10_000, 100_000)
TIMES = 9


def measure(*, sizes: tuple[int, ...] = SIZES, times: int = TIMES) -> Iterator[Table]:
    table = Table(
        "A search among children's cases",
        ("", "cases", "found", "median ms", "slowest ms"),
        note="In the process, each in a transaction, by a manager of one of two areas, with both locks on PostgreSQL."
        " Goals: 100 ms on PostgreSQL and 300 ms on SQLite at 100,000.",
    )
    for name in databases():
        with installation(name) as one:
            for size in sizes:
                began = time.perf_counter()
                one.inside("found", "build", cases=size)
                settle(one)
                print(f"{name}: {size:,} cases ({time.perf_counter() - began:.0f} s)", flush=True)
                for what, found, median, slowest in one.inside("found", "timed", times=times):
                    table.add(f"{name}: {what}", f"{size:,}", found, f"{median:.0f}", f"{slowest:.0f}")
    yield table
