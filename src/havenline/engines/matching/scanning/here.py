"""Files are read on this machine: some threads read, as many children decode, one thread looks up."""

import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Protocol, Self

from havenline.engines.matching.hashing import HashingPool
from havenline.engines.matching.scanning.looking import Hashed, Known, Looker, Work, matched
from havenline.engines.matching.scanning.rows import Row

AT_ONCE = 64  # hashes in one look-up


class Hands(Protocol):
    """Whoever does the work."""

    def rows(self, paths: Iterable[bytes]) -> Iterator[list[Row]]:
        """A row for each path, in order, some at a time. Few are under way at once. Raises Interrupted, ScanError."""


class Here:
    """`processes`: children that decode; as many as there are cores."""

    def __init__(self, work: Work, *, processes: int | None = None, ended: threading.Event | None = None) -> None:
        """Raises DamagedIndex, FileNotFoundError, OSError."""
        self.work = work
        self.size = processes or os.cpu_count() or 1
        self.known = Known(work.index)
        self.pool = HashingPool(self.size, limits=work.limits)
        self.looker = Looker(work.root, self.pool, ended or threading.Event())

    def rows(self, paths: Iterable[bytes]) -> Iterator[list[Row]]:
        # Twice as many threads as children: while some wait for the disk, others are decoded. Not many more under way: what a kill
        # costs is what was under way, and at worst each of it takes its ten seconds.
        threads = 2 * self.size
        with ThreadPoolExecutor(threads, thread_name_prefix="reads") as readers:
            waiting: deque[Future[Hashed]] = deque()
            try:
                for path in paths:
                    waiting.append(readers.submit(self.looker.hashed, path))
                    if len(waiting) >= 3 * threads:
                        yield self._matched(self._done(waiting))
                while waiting:
                    yield self._matched(self._done(waiting))
            finally:
                for one in waiting:
                    one.cancel()

    @staticmethod
    def _done(waiting: deque[Future[Hashed]]) -> list[Hashed]:
        """The first, waited for, and whatever is done right behind it."""
        done = [waiting.popleft().result()]
        while waiting and len(done) < AT_ONCE and waiting[0].done():
            done.append(waiting.popleft().result())
        return done

    def _matched(self, files: list[Hashed]) -> list[Row]:
        return matched(self.known, files, self.work.radius)

    def close(self) -> None:
        self.pool.close()
        self.looker.close()
        self.known.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _where: TracebackType | None) -> None:
        self.close()
