"""What does each step cost alone? One process, no network: a report received, opened, and the ledger proved, at growing sizes."""

import json
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.places import databases, installation
from benchmarks.queue import settle
from benchmarks.tables import Table

SIZES = (0, 5_000, 20_000)
ANSWERS: dict[str, Any] = {
    "who": "parent",
    "kind": "contact",
    "happened": "A parent reports that an adult stranger asked to meet their child.",
    "place": {"app": "chat.example", "accounts": ["riverwalk_77"]},
    "danger": "no",
    "relation": "lives_with",
    "child": {"age": 11, "town": "Northmere"},
}


def measure(*, sizes: tuple[int, ...] = SIZES, times: int = 20) -> Iterator[Table]:
    table = Table(
        "Each step alone, as the installation grows",
        ("", "reports", "median ms", "slowest ms"),
        note="One process, no network. The receipt’s slow hash is most of a report by form; a platform’s report has none.",
    )
    for name in databases():
        with installation(name) as one:
            for size in sizes:
                if size:
                    one.inside("waiting", "build", waiting=size)
                    settle(one)
                for what, took in one.inside("steps", "alone", times=times):
                    table.add(f"{name}: {what}", f"{size:,}", f"{statistics.median(took):.1f}", f"{max(took):.1f}")
    yield table


def alone(*, times: int) -> list[tuple[str, list[float]]]:
    """Called inside an installation: what each step took, in milliseconds."""
    from django.test import Client

    from havenline.foundation.ledger import actions as ledger
    from havenline.foundation.ledger import queries
    from havenline.foundation.people.models import ApiKey
    from havenline.foundation.work import queue
    from havenline.journey.intake import actions as intake
    from havenline.journey.intake import receipts

    key = ApiKey.objects.select_related("agency").order_by("pk")[0]
    visitor = Client(headers={"host": "localhost"})
    said = json.loads(json.dumps(ANSWERS))
    steps: dict[str, Callable[[], Any]] = {
        "the receipt’s slow hash": lambda: receipts.open_with(receipts.digits_of(receipts.new_token(), 0), guess=False),
        "a report by form, durable": lambda: intake.receive(answers=said),
        "a platform’s report, durable": lambda: intake.receive_from_platform(answers=said, by=key, submission=receipts.new_token()),
        "opening one that arrived": lambda: queue.drain(limit=1),
        "the public first page": lambda: visitor.get("/"),
    }
    found = [(what, _timed(act, times)) for what, act in steps.items()]
    ledger.append_committed()
    return [*found, (f"proving the ledger ({queries.head()[0]:,} entries)", _timed(queries.verify, 3))]


def _timed(act: Callable[[], Any], times: int) -> list[float]:
    act()  # once before, so that nothing is loaded for the first time
    took = []
    for _number in range(times):
        began = time.perf_counter()
        act()
        took.append((time.perf_counter() - began) * 1000)
    return took
