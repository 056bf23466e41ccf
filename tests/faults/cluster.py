"""A PostgreSQL cluster of our own, run as user postgres, with the settings it comes with: it can be killed, stopped and started again."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.foundation.post.mail_server import free_port

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
IS_HERE = os.geteuid() == 0 and any((folder / "initdb").exists() for folder in PROGRAMS)
WHY_NOT = "PostgreSQL’s server is not installed here, or this is not root (a cluster runs as user postgres)"
PATIENCE = 60.0  # seconds
SMALL_LOG = "--wal-segsize=1"  # MB: so that a small disk holds a cluster


class DidNotStart(Exception):
    """It ended by itself, or was not there in time; says what it wrote last."""


class Cluster:
    """One cluster in `where`, on a port of its own, its server with this environment too. `make` makes it, which takes a second."""

    def __init__(self, where: Path, port: int = 0, **environment: str) -> None:
        self.where, self.port, self.environment = where, port or free_port(), environment
        self.process: subprocess.Popen[bytes] | None = None
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def make(self) -> None:
        self.where.mkdir()
        shutil.chown(self.where, "postgres")
        said = ["-D", str(self.where), "-A", "trust", "-U", "postgres", "--locale=C.UTF-8", "-E", "UTF8", SMALL_LOG]
        subprocess.run(
            [str(PROGRAMS[-1] / "initdb"), *said],
            user="postgres",
            group="postgres",
            extra_groups=[],
            check=True,
            capture_output=True,
            cwd="/",
        )

    def start(self) -> None:
        """Up, and recovered from whatever befell it. Raises DidNotStart, as on a full disk."""
        with (self.where / "log").open("ab") as log:
            said = ["-D", str(self.where), "-p", str(self.port), "-k", str(self.where), "-h", "127.0.0.1"]
            self.process = subprocess.Popen(
                [str(PROGRAMS[-1] / "postgres"), *said],
                env={**os.environ, **self.environment},
                user="postgres",
                group="postgres",
                extra_groups=[],
                cwd="/",
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + PATIENCE
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise DidNotStart((self.where / "log").read_text()[-2000:])
            time.sleep(0.05)

    def answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def say(self, *statements: str) -> None:
        """Run these as the owner."""
        with psycopg.connect(self.url, autocommit=True) as line:
            for statement in statements:
                line.execute(statement)

    def stop(self) -> None:
        """Within a moment and without a word to those connected. One that is down stays down."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(timeout=PATIENCE)

    def kill(self) -> None:
        """kill -9 of every process of it at once, then up again: it recovers from its write-ahead log."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        deadline = time.monotonic() + 20
        while found := self._processes():  # one that was being born as its parent was killed too
            assert time.monotonic() < deadline
            for pid in found:
                _kill(pid)
            time.sleep(0.01)
        self.start()

    def kill_one(self, which: int) -> bool:
        """kill -9 of one of the processes that answer somebody: the cluster ends all others, recovers, and goes on by itself.

        False where nobody is connected, so that none falls.
        """
        serving = [pid for pid in self._processes() if _says(pid).startswith("postgres: havenline")]
        if serving:
            _kill(serving[which % len(serving)])
        return bool(serving)

    def _processes(self) -> list[int]:
        """All of this cluster: each works in its folder."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if (folder / "cwd").readlink() == self.where and _lives(int(folder.name)):
                    found.append(int(folder.name))
            except OSError:
                continue
        return found


def _says(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ""


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@contextmanager
def own_postgresql() -> Iterator[str]:
    """The URL of the owner of a cluster of our own, in a folder that user postgres can enter (pytest's are closed to others)."""
    with tempfile.TemporaryDirectory(prefix="havenline-pg-") as folder:
        Path(folder).chmod(0o711)
        cluster = Cluster(Path(folder) / "cluster")
        cluster.make()
        cluster.start()
        try:
            yield cluster.url
        finally:
            cluster.stop()
