"""How long does the queue's page take, and how many queries, however many reports wait? Asked over HTTP by a signed-in analyst."""

import time
from collections.abc import Iterator

import psycopg

from benchmarks.load import Browser, together
from benchmarks.places import Installation, databases, installation
from benchmarks.tables import Table

SIZES = (1_000, 10_000, 50_000)
LOOKS = 40


def measure(*, sizes: tuple[int, ...] = SIZES, looks: int = LOOKS) -> Iterator[Table]:
    table = Table(
        "The queue's page",
        ("", "waiting", "queries", "median ms", "95th ms", "kB"),
        note="Through the front, one analyst, one look after another. A tenth as many reports again were decided lately.",
    )
    for name in databases():
        with installation(name) as one:
            for size in sizes:
                began = time.perf_counter()
                one.inside("waiting", "build", waiting=size)
                settle(one)
                print(f"{name}: {size:,} reports lie waiting ({time.perf_counter() - began:.0f} s)", flush=True)
                with one.served():
                    of(one, size, looks, table)
    yield table


def of(one: Installation, size: int, looks: int, table: Table) -> None:
    asked = one.inside("looking", "page")
    cookie = one.inside("people", "signed_in")
    browser = Browser(one.place.port)
    length = 0

    def look() -> None:
        nonlocal length
        status, page = browser.request("GET", str(asked["path"]), Cookie=cookie)
        if status != 200:
            raise AssertionError(f"{status}: {page[:300]!r}")
        length = len(page)

    together(1, 60, lambda _number: look, most=3)
    run = together(1, 120, lambda _number: look, most=looks)
    table.add(one.name, f"{size:,}", asked["queries"], f"{run.median * 1000:.0f}", f"{run.late * 1000:.0f}", f"{length / 1000:.0f}")


def settle(one: Installation) -> None:
    """What PostgreSQL does by itself within a minute of so many new rows (autovacuum)."""
    if one.owner_url:
        with psycopg.connect(one.owner_url, autocommit=True) as owner:
            owner.execute("VACUUM (ANALYZE)")
