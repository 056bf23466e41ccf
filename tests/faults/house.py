"""Every process of an installation, as `havenline serve` starts them, and a desk that writes letters: each can be killed alone.

What kept them alive would be the supervisor and the service manager; here it is the test, so that it may kill more often than either
would put up with. Each is forked from one that has imported what it needs (tests/faults/prepared.py), and so is back within a tenth of
a second; `tests/faults/test_places.py` kills what `havenline serve` itself started.
"""

import http.client
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from havenline.cli.serve import parts
from tests.faults.place import PATIENCE, Place, kill
from tests.faults.prepared import Forked, Prepared

OF_GUNICORN = ("gunicorn.app.wsgiapp", "gunicorn.workers.gthread", "havenline.site.wsgi")
IMPORTS = {  # by command; each role its own URLs
    "front": ("havenline.site.front",),
    "worker": ("havenline.cli", "havenline.site.wsgi", "havenline.foundation.work.worker", "havenline.foundation.work.rounds:discover"),
    "desk": ("havenline.site.wsgi", "havenline.foundation.post.actions", "tests.faults.desk"),
}
# Nobody signs in here: the desk that writes is below. What matches holds no record and takes none in: it is killed as it is served, in
# tests/foundation/recognition/test_served.py.
LEFT_OUT = {"desk", "match", "follower"}
ASKED_OF = {"public": "/", "api": "/api/v1/reports"}  # what a role that is up answers at once


class House:
    """`workers`: how many; each takes from the same queue. `mail`: the port that letters are handed to."""

    def __init__(self, place: Place, *, mail: int, workers: int = 2, **environment: str) -> None:
        self.place, self.processes = place, dict[str, Forked]()
        self.prepared = dict[str, Prepared]()
        environment = {"HAVENLINE_MAIL_HOST": "127.0.0.1", "HAVENLINE_MAIL_PORT": str(mail), **environment}
        self.commands: dict[str, tuple[Sequence[str], Mapping[str, str]]] = {}
        for child in parts(place.home, host="127.0.0.1", port=place.port, environment=environment):
            if child.name == "worker":
                for number in range(workers):
                    self.commands[f"worker {number + 1}"] = (child.command, child.environment)
            elif child.name not in LEFT_OUT:
                self.commands[child.name] = (child.command, child.environment)
        writer = [sys.executable, "-m", "tests.faults.desk", str(place.home.parent / "written")]
        self.commands["desk"] = (writer, {**environment, "DJANGO_SETTINGS_MODULE": "havenline.site.settings", "HAVENLINE_ROLE": "desk"})

    def prepare(self) -> None:
        """One process for each command, all of them importing at once."""
        for name, (command, environment) in self.commands.items():
            kind = name.split()[0]
            if kind not in self.prepared:
                imports = IMPORTS.get(kind) or (*OF_GUNICORN, f"havenline.site.urls.{kind}")
                self.prepared[kind] = Prepared(command, {**self.place.environment, **environment}, self.place.log, imports=imports)

    def start(self, name: str) -> None:
        if name in self.processes:
            self.processes[name].forget()
        self.processes[name] = self.prepared[name.split()[0]].fork()

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
            process.forget()
        for prepared in self.prepared.values():
            prepared.end()
        self.processes, self.prepared = {}, {}


@contextmanager
def started(house: House) -> Iterator[House]:
    try:
        house.prepare()
        for name in house.commands:
            house.start(name)
        for name in house.commands:
            house.wait_until_up(name)
        yield house
    finally:
        house.end()
