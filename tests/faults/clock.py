"""A machine's clock that can be stepped while everything runs: a library of our own (clock.c) in front of what says the time."""

import shutil
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SOURCE = Path(__file__).with_name("clock.c")
COMPILER = shutil.which("gcc") or shutil.which("cc")
WHY_NOT = "no C compiler is installed here (Debian: gcc), and the clock is stepped by a small library that is built when it is needed"
HOUR, DAY = 60 * 60, 24 * 60 * 60  # seconds


class Clock:
    """Steps the clock of every process that was started with `environment`. It is right when it begins."""

    def __init__(self, folder: Path) -> None:
        library, self.file = folder / "clock.so", folder / "ahead"
        assert COMPILER, WHY_NOT
        subprocess.run([COMPILER, "-O2", "-Wall", "-Werror", "-shared", "-fPIC", "-o", str(library), str(SOURCE)], check=True)
        self.step(0)
        self.environment = {"LD_PRELOAD": str(library), "FAULTS_CLOCK": str(self.file)}

    def step(self, seconds: int) -> None:
        """So far ahead of the true time from now on, or behind it."""
        with self.file.open("r+b" if self.file.exists() else "wb") as file:  # in place, at once: it is mapped
            file.write(struct.pack("=q", seconds))


@contextmanager
def own_clock() -> Iterator[Clock]:
    """In a folder of its own that user postgres can enter."""
    with tempfile.TemporaryDirectory(prefix="havenline-clock-") as folder:
        Path(folder).chmod(0o711)
        yield Clock(Path(folder))
