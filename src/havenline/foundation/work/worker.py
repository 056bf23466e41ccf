"""The worker's life: tasks and rounds, over and over until it is asked to end; beside them a sign of life, the ledger's appender,
and the rounds that wait for others."""

import logging
import os
import signal
import socket
import threading
import time
from datetime import timedelta
from types import FrameType

from django.db import close_old_connections, connection
from django.db.utils import DatabaseError

from havenline.engines import proof
from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger import queries as ledger_queries
from havenline.foundation.work import queue, rounds
from havenline.foundation.work.models import Worker

HEARTBEAT = 10.0  # seconds
PAUSE = 0.5  # seconds, when nothing is ready
CHAIN_EVERY = 0.25  # seconds
FORGOTTEN_AFTER = timedelta(days=1)

logger = logging.getLogger("havenline.work")


class WorkingLife:
    """One worker process."""

    def __init__(self) -> None:
        self.name = f"{socket.gethostname()[:40]}:{os.getpid()}:{int(time.time())}"
        self.ended = threading.Event()

    def live(self) -> None:
        """Work until SIGTERM or SIGINT; the task under way is finished. A database that is away is waited for."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        rounds.discover()
        heart = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        heart.start()
        appender = threading.Thread(target=self._chain, name="appender", daemon=True)
        appender.start()
        asking = threading.Thread(target=self._ask, name="rounds apart", daemon=True)
        asking.start()
        while not self.ended.is_set():
            try:
                busy = self._turn()
            except DatabaseError as error:
                logger.warning("The database does not answer; trying again in a moment: %s", queue.reason_of(error))
                connection.close()
                busy = False
                self.ended.wait(2.0)
            if not busy:
                self.ended.wait(PAUSE)
        heart.join(timeout=3)
        appender.join(timeout=3)
        self._say_goodbye()

    def _turn(self) -> bool:
        close_old_connections()
        ran = queue.work_off(self.name, ended=self.ended.is_set)
        rounds.run_due(apart=False)
        return ran > 0

    def _ask(self) -> None:
        """Rounds that wait for others (witnesses), in a thread of their own: who does not answer holds up nothing else."""
        while True:
            try:
                close_old_connections()
                rounds.run_due(apart=True)
            except DatabaseError:
                connection.close()
            if self.ended.wait(PAUSE):
                connection.close()
                return

    def _beat(self) -> None:
        """In a thread of its own, so that a long task does not look like a dead worker."""
        started = moment.now()
        while True:
            try:
                close_old_connections()
                Worker.objects.update_or_create(
                    id=self.name, defaults={"seen_at": moment.now()}, create_defaults={"started_at": started, "seen_at": moment.now()}
                )
            except DatabaseError:
                connection.close()
            if self.ended.wait(HEARTBEAT):
                connection.close()
                return

    def _chain(self) -> None:
        """The one appender of an installation that is served: what every process commits. In a thread of its own: no task delays it."""
        while True:
            try:
                close_old_connections()
                if ledger_queries.waiting():
                    ledger.append_committed()
            except DatabaseError:
                connection.close()
            except proof.Broken as broken:  # somebody reached into the tree; what waits is counted by doctor, and verify names the place
                logger.error("The ledger cannot be continued: %s", broken)
                self.ended.wait(PAUSE * 10)
            if self.ended.wait(CHAIN_EVERY):
                connection.close()
                return

    def _say_goodbye(self) -> None:
        try:
            Worker.objects.filter(id=self.name).delete()
        except DatabaseError:
            logger.warning("The database is away: this worker’s last sign of life stays and runs out by itself.")

    def _end(self, number: int, frame: FrameType | None) -> None:
        self.ended.set()
