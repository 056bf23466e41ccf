"""Every process of an installation, as `havenline serve` starts them, and a desk that writes letters: each can be killed alone.

What kept them alive would be the supervisor and the service manager; here it is the test, so that it may kill more often than either
would put up with.
"""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from havenline.cli.serve import parts
from havenline.site.process import SUPERVISOR
from tests.faults.place import PATIENCE, Place, kill

ROOT = Path(__file__).resolve().parents[2]
ASKED_OF = {"public": "/", "api": "/api/v1/reports"}  # what a role that is up answers at once


class House:
    """`workers`: how many; each takes from the same queue. `mail`: the port that letters are handed to."""

    def __init__(self, place: Place, *, mail: int, workers: int = 2, **environment: str) -> None:
        self.place, self.processes = place, dict[str, subprocess.Popen[bytes]]()
        environment = {"HAVENLINE_MAIL_HOST": "127.0.0.1", "HAVENLINE_MAIL_PORT": str(mail), **environment}
        self.commands: dict[str, tuple[Sequence[str], Mapping[str, str]]] = {}
        for child in parts(place.home, host="127.0.0.1", port=place.port, environment=environment):
            if child.name == "worker":
                for number in range(workers):
                    self.commands[f"worker {number + 1}"] = (child.command, child.environment)
            elif child.name != "desk":  # nobody signs in here: the desk that writes is below
                self.commands[child.name] = (child.command, child.environment)
        writer = [sys.executable, "-m", "tests.faults.desk", str(place.home.parent / "written")]
        self.commands["desk"] = (writer, {**environment, "DJANGO_SETTINGS_MODULE": "havenline.site.settings", "HAVENLINE_ROLE": "desk"})

    def start(self, name: str) -> None:
        """Called in the main thread: the kernel ends a process with the thread that started it."""
        command, environment = self.commands[name]
        with self.place.log.open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command,
                env={**self.place.environment, **environment, SUPERVISOR: str(os.getpid())},
                cwd=ROOT,
                stdout=log,
                stderr=log,
                process_group=0,
            )

    def kill(self, name: str) -> None:
        """kill -9 of one process with all that it started, and a new one at once."""
        kill(self.processes[name])
        self.start(name)

    def keep_alive(self) -> None:
        """Start again whatever ended by itself: a front whose port was still taken, a worker without a database."""
        for name, process in self.processes.items():
            if process.poll() is not None:
                self.start(name)

    def wait_until_up(self, name: str) -> None:
        """Until a role answers; the others have no door, and are killed wherever they are."""
        if path := ASKED_OF.get(name if name in ASKED_OF else "public" if name == "front" else ""):
            deadline = time.monotonic() + PATIENCE
            while self._answers(path) >= 500:
                assert time.monotonic() < deadline, self.place.log.read_text()[-4000:]
                self.keep_alive()
                time.sleep(0.05)

    def _answers(self, path: str) -> int:
        try:
            return self.place.ask("GET", path)[0]
        except (OSError, http.client.HTTPException):
            return 503

    def end(self, *, within: float = 30.0) -> None:
        """Ask all to end, as a service manager does; whoever does not is killed."""
        for process in self.processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + within
        for process in self.processes.values():
            try:
                process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                kill(process)


@contextmanager
def started(house: House) -> Iterator[House]:
    try:
        for name in house.commands:
            house.start(name)
        for name in house.commands:
            house.wait_until_up(name)
        yield house
    finally:
        house.end()
