"""How many durable reports a second? Through the public form and by API, against processes that really run, the answer counted
only when receipt or reference came back; beside the floor of the same database and the same front in the same minute."""

import json
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from itertools import count, cycle
from pathlib import Path
from typing import Any

import psycopg
from tests.faults.place import Reporter

from benchmarks import processor
from benchmarks.load import Browser, Run, middle, together
from benchmarks.places import Installation, databases, installation
from benchmarks.tables import Table

CLIENTS = (1, 2, 8)
ROUNDS = 3
SECONDS = 4.0
BATCH = 50  # reports in one request
FORMS = 24  # walked to the check before their last press is measured
NARRATIVE = "Our trust team saw an adult stranger ask a child to meet. Number {}."
PARTS = ("client", "front", "api", "public", "worker", "PostgreSQL")
_numbers = count(1)


def measure(*, seconds: float = SECONDS, rounds: int = ROUNDS, clients: tuple[int, ...] = CLIENTS, forms: int = FORMS) -> Iterator[Table]:
    for name in databases():
        with installation(name) as one, one.served():
            yield of(one, seconds=seconds, rounds=rounds, clients=clients, forms=forms)


def of(one: Installation, *, seconds: float, rounds: int, clients: tuple[int, ...], forms: int) -> Table:
    """All of one installation that is served."""
    questions: dict[str, Callable[[int], Run]] = {
        "API: a platform's report": lambda n: together(n, seconds, by_api(one)),
        f"API: a batch, each report of {BATCH} counted": lambda n: together(n, seconds, by_batch(one)).of(BATCH),
        "Form: the last press, answers riding in it": lambda n: together(n, 60, last_press(one, n, forms), most=max(1, forms // n)),
        "Form: the whole walk of twelve pages": lambda n: together(n, seconds, whole_walk(one)),
        "Floor: one row of 1 kB, raw, committed": lambda n: together(n, seconds / 2, raw_row(one)),
        "Floor: a style sheet through the front": lambda n: together(n, seconds / 2, style_sheet(one)),
    }
    table = Table(
        f"Durable reports on {one.name}",
        ("", "clients", "a second", "median ms", "95th ms", *PARTS),
        note="The last columns: milliseconds of processor time for each, by part. The worker opens reports meanwhile.",
    )
    for what, ask in questions.items():
        for number in clients:
            ask(number)  # once before: pools and caches fill
            with processor.watched(one.place.home) as taken:
                run = middle([ask(number) for _round in range(rounds)])  # with every time of all rounds
            shown = [f"{taken.seconds.get(part, 0) / run.done * 1000:.1f}" for part in PARTS]
            table.add(what, number, f"{run.rate:.0f}", f"{run.median * 1000:.1f}", f"{run.late * 1000:.1f}", *shown)
    return table


def by_batch(one: Installation) -> Callable[[int], Callable[[], Any]]:
    """A platform with a backlog: fifty reports in a request."""

    def act_of(_number: int) -> Callable[[], Any]:
        browser = Browser(one.place.port)

        def act() -> None:
            this = next(_numbers)
            said = {"reports": [_said(this * BATCH + each) for each in range(BATCH)]}
            key = one.keys[this % len(one.keys)]  # one after another over all runs: none reaches its 1,200 a minute
            _must_be_taken(browser, "/api/v1/reports/batch", said, key, BATCH)

        return act

    return act_of


def _said(number: int) -> dict[str, Any]:
    return {"kind": "contact", "narrative": NARRATIVE.format(number), "accounts": [f"riverwalk_{number % 400}"], "danger_now": False}


def _must_be_taken(browser: Browser, path: str, said: Any, key: str, number: int) -> None:
    status, page = browser.request(
        "POST", path, json.dumps(said),
        **{"Authorization": f"Bearer {key}", "Content-Type": "application/json", "Idempotency-Key": uuid.uuid4().hex},
    )  # fmt: skip
    if status != 201 or page.count(b'"reference":') != number:
        raise AssertionError(f"{status}: {page[:300]!r}")


def by_api(one: Installation) -> Callable[[int], Callable[[], Any]]:
    """A platform: a key, an Idempotency-Key of its own for each report, and the answer read."""

    def act_of(number: int) -> Callable[[], Any]:
        browser, keys = Browser(one.place.port), cycle(one.keys[number:] + one.keys[:number])

        def act() -> None:
            _must_be_taken(browser, "/api/v1/reports", _said(next(_numbers)), next(keys), 1)

        return act

    return act_of


def whole_walk(one: Installation) -> Callable[[int], Callable[[], Any]]:
    """A visitor without JavaScript, from the first page to the receipt."""

    def act_of(number: int) -> Callable[[], Any]:
        browser = Browser(one.place.port)

        def act() -> None:
            reporter = Reporter(browser)  # type: ignore[arg-type]  # it asks as a place does
            reporter.walk_to_the_check()
            _must_be_receipt(reporter)

        return act

    return act_of


def last_press(one: Installation, clients: int, forms: int, address: str = "") -> Callable[[int], Callable[[], Any]]:
    """The press that sends: the walks before it are not measured."""
    ready: list[list[Reporter]] = []
    for _client in range(clients):
        browser = Browser(one.place.port, address)
        mine = [Reporter(browser) for _form in range(max(1, forms // clients))]  # type: ignore[arg-type]
        for reporter in mine:
            reporter.walk_to_the_check()
        ready.append(mine)

    def act_of(number: int) -> Callable[[], Any]:
        mine = iter(ready[number])
        return lambda: _must_be_receipt(next(mine))

    return act_of


def _must_be_receipt(reporter: Reporter) -> None:
    if len(reporter.press_send()) != 16:
        raise AssertionError(f"{reporter.status}: no receipt")


def style_sheet(one: Installation) -> Callable[[int], Callable[[], Any]]:
    """What the front and a process behind it can do at all: a small file, no database."""

    def act_of(number: int) -> Callable[[], Any]:
        browser = Browser(one.place.port)

        def act() -> None:
            status, _page = browser.request("GET", "/static/print.css")
            if status != 200:
                raise AssertionError(status)

        return act

    return act_of


def raw_row(one: Installation) -> Callable[[int], Callable[[], Any]]:
    """What the same database can do at all: INSERT of one row about as large as a report, and COMMIT, the disk waited for."""
    sealed = b"s" * 1000
    if one.owner_url:
        with psycopg.connect(one.owner_url, autocommit=True) as owner:
            owner.execute("CREATE TABLE IF NOT EXISTS bench_floor (id bigserial PRIMARY KEY, sealed bytea, at timestamptz DEFAULT now())")

        def act_of(number: int) -> Callable[[], Any]:
            connection = psycopg.connect(one.owner_url)

            def act() -> None:
                connection.execute("INSERT INTO bench_floor (sealed) VALUES (%s)", [sealed])
                connection.commit()

            return act

        return act_of
    file = one.place.home / "havenline.sqlite3"

    def act_of_sqlite(number: int) -> Callable[[], Any]:
        connection = _sqlite(file)

        def act() -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO bench_floor (sealed) VALUES (?)", [sealed])
            connection.execute("COMMIT")

        return act

    _sqlite(file).execute("CREATE TABLE IF NOT EXISTS bench_floor (id integer PRIMARY KEY, sealed blob, at text DEFAULT CURRENT_TIMESTAMP)")
    return act_of_sqlite


def _sqlite(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=20, isolation_level=None, check_same_thread=False)
    connection.executescript("PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000;")
    return connection
