"""Sixteen write at once, some of them chain what they wrote, as desks do, and the worker's appender chains the rest."""

import threading
import time
from typing import Any

import pytest
from django.db import close_old_connections, connection, transaction

from havenline.engines import proof
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger import queries
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.ledger.models import Entry, Link
from havenline.foundation.work.worker import CHAIN_EVERY

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
WRITERS, EACH = 16, 20
GIVES_UP = 10  # seconds: whoever chains has ended, and no test waits for it


class TakenBack(Exception):
    pass


class Writer(threading.Thread):
    """One process's worth of work: acts of one to three entries, of which each seventh is rolled back."""

    def __init__(self, number: int, start: threading.Barrier) -> None:
        super().__init__()
        self.number, self.barrier = number, start
        self.written: set[str] = set()
        self.waited: list[float] = []
        self.went_wrong: BaseException | None = None

    def run(self) -> None:
        try:
            self.barrier.wait()
            for act in range(EACH):
                self._act(act)
        except BaseException as error:
            self.went_wrong = error
        finally:
            connection.close()

    def _act(self, act: int) -> None:
        verb = f"{self.number}.{act}"
        try:
            with transaction.atomic():
                ledger.record_all(INSTALLATION, verb, [ledger.Said("thing")] * (1 + act % 3))
                if act % 7 == 3:
                    raise TakenBack
        except TakenBack:
            return
        committed = time.monotonic()
        self.written.add(verb)
        if self.number % 2:  # a desk's page names its place in the chain
            ledger.append_committed()
        while Entry.objects.filter(body__contains=f'"verb":"{verb}"', link=None).exists():
            assert time.monotonic() - committed < GIVES_UP, f"{verb} waits for ever"
            time.sleep(0.01)
        self.waited.append(time.monotonic() - committed)


def test_sixteen_writers_leave_no_gap_no_fork_and_nothing_lost_and_no_entry_waits_a_second(settings: Any) -> None:
    settings.LEDGER_APPENDS = False
    ended, start = threading.Event(), threading.Barrier(WRITERS)

    def append() -> None:
        while not ended.wait(CHAIN_EVERY):
            close_old_connections()
            ledger.append_committed()
        connection.close()

    appender = threading.Thread(target=append)
    appender.start()
    writers = [Writer(number, start) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    ended.set()
    appender.join()
    assert [writer.went_wrong for writer in writers if writer.went_wrong] == []
    verified = queries.verify()
    written = set.union(*(writer.written for writer in writers))
    assert len(written) == WRITERS * (EACH - 3)
    assert {queries.read(entry).verb for entry in Entry.objects.all()} == written
    assert verified.waiting == 0
    assert verified.count == Entry.objects.count() == Link.objects.count() > 256
    frontier = proof.Frontier()
    for one in Link.objects.order_by("sequence").values_list("entry__hash", flat=True):
        frontier.append(bytes.fromhex(one))
    assert queries.tree().root() == frontier.root()
    waited = sorted(wait for writer in writers for wait in writer.waited)
    assert waited[len(waited) // 2] < 0.5
    assert waited[-1] < 1.0
