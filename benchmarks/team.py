"""How long does a manager's page of the whole team take, and how many questions? Asked over HTTP, with 500 open clocks and more."""

from collections.abc import Iterator
from typing import Any

from benchmarks.load import Browser, together
from benchmarks.places import databases, installation
from benchmarks.queue import settle
from benchmarks.tables import Table

SIZES = (500, 2_000)
LOOKS = 40


def measure(*, sizes: tuple[int, ...] = SIZES, looks: int = LOOKS) -> Iterator[Table]:
    table = Table(
        "The team's page",
        ("", "open clocks", "queries", "median ms", "95th ms", "kB"),
        note="Through the front, one manager, one look after another; 25 social workers, and four ended clocks for each open one.",
    )
    for name in databases():
        with installation(name) as one:
            for size in sizes:
                one.inside("holding", "build", clocks=size)
                settle(one)
                with one.served():
                    asked: dict[str, Any] = one.inside("holding", "page")
                    browser, length = Browser(one.place.port), 0

                    def look() -> None:
                        nonlocal length
                        status, page = browser.request("GET", str(asked["path"]), Cookie=str(asked["cookie"]))  # noqa: B023
                        if status != 200:
                            raise AssertionError(f"{status}: {page[:300]!r}")
                        length = len(page)

                    together(1, 60, lambda _number: look, most=3)
                    run = together(1, 120, lambda _number: look, most=looks)
                table.add(name, f"{size:,}", asked["queries"], f"{run.median * 1000:.0f}", f"{run.late * 1000:.0f}", f"{length / 1000:.0f}")
    yield table
