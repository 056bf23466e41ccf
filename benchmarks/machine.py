"""On what was it measured?"""

import os
import platform
import sqlite3
import subprocess
from pathlib import Path

import django


def described() -> list[str]:
    """The machine and the programs, a line each."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    return [
        f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.release()}, {platform.machine()}",
        f"Python {platform.python_version()}, Django {django.__version__}, SQLite {sqlite3.sqlite_version}, {_postgresql()}",
        f"Load when it began: {load}. SQLite: WAL, synchronous=FULL. PostgreSQL: as it comes, fsync and synchronous_commit on.",
    ]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "processor unknown"
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "processor unknown")


def _postgresql() -> str:
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not programs:
        return "no PostgreSQL"
    return subprocess.run([str(programs[-1]), "--version"], capture_output=True, text=True, check=False).stdout.strip()
