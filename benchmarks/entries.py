"""What does the ledger add to an act? Called inside an installation."""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import transaction

from benchmarks.steps import ANSWERS
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.people.models import ApiKey
from havenline.foundation.work import queue
from havenline.journey.intake import actions as intake
from havenline.journey.intake import receipts


def cost(*, times: int) -> list[tuple[str, float, float, float, float]]:
    """Of each act: milliseconds of the whole at the median, of its entries, their slowest twentieth, and the share of the whole."""
    settings.LEDGER_APPENDS = False  # as the public process and the API have it: the worker's appender chains
    key = ApiKey.objects.select_related("agency").order_by("pk")[0]
    acts: dict[str, Callable[[], Any]] = {
        "one entry, and nothing else": _one_entry,
        "a report by form": lambda: intake.receive(answers=ANSWERS),
        "a platform’s report": lambda: intake.receive_from_platform(answers=ANSWERS, by=key, submission=receipts.new_token()),
        "opening one that arrived": lambda: queue.drain(limit=1),
    }
    found = [(what, *_measured(act, times)) for what, act in acts.items()]
    ledger.append_committed()
    chained = []
    for _time in range(times):
        _one_entry()
        began = time.perf_counter()
        ledger.append_committed()
        chained.append((time.perf_counter() - began) * 1000)
    found.append(("chaining one, with its tree: a desk’s, after its commit", 0.0, statistics.median(chained), _late(chained), 0.0))
    with transaction.atomic():
        ledger.record_all(INSTALLATION, "did thing", [ledger.Said("thing")] * 5_000)
    began = time.perf_counter()
    ledger.append_committed()
    each = (time.perf_counter() - began) / 5_000 * 1000
    return [*found, ("chaining 5,000 at once, each: the worker’s", 0.0, each, each, 0.0)]


def _one_entry() -> None:
    with transaction.atomic():
        ledger.record(INSTALLATION, "did thing", "thing")


def _measured(act: Callable[[], Any], times: int) -> tuple[float, float, float, float]:
    act()
    whole, entries = [], []
    for _time in range(times):
        with _watched() as spent:
            began = time.perf_counter()
            act()
            whole.append((time.perf_counter() - began) * 1000)
        entries.append(sum(spent) * 1000)
    return statistics.median(whole), statistics.median(entries), _late(entries), sum(entries) / sum(whole)


@contextmanager
def _watched() -> Iterator[list[float]]:
    """The time that passes in writing entries, canonical text, hash and both statements included."""
    spent, write = [], ledger.record_all

    def timed(*said: Any, **more: Any) -> Any:
        began = time.perf_counter()
        try:
            return write(*said, **more)
        finally:
            spent.append(time.perf_counter() - began)

    ledger.record_all = timed
    try:
        yield spent
    finally:
        ledger.record_all = write


def _late(took: list[float]) -> float:
    return sorted(took)[min(len(took) - 1, int(len(took) * 0.95))]
