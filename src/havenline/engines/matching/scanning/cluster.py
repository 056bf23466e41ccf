"""Files are read on many machines, through Ray: each task is some paths, each worker has its own children and its own view of the index.

Workers see the archive and the index under the same paths as here. They send rows back, never a byte of a file. A task whose worker is
lost is given to another; one that loses every worker is halved, until the one file that does it has a row that says so.
Needs the extra `cluster`.
"""

from __future__ import annotations

import logging
import os
import platform
import resource
import secrets
import shutil
import tempfile
import time
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from havenline.engines.matching.errors import DamagedIndex
from havenline.engines.matching.scanning.errors import ScanError, Unseen
from havenline.engines.matching.scanning.here import Here
from havenline.engines.matching.scanning.looking import Work
from havenline.engines.matching.scanning.rows import Row

AT_ONCE = 32  # paths in a task: half a second
BRIEF = 10.0  # seconds after which a task begins no further path; what is left is given out again
RETRIES = 3
LOST = "worker-lost"
ON_LOOPBACK = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}  # Ray's own name for it; an address of loopback that is given is exchanged
PATIENT = {"RAY_agent_register_timeout_ms": "120000", "RAY_raylet_start_wait_time_s": "120"}  # on a machine under load
MEMORY = 80 * 1024 * 1024  # of the store of objects: rows are small

_SECRET = secrets.token_hex(32)  # one for each process: Ray reads its token once


class NoRay(ScanError):
    """Ray is not installed, or is not reached."""


class _Mine:
    """What this process of a worker keeps from task to task."""

    work: Work | None = None
    here: Here | None = None

    @classmethod
    def of(cls, work: Work) -> Here:
        if cls.here is None or cls.work != work:
            if cls.here is not None:
                cls.here.close()
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # what is read lies in its memory
            cls.here, cls.work = Here(work, processes=1), work
        return cls.here


def looked(work: Work, paths: list[bytes]) -> list[Row] | str:
    """In a worker: rows of the first paths, all of them or as many as it began in a while; or why it can do none."""
    try:
        here = _Mine.of(work)
    except (OSError, DamagedIndex) as error:
        return f"A worker on {platform.node()} does not see archive and index as they are seen here: {error}"
    until = time.monotonic() + BRIEF
    begun = (path for number, path in enumerate(paths) if number == 0 or time.monotonic() < until)
    return [row for some in here.rows(begun) for row in some]


class Cluster:
    """`address`: of a cluster that runs, or `local`: one on this machine, on loopback, for `workers`, that ends with this."""

    def __init__(self, work: Work, *, address: str, workers: int | None = None) -> None:
        """Raises NoRay."""
        self.work = work
        self._ray: Any = None
        self._folder: Path | None = None
        said: dict[str, Any] = {"logging_level": "ERROR", "log_to_driver": False, "configure_logging": False}
        if address == "local":  # before Ray is loaded: that is when it looks at most of it
            said |= self._local(workers or os.cpu_count() or 1)
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # nothing is reported to Ray's makers
        os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # else each worker warns of it
        try:
            import ray
        except ImportError as error:
            self.close()
            raise NoRay("Ray is not installed. Install Havenline with its extra: havenline[cluster].") from error
        logging.getLogger("ray").setLevel(logging.ERROR)
        self._ray = ray
        try:
            ray.init(address=address, **said)
        except Exception as error:  # Ray raises whatever it likes here, a bare Exception among it
            self.close()
            why = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise NoRay(f"Ray does not answer at {address}: {why}") from error
        if address == "local" and not self._ray.util.get_node_ip_address().startswith("127."):
            self.close()
            raise NoRay("Ray would listen on more than loopback. It was loaded before; start this in a process of its own.")
        self.workers = workers or max(1, int(self._ray.cluster_resources().get("CPU", 1)))
        self._look = ray.remote(num_cpus=1, max_retries=RETRIES)(looked)

    def _local(self, cores: int) -> dict[str, Any]:
        """Loopback, no dashboard, and a secret and all files in a folder of its own that goes with it."""
        self._folder = Path(tempfile.mkdtemp(prefix="scan-", dir=_short(tempfile.gettempdir())))
        secret = self._folder / "secret"
        secret.touch(mode=0o600)
        secret.write_text(_SECRET)
        for name, value in (("RAY_AUTH_TOKEN_PATH", str(secret)), *ON_LOOPBACK.items(), *PATIENT.items()):
            os.environ[name] = value
        said = {"num_cpus": cores, "num_gpus": 0, "include_dashboard": False, "object_store_memory": MEMORY}
        return said | {"_temp_dir": str(self._folder)}

    def rows(self, paths: Iterable[bytes]) -> Iterator[list[Row]]:
        ray = self._ray
        waiting: deque[tuple[list[bytes], Any]] = deque()
        every = iter(paths)
        while part := list(islice(every, AT_ONCE)):
            waiting.append((part, self._given(part)))
            while waiting and (len(waiting) >= 3 * self.workers or ray.wait([waiting[0][1]], timeout=0)[0]):
                yield from self._rows(*waiting.popleft())
        while waiting:
            yield from self._rows(*waiting.popleft())

    def _given(self, paths: list[bytes]) -> Any:
        return self._look.remote(self.work, paths)

    def _rows(self, paths: list[bytes], given: Any) -> Iterator[list[Row]]:
        lost = self._ray.exceptions
        try:
            found = self._ray.get(given)
        except lost.RayTaskError as error:
            raise ScanError(f"A worker failed: {type(error.cause).__name__}: {error.cause}") from error
        except (lost.WorkerCrashedError, lost.NodeDiedError, lost.OutOfMemoryError, lost.ObjectLostError) as error:
            if len(paths) == 1:
                yield [Row(paths[0], failure=LOST)]
                return
            del error
            half = len(paths) // 2
            parts = [(some, self._given(some)) for some in (paths[:half], paths[half:])]
            for some, again in parts:
                yield from self._rows(some, again)
            return
        except lost.RayError as error:
            raise NoRay(f"Ray does not answer any more ({type(error).__name__}).") from error
        if isinstance(found, str):
            raise Unseen(found)
        yield found
        if rest := paths[len(found) :]:
            yield from self._rows(rest, self._given(rest))

    def close(self) -> None:
        if self._ray is not None:
            self._ray.shutdown()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _where: TracebackType | None) -> None:
        self.close()


def _short(folder: str) -> str:
    """The paths of Ray's sockets must fit in 107 bytes."""
    return folder if len(os.fsencode(folder)) <= 24 else "/tmp"  # noqa: S108  (a folder of its own is made in it, for its owner alone)
