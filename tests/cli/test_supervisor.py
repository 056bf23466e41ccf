"""Several processes as one: a dead one is started again, one that cannot live ends all, and asked to end, all end."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from havenline.cli.supervisor import Child, Supervisor

CHECKOUT = Path(__file__).resolve().parents[2]


def sleeper(name: str = "sleeper") -> Child:
    return Child(name, [sys.executable, "-c", "import time; time.sleep(600)"])


def test_a_process_that_dies_is_started_again_and_said() -> None:
    child, said = sleeper(), list[str]()
    supervisor = Supervisor([child], say=said.append)
    first: list[int] = []

    def kill_once() -> bool:
        assert child.process is not None
        if not first:
            first.append(child.process.pid)
            child.process.kill()
            return False
        if child.alive and child.process.pid != first[0]:
            supervisor.asked_to_end = True
            return True
        return False

    assert supervisor.run(until_said=kill_once) == 0
    assert said == ["sleeper ended unexpectedly (exit code -9) and is started again."]
    assert not child.alive


def test_a_process_that_cannot_live_ends_everything_and_says_so() -> None:
    broken, other, said = Child("broken", [sys.executable, "-c", "raise SystemExit(7)"]), sleeper(), list[str]()
    assert Supervisor([broken, other], say=said.append).run() == 1
    assert "broken ended 5 times within a minute (exit code 7)" in said[-1]
    assert not other.alive


@pytest.mark.slow
def test_a_process_that_will_not_end_is_killed_in_bounded_time() -> None:
    deaf = Child(
        "deaf",
        [sys.executable, "-c", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(600)"],
    )
    said: list[str] = []
    supervisor = Supervisor([deaf], say=said.append)
    began: list[float] = []

    def end_after_a_second() -> bool:
        began.append(time.monotonic())
        if time.monotonic() - began[0] > 1:
            supervisor.asked_to_end = True
        return False

    assert supervisor.run(until_said=end_after_a_second) == 0
    assert "was killed" in said[-1]
    assert not deaf.alive


def test_children_do_not_outlive_a_killed_supervisor(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    text = (
        "import os, sys, time; from havenline.site.process import end_with_supervisor; end_with_supervisor();"
        f"open({str(file)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    )
    start = (
        f"import sys; from havenline.cli.supervisor import *; Supervisor([Child('x', [sys.executable, '-c', {text!r}])], say=print).run()"
    )
    supervisor = subprocess.Popen([sys.executable, "-c", start], cwd=CHECKOUT)
    deadline = time.monotonic() + 30
    while not (file.exists() and file.read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    child = int(file.read_text())
    supervisor.send_signal(signal.SIGKILL)
    supervisor.wait()
    while Path(f"/proc/{child}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{child}").exists() or os.name != "posix"
