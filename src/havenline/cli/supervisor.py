"""Several processes as one: started together, started again when one dies, ended together and in bounded time."""

import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

from havenline.foundation.sealing import given
from havenline.site.process import SUPERVISOR

PATIENCE = 10.0  # seconds for a process to end by itself after it was asked to
DEATHS, WITHIN = 5, 60.0  # this many deaths of one process within so many seconds: all is ended, with a message
TICK = 0.2


@dataclass
class Child:
    """One process: its name for messages, its command, its own environment."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    keys: int | None = None  # a descriptor of the keys that it may hold, where they are given and are no files
    process: subprocess.Popen[bytes] | None = None
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=DEATHS))
    start_again_at: float = 0.0

    def start(self) -> None:
        # A group of its own: Ctrl-C reaches only the supervisor, which ends the children in order.
        said = {**os.environ, **self.environment, SUPERVISOR: str(os.getpid())}
        if self.keys is not None:
            said = {name: value for name, value in said.items() if name != given.HERE} | {given.FD: str(self.keys)}
        pass_on = () if self.keys is None else (self.keys,)
        self.process = subprocess.Popen(self.command, env=said, process_group=0, pass_fds=pass_on)

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Runs children until it is asked to end (SIGINT, SIGTERM), or until one of them cannot be kept alive."""

    def __init__(self, children: Sequence[Child], *, say: Callable[[str], None]) -> None:
        self.children, self.say = list(children), say
        self.asked_to_end = False

    def run(self, *, until_said: Callable[[], bool] | None = None) -> int:
        """Returns an exit code: 0 after being asked to end, 1 where a process could not be kept alive.

        `until_said` is called at every tick until it returns True: it may say that all is ready. It must not block.
        """
        before = {number: signal.signal(number, self._end) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        try:
            for child in self.children:
                child.start()
            while not self.asked_to_end:
                if until_said is not None and until_said():
                    until_said = None
                time.sleep(TICK)
                for child in self.children:
                    if not self._keep_alive(child):
                        return 1
            return 0
        finally:
            self.end_all()
            for number, handler in before.items():
                signal.signal(number, handler)

    def end_all(self) -> None:
        """Ask every child to end; kill what has not ended after PATIENCE seconds."""
        alive = [child for child in self.children if child.alive]
        for child in alive:
            self._send(child, signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        while alive and time.monotonic() < deadline:
            time.sleep(0.05)
            alive = [child for child in alive if child.alive]
        for child in alive:
            self.say(f"{child.name} did not end in {PATIENCE:.0f} seconds and was killed.")
            self._send(child, signal.SIGKILL)
            if child.process is not None:
                child.process.wait(timeout=5)

    def _keep_alive(self, child: Child) -> bool:
        at = time.monotonic()
        if child.alive:
            return True
        if child.process is not None:
            code, child.process = child.process.returncode, None
            child.deaths.append(at)
            if len(child.deaths) == DEATHS and at - child.deaths[0] < WITHIN:
                self.say(
                    f"{child.name} ended {DEATHS} times within a minute (exit code {code}). Everything is ended; its messages are above."
                )
                return False
            wait = 0.2 * 2 ** (len(child.deaths) - 1) if len(child.deaths) > 1 else 0.0
            child.start_again_at = at + wait
            self.say(f"{child.name} ended unexpectedly (exit code {code}) and is started again.")
        if at >= child.start_again_at and not self.asked_to_end:
            child.start()
        return True

    def _end(self, number: int, frame: FrameType | None) -> None:
        self.asked_to_end = True

    @staticmethod
    def _send(child: Child, number: int) -> None:
        if child.process is None:
            return
        try:
            if number == signal.SIGKILL:
                os.killpg(child.process.pid, number)
            else:
                child.process.send_signal(number)
        except ProcessLookupError:
            return
