"""Whose processor time is it? Read from /proc for the processes of one installation, by what each does."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Shares:
    """Seconds of processor time by part, within `elapsed` seconds of the clock."""

    elapsed: float = 0.0
    seconds: dict[str, float] = field(default_factory=dict)

    def of_machine(self, part: str) -> float:
        """The share of all cores together that this part took, 0 to 1."""
        return self.seconds.get(part, 0.0) / (self.elapsed * (os.cpu_count() or 1)) if self.elapsed else 0.0


@contextmanager
def watched(home: Path) -> Iterator[Shares]:
    """What each part of the installation in `home` takes while this runs; `client` is this process itself."""
    shares = Shares()
    before, own, began = _taken(home), time.process_time(), time.perf_counter()
    yield shares
    shares.elapsed = time.perf_counter() - began
    after = _taken(home)
    shares.seconds["client"] = time.process_time() - own
    for process, (part, seconds) in after.items():
        shares.seconds[part] = shares.seconds.get(part, 0.0) + seconds - before.get(process, (part, 0.0))[1]


def _taken(home: Path) -> dict[int, tuple[str, float]]:
    found: dict[int, tuple[str, float]] = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            part = _part(folder, home)
            if part:
                # utime and stime stand behind the command's name, which may hold spaces
                numbers = (folder / "stat").read_text().rpartition(")")[2].split()
                found[int(folder.name)] = (part, (int(numbers[11]) + int(numbers[12])) / TICK)
        except OSError:
            continue
    return found


def _part(folder: Path, home: Path) -> str:
    command = (folder / "cmdline").read_bytes().decode(errors="replace")
    if command.startswith("postgres:") or "/bin/postgres" in command:
        return "PostgreSQL" if str(home.parent) in os.readlink(folder / "cwd") else ""
    said = dict(line.partition("=")[::2] for line in (folder / "environ").read_bytes().decode(errors="replace").split("\0"))
    if said.get("HAVENLINE_HOME") != str(home) or "HAVENLINE_ROLE" not in said:
        return ""
    return "front" if "havenline.site.front" in command else said["HAVENLINE_ROLE"]
