"""What does PostgreSQL's second lock cost? The queue's page and searches over HTTP, with the policies on and off in turn."""

import time
from collections.abc import Iterator
from statistics import median
from urllib.parse import urlencode

import psycopg

from benchmarks.load import Browser
from benchmarks.places import Installation, installation, postgresql_is_here
from benchmarks.queue import settle
from benchmarks.tables import Table

SIZES = (1_000, 10_000, 50_000)
ROUNDS = 6
LOOKS = 8  # at each page, in each round
SEARCHES = {"search, one hit": "number 77", "search, a sixth of all": "river", "search, nothing": "sycamore"}


def measure(*, sizes: tuple[int, ...] = SIZES, rounds: int = ROUNDS, looks: int = LOOKS) -> Iterator[Table]:
    table = Table(
        "The second lock",
        ("", "waiting", "off, ms", "on, ms", "ratio"),
        note="PostgreSQL, through the front, medians; on and off in turn. Off: no policy on any table; who acts is said all the same.",
    )
    if postgresql_is_here():
        with installation("PostgreSQL") as one:
            for size in sizes:
                one.inside("waiting", "build", waiting=size)
                one.inside("looking", "words")
                settle(one)
                with one.served():
                    of(one, size, rounds, looks, table)
    yield table


def of(one: Installation, size: int, rounds: int, looks: int, table: Table) -> None:
    cookie, queue = one.inside("people", "signed_in"), str(one.inside("looking", "page")["path"])
    browser = Browser(one.place.port)
    pages = {"queue": queue} | {name: f"/desk/find/?{urlencode({'q': words})}" for name, words in SEARCHES.items()}
    took: dict[tuple[str, bool], list[float]] = {(name, is_on): [] for name in pages for is_on in (True, False)}
    with psycopg.connect(one.owner_url, autocommit=True) as owner:
        tables = [name for (name,) in owner.execute("SELECT DISTINCT tablename::text FROM pg_policies WHERE policyname = 'need_to_know'")]
        for turn in range(rounds):
            for is_on in (True, False) if turn % 2 else (False, True):
                for name in tables:
                    owner.execute(f"ALTER TABLE {name} {'ENABLE' if is_on else 'DISABLE'} ROW LEVEL SECURITY")
                for name, path in pages.items():
                    _look(browser, path, cookie)  # plans anew after the change
                    took[name, is_on] += [_look(browser, path, cookie) for _again in range(looks)]
        for name in tables:
            owner.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
    for name in pages:
        off, on = (median(took[name, is_on]) * 1000 for is_on in (False, True))
        table.add(name, f"{size:,}", f"{off:.0f}", f"{on:.0f}", f"{on / off:.2f}")


def _look(browser: Browser, path: str, cookie: str) -> float:
    began = time.perf_counter()
    status, page = browser.request("GET", path, Cookie=cookie)
    if status not in (200, 302):
        raise AssertionError(f"{status}: {page[:300]!r}")
    return time.perf_counter() - began
