"""A process that has imported all that a role needs, and from then on is forked: nearly all of a start is Python importing.

It is given the command that `havenline serve` would start, and does in each fork what Python does with it. Kept to itself are imports
and settings; a fork has its own database connections, threads and signals, since there are none of them yet when it begins.

In the tests' process: Prepared. As a process: `python -m tests.faults.prepared MODULES -m havenline.cli worker`.
"""

import gc
import importlib
import os
import runpy
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from havenline.site.process import SUPERVISOR

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Forked:
    """One process, with the face of subprocess.Popen: it is its preparer's child, and so watched by a descriptor."""

    pid: int
    line: int

    def poll(self) -> int | None:
        """0 once it has ended, however; None before."""
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        """Raises subprocess.TimeoutExpired."""
        if self._ended(timeout) is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return 0

    def send_signal(self, number: int) -> None:
        signal.pidfd_send_signal(self.line, number)

    def forget(self) -> None:
        os.close(self.line)

    def _ended(self, timeout: float | None) -> int | None:
        asked = select.poll()
        asked.register(self.line, select.POLLIN)
        return 0 if asked.poll(None if timeout is None else timeout * 1000) else None


class Prepared:
    """One for each command and environment. `imports`: modules, and functions of them (`module:function`) that only import.

    What it forked is told to end when it does.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], log: Path, *, imports: Sequence[str]) -> None:
        with log.open("ab") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.prepared", ",".join(imports), *command[1:]],
                env=environment,
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=file,
                process_group=0,
            )

    def fork(self) -> Forked:
        """A process that runs the command, in a group of its own."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()
        said = self.process.stdout.readline()
        assert said, f"{self.process.args} could not import what it needs: its log says why"
        pid = int(said)
        return Forked(pid, os.pidfd_open(pid))  # it is not waited for before the next is asked for, so that this is it and no other

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


def main(imports: list[str], said: list[str]) -> None:
    for one in imports:
        module, _, function = one.partition(":")
        found = importlib.import_module(module)
        if function:
            getattr(found, function)()
    gc.freeze()  # nothing of this is garbage, so no fork looks at it
    while sys.stdin.buffer.readline():
        _bury()
        _has_nothing_open()
        pid = os.fork()
        if pid == 0:
            return become(said)
        os.setpgid(pid, pid)  # before anybody is told of it: it is killed by its group
        os.write(1, f"{pid}\n".encode())


def become(said: list[str]) -> None:
    """Stand alone, as a process that was just started; then do what Python does with these words."""
    os.environ[SUPERVISOR] = str(os.getppid())
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    sys.argv = said[1:] if said[0] == "-m" else ["-c", *said[2:]]
    if said[0] == "-m":
        runpy.run_module(said[1], run_name="__main__", alter_sys=True)
    else:
        exec(said[1], {"__name__": "__main__"})  # noqa: S102  (the command of `havenline serve`)


def _has_nothing_open() -> None:
    """A thread would be missing in the fork, a line to the database shared with it."""
    assert threading.active_count() == 1, threading.enumerate()
    if "django.db" in sys.modules:
        assert sys.modules["django.db"].connection.connection is None


def _bury() -> None:
    """Those that have ended."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            continue
    except ChildProcessError:
        return


if __name__ == "__main__":
    main(sys.argv[1].split(","), sys.argv[2:])
